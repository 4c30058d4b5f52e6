/**
 * Databases for tests. `freshDb()` gives a test file a migrated database of its own, on the engine
 * that GATEHOUSE_TEST_ENGINE names; tests of one file share it and keep apart by making their own
 * workspace. The image and the template it starts from are made once, in global-setup.ts.
 */
import { openAsBlob } from "node:fs";
import { afterAll } from "vitest";
import { type Database, type Db, migrate, openPglite, openPostgres } from "@/db/client";
import { newId } from "@/lib/platform/ids";

/** Whether this run is on Postgres, where several transactions can be under way at once. */
export const isPostgres = process.env.GATEHOUSE_TEST_ENGINE === "postgres";

/** The database of this test file. Closed, and on Postgres dropped, after its last test. */
export async function freshDb(): Promise<Db> {
	return (await opened()).db;
}

/** The same, and what the product has to do with where nobody gives it a database. */
export async function freshDbOfProcess(): Promise<Db> {
	const database = await opened();
	// Where db/client keeps what it has opened.
	Object.assign(globalThis, { [Symbol.for("gatehouse.database")]: Promise.resolve(database) });
	return database.db;
}

async function opened(): Promise<Database> {
	const database = isPostgres ? await onPostgres() : await onPglite();
	afterAll(database.close);
	return database;
}

async function onPglite(): Promise<Database> {
	const image = process.env.GATEHOUSE_TEST_IMAGE;
	if (image) return openPglite(undefined, await openAsBlob(image));
	const database = await openPglite();
	await migrate(database);
	return database;
}

async function onPostgres(): Promise<Database> {
	const server = process.env.TEST_DATABASE_URL;
	const template = process.env.GATEHOUSE_TEST_TEMPLATE;
	if (!server || !template) throw new Error("the Postgres tests need TEST_DATABASE_URL");
	const name = `test_${newId().replaceAll("-", "")}`;
	const admin = openPostgres(server, 1);
	await admin.db.execute(`create database ${name} template ${template}`);
	const url = new URL(server);
	url.pathname = `/${name}`;
	const database = openPostgres(url.href, 10);
	return {
		...database,
		close: async () => {
			await database.close();
			await admin.db.execute(`drop database ${name} with (force)`);
			await admin.close();
		},
	};
}

export * from "./builders";
