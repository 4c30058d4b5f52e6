/**
 * Statements that are built once. Drizzle makes the text of a statement anew at each use, which
 * costs more than sending it; what every request of a directory runs is built at its first use, and
 * afterwards only given its values. Where it runs is decided at each use: on the database, or in
 * whichever transaction.
 */
import { type Placeholder, type SQL, sql } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import type { Db, Tx } from "./client";
import { atOnce, forget } from "./once";

/** What Drizzle's builders offer at their end. */
type Buildable<R> = {
	prepare(name: string): { execute(values?: Record<string, unknown>): Promise<R> };
};

/** A prepared statement knows the connection it runs on by this name, in both of our drivers. */
type OnConnection = { client: unknown };
type InSession = { session: OnConnection };

/**
 * A statement with values to come.
 * @param names of the values. None may be null for a column that Drizzle encodes (dates, jsonb,
 *   arrays): a placeholder is always encoded.
 * @param build makes the statement, with a placeholder for each value.
 * @param written the tables it writes to, of which a transaction then remembers nothing.
 */
export function statement<N extends string, R>(
	names: readonly N[],
	build: (on: Db, at: Record<N, Placeholder>) => Buildable<R>,
	written: readonly unknown[] = [],
): (on: Db | Tx, values: Record<N, unknown>) => Promise<R> {
	const at = Object.fromEntries(
		names.map((name): [string, Placeholder] => [name, sql.placeholder(name)]),
	) as Record<N, Placeholder>;
	/** One for each driver: it is a driver's session that makes them. */
	const built = new Map<unknown, ReturnType<Buildable<R>["prepare"]>>();
	return (on, values) => {
		const { session } = on as unknown as InSession;
		// Without a name of its own: db/prepared.ts names a text for all connections alike.
		const prepared = built.get(session.constructor) ?? build(on as Db, at).prepare("");
		built.set(session.constructor, prepared);
		if (written.length > 0) forget(on, written);
		return Object.assign(Object.create(prepared), { client: session.client }).execute(values);
	};
}

/** What an update sets, with placeholders, which the types of Drizzle's `set` do not know. */
export const toSet = (values: Record<string, Placeholder | SQL>) => values as Record<string, never>;

/**
 * Inserts rows that all give these columns, in their order. The statements for a few rows are built
 * once; many at once are rare enough to be built each time.
 */
export function inserting<T extends PgTable>(
	table: T,
	columns: readonly (keyof T["$inferInsert"] & string)[],
): (on: Db | Tx, rows: T["$inferInsert"][]) => Promise<void> {
	const few = [1, 2, 3, 4].map((count) => {
		const rows = Array.from({ length: count }, (_, row) => row);
		const names = rows.flatMap((row) => columns.map((column) => `${column} ${row}`));
		return statement(
			names,
			(on, at) =>
				on
					.insert(table)
					.values(
						rows.map((row) =>
							Object.fromEntries(columns.map((column) => [column, at[`${column} ${row}`]])),
						) as never,
					),
			[table],
		);
	});
	return async (on, rows) => {
		const insert = few[rows.length - 1];
		if (!insert) {
			for (let from = 0; from < rows.length; from += atOnce)
				await on.insert(table).values(rows.slice(from, from + atOnce) as never);
			return;
		}
		const values = rows.flatMap((values, row) =>
			columns.map((column): [string, unknown] => [`${column} ${row}`, values[column]]),
		);
		await insert(on, Object.fromEntries(values));
	};
}
