/**
 * Makes once what every database test starts from: on PGlite an image of a migrated database, on
 * Postgres a migrated template database. Vitest runs it for each engine before the first file;
 * freshDb() copies from there.
 */
import { createHash } from "node:crypto";
import {
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { drizzle } from "drizzle-orm/pglite";
import type { TestProject } from "vitest/node";
import { migrate, migratePostgres, openPostgres } from "@/db/client";
import { newId } from "@/lib/platform/ids";

export default function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
	return project.name === "postgres" ? makeTemplate() : makeImage();
}

/** Kept between runs, named by what it was made from: making it takes seconds, finding it none. */
async function makeImage(): Promise<undefined> {
	const folder = resolve("node_modules/.cache/gatehouse");
	const name = `database-${hashOfMigrations()}.tar`;
	const image = join(folder, name);
	if (!existsSync(image)) {
		mkdirSync(folder, { recursive: true });
		for (const old of readdirSync(folder)) if (old.endsWith(".tar")) rmSync(join(folder, old));
		// Renamed into place, so that another run never reads half of it.
		const unfinished = join(folder, `${name}.${process.pid}`);
		writeFileSync(unfinished, await dumpOfMigrated());
		renameSync(unfinished, image);
	}
	process.env.GATEHOUSE_TEST_IMAGE = image;
}

async function dumpOfMigrated(): Promise<Buffer> {
	const client = await PGlite.create();
	await migrate({
		db: drizzle(client),
		engine: "pglite",
		close: () => client.close(),
	});
	const dump = await client.dumpDataDir("none");
	await client.close();
	return Buffer.from(await dump.arrayBuffer());
}

function hashOfMigrations(): string {
	const hash = createHash("sha256");
	const version = readFileSync("node_modules/@electric-sql/pglite/package.json", "utf8");
	hash.update(version);
	for (const file of readdirSync("db/migrations").sort())
		if (file.endsWith(".sql")) hash.update(readFileSync(join("db/migrations", file)));
	return hash.digest("hex").slice(0, 16);
}

/** A database with all migrations, dropped after the last test. */
async function makeTemplate(): Promise<() => Promise<void>> {
	const server = process.env.TEST_DATABASE_URL;
	if (!server) throw new Error("the Postgres tests need TEST_DATABASE_URL");
	const template = `template_${newId().replaceAll("-", "")}`;
	const admin = openPostgres(server, 1);
	await admin.db.execute(`create database ${template}`);
	const url = new URL(server);
	url.pathname = `/${template}`;
	await migratePostgres(url.href);
	process.env.GATEHOUSE_TEST_TEMPLATE = template;
	return async () => {
		await admin.db.execute(`drop database ${template} with (force)`);
		await admin.close();
	};
}
