/** The User resource over HTTP (RFC 7644 §3.3 to §3.6). What a change means is lib/directory's. */
import { decide } from "@/lib/directory/decide";
import { type DirectoryUser, type Lookup, listEntries, maxPage } from "@/lib/directory/entries";
import { personOf } from "@/lib/directory/person";
import {
	type Conflict,
	createUser,
	deleteUser,
	type Refused,
	updateUser,
} from "@/lib/directory/users";
import { readJson } from "./body";
import type { Call } from "./call";
import { listResponse } from "./discovery";
import { badRequest, ScimError, scimResponse } from "./errors";
import { applyPatch, readResource } from "./patch";
import { locationOf, present, versionTag } from "./present";
import { readLookup, readPaging, readProjection } from "./query";
import type { Resource } from "./schema";
import { userType } from "./user-schema";

/** What `GET /Users` looks up with the token. @throws ScimError 400 invalidFilter. */
export const lookupByFilter = (query: URLSearchParams): Lookup | undefined =>
	readLookup(userType, query);

/** What `GET /Users/{id}` looks up with the token. */
export const lookupById = (_query: URLSearchParams, id: string): Lookup => ({
	by: "id",
	value: id,
});

export async function listUsers(call: Call): Promise<Response> {
	const { query, base, found, lookup, deps, caller } = call;
	const { startIndex, count } = readPaging(query, maxPage);
	const projection = readProjection(userType, query);
	const offset = startIndex - 1;
	// The lookup has brought one more than a page at most: beyond that, count and page properly.
	const { entries, total } =
		lookup && found.length <= maxPage
			? { entries: found.slice(offset, offset + count), total: found.length }
			: await listEntries(deps.db, caller.directory, {
					offset,
					limit: count,
					...(lookup ? { lookup } : {}),
				});
	const resources = entries.map((user) => present(userType, base, user, projection));
	return scimResponse(200, listResponse(resources, total, startIndex));
}

export function getUser(call: Call): Response {
	const [user] = call.found;
	if (!user) throw notFound(call.id);
	const known = call.request.headers.get("if-none-match");
	if (known && namesVersion(known, user.version))
		return new Response(null, { status: 304, headers: { etag: versionTag(user.version) } });
	return answer(call, 200, user);
}

export async function postUser(call: Call): Promise<Response> {
	const { deps, caller } = call;
	const resource = readResource(userType, await readBody(call), caller.directory);
	const attributes = checked({ active: true, ...resource });
	const written = await decide(deps.db, caller.directory.workspaceId, (tx, lock) =>
		createUser(tx, lock, changeOf(call), attributes),
	);
	if (!written.ok) throw refusal(written, call.id);
	const location = locationOf(userType, call.base, written.user.id);
	return answer(call, 201, written.user, { location });
}

/** Replaces the resource. Without `active` the person stays as active as they were. */
export async function putUser(call: Call): Promise<Response> {
	const resource = readResource(userType, await readBody(call), call.caller.directory);
	return change(call, () => resource);
}

export async function patchUser(call: Call): Promise<Response> {
	const body = await readBody(call);
	return change(call, (current) =>
		applyPatch(userType, current.resource, body, call.caller.directory),
	);
}

export async function removeUser(call: Call): Promise<Response> {
	const { deps, caller, id } = call;
	const removed = await decide(deps.db, caller.directory.workspaceId, (tx, lock) =>
		deleteUser(tx, lock, changeOf(call), id, (user) => checkVersion(call.request, user)),
	);
	if (!removed.ok) throw refusal(removed, id);
	return new Response(null, { status: 204 });
}

async function change(call: Call, next: (current: DirectoryUser) => Resource): Promise<Response> {
	const { deps, caller, id } = call;
	const written = await decide(deps.db, caller.directory.workspaceId, (tx, lock) =>
		updateUser(tx, lock, changeOf(call), id, (current) => {
			checkVersion(call.request, current);
			// Nothing said of `active` never lets anybody in again.
			return checked({ active: current.active, ...next(current) });
		}),
	);
	if (!written.ok) throw refusal(written, id);
	return answer(call, 200, written.user);
}

const readBody = (call: Call) => readJson(call.request, call.deps.maxBody);

const changeOf = ({ caller, actor, deps }: Call) => ({
	directory: caller.directory,
	actor,
	now: deps.now(),
});

function answer(
	call: Call,
	status: number,
	user: DirectoryUser,
	headers: Record<string, string> = {},
): Response {
	const projection = readProjection(userType, call.query);
	const body = present(userType, call.base, user, projection);
	return scimResponse(status, body, { etag: versionTag(user.version), ...headers });
}

/** The most bytes of what entries are found by: an index holds no more. */
const maxKey = 1024;

function checked(resource: Resource): Resource {
	const { userNameKey, externalId, emailKeys } = personOf(resource);
	const keys = { userName: [userNameKey], externalId: [externalId ?? ""], emails: emailKeys };
	for (const [name, values] of Object.entries(keys))
		if (values.some((value) => Buffer.byteLength(value) > maxKey))
			throw badRequest("invalidValue", `${name} is longer than ${maxKey} bytes.`);
	return resource;
}

/** Refuses a change of another version than the client has seen (RFC 7644 §3.14). */
function checkVersion(request: Request, { version }: DirectoryUser): void {
	const expected = request.headers.get("if-match");
	if (expected && !namesVersion(expected, version))
		throw new ScimError(
			412,
			undefined,
			`The resource has changed; it is now ${versionTag(version)}.`,
		);
}

/** Whether a list of entity tags names a version, compared weakly. */
function namesVersion(header: string, version: number): boolean {
	return header
		.split(",")
		.map((tag) => tag.trim().replace(/^W\//, ""))
		.some((tag) => tag === "*" || tag === `"${version}"`);
}

function notFound(id: string): ScimError {
	return new ScimError(404, undefined, `There is no user "${id.slice(0, 100)}".`);
}

const conflicts: Record<Exclude<Conflict["reason"], "not_found">, string> = {
	user_name_taken: "Another user of this directory has this userName.",
	external_id_taken: "Another user of this directory has this externalId.",
	group_name_taken: "Another group of this directory has this displayName.",
	email_taken: "This email address belongs to another member of the workspace.",
	member_exists:
		"A member with this email address exists already, and this workspace does not let the " +
		"directory take members over. Remove the member, or change the policy.",
	domain_not_verified:
		"A member with this email address exists already. Verify the domain of the address under " +
		"Workspace > SSO, so that the directory may take the member over.",
};

function refusal(refused: Refused, id: string): ScimError {
	if ("detail" in refused) return unfit(refused);
	if (refused.reason === "not_found") return notFound(id);
	return new ScimError(409, "uniqueness", conflicts[refused.reason]);
}

/** What the workspace's policy asks of every user, and this one does not have. */
function unfit({ reason, detail }: Extract<Refused, { detail: string }>): ScimError {
	return badRequest(
		"invalidValue",
		reason === "attribute_missing"
			? `This workspace needs ${detail} of every user. Map it in the identity provider.`
			: `roles: ${detail}.`,
	);
}
