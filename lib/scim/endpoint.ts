/**
 * lib/scim speaks the protocol (RFC 7643, RFC 7644): Request in, Response out, on any server.
 *
 *   endpoint   this file: the token, the route, and an answer in every case
 *   noted      telling the request log of a request
 *   door       the endpoint of this process; call: what each handler is given
 *   users, groups, discovery    the resources
 *   body, query, present        reading requests, writing answers
 *   filter, path, match         the filter language
 *   schema, user-schema, values what attributes there are and which values they take
 *   patch, change               what a body or a PATCH makes of a resource
 *   clients                     the other side: whole lifecycles as IdPs play them, for trying
 *
 * What a change means for members is lib/directory's, which knows nothing of this folder.
 */
import { countRefusal } from "@/lib/activity/record";
import { recognise } from "@/lib/directory/caller";
import type { DirectoryClosed } from "@/lib/directory/directory";
import { type Lookup, maxPage } from "@/lib/directory/entries";
import { noteCaller } from "@/lib/directory/request-notes";
import { addressHeader } from "@/lib/platform/edge";
import { isId } from "@/lib/platform/ids";
import { maxBody } from "./body";
import type { Call, Handler, ScimDeps } from "./call";
import * as discovery from "./discovery";
import { errorResponse, ScimError, scimResponse } from "./errors";
import { getGroup, listGroups, refuseGroup } from "./groups";
import { noted } from "./noted";
import * as users from "./users";

type Route = {
	path: readonly string[];
	methods: Record<string, Handler>;
	/** What a GET looks up, so that it is found with the token, in one statement. */
	lookup?: (query: URLSearchParams, id: string) => Lookup | undefined;
};

const notImplemented: Handler = ({ request }) => {
	const { pathname } = new URL(request.url);
	throw new ScimError(501, undefined, `${request.method} ${pathname} is not implemented.`);
};

const shown =
	(body: (call: Call) => unknown): Handler =>
	(call) => {
		discovery.refuseFilter(call.query);
		return scimResponse(200, body(call));
	};

/** Every route. The first that fits is taken; `:id` stands for any one segment. */
const routes: Route[] = [
	{
		path: ["Users"],
		methods: { GET: users.listUsers, POST: users.postUser },
		lookup: users.lookupByFilter,
	},
	{ path: ["Users", ".search"], methods: { POST: notImplemented } },
	{
		path: ["Users", ":id"],
		methods: {
			GET: users.getUser,
			PUT: users.putUser,
			PATCH: users.patchUser,
			DELETE: users.removeUser,
		},
		lookup: users.lookupById,
	},
	{ path: ["Groups"], methods: { GET: listGroups, POST: refuseGroup } },
	{ path: ["Groups", ".search"], methods: { POST: notImplemented } },
	{
		path: ["Groups", ":id"],
		methods: { GET: getGroup, PUT: refuseGroup, PATCH: refuseGroup, DELETE: refuseGroup },
	},
	{
		path: ["ServiceProviderConfig"],
		methods: {
			GET: shown(({ base, deps }) =>
				discovery.serviceProviderConfig(base, { maxResults: maxPage, maxBody: deps.maxBody }),
			),
		},
	},
	{
		path: ["ResourceTypes"],
		methods: { GET: shown(({ base }) => discovery.listResourceTypes(base)) },
	},
	{
		path: ["ResourceTypes", ":id"],
		methods: { GET: shown(({ base, id }) => discovery.findResourceType(base, id)) },
	},
	{ path: ["Schemas"], methods: { GET: shown(({ base }) => discovery.listSchemas(base)) } },
	{
		path: ["Schemas", ":id"],
		methods: { GET: shown(({ base, id }) => discovery.findSchema(base, id)) },
	},
	{ path: [".search"], methods: { POST: notImplemented } },
	{ path: ["Bulk"], methods: { POST: notImplemented } },
	// A directory's token speaks for no person, so there is no "me" (RFC 7644 §3.11).
	{
		path: ["Me"],
		methods: {
			GET: notImplemented,
			POST: notImplemented,
			PUT: notImplemented,
			PATCH: notImplemented,
			DELETE: notImplemented,
		},
	},
];

/**
 * Answers a SCIM request, always, and always in the protocol's own form. Nothing about a path,
 * its parameters or a body is said before the token is recognised.
 */
export function handleScim(request: Request, deps: ScimDeps): Promise<Response> {
	const answered = () => answer(request, deps);
	return deps.note ? noted(request, deps.now, deps.note, answered) : answered();
}

async function answer(request: Request, deps: ScimDeps): Promise<Response> {
	try {
		return await serve(request, { maxBody, ...deps });
	} catch (error) {
		if (error instanceof ScimError) return errorResponse(error);
		deps.onError(error);
		return errorResponse(new ScimError(500, undefined, "Something went wrong on this side."));
	}
}

async function serve(request: Request, deps: Call["deps"]): Promise<Response> {
	const url = new URL(request.url);
	const address = request.headers.get(addressHeader) ?? "unknown";
	const place = placeOf(url.pathname);
	const route = place && routeOf(place.segments);
	const wanted = lookupOf(request, route, url.searchParams);

	const token = bearerToken(request);
	const now = deps.now();
	const known = token
		? await recognise(deps.db, token, now, wanted.lookup)
		: { caller: null, workspaceId: null };
	const { caller } = known;
	// A workspace in the address that is not the token's is answered like an unknown token.
	if (!caller || (place?.workspaceId && place.workspaceId !== caller.directory.workspaceId)) {
		const workspaceId = caller ? caller.directory.workspaceId : known.workspaceId;
		await countRefusal(deps.db, workspaceId, "scim.unknown_token", address, now);
		throw unauthorized(token !== null);
	}
	noteCaller(caller.directory, caller.tokenName);
	if (caller.closed) throw new ScimError(403, undefined, closedTexts[caller.closed]);

	if (!route) throw new ScimError(404, undefined, `There is nothing at ${url.pathname}.`);
	const handler = Object.hasOwn(route.methods, request.method)
		? route.methods[request.method]
		: undefined;
	if (!handler) throw methodNotAllowed(request.method, Object.keys(route.methods));
	if (wanted.refused) throw wanted.refused;
	return handler({
		deps,
		request,
		id: route.id,
		query: url.searchParams,
		base: `${deps.publicUrl}${basePath}${place?.workspaceId ? `/${place.workspaceId}` : ""}`,
		caller,
		actor: { kind: "directory", id: caller.directory.id, label: caller.tokenName, address },
		found: known.found,
		lookup: wanted.lookup,
	});
}

/** The token of an Authorization header. The scheme is compared without case (RFC 9110 §11.1). */
function bearerToken(request: Request): string | null {
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
	const [first = "", ...others] = segments.slice(basePath.split("/").length - 1);
	if (!segments.join("/").startsWith(`${basePath.slice(1)}/`)) return null;
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

function routeOf(segments: string[]): (Route & { id: string }) | null {
	for (const route of routes) {
		const fits =
			route.path.length === segments.length &&
			route.path.every((name, index) => name === ":id" || name === segments[index]);
		if (fits) return { ...route, id: segments[route.path.indexOf(":id")] ?? "" };
	}
	return null;
}

/** What to look up with the token. A refusal waits until the token is recognised. */
function lookupOf(
	request: Request,
	route: (Route & { id: string }) | null,
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

function methodNotAllowed(method: string, allowed: string[]): ScimError {
	const detail = `${method} is not possible here. Possible is ${allowed.join(", ")}.`;
	return new ScimError(405, undefined, detail, { allow: allowed.join(", ") });
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
