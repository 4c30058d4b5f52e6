/** Every address of the protocol: what may be asked there, and of whom. */
import type { Lookup } from "@/lib/directory/entries";
import type { Call, Handler } from "./call";
import * as discovery from "./discovery";
import { ScimError, scimResponse } from "./errors";
import * as groups from "./groups";
import { defaultCount } from "./query";
import { maxPage } from "./resources";
import { listAll, searched } from "./search";
import * as users from "./users";

export type Route = {
	path: readonly string[];
	methods: Record<string, Handler>;
	/** What a GET looks up, so that it is found with the token, in one statement. */
	lookup?: (query: URLSearchParams, id: string) => Lookup | undefined;
};

/** A route that fits, and what stands in the place of `:id`. */
export type Match = Route & { id: string };

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

const served = ({ caller }: Call) => ({
	groups: caller.groupsSync,
	strict: caller.directory.strict,
	requires: caller.requires,
});

/** Every route. The first that fits is taken; `:id` stands for any one segment. */
const routes: Route[] = [
	{ path: [], methods: { GET: listAll } },
	{ path: [".search"], methods: { POST: searched(listAll) } },
	{
		path: ["Users"],
		methods: { GET: users.listUsers, POST: users.postUser },
		lookup: users.lookupByFilter,
	},
	{ path: ["Users", ".search"], methods: { POST: searched(users.listUsers) } },
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
	{ path: ["Groups"], methods: { GET: groups.listGroups, POST: groups.postGroup } },
	{ path: ["Groups", ".search"], methods: { POST: searched(groups.listGroups) } },
	{
		path: ["Groups", ":id"],
		methods: {
			GET: groups.getGroup,
			PUT: groups.putGroup,
			PATCH: groups.patchGroup,
			DELETE: groups.removeGroup,
		},
	},
	{
		path: ["ServiceProviderConfig"],
		methods: {
			GET: shown(({ base, deps, caller }) =>
				discovery.serviceProviderConfig(
					base,
					{ maxResults: maxPage, defaultCount, maxBody: deps.maxBody },
					caller.directory,
				),
			),
		},
	},
	{
		path: ["ResourceTypes"],
		methods: { GET: shown((call) => discovery.listResourceTypes(call.base, served(call))) },
	},
	{
		path: ["ResourceTypes", ":id"],
		methods: {
			GET: shown((call) => discovery.findResourceType(call.base, call.id, served(call))),
		},
	},
	{
		path: ["Schemas"],
		methods: { GET: shown((call) => discovery.listSchemas(call.base, served(call))) },
	},
	{
		path: ["Schemas", ":id"],
		methods: { GET: shown((call) => discovery.findSchema(call.base, call.id, served(call))) },
	},
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

/** The route of a path's segments behind the base URL. */
export function routeOf(segments: string[]): Match | null {
	return matchIn(routes, segments);
}

export function matchIn(candidates: Route[], segments: string[]): Match | null {
	for (const route of candidates) {
		const fits =
			route.path.length === segments.length &&
			route.path.every((name, index) => name === ":id" || name === segments[index]);
		if (fits) return { ...route, id: segments[route.path.indexOf(":id")] ?? "" };
	}
	return null;
}

/** What answers a method there. @throws ScimError 405 that lists what is possible. */
export function handlerOf(route: Route, method: string): Handler {
	const handler = Object.hasOwn(route.methods, method) ? route.methods[method] : undefined;
	if (handler) return handler;
	const allowed = Object.keys(route.methods)
		.flatMap((name) => (name === "GET" ? [name, "HEAD"] : name))
		.join(", ");
	const detail = `${method} is not possible here. Possible is ${allowed}.`;
	throw new ScimError(405, undefined, detail, { allow: allowed });
}
