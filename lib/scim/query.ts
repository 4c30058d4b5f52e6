/**
 * The parameters of a query (RFC 7644 §3.4.2, RFC 9865): filter, order, page and projection. The
 * same for a GET and for a body of .search, which ./search turns into parameters.
 */
import type { Lookup } from "@/lib/directory/entries";
import { badRequest } from "./errors";
import { type AttributePath, type Filter, parseFilter } from "./filter";
import { parsePath } from "./path";
import { type Attribute, type ResourceType, resolve, type Target } from "./schema";

/** How many a page holds where nobody says. */
export const defaultCount = 100;

/** Which attributes an answer holds: only some, or all but some. */
export type Projection = { only?: Target[]; without?: Target[] };

/** Which page: counted from the first row, or from where a cursor points ("" is the first page). */
export type Page =
	| { by: "index"; startIndex: number; count: number }
	| { by: "cursor"; cursor: string; count: number };

export type Sort = { path: AttributePath; descending: boolean };

/**
 * The page a request asks for. Values below their least act as the least (RFC 7644 §3.4.2.4), and
 * a count above `max` as `max`.
 * @throws ScimError 400 invalidValue, or invalidCount beside a cursor.
 */
export function readPage(params: URLSearchParams, max: number): Page {
	const cursor = params.get("cursor");
	if (cursor !== null) {
		if (params.has("startIndex"))
			throw badRequest("invalidValue", "cursor and startIndex exclude each other.");
		const count = readInteger(params, "count", "invalidCount") ?? defaultCount;
		if (count < 0) throw badRequest("invalidCount", "count must not be negative.");
		return { by: "cursor", cursor: cursor.trim(), count: Math.min(max, count) };
	}
	const startIndex = Math.max(1, readInteger(params, "startIndex", "invalidValue") ?? 1);
	const count = readInteger(params, "count", "invalidValue") ?? defaultCount;
	return { by: "index", startIndex, count: Math.min(max, Math.max(0, count)) };
}

function readInteger(
	params: URLSearchParams,
	name: string,
	refusal: "invalidValue" | "invalidCount",
): number | undefined {
	const text = params.get(name)?.trim();
	if (!text) return undefined;
	if (!/^[+-]?\d{1,15}$/.test(text)) throw badRequest(refusal, `${name} must be a whole number.`);
	return Number(text);
}

/** The order a request asks for (RFC 7644 §3.4.2.3). @throws ScimError 400 invalidValue or invalidPath. */
export function readSort(params: URLSearchParams): Sort | undefined {
	const order = params.get("sortOrder")?.trim().toLowerCase() || "ascending";
	if (order !== "ascending" && order !== "descending")
		throw badRequest("invalidValue", "sortOrder must be ascending or descending.");
	const by = params.get("sortBy")?.trim();
	if (!by) return undefined;
	const { attribute, where, sub } = parsePath(by);
	if (where) throw badRequest("invalidPath", "sortBy names an attribute, without a filter.");
	return {
		path: sub === undefined ? attribute : { ...attribute, sub },
		descending: order === "descending",
	};
}

/**
 * The filter of a request. Strictly, it names nothing but what is in a schema.
 * @throws ScimError 400 invalidFilter.
 */
export function readFilter(
	params: URLSearchParams,
	{ strict }: { strict: boolean },
): Filter | undefined {
	const text = params.get("filter");
	const filter = text === null || text.trim() === "" ? undefined : parseFilter(text);
	const alias = strict && filter && aliasIn(filter);
	if (alias) throw badRequest("invalidFilter", `There is no attribute "${alias.name}".`);
	return filter;
}

function aliasIn(filter: Filter): AttributePath | undefined {
	if ("terms" in filter)
		return filter.terms.map(aliasIn).find((alias): alias is AttributePath => alias !== undefined);
	if (filter.kind === "not") return aliasIn(filter.term);
	return isEmailAlias(filter.path) ? filter.path : undefined;
}

/**
 * The projection a request asks for. Names that do not exist are ignored (RFC 7644 §3.9).
 * @throws ScimError 400 invalidValue when both parameters are given.
 */
export function readProjection(type: ResourceType, params: URLSearchParams): Projection {
	const only = readTargets(type, params.get("attributes"));
	const without = readTargets(type, params.get("excludedAttributes"));
	if (only && without)
		throw badRequest("invalidValue", "attributes and excludedAttributes exclude each other.");
	return { ...(only ? { only } : {}), ...(without ? { without } : {}) };
}

/** Whether an answer holds anything of a core attribute: what is not asked for is not loaded. */
export function includes(projection: Projection, name: string): boolean {
	const names = ({ extension, attribute }: Target) => !extension && attribute?.name === name;
	if (projection.only) return projection.only.some(names);
	return !projection.without?.some((target) => names(target) && !target.sub);
}

function readTargets(type: ResourceType, text: string | null): Target[] | undefined {
	if (!text?.trim()) return undefined;
	const names = text.split(",").slice(0, 100);
	return names.map((name) => readTarget(type, name)).filter((target) => target !== undefined);
}

function readTarget(type: ResourceType, name: string): Target | undefined {
	try {
		const { attribute, where, sub } = parsePath(name);
		return where ? undefined : resolve(type, sub === undefined ? attribute : { ...attribute, sub });
	} catch {
		return undefined;
	}
}

/**
 * What a filter looks up among people by one of their keys, so that it is found in the statement
 * that recognises the token. Undefined for any other filter, or where an order or cursor is asked.
 * Whether the directory is strict is not known yet: the handler looks at that.
 */
export function lookupOf(type: ResourceType, params: URLSearchParams): Lookup | undefined {
	if (params.has("cursor") || params.get("sortBy")) return undefined;
	const filter = readFilter(params, { strict: false });
	if (filter?.kind !== "compare" || filter.op !== "eq" || typeof filter.value !== "string")
		return undefined;
	const by = lookupName(type, filter.path);
	return by && { by, value: filter.value };
}

function lookupName(type: ResourceType, path: AttributePath): Lookup["by"] | undefined {
	if (isEmailAlias(path)) return "email";
	const { extension, attribute, sub } = resolve(type, path) ?? {};
	if (!attribute || extension) return undefined;
	const name = nameOf(attribute, sub);
	if (name === "emails.value" || name === "emails") return "email";
	return name === "id" || name === "userName" || name === "externalId" ? name : undefined;
}

const nameOf = (attribute: Attribute, sub?: Attribute) =>
	sub ? `${attribute.name}.${sub.name}` : attribute.name;

/**
 * Admins who set an IdP's unique identifier to "email" make it ask for an attribute of that name. No
 * schema has it, so a strict directory does not know it.
 */
export function isEmailAlias({ schema, name, sub }: AttributePath): boolean {
	return schema === undefined && sub === undefined && name.toLowerCase() === "email";
}
