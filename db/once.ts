/**
 * What a transaction has read once and need not read again: the rules of a workspace, which several
 * steps of one change ask for. It is kept for that transaction alone, and only until it writes to a
 * table it was read from, takes a lock, or runs any statement of its own making.
 */
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

const memories = new WeakMap<object, Memory>();

/** Gives a transaction a memory, which transactions inside it share. @returns the same transaction. */
export function remembering<T extends object>(tx: T, memory: Memory = new Map()): T {
	memories.set(tx, memory);
	const watched = tx as unknown as Watched;
	const forget = (table?: unknown) => {
		for (const [key, { tables }] of memory)
			if (table === undefined || tables.includes(table)) memory.delete(key);
	};
	for (const name of ["insert", "update", "delete"] as const) {
		const write = watched[name].bind(tx);
		watched[name] = (table) => {
			forget(table);
			return write(table);
		};
	}
	const [execute, transaction] = [watched.execute.bind(tx), watched.transaction.bind(tx)];
	watched.execute = (query) => {
		forget();
		return execute(query);
	};
	// What an inner transaction did may be taken back.
	watched.transaction = (work, config) =>
		transaction((inner: never) => work(remembering(inner, memory)), config).finally(() => forget());
	return tx;
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
