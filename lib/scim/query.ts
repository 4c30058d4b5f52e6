/**
 * The parameters of a query (RFC 7644 §3.4.2): filter, paging and projection. What a filter may
 * ask for is decided here alone; the SQL behind it is lib/directory's.
 */
import type { Lookup } from "@/lib/directory/entries";
import { badRequest } from "./errors";
import { type AttributePath, type Filter, formatPath, parseFilter } from "./filter";
import { parsePath } from "./path";
import { type ResourceType, resolve, type Target } from "./schema";

const defaultCount = 100;

/** Which attributes an answer holds: only some, or all but some. */
export type Projection = { only?: Target[]; without?: Target[] };

/** `startIndex` counts from 1. A value below its least acts as the least (RFC 7644 §3.4.2.4). */
export function readPaging(params: URLSearchParams, max: number) {
	const startIndex = Math.max(1, readInteger(params, "startIndex") ?? 1);
	const count = Math.min(max, Math.max(0, readInteger(params, "count") ?? defaultCount));
	return { startIndex, count };
}

function readInteger(params: URLSearchParams, name: string): number | undefined {
	const text = params.get(name)?.trim();
	if (!text) return undefined;
	if (!/^[+-]?\d{1,15}$/.test(text))
		throw badRequest("invalidValue", `${name} must be a whole number.`);
	return Number(text);
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
 * What a filter looks up, or undefined where there is none.
 * @throws ScimError 400 invalidFilter for what is not understood or not supported.
 */
export function readLookup(type: ResourceType, params: URLSearchParams): Lookup | undefined {
	const text = params.get("filter");
	if (text === null || text.trim() === "") return undefined;
	return lookupOf(type, parseFilter(text));
}

/** The one place that knows which filters are served. */
function lookupOf(type: ResourceType, filter: Filter): Lookup {
	const path = pathIn(filter);
	if (path && !resolve(type, path) && !isEmailAlias(path))
		throw badRequest("invalidFilter", `There is no attribute "${formatPath(path)}".`);
	const by = path && lookupName(type, path);
	if (!by || filter.kind !== "compare" || filter.op !== "eq")
		throw badRequest(
			"invalidFilter",
			"This filter is not supported. Supported are id, userName, externalId and emails.value " +
				'with eq, such as userName eq "ada@example.com".',
		);
	if (typeof filter.value !== "string")
		throw badRequest("invalidFilter", `${by} is compared with a text in double quotes.`);
	return { by, value: filter.value };
}

function pathIn(filter: Filter): AttributePath | undefined {
	return "path" in filter ? filter.path : undefined;
}

function lookupName(type: ResourceType, path: AttributePath): Lookup["by"] | undefined {
	if (isEmailAlias(path)) return "email";
	const { extension, attribute, sub } = resolve(type, path) ?? {};
	if (!attribute || extension) return undefined;
	const name = sub ? `${attribute.name}.${sub.name}` : attribute.name;
	if (name === "emails.value") return "email";
	return name === "id" || name === "userName" || name === "externalId" ? name : undefined;
}

/** Admins who set an IdP's unique identifier to "email" make it ask for an attribute of that name. */
function isEmailAlias({ schema, name, sub }: AttributePath): boolean {
	return schema === undefined && sub === undefined && name.toLowerCase() === "email";
}
