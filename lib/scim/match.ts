/**
 * Whether an element of a list satisfies a value filter (RFC 7644 §3.5.2 and §3.4.2.2), in memory.
 */
import { foldText } from "@/lib/directory/person";
import { badRequest } from "./errors";
import {
	type AttributePath,
	type Comparison,
	type Filter,
	type FilterValue,
	formatPath,
} from "./filter";
import { type Attribute, partOf } from "./schema";
import { booleanOf, ignoreUnknown, type Mode, type Parts } from "./values";

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

/**
 * Every part that a filter names exists and can be asked so, whichever of its terms decides.
 * @throws ScimError 400 invalidPath; strictly invalidSyntax, as for any attribute that does not
 * exist; invalidFilter where it asks for the order of what has none (RFC 7644 §3.4.2.2, table 3).
 */
export function checkParts(where: Filter, attribute: Attribute, mode: Mode): void {
	for (const term of termsIn(where)) {
		if (mode.strict && !findPart(attribute, term.path))
			ignoreUnknown(`${attribute.name}.${formatPath(term.path)}`, mode);
		const { type, name } = partNamed(attribute, term.path);
		if (term.kind === "compare" && isOrder(term.op) && (type === "boolean" || type === "binary"))
			throw badRequest("invalidFilter", `${name} cannot be compared with ${term.op}.`);
	}
}

function termsIn(where: Filter): Extract<Filter, { path: AttributePath }>[] {
	if (where.kind === "not") return termsIn(where.term);
	return "terms" in where ? where.terms.flatMap(termsIn) : [where];
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
	const part = findPart(attribute, path);
	if (!part) throw badRequest("invalidPath", `${attribute.name} has no part "${path.name}".`);
	return part;
}

const findPart = (attribute: Attribute, path: AttributePath) =>
	path.schema || path.sub ? undefined : partOf(attribute, path.name);

/** Whether an operator asks what comes first, which flags and binary values do not know. */
export const isOrder = (op: Comparison): boolean => ["gt", "ge", "lt", "le"].includes(op);

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
