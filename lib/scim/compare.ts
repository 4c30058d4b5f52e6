/** A comparison of one field with one value as SQL: what ./sql puts together. */
import { type SQL, sql } from "drizzle-orm";
import { foldText } from "@/lib/directory/person";
import { isId } from "@/lib/platform/ids";
import { foldKey } from "@/lib/platform/text";
import { badRequest, type ScimError } from "./errors";
import type { Field } from "./fields";
import { type AttributePath, type Comparison, type FilterValue, formatPath } from "./filter";
import { isOrder } from "./match";
import { booleanOf } from "./values";

/** Whether a field has a value. */
export function present(field: Field, path: AttributePath): SQL {
	switch (field.kind) {
		case "text":
			return sql`((${field.sql} <> '') is true)`;
		case "schemas":
			return sql`true`;
		case "list":
			throw unfit(path, "pr");
		default:
			return sql`((${field.sql}) is not null)`;
	}
}

/**
 * A comparison; null where the field has no value.
 * @throws ScimError 400 invalidFilter where it makes no sense.
 */
export function compare(
	field: Field,
	op: Exclude<Comparison, "ne">,
	value: Exclude<FilterValue, null>,
	path: AttributePath,
): SQL {
	switch (field.kind) {
		case "boolean": {
			const wanted = booleanOf(value);
			if (op !== "eq" || wanted === undefined) throw unfit(path, op);
			if (field.holds) return field.holds(wanted);
			// Spelled out, not bound, so that the index of those who are not active is known to answer.
			return wanted ? field.sql : sql`not ${field.sql}`;
		}
		case "date":
			return compareDate(field.sql, op, value, path);
		case "id": {
			const wanted = textOf(value) ?? "";
			if (op !== "eq") return compareText(sql`${field.sql}::text`, op, wanted);
			return isId(wanted) ? sql`${field.sql} = ${wanted}::uuid` : sql`false`;
		}
		case "schemas":
			return joined(
				"or",
				field.urns
					.filter(({ urn }) => compareInMemory(urn, op, textOf(value) ?? ""))
					.map((schema) => schema.present),
			);
		case "text": {
			const wanted = textOf(value);
			if (wanted === undefined || (field.binary && isOrder(op))) throw unfit(path, op);
			const isKey = op === "eq" && field.folding === "key";
			const fold = isKey ? foldKey : field.folding ? foldText : String;
			if (op === "eq" && field.holds) return field.holds(fold(wanted));
			return compareText(field.sql, op, fold(wanted));
		}
		default:
			throw unfit(path, op);
	}
}

function compareText(expression: SQL, op: Exclude<Comparison, "ne">, wanted: string): SQL {
	const value = sql`${wanted}::text`;
	switch (op) {
		case "eq":
			return sql`${expression} = ${value}`;
		case "co":
			return sql`strpos(${expression}, ${value}) > 0`;
		case "sw":
			return sql`starts_with(${expression}, ${value})`;
		case "ew":
			return sql`right(${expression}, ${[...wanted].length}::int) = ${value}`;
		default:
			return sql`${expression} collate "C" ${orders[op]} ${value}`;
	}
}

const orders = { gt: sql`>`, ge: sql`>=`, lt: sql`<`, le: sql`<=` };

/** Clients see milliseconds and the database keeps more: an instant is a span of one of them. */
function compareDate(
	column: SQL,
	op: Comparison,
	value: Exclude<FilterValue, null>,
	path: AttributePath,
): SQL {
	const time = typeof value === "string" ? Date.parse(value) : Number.NaN;
	// What Postgres can read of what JavaScript writes.
	if (!(time > -62_000_000_000_000 && time < 253_402_300_000_000))
		throw badRequest("invalidFilter", `${formatPath(path)} is compared with a date and time.`);
	const [from, to] = [time, time + 1].map(
		(each) => sql`${new Date(each).toISOString()}::timestamptz`,
	);
	switch (op) {
		case "eq":
			return sql`(${column} >= ${from} and ${column} < ${to})`;
		case "gt":
			return sql`${column} >= ${to}`;
		case "ge":
			return sql`${column} >= ${from}`;
		case "lt":
			return sql`${column} < ${from}`;
		case "le":
			return sql`${column} < ${to}`;
		default:
			throw unfit(path, op);
	}
}

/** URNs are few and known: comparing them needs no database. */
function compareInMemory(text: string, op: Comparison, wanted: string): boolean {
	const [a, b] = [text.toLowerCase(), wanted.toLowerCase()];
	if (op === "eq") return a === b;
	if (op === "co") return a.includes(b);
	if (op === "sw") return a.startsWith(b);
	return op === "ew" && a.endsWith(b);
}

/** A value as a text; undefined for a flag. */
export const textOf = (value: Exclude<FilterValue, null>): string | undefined =>
	typeof value === "boolean" ? undefined : String(value);

export function unfit(path: AttributePath, op: string): ScimError {
	return badRequest("invalidFilter", `${formatPath(path)} cannot be compared with ${op} so.`);
}

/** Terms joined by one keyword. */
export function joined(kind: "and" | "or", terms: SQL[]): SQL {
	if (terms.length === 0) return kind === "and" ? sql`true` : sql`false`;
	return sql`(${sql.join(terms, kind === "and" ? sql` and ` : sql` or `)})`;
}
