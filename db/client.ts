/**
 * One database behind one type: Postgres through `pg` when DATABASE_URL is set, PGlite in this
 * process under DATA_DIR otherwise. Owns opening, locking, migrating and the two transaction
 * guards; knows nothing of what is stored.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { sql } from "drizzle-orm";
import { drizzle as drizzlePg } from "drizzle-orm/node-postgres";
import { migrate as migratePg } from "drizzle-orm/node-postgres/migrator";
import type { PgDatabase, PgQueryResultHKT } from "drizzle-orm/pg-core";
import { drizzle as drizzlePglite } from "drizzle-orm/pglite";
import { migrate as migratePglite } from "drizzle-orm/pglite/migrator";
import pg from "pg";
import { env } from "@/lib/platform/env";
import { isId } from "@/lib/platform/ids";
import { commitAfterNext, connectionClass } from "./connection";
import { lockFolder } from "./folder-lock";
import { remembering, writeEndings } from "./once";
import { StatementNames } from "./prepared";
import { untilSent } from "./sent";

export type Db = PgDatabase<PgQueryResultHKT>;
export type Tx = Parameters<Parameters<Db["transaction"]>[0]>[0];

/** An open database: the handle, which engine it is, and how to close it. */
export type Database = { db: Db; engine: "postgres" | "pglite"; close: () => Promise<void> };

const transactions = new AsyncLocalStorage<true>();

/**
 * Runs `work` in one transaction and returns what it returns; a throw rolls everything back.
 * Inside it only the `tx` it is given may be used: the outer handle throws (on PGlite it would
 * wait for ever, on Postgres it would silently write outside), and so does the guarded fetch.
 */
export function transact<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
	// One inside another ends with it: nothing is committed yet.
	const beforeLast = transactions.getStore() ? undefined : commitAfterNext;
	return db.transaction((tx) =>
		transactions.run(true, () =>
			untilSent(tx, async () => {
				const result = await work(remembering(tx));
				await writeEndings(tx, beforeLast);
				return result;
			}),
		),
	);
}

/** As `transact`, but a result that is a refusal takes every write back too. */
export async function transactOrUndo<T extends { ok: boolean }>(
	db: Db,
	work: (tx: Tx) => Promise<T>,
): Promise<T> {
	let refused: T | undefined;
	try {
		return await transact(db, async (tx) => {
			const result = await work(tx);
			if (result.ok) return result;
			refused = result;
			return tx.rollback();
		});
	} catch (error) {
		if (refused) return refused;
		throw error;
	}
}

/** The guard for everything that must not happen while a transaction is held open. */
export function assertOutsideTransaction(what: string): void {
	if (transactions.getStore()) throw new Error(`${what} inside a transaction`);
}

/**
 * Takes the workspace's lock until the transaction ends. Directory writes and sign-ins share it;
 * policy saves and whatever touches an active admin hold it alone. Take it first.
 */
export async function lockWorkspace(
	tx: Tx,
	workspaceId: string,
	mode: "shared" | "exclusive",
): Promise<void> {
	// Without parameters it goes together with the `begin` before it: see ./connection.
	const id = isId(workspaceId) ? sql.raw(`'${workspaceId}'`) : sql`${workspaceId}`;
	const key = sql`hashtextextended(${id}, 0)`;
	await tx.execute(
		mode === "shared"
			? sql`select pg_advisory_xact_lock_shared(${key})`
			: sql`select pg_advisory_xact_lock(${key})`,
	);
}

/** Opens a Postgres pool on a connection string. */
export function openPostgres(url: string, max: number): Database {
	const Client = connectionClass(new StatementNames());
	const pool = new pg.Pool({ connectionString: url, max, Client });
	pool.on("error", () => {}); // an idle connection that dies is replaced at the next query
	const { query, connect } = pool;
	pool.query = guarded(query.bind(pool)) as typeof pool.query;
	pool.connect = guarded(connect.bind(pool)) as typeof pool.connect;
	const db = drizzlePg(pool);
	return { db, engine: "postgres", close: () => pool.end() };
}

/** Opens PGlite on a folder, or in memory; `image` is a dump to begin from. */
export async function openPglite(folder?: string, image?: Blob): Promise<Database> {
	const client = await PGlite.create({
		...(folder ? { dataDir: folder } : {}),
		...(image ? { loadDataDir: image } : {}),
		startParams: [...PGlite.defaultStartParams, "-c", "shared_buffers=16MB"],
	});
	client.query = guarded(client.query.bind(client)) as typeof client.query;
	client.transaction = guarded(client.transaction.bind(client)) as typeof client.transaction;
	const db = drizzlePglite(client);
	embedded().add(db);
	return { db, engine: "pglite", close: () => client.close() };
}

const embeddedSlot = Symbol.for("gatehouse.embedded");
const embedded = (): WeakSet<object> => {
	const known = globalThis as { [embeddedSlot]?: WeakSet<object> };
	known[embeddedSlot] ??= new WeakSet();
	return known[embeddedSlot];
};

/**
 * Whether a handle is the embedded database: it works on the process's own thread, where a
 * statement's timeout never comes.
 */
export const isEmbedded = (db: Db): boolean => embedded().has(db);

/** The handle outside a transaction refuses to work inside one. */
function guarded<A extends unknown[], R>(call: (...args: A) => R): (...args: A) => R {
	return (...args) => {
		assertOutsideTransaction("The outer database handle was used");
		return call(...args);
	};
}

const migrationsFolder = resolve("db/migrations");

/** Applies what is due. Several processes may start at once: an advisory lock orders them. */
export async function migrate(database: Database): Promise<void> {
	if (database.engine === "pglite") {
		await migratePglite(database.db as Parameters<typeof migratePglite>[0], { migrationsFolder });
		return;
	}
	await migratePg(database.db as Parameters<typeof migratePg>[0], { migrationsFolder });
}

const slot = Symbol.for("gatehouse.database");
const shared = globalThis as { [slot]?: Promise<Database> };

/**
 * Opens the database this process is configured for, migrated, once: every bundle of the process
 * shares it through globalThis.
 * @throws FolderInUse when another process has the embedded folder.
 */
export function openDatabase(): Promise<Database> {
	if (env().NEXT_PHASE === "phase-production-build")
		throw new Error("The database was opened while building");
	shared[slot] ??= open().catch((error: unknown) => {
		delete shared[slot];
		throw error;
	});
	return shared[slot];
}

async function open(): Promise<Database> {
	const { DATABASE_URL, DATABASE_POOL, DATA_DIR } = env();
	if (DATABASE_URL) {
		await migratePostgres(DATABASE_URL);
		return openPostgres(DATABASE_URL, DATABASE_POOL);
	}
	const folder = join(DATA_DIR, "db");
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	const unlock = await lockFolder(folder);
	const database = await openPglite(folder);
	await migrate(database);
	return {
		...database,
		close: async () => {
			await database.close();
			await unlock();
		},
	};
}

/** Migrates over a connection of its own, which holds the lock for as long as it lives. */
export async function migratePostgres(url: string): Promise<void> {
	const single = openPostgres(url, 1);
	try {
		// A pool of one: the lock and the migrations share the connection.
		await single.db.execute(sql`select pg_advisory_lock(hashtextextended('gatehouse.migrate', 0))`);
		await migrate(single);
	} finally {
		await single.close();
	}
}

/** The database of this process. @throws when the configuration or the folder is refused. */
export async function database(): Promise<Db> {
	return (await openDatabase()).db;
}
