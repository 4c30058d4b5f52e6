/**
 * lib/scim speaks the protocol (RFC 7643, RFC 7644, RFC 9865): a request in, an answer out, on any
 * server.
 *
 *   endpoint   this file: the token, the route, and an answer in every case
 *   noted      telling the request log of a request
 *   door       the endpoint of this process; call: what each handler is given
 *   routes     every address and its handlers
 *   users, groups, discovery, search, bulk    the handlers
 *   resources, present   writing answers; body, query, versions   reading requests
 *   find, sql, fields, cursor   queries as SQL, and pages of them
 *   filter, path, match  the filter language
 *   schema, user-schema, group-schema, values   what attributes there are and their values
 *   patch, change        what a body or a PATCH makes of a resource
 *   group-patch, membership, members-where      the same for groups, whose members are not loaded
 *   rate                 how fast a directory may ask
 *   clients              the other side: whole lifecycles as IdPs play them, for trying
 *
 * What a change means for members is lib/directory's, which knows nothing of this folder.
 */
import { countRefusal } from "@/lib/activity/record";
import { recognise } from "@/lib/directory/caller";
import type { DirectoryClosed } from "@/lib/directory/directory";
import { noteEnded } from "@/lib/directory/ended-tokens";
import type { Lookup } from "@/lib/directory/entries";
import { noteCaller } from "@/lib/directory/request-notes";
import { addressHeader } from "@/lib/platform/edge";
import { type Incoming, incoming, type Reply } from "@/lib/platform/exchange";
import { isId } from "@/lib/platform/ids";
import { maxBody } from "./body";
import { answerBulk, type Perform } from "./bulk";
import type { Call, Handler, ScimDeps } from "./call";
import { errorResponse, ScimError } from "./errors";
import { noted } from "./noted";
import { countRequest } from "./rate";
import { handlerOf, type Match, matchIn, type Route, routeOf } from "./routes";

/**
 * Answers a SCIM request, always, and always in the protocol's own form. Nothing about a path,
 * its parameters or a body is said before the token is recognised.
 */
export function handleScim(request: Incoming, given: ScimDeps): Promise<Reply> {
	const deps = { maxBody, ...given };
	const work = () => answered(deps, () => serve(asGet(request), deps));
	return deps.note ? noted(request, deps.now, deps.note, work) : work();
}

/** A HEAD is answered as a GET (RFC 9110 §9.3.2); that no body is sent is the server's to see to. */
function asGet(request: Incoming): Incoming {
	const { method, url, headers } = request;
	return method === "HEAD" ? { method: "GET", url, headers, body: null } : request;
}

/** An answer whatever happens. */
async function answered(
	deps: Pick<ScimDeps, "onError">,
	work: () => Reply | Promise<Reply>,
): Promise<Reply> {
	try {
		return await work();
	} catch (error) {
		if (error instanceof ScimError) return errorResponse(error);
		deps.onError(error);
		return errorResponse(new ScimError(500, undefined, "Something went wrong on this side."));
	}
}

async function serve(request: Incoming, deps: Call["deps"]): Promise<Reply> {
	const url = new URL(request.url);
	const address = request.headers.get(addressHeader) ?? "unknown";
	const place = placeOf(url.pathname);
	const route = place && (routeOf(place.segments) ?? matchIn([bulkRoute], place.segments));
	const wanted = wantedBy(request, route, url.searchParams);

	const token = bearerToken(request);
	const now = deps.now();
	const known = token
		? await recognise(deps.db, token, now, wanted.lookup)
		: { caller: null, ended: null };
	const { caller } = known;
	// A workspace in the address that is not the token's is answered like an unknown token.
	if (!caller || (place?.workspaceId && place.workspaceId !== caller.directory.workspaceId)) {
		const { workspaceId = null } = (caller ?? known.ended)?.directory ?? {};
		if (!caller && known.ended) await noteEnded(deps.db, known.ended, now);
		await countRefusal(deps.db, workspaceId, "scim.unknown_token", address, now);
		throw unauthorized(token !== null);
	}
	noteCaller(caller.directory, caller.tokenName);
	const call: Call = {
		deps,
		request,
		id: route?.id ?? "",
		query: url.searchParams,
		base: `${deps.publicUrl}${basePath}${place?.workspaceId ? `/${place.workspaceId}` : ""}`,
		caller,
		actor: { kind: "directory", id: caller.directory.id, label: caller.tokenName, address },
		found: known.found,
		lookup: wanted.lookup,
	};
	countRequest(caller.directory, now);
	if (caller.closed) throw new ScimError(403, undefined, closedTexts[caller.closed]);
	if (!route) throw new ScimError(404, undefined, `There is nothing at ${url.pathname}.`);
	const handler = handlerOf(route, request.method);
	if (wanted.refused) throw wanted.refused;
	return handler(call);
}

/** Bulk calls every other route, so it stands here and not among them. */
const bulkRoute: Route = {
	path: ["Bulk"],
	methods: { POST: (call) => answerBulk(call, performFor(call)) },
};

/** Answers an operation of a bulk request like a request of its own, by the same token. */
function performFor(call: Call): Perform {
	return ({ method, path, version, data }) =>
		answered(call.deps, () => {
			const [, ...segments] = path.split("/");
			const route = routeOf(segments);
			const isResource = segments[0] === "Users" || segments[0] === "Groups";
			if (!route || !isResource || segments[1] === ".search")
				throw new ScimError(404, undefined, `There is nothing at ${path.slice(0, 200)}.`);
			const request = incoming(
				method,
				`${call.base}${path}`,
				{
					"content-type": "application/scim+json",
					...(version === undefined ? {} : { "if-match": version }),
				},
				data === undefined ? null : [Buffer.from(JSON.stringify(data))],
			);
			const operation: Call = {
				...call,
				request,
				id: route.id,
				query: new URLSearchParams(),
				found: [],
				lookup: undefined,
			};
			const handler: Handler = handlerOf(route, method);
			return handler(operation);
		});
}

/** The token of an Authorization header. The scheme is compared without case (RFC 9110 §11.1). */
function bearerToken(request: Incoming): string | null {
	const header = request.headers.get("authorization") ?? "";
	return /^Bearer +([A-Za-z0-9._~+/-]{1,256}=*)$/i.exec(header)?.[1] ?? null;
}

const basePath = "/api/scim/v2";

type Place = { workspaceId: string | null; segments: string[] };

/**
 * Where a path leads: its segments, decoded once, behind the base and the workspace if it names
 * one. Null for what no route may match: an encoded slash, a dot segment, an empty segment but
 * for one slash at the end.
 */
function placeOf(pathname: string): Place | null {
	const segments = pathname.replace(/\/$/, "").split("/").slice(1).map(decode);
	if (!segments.every((segment) => segment !== null)) return null;
	const base = basePath.split("/").slice(1);
	if (!base.every((name, index) => name === segments[index])) return null;
	const [first, ...others] = segments.slice(base.length);
	if (first === undefined) return { workspaceId: null, segments: [] };
	const workspaceId = first.toLowerCase();
	return isId(workspaceId)
		? { workspaceId, segments: others }
		: { workspaceId: null, segments: [first, ...others] };
}

function decode(segment: string): string | null {
	try {
		const text = decodeURIComponent(segment);
		return text === "" || text === "." || text === ".." || /[/\\]/.test(text) ? null : text;
	} catch {
		return null;
	}
}

/** What to look up with the token. A refusal waits until the token is recognised. */
function wantedBy(
	request: Incoming,
	route: Match | null,
	query: URLSearchParams,
): { lookup?: Lookup | undefined; refused?: ScimError } {
	if (!route?.lookup || request.method !== "GET") return {};
	try {
		return { lookup: route.lookup(query, route.id) };
	} catch (error) {
		if (error instanceof ScimError) return { refused: error };
		throw error;
	}
}

function unauthorized(withToken: boolean): ScimError {
	const detail = withToken
		? "The bearer token is not valid: it is unknown, revoked or expired. Make a new one under " +
			"Workspace > SSO > Directory Sync."
		: "The request carries no bearer token.";
	const challenge = `Bearer realm="SCIM"${withToken ? ', error="invalid_token"' : ""}`;
	return new ScimError(401, undefined, detail, { "www-authenticate": challenge });
}

const closedTexts: Record<DirectoryClosed, string> = {
	directory_off:
		"SCIM is disabled for this workspace. Turn on Directory Sync under Workspace > SSO.",
	plan_needed: "The plan of this workspace does not include SCIM.",
	connection_needed:
		"This workspace uses SCIM only beside an active SSO connection. Activate one under " +
		"Workspace > SSO.",
	saml_connection_needed:
		"This workspace uses SCIM only beside an active SAML connection. Activate one under " +
		"Workspace > SSO.",
};
