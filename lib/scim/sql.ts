/**
 * A filter as a condition of SQL. Attributes come from ./fields, values are bound parameters, and
 * `co`, `sw` and `ew` are functions, so that nothing needs escaping. The same in memory is ./match.
 *
 * SQL knows three truths, SCIM two: an attribute without a value equals nothing, and `not` turns
 * that around. So below a `not` each comparison is made two-valued; above, null and false are the
 * same, and leaving it bare lets an index answer.
 */
import { type SQL, sql } from "drizzle-orm";
import { foldText } from "@/lib/directory/person";
import { compare, joined, present, textOf, unfit } from "./compare";
import { badRequest } from "./errors";
import { type Field, groupSource, hasIndex, type Source } from "./fields";
import { type AttributePath, type Filter, formatPath } from "./filter";
import { isEmailAlias } from "./query";
import { type Attribute, partOf, resolve } from "./schema";
import { booleanOf } from "./values";

/** A condition, and how many comparisons of it may have to look at every row. */
export type Condition = { where: SQL; scans: number };

type Context = {
	source: Source;
	base: string;
	/** Where several types are asked, one may lack what another has; it then has no value. */
	mixed: boolean;
	/** Below a `not`, where null must not be, and no index answers. */
	negated: boolean;
	/** Below an `or`, where rows of another table are looked up for each row, whatever index is there. */
	either: boolean;
	/** Counts the comparisons that no index answers. */
	seen: { scans: number };
};

/**
 * Compiles a filter for the rows of a type.
 * @param base the base URL the client called; addresses are compared with it.
 * @param options.mixed an attribute this type does not have has no value, instead of a refusal.
 * @throws ScimError 400 invalidFilter for an attribute that is not there, or cannot be asked so.
 */
export function compile(
	source: Source,
	filter: Filter,
	base: string,
	{ mixed = false } = {},
): Condition {
	const seen = { scans: 0 };
	const where = compileFilter(filter, { source, base, mixed, negated: false, either: false, seen });
	return { where, scans: seen.scans };
}

/** A filter on the parts of one element of a list, as it stands in the path of a PATCH. */
export function compileMatch(field: List, where: Filter, base: string): SQL {
	const context = {
		source: groupSource,
		base,
		mixed: false,
		negated: false,
		either: false,
		seen: { scans: 0 },
	};
	return compileParts(where, field, context);
}

function compileFilter(filter: Filter, context: Context): SQL {
	switch (filter.kind) {
		case "and":
			return joined(
				"and",
				filter.terms.map((term) => compileFilter(term, context)),
			);
		case "or":
			return joined(
				"or",
				filter.terms.map((term) => compileFilter(term, { ...context, either: true })),
			);
		case "not":
			return sql`(not ${compileFilter(filter.term, { ...context, negated: true })})`;
		case "element":
			return compileBrackets(filter.path, filter.where, context);
		default: {
			const path = aliased(filter.path);
			const [field, part] = fieldOf(path, context);
			if (field.kind === "list") return compileInList(field, part, filter, context);
			return compileLeaf(field, filter, context, path);
		}
	}
}

type Leaf = Extract<Filter, { kind: "compare" | "present" }>;
type List = Extract<Field, { kind: "list" }>;

const aliased = (path: AttributePath): AttributePath =>
	isEmailAlias(path) ? { name: "emails", sub: "value" } : path;

/** What a type has no attribute for. */
const nothing: Field = { kind: "text", sql: sql`null::text`, folding: null, indexed: true };

/** What a path names. For a list also the part of its elements that is meant: `value`, if none. */
function fieldOf(path: AttributePath, context: Context): [Field, Attribute | undefined] {
	const { source, base, mixed } = context;
	const target = resolve(source.type, path);
	const field = target && source.field(target, base);
	if (!field && mixed) return [nothing, undefined];
	if (!target || !field)
		throw badRequest("invalidFilter", `There is no attribute "${formatPath(path)}".`);
	const { attribute, sub, extension } = target;
	if (field.kind === "list") return [field, sub ?? (attribute && partOf(attribute, "value"))];
	// Entra asks `manager eq "id"`: a complex attribute compares by its value.
	const value = field.kind === "object" && attribute && partOf(attribute, "value");
	const whole =
		value && source.field({ ...(extension ? { extension } : {}), attribute, sub: value }, base);
	return [whole || field, undefined];
}

/** `emails.value eq "a"`, and `emails eq "a"`, which means the same: one element does. */
function compileInList(
	field: List,
	part: Attribute | undefined,
	filter: Leaf,
	context: Context,
): SQL {
	const { name } = field.attribute;
	// Of the whole list only whether there is one is asked.
	const asked = filter.kind === "present" && filter.path.sub === undefined;
	if (asked) {
		context.seen.scans += 1;
		return field.exists(undefined);
	}
	if (!part) throw badRequest("invalidFilter", `${name} cannot be compared as a whole.`);
	// No value at all: no element has the part.
	if (filter.kind === "compare" && filter.value === null) {
		const present: Leaf = { kind: "present", path: { name: part.name } };
		const some = field.exists(compileLeaf(field.part(part), present, context, filter.path));
		if (filter.op === "eq") return sql`(not ${some})`;
		if (filter.op === "ne") return some;
	}
	return compileElement({ name }, { ...filter, path: { name: part.name } }, context, field);
}

/** What stands in brackets after an attribute: of a list or of one with parts, which is like one. */
function compileBrackets(path: AttributePath, where: Filter, context: Context): SQL {
	const { source, base } = context;
	const target = resolve(source.type, path);
	const field = target && source.field(target, base);
	if (!target?.attribute || field?.kind !== "object") return compileElement(path, where, context);
	const asked = partsAsked(path, where, target.attribute);
	return joined("and", [present(field, path), compileFilter(asked, context)]);
}

/** `name[givenName eq "a"]` as `name.givenName eq "a"`, which an index may answer. */
function partsAsked(path: AttributePath, where: Filter, attribute: Attribute): Filter {
	switch (where.kind) {
		case "and":
		case "or":
			return { ...where, terms: where.terms.map((term) => partsAsked(path, term, attribute)) };
		case "not":
			return { ...where, term: partsAsked(path, where.term, attribute) };
		case "element":
			throw badRequest("invalidFilter", "A value filter cannot hold another one.");
		default:
			return { ...where, path: { ...path, sub: partNamed(attribute, where.path).name } };
	}
}

/** `emails[...]`: one element satisfies all of it. */
function compileElement(path: AttributePath, where: Filter, context: Context, known?: List): SQL {
	const field = known ?? fieldOf(path, context)[0];
	if (field.kind !== "list" && context.mixed) return sql`false`;
	if (field.kind !== "list")
		throw badRequest("invalidFilter", `${formatPath(path)} is not a list and takes no brackets.`);
	const parts = field.holds && partsOf(where, field.attribute);
	if (parts && field.holds) {
		if (context.negated || !field.indexed?.(parts)) context.seen.scans += 1;
		return field.holds(parts);
	}
	const before = context.seen.scans;
	const condition = compileParts(where, field, context);
	if (context.either && context.seen.scans === before) context.seen.scans += 1;
	return field.exists(condition);
}

function compileParts(where: Filter, field: List, context: Context): SQL {
	switch (where.kind) {
		case "and":
		case "or":
			return joined(
				where.kind,
				where.terms.map((term) => compileParts(term, field, context)),
			);
		case "not":
			return sql`(not ${compileParts(where.term, field, { ...context, negated: true })})`;
		case "element":
			throw badRequest("invalidFilter", "A value filter cannot hold another one.");
		default:
			return compileLeaf(
				field.part(partNamed(field.attribute, where.path)),
				where,
				context,
				where.path,
			);
	}
}

function partNamed(attribute: Attribute, path: AttributePath): Attribute {
	const part = path.schema || path.sub ? undefined : partOf(attribute, path.name);
	if (!part)
		throw badRequest("invalidFilter", `${attribute.name} has no part "${formatPath(path)}".`);
	return part;
}

/** The parts an element must have, if a filter says only that: what an index can answer. */
function partsOf(where: Filter, attribute: Attribute): Record<string, unknown> | undefined {
	if (where.kind === "and") {
		const found: Record<string, unknown> = {};
		for (const term of where.terms) {
			const parts = partsOf(term, attribute);
			if (!parts || Object.keys(parts).some((name) => name in found)) return undefined;
			Object.assign(found, parts);
		}
		return found;
	}
	if (where.kind !== "compare" || where.op !== "eq" || where.value === null) return undefined;
	const part = partNamed(attribute, where.path);
	if (part.caseExact) return undefined;
	const value = part.type === "boolean" ? booleanOf(where.value) : textOf(where.value);
	if (value === undefined) return undefined;
	return { [part.name.toLowerCase()]: typeof value === "string" ? foldText(value) : value };
}

function compileLeaf(field: Field, filter: Leaf, context: Context, path: AttributePath): SQL {
	const isEqual = filter.kind === "compare" && filter.op === "eq" && filter.value !== null;
	if (!isEqual || context.negated || !hasIndex(field, filter.value)) context.seen.scans += 1;
	if (filter.kind === "present") return present(field, path);
	const { op, value } = filter;
	if (value === null) {
		if (op !== "eq" && op !== "ne") throw unfit(path, op);
		const there = present(field, path);
		return op === "eq" ? sql`(not ${there})` : there;
	}
	if (op === "ne") {
		return sql`((${compare(field, "eq", value, path)}) is not true)`;
	}
	const compared = compare(field, op, value, path);
	return context.negated ? sql`((${compared}) is true)` : compared;
}

/**
 * Makes sure that every attribute of a filter exists in one of several types at least.
 * @throws ScimError 400 invalidFilter.
 */
export function knows(sources: Source[], filter: Filter): void {
	switch (filter.kind) {
		case "and":
		case "or":
			for (const term of filter.terms) knows(sources, term);
			return;
		case "not":
			knows(sources, filter.term);
			return;
		default: {
			const path = aliased(filter.path);
			if (!sources.some(({ type }) => resolve(type, path)))
				throw badRequest("invalidFilter", `There is no attribute "${formatPath(path)}".`);
		}
	}
}
