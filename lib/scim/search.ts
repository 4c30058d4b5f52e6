/** Queries by POST (RFC 7644 §3.4.3): the body says what a GET says in its address. */
import { readJson } from "./body";
import type { Call, Handler } from "./call";
import { badRequest } from "./errors";
import { checkMessage, field } from "./patch";
import { answerList, maxPage, sourcesOf } from "./resources";
import { isRecord } from "./schema";

const searchSchema = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

const texts = ["filter", "sortBy", "sortOrder", "cursor"];
const numbers = ["startIndex", "count"];
const lists = ["attributes", "excludedAttributes"];

/** All resources, of both types. */
export const listAll: Handler = (call) => answerList(call, sourcesOf(call), maxPage);

/** Answers a POST to .search as `list` answers a GET. */
export const searched =
	(list: Handler): Handler =>
	async (call) => {
		const body = await readJson(call);
		return list({ ...call, query: readSearch(body, call), found: [], lookup: undefined });
	};

/**
 * The parameters in a search request. A number may be a text, and a list one text, unless strict.
 * @throws ScimError 400 invalidSyntax or invalidValue.
 */
function readSearch(body: unknown, { caller }: Call): URLSearchParams {
	const { strict } = caller.directory;
	if (!isRecord(body)) throw badRequest("invalidSyntax", "The body must be a JSON object.");
	checkMessage(searchSchema, body, caller.directory);
	const query = new URLSearchParams();
	for (const name of [...texts, ...numbers]) {
		const value = field(body, name);
		if (value === undefined || value === null) continue;
		if (typeof value !== "string" && typeof value !== "number")
			throw badRequest("invalidSyntax", `${name} must be a text or a number.`);
		if (strict && (typeof value === "number") !== numbers.includes(name))
			throw badRequest("invalidValue", `${name} is of the wrong type.`);
		query.set(name, String(value));
	}
	for (const name of lists) {
		const value = field(body, name);
		if (value === undefined || value === null) continue;
		if (strict && !Array.isArray(value))
			throw badRequest("invalidValue", `${name} must be a list of names.`);
		const items = Array.isArray(value) ? value : [value];
		if (!items.every((item) => typeof item === "string"))
			throw badRequest("invalidSyntax", `${name} must be a list of names.`);
		query.set(name, items.join(","));
	}
	return query;
}
