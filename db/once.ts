/**
 * What a transaction has read once and need not read again: the rules of a workspace, which several
 * steps of one change ask for. It is kept for that transaction alone, and only until it writes to a
 * table it was read from, takes a lock, or runs a statement of its own making that does not say
 * what it writes to.
 *
 * And what it writes at its end, in one statement instead of several: events of the log, which
 * nothing in it reads back (`atEnd`).
 */
import { untilSent, waitForSent } from "./sent";

type Kept = { tables: readonly unknown[]; value: Promise<unknown> };
type Memory = Map<string, Kept>;

/** The part of a transaction that is watched. */
type Watched = {
	insert: (table: never) => unknown;
	update: (table: never) => unknown;
	delete: (table: never) => unknown;
	execute: (query: never) => unknown;
	transaction: (work: (inner: never) => Promise<unknown>, config?: never) => Promise<unknown>;
};

type Pending = { items: unknown[]; write: (tx: never, items: never[]) => Promise<unknown> };

const memories = new WeakMap<object, Memory>();
const endings = new WeakMap<object, Map<string, Pending>>();
/** Statements that say what they write to. */
const said = new WeakMap<object, readonly unknown[]>();

/** A statement of one's own making, with all that it writes to: the rest is still remembered. */
export function writing<Q extends object>(statement: Q, ...tables: readonly unknown[]): Q {
	said.set(statement, tables);
	return statement;
}

/** Gives a transaction a memory, which transactions inside it share. @returns the same transaction. */
export function remembering<T extends object>(tx: T, memory: Memory = new Map()): T {
	memories.set(tx, memory);
	endings.set(tx, new Map());
	const watched = tx as unknown as Watched;
	for (const name of ["insert", "update", "delete"] as const) {
		const write = watched[name].bind(tx);
		watched[name] = (table) => {
			forgetIn(memory, table);
			return write(table);
		};
	}
	const [execute, transaction] = [watched.execute.bind(tx), watched.transaction.bind(tx)];
	watched.execute = (query) => {
		const tables = said.get(query);
		if (tables) for (const table of tables) forgetIn(memory, table);
		else forgetIn(memory);
		return execute(query);
	};
	// What an inner transaction did may be taken back: with what it would have written at its end.
	watched.transaction = async (work, config) => {
		await writeEndings(tx);
		await waitForSent(tx);
		const ended = (inner: never) =>
			untilSent(inner, async () => {
				const result = await work(remembering(inner, memory));
				await writeEndings(inner);
				return result;
			});
		return transaction(ended, config).finally(() => forgetIn(memory));
	};
	return tx;
}

function forgetIn(memory: Memory, table?: unknown): void {
	for (const [key, { tables }] of memory)
		if (table === undefined || tables.includes(table)) memory.delete(key);
}

/** Forgets what was read from these tables: something wrote to them that is not watched. */
export function forget(db: object, tables: readonly unknown[]): void {
	const memory = memories.get(db);
	if (memory) for (const table of tables) forgetIn(memory, table);
}

/** Remembers what was read already, as `oncePer` would. Outside of a transaction it does nothing. */
export function keepOnce(db: object, key: string, tables: readonly unknown[], value: unknown) {
	memories.get(db)?.set(key, { tables, value: Promise.resolve(value) });
}

/** So many items at most are one statement, which takes 65,535 values. */
export const atOnce = 500;

/**
 * Writes `item` before the transaction ends, together with all others of this key, in their order.
 * Outside of a transaction, at once. Whoever reads them back in the same transaction finds nothing.
 * @param write runs one statement for up to `atOnce` items, and nothing else.
 */
export async function atEnd<D extends object, T>(
	db: D,
	key: string,
	item: T,
	write: (db: D, items: T[]) => Promise<unknown>,
): Promise<void> {
	const pending = endings.get(db);
	if (!pending) {
		await write(db, [item]);
		return;
	}
	const kept = pending.get(key);
	if (kept) kept.items.push(item);
	else pending.set(key, { items: [item], write: write as unknown as Pending["write"] });
}

/**
 * Writes what waits for the end. What cannot be written undoes the transaction, like any write.
 * @param beforeLast called right before the statement that is the last of the transaction
 */
export async function writeEndings(tx: object, beforeLast?: (tx: object) => void): Promise<void> {
	const pending = endings.get(tx);
	for (const [key, { items, write }] of pending ?? []) {
		pending?.delete(key);
		if (pending?.size === 0 && items.length <= atOnce) beforeLast?.(tx);
		await write(tx as never, items as never[]);
	}
}

/**
 * What `load` gives, loaded once a transaction. Outside of one it is loaded each time.
 * @param tables all that `load` reads
 */
export function oncePer<T>(
	db: object,
	key: string,
	tables: readonly unknown[],
	load: () => Promise<T>,
): Promise<T> {
	const memory = memories.get(db);
	if (!memory) return load();
	const kept = memory.get(key) ?? { tables, value: load() };
	memory.set(key, kept);
	return kept.value as Promise<T>;
}
