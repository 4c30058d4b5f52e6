/** What a request costs: the usual ones are a single statement, which is what makes them fast. */
import { eq } from "drizzle-orm";
import { beforeAll, expect, test } from "vitest";
import type { Db } from "@/db/client";
import { directories } from "@/db/schema";
import { aWorkspace, freshDb } from "@/db/testing";
import { newId } from "@/lib/platform/ids";
import { type Answer, aClient, type Client, patchOp, person } from "./testing";

let db: Db;
let client: Client;
let made: Answer["body"];

/** How many statements the driver below Drizzle is asked to run. */
async function statementsOf(work: () => Promise<unknown>): Promise<number> {
	const driver = (db as unknown as { $client: { query: (...args: unknown[]) => unknown } }).$client;
	const { query } = driver;
	let count = 0;
	driver.query = (...args) => {
		count += 1;
		return query.apply(driver, args);
	};
	try {
		await work();
	} finally {
		driver.query = query;
	}
	return count;
}

beforeAll(async () => {
	db = await freshDb();
	client = await aClient(db, (await aWorkspace(db)).id);
	const body = person("one@acme.test", { externalId: "one" });
	made = (await client.send("POST", "/Users", body)).body;
});

test("reading one person, found or not, is one statement", async () => {
	for (const id of [made.id, newId(), "1"])
		expect(await statementsOf(() => client.send("GET", `/Users/${id}`))).toBe(1);
	const headers = { "if-none-match": made.meta.version };
	expect(
		await statementsOf(() => client.send("GET", `/Users/${made.id}`, undefined, headers)),
	).toBe(1);
});

test.each([
	'userName eq "one@acme.test"',
	'userName eq "nobody@acme.test"',
	'externalId eq "one"',
	'emails.value eq "one@acme.test"',
])("finding by %s is one statement", async (filter) => {
	const path = `/Users?startIndex=1&count=100&filter=${encodeURIComponent(filter)}`;
	expect(await statementsOf(() => client.send("GET", path))).toBe(1);
});

test("a page is three: the token, the page and the count", async () => {
	expect(await statementsOf(() => client.send("GET", "/Users?count=10"))).toBe(3);
});

test("discovery and refusals by a good token are one", async () => {
	for (const path of ["/ServiceProviderConfig", "/Schemas", "/nothing", "/Users?filter=x"])
		expect(await statementsOf(() => client.send("GET", path))).toBe(1);
});

test("every directory is held to its own strictness", async () => {
	const strict = await aClient(db, (await aWorkspace(db)).id);
	await db.update(directories).set({ strict: true }).where(eq(directories.id, strict.directoryId));
	const body = person("strict@acme.test");
	const typo = await strict.send("POST", "/Users", { ...body, dispalyName: "typo" });
	expect(typo).toMatchObject({ status: 400, body: { scimType: "invalidSyntax" } });
	const { id } = (await strict.send("POST", "/Users", body)).body;
	const pathless = { op: "replace", value: { active: false } };
	expect(await strict.patch(id, pathless)).toMatchObject({
		status: 400,
		body: { scimType: "invalidSyntax" },
	});
	expect((await client.patch(made.id, pathless)).status).toBe(200);
	const unnamed = { Operations: [{ op: "replace", path: "active", value: false }] };
	expect((await strict.send("PATCH", `/Users/${id}`, unnamed)).status).toBe(400);
	const named = { schemas: [patchOp], ...unnamed };
	expect((await strict.send("PATCH", `/Users/${id}`, named)).body.active).toBe(false);
});
