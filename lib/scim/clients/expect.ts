/** What clients look for in an answer. Each returns what is wrong, or undefined. Pure. */
import { isDeepStrictEqual } from "node:util";

type Check = (body: unknown) => string | undefined;
type Json = Record<string, unknown>;

const isRecord = (value: unknown): value is Json =>
	typeof value === "object" && value !== null && !Array.isArray(value);

/** A resource that has at least these values; a nested object at least those inside. */
export const resource =
	(expected: Json): Check =>
	(body) => {
		if (!isRecord(body)) return "the body is no resource";
		if (typeof body.id !== "string" || body.id === "") return "the resource has no id";
		return differenceIn(body, expected, "");
	};

/** Like `resource`, where a body is given at all: some servers answer a PATCH with 204. */
export const resourceIfAny =
	(expected: Json): Check =>
	(body) =>
		body === undefined ? undefined : resource(expected)(body);

/** A list of exactly so many, whose numbers are numbers. */
export const listOf =
	(total: number, each?: Json): Check =>
	(body) => {
		const wrong = list(body);
		if (wrong) return wrong;
		const { totalResults, Resources } = body as { totalResults: number; Resources?: unknown[] };
		if (totalResults !== total) return `totalResults is ${totalResults} instead of ${total}`;
		const resources = Resources ?? [];
		if (resources.length !== total) return `it lists ${resources.length} instead of ${total}`;
		if (!each) return undefined;
		return resources.map(resource(each)).find((complaint) => complaint !== undefined);
	};

/** Any list, as RFC 7644 §3.4.2 has it. */
export const list: Check = (body) => {
	if (!isRecord(body)) return "the body is no list";
	const { schemas, totalResults, Resources = [], itemsPerPage, startIndex } = body;
	if (!Array.isArray(schemas)) return "the list names no schema";
	if (typeof totalResults !== "number") return "totalResults is no number";
	if (!Array.isArray(Resources)) return "Resources is no list";
	for (const [name, value] of Object.entries({ itemsPerPage, startIndex }))
		if (value !== undefined && typeof value !== "number") return `${name} is no number`;
	return undefined;
};

/** A group that has exactly these members, in whatever order. */
export const groupWith =
	(displayName: string, members: string[]): Check =>
	(body) => {
		const wrong = resource({ displayName })(body);
		if (wrong) return wrong;
		const { members: listed = [] } = body as { members?: unknown };
		if (!Array.isArray(listed)) return "members is no list";
		const ids = listed.map((member) => (isRecord(member) ? String(member.value) : "")).sort();
		return isDeepStrictEqual(ids, [...members].sort())
			? undefined
			: `it has ${ids.length} members that are not the ${members.length} expected`;
	};

/** An error in the protocol's own form. */
export const problem: Check = (body) => {
	if (!isRecord(body)) return "the error has no body";
	const { schemas, status } = body;
	if (!Array.isArray(schemas) || !schemas.includes("urn:ietf:params:scim:api:messages:2.0:Error"))
		return "the error is not of the schema of errors";
	return /^\d{3}$/.test(String(status)) ? undefined : "the error names no status";
};

function differenceIn(found: Json, expected: Json, at: string): string | undefined {
	for (const [name, value] of Object.entries(expected)) {
		const [here, there] = [`${at}${name}`, found[name]];
		if (isRecord(value) && isRecord(there)) {
			const difference = differenceIn(there, value, `${here}.`);
			if (difference) return difference;
		} else if (!isDeepStrictEqual(there, value))
			return `${here} is ${JSON.stringify(there)} instead of ${JSON.stringify(value)}`;
	}
	return undefined;
}
