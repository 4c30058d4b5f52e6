/**
 * Whether an element of a list satisfies a value filter (RFC 7644 §3.5.2 and §3.4.2.2), in memory.
 */
import { foldText } from "@/lib/directory/person";
import { badRequest } from "./errors";
import type { AttributePath, Comparison, Filter, FilterValue } from "./filter";
import { type Attribute, partOf } from "./schema";
import { booleanOf, type Parts } from "./values";

/**
 * Whether one element matches.
 * @throws ScimError 400 invalidPath when the filter names a part the attribute does not have.
 */
export function matchesElement(where: Filter, attribute: Attribute, element: Parts): boolean {
	switch (where.kind) {
		case "and":
			return where.terms.every((term) => matchesElement(term, attribute, element));
		case "or":
			return where.terms.some((term) => matchesElement(term, attribute, element));
		case "not":
			return !matchesElement(where.term, attribute, element);
		case "present":
			return element[partNamed(attribute, where.path).name] !== undefined;
		case "compare": {
			const part = partNamed(attribute, where.path);
			return compare(part, where.op, element[part.name], where.value);
		}
		case "element":
			throw badRequest("invalidPath", "A value filter cannot hold another one.");
	}
}

/** What the `eq` terms of a filter say an element is, or undefined if it says more than that. */
export function seedOf(where: Filter, attribute: Attribute): Parts | undefined {
	if (where.kind === "and") {
		const seeds = where.terms.map((term) => seedOf(term, attribute));
		return seeds.includes(undefined) ? undefined : Object.assign({}, ...seeds);
	}
	if (where.kind !== "compare" || where.op !== "eq" || where.value === null) return undefined;
	const part = partNamed(attribute, where.path);
	const value = part.type === "boolean" ? booleanOf(where.value) : where.value;
	return value === undefined ? undefined : { [part.name]: value };
}

function partNamed(attribute: Attribute, path: AttributePath): Attribute {
	const part = path.schema || path.sub ? undefined : partOf(attribute, path.name);
	if (!part) throw badRequest("invalidPath", `${attribute.name} has no part "${path.name}".`);
	return part;
}

function compare(part: Attribute, op: Comparison, stored: unknown, wanted: FilterValue): boolean {
	if (stored === undefined || wanted === null) {
		const equal = stored === undefined && wanted === null;
		return op === "eq" ? equal : op === "ne" && !equal;
	}
	if (part.type === "boolean") {
		const equal = stored === booleanOf(wanted);
		return op === "eq" ? equal : op === "ne" && !equal;
	}
	const fold = (value: unknown) => (part.caseExact ? String(value) : foldText(String(value)));
	const [a, b] = [fold(stored), fold(wanted)];
	switch (op) {
		case "eq":
			return a === b;
		case "ne":
			return a !== b;
		case "co":
			return a.includes(b);
		case "sw":
			return a.startsWith(b);
		case "ew":
			return a.endsWith(b);
		case "gt":
			return a > b;
		case "ge":
			return a >= b;
		case "lt":
			return a < b;
		case "le":
			return a <= b;
	}
}
