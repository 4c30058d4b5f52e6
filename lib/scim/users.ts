/** The User resource over HTTP (RFC 7644 §3.3 to §3.6). What a change means is lib/directory's. */
import { decide } from "@/lib/directory/decide";
import type { DirectoryUser, Lookup } from "@/lib/directory/entries";
import { personOf } from "@/lib/directory/person";
import { readUnmanaged } from "@/lib/directory/unmanaged";
import { createUser, deleteUser, updateUser } from "@/lib/directory/users";
import type { Reply } from "@/lib/platform/exchange";
import { readJson } from "./body";
import { type Call, changeOf, modeOf } from "./call";
import { listResponse } from "./discovery";
import { badRequest, emptyResponse, ScimError, type ScimType, scimResponse } from "./errors";
import { applyPatch, readResource } from "./patch";
import { locationOf } from "./present";
import { lookupOf, type Projection, readFilter, readPage, readProjection } from "./query";
import { notFound, refusal } from "./refusals";
import {
	answerList,
	maxPage,
	peopleOf,
	presentUser,
	type Shown,
	withoutManagersAddress,
} from "./resources";
import type { Resource } from "./schema";
import { userType } from "./user-schema";
import { checkVersion, unchanged, versionTag } from "./versions";

/** What `GET /Users` looks up with the token. @throws ScimError 400 invalidFilter. */
export const lookupByFilter = (query: URLSearchParams): Lookup | undefined =>
	lookupOf(userType, query);

/** What `GET /Users/{id}` looks up with the token. */
export const lookupById = (_query: URLSearchParams, id: string): Lookup => ({
	by: "id",
	value: id,
});

export async function listUsers(call: Call): Promise<Reply> {
	const { query, found, lookup } = call;
	const page = readPage(query, maxPage);
	if (call.caller.directory.strict) readFilter(query, call.caller.directory);
	// The lookup has brought one more than a page at most: beyond that, find a page properly.
	if (!lookup || found.length > maxPage || page.by === "cursor" || call.caller.showsEveryone)
		return answerList(call, [peopleOf(call)], maxPage);
	const projection = readProjection(userType, query);
	const offset = page.startIndex - 1;
	const resources = found
		.slice(offset, offset + page.count)
		.map((user) => presentUser(call, user, projection));
	return scimResponse(200, listResponse(resources, found.length, page.startIndex));
}

export async function getUser(call: Call): Promise<Reply> {
	const { deps, caller } = call;
	const [user] =
		call.found.length === 0 && caller.showsEveryone
			? await readUnmanaged(deps.db, caller.directory, [call.id])
			: call.found;
	if (!user) throw notFound(userType, call.id);
	const projection = readProjection(userType, call.query);
	return unchanged(call.request, user) ?? answer(call, 200, user, projection);
}

export async function postUser(call: Call): Promise<Reply> {
	const { deps, caller } = call;
	const projection = readProjection(userType, call.query);
	const resource = readResource(userType, await readJson(call), modeOf(call));
	const attributes = checked({ active: true, ...resource });
	const written = await decide(deps.db, caller.directory.workspaceId, (tx, lock) =>
		createUser(tx, lock, changeOf(call), attributes),
	);
	if (!written.ok) throw refusal(userType, written, call.id);
	const location = locationOf(userType, call.base, written.user.id);
	return answer(call, 201, written.user, projection, { location });
}

/** Replaces the resource. Without `active` the person stays as active as they were. */
export async function putUser(call: Call): Promise<Reply> {
	const resource = readResource(userType, await readJson(call), modeOf(call));
	return change(call, () => resource);
}

export async function patchUser(call: Call): Promise<Reply> {
	const body = await readJson(call);
	const next = (current: DirectoryUser) =>
		applyPatch(userType, current.resource, body, modeOf(call));
	return change(call, next, "mutability");
}

export async function removeUser(call: Call): Promise<Reply> {
	const { deps, caller, id } = call;
	const removed = await decide(deps.db, caller.directory.workspaceId, (tx, lock) =>
		deleteUser(tx, lock, changeOf(call), id, (user) => checkVersion(call.request, user)),
	);
	if (!removed.ok) throw refusal(userType, removed, id);
	return emptyResponse(204);
}

async function change(
	call: Call,
	next: (current: DirectoryUser) => Resource,
	missing?: ScimType,
): Promise<Reply> {
	const { deps, caller, id } = call;
	const projection = readProjection(userType, call.query);
	let refusedAs = missing;
	const written = await decide(deps.db, caller.directory.workspaceId, (tx, lock) =>
		updateUser(tx, lock, changeOf(call), id, (current) => {
			checkVersion(call.request, current);
			// Whom no directory managed may lack it: nothing was taken away.
			if (current.version === 0) refusedAs = "invalidValue";
			// Nothing said of `active` never lets anybody in again.
			return checked({ active: current.active, ...next(current) });
		}),
	);
	if (!written.ok) throw refusal(userType, written, id, refusedAs);
	return answer(call, 200, written.user, projection);
}

/** @param projection read before anything is written, since it may be refused. */
function answer(
	call: Call,
	status: number,
	user: Shown,
	projection: Projection,
	headers: Record<string, string> = {},
): Reply {
	const body = presentUser(call, user, projection);
	return scimResponse(status, body, { etag: versionTag(user), ...headers });
}

/** The most a person may be; a whole request may be more, for groups and bulk. */
const maxResource = 1024 * 1024;

/** The most bytes of what entries are found by: an index holds no more. */
const maxKey = 1024;

function checked(sent: Resource): Resource {
	const resource = withoutManagersAddress(sent);
	const { userNameKey, externalId, emailKeys } = personOf(resource);
	const keys = { userName: [userNameKey], externalId: [externalId ?? ""], emails: emailKeys };
	for (const [name, values] of Object.entries(keys))
		if (values.some((value) => Buffer.byteLength(value) > maxKey))
			throw badRequest("invalidValue", `${name} is longer than ${maxKey} bytes.`);
	if (Buffer.byteLength(JSON.stringify(resource)) > maxResource)
		throw new ScimError(413, undefined, `A user is larger than ${maxResource / 1024} KiB.`);
	return resource;
}
