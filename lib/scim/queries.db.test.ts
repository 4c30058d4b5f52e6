/** Pages, cursors, searches, bulk and the limit on requests, over more people than one page holds. */
import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import type { Db } from "@/db/client";
import { directories, directoryUsers } from "@/db/schema";
import { aWorkspace, freshDb, isPostgres } from "@/db/testing";
import { aClient, type Client, manyPeople } from "./testing";

let db: Db;
let client: Client;
const size = 450;

const somebody = (prefix: string) => (n: number) => ({
	userName: `${prefix}${n}@acme.test`,
	// Some have no title, and many the same.
	...(n % 5 === 0 ? {} : { title: `T${n % 7}` }),
	emails: [{ value: `${prefix}${n}@acme.test`, type: "work" }],
});

const bulk = (of: Client, count: number, prefix: string) =>
	of.send("POST", "/Bulk", {
		schemas: ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
		Operations: Array.from({ length: count }, (_, n) => ({
			method: "POST",
			path: "/Users",
			bulkId: String(n),
			data: somebody(prefix)(n),
		})),
	});

beforeAll(async () => {
	db = await freshDb();
	client = await aClient(db, (await aWorkspace(db)).id);
	await manyPeople(db, client, size, somebody("p"));
});

/** Every page behind a first request, by cursor. */
async function walk(query: string, between: () => Promise<unknown> = async () => {}) {
	const seen: string[] = [];
	let cursor: string | undefined = "";
	let previous: string | undefined;
	let pages = 0;
	while (cursor !== undefined) {
		const answer = await client.send("GET", `/Users?${query}&cursor=${cursor}`);
		expect(answer.status, JSON.stringify(answer.body)).toBe(200);
		seen.push(...answer.body.Resources.map(({ userName }) => userName));
		cursor = answer.body.nextCursor as string | undefined;
		previous = answer.body.previousCursor as string | undefined;
		if (cursor !== undefined) expect(cursor).toMatch(/^[A-Za-z0-9._~-]+$/);
		if (pages === 0) await between();
		pages += 1;
	}
	return { seen, pages, previous };
}

/** Every page before the one that a cursor leads to, and that one. */
async function walkBack(query: string, from: string | undefined) {
	const pages: string[][] = [];
	for (let cursor = from; cursor !== undefined; ) {
		const { body } = await client.send("GET", `/Users?${query}&cursor=${cursor}`);
		pages.unshift(body.Resources.map(({ userName }) => userName));
		expect(body.nextCursor).toBeDefined();
		cursor = body.previousCursor as string | undefined;
	}
	return pages.flat();
}

describe("cursors", () => {
	test.each([
		"count=100",
		"count=200&sortBy=title",
		"count=97&sortBy=title&sortOrder=descending",
		"count=200&sortBy=userName",
		"count=150&sortBy=meta.created&sortOrder=descending",
	])("by %s meet everybody once, in the order of one long list", async (query) => {
		const { seen, previous } = await walk(query);
		const before = await walkBack(query, previous);
		expect(before.length).toBeGreaterThan(size / 2);
		expect(before).toEqual(seen.slice(0, before.length));
		expect(new Set(seen).size).toBe(size);
		expect(seen).toHaveLength(size);
		const listed: string[] = [];
		for (let startIndex = 1; startIndex <= size; startIndex += 200) {
			const page = await client.send(
				"GET",
				`/Users?${query.replace(/count=\d+/, "count=200")}&startIndex=${startIndex}`,
			);
			listed.push(...page.body.Resources.map(({ userName }) => userName));
		}
		expect(seen).toEqual(listed);
	});

	test("go on where they were, whoever was added or deleted before", async () => {
		const own = await aClient(db, (await aWorkspace(db)).id);
		await manyPeople(db, own, 30, somebody("c"));
		const first = await own.send("GET", "/Users?cursor&count=10");
		const [gone] = first.body.Resources;
		await own.send("DELETE", `/Users/${gone?.id}`);
		const second = await own.send("GET", `/Users?count=10&cursor=${first.body.nextCursor}`);
		expect(second.body.Resources.map(({ userName }) => userName)).toEqual(
			Array.from({ length: 10 }, (_, n) => `c${n + 10}@acme.test`),
		);
		expect(second.body.totalResults).toBe(30);
	});

	test("belong to their query and their directory, and expire", async () => {
		const first = await client.send("GET", "/Users?cursor&count=10");
		const { nextCursor } = first.body;
		const ask = (of: Client, query = "") => of.send("GET", `/Users?cursor=${nextCursor}${query}`);
		expect((await ask(client)).status).toBe(200);
		const other = await aClient(db, (await aWorkspace(db)).id);
		const late = await aClient(db, client.workspaceId, {
			now: () => new Date(Date.now() + 3_700_000),
		});
		for (const [answer, scimType] of [
			[await ask(client, "&sortBy=title"), "invalidCursor"],
			[await ask(client, "&filter=title pr"), "invalidCursor"],
			[await ask(other), "invalidCursor"],
			[await ask(late), "expiredCursor"],
			[await client.send("GET", `/Groups?cursor=${nextCursor}`), "invalidCursor"],
		] as const)
			expect(answer).toMatchObject({ status: 400, body: { scimType } });
	});

	test("of a search are the same", async () => {
		const first = await client.send("POST", "/Users/.search", { cursor: "", count: 200 });
		expect(first.body.itemsPerPage).toBe(200);
		const next = await client.send("GET", `/Users?count=200&cursor=${first.body.nextCursor}`);
		expect(next.body.itemsPerPage).toBe(200);
		expect(next.body.totalResults).toBe(size);
	});
});

test("a total is true on every page, and a page is never more than the most", async () => {
	for (const query of ["count=1", "count=0", "count=100000", "startIndex=440", "startIndex=9999"]) {
		const { body } = await client.send("GET", `/Users?${query}`);
		expect(body.totalResults, query).toBe(size);
		expect(body.itemsPerPage).toBe(body.Resources.length);
		expect(body.Resources.length).toBeLessThanOrEqual(200);
	}
	const some = await client.send("GET", "/Users?filter=title pr&count=5");
	expect(some.body.totalResults).toBe(size - 90);
});

test("a filter that would look at everybody again and again ends in time", async () => {
	const own = await aClient(db, (await aWorkspace(db)).id);
	await manyPeople(db, own, 6000, somebody("l"));
	for (const asked of ["title co", "profileUrl eq", "groups.display eq", "groups.type eq"]) {
		const terms = Array.from({ length: 200 }, (_, n) => `${asked} "no-${n}"`).join(" or ");
		const { status, body } = await own.send("POST", "/Users/.search", { filter: terms });
		// The embedded database has no clock that would end it, so it is not begun there.
		if (isPostgres) expect([200, 400], asked).toContain(status);
		else expect(body, asked).toMatchObject({ status: "400", scimType: "tooMany" });
		expect((await own.send("GET", `/Users?filter=${asked} "no"`)).status).toBe(200);
	}
});

describe("bulk", () => {
	test("makes 1,000 people in one request, and not one more than that", async () => {
		const own = await aClient(db, (await aWorkspace(db)).id);
		const made = await bulk(own, 1000, "b");
		const operations = made.body.Operations as { status: string }[];
		expect(operations.filter(({ status }) => status === "201")).toHaveLength(1000);
		expect((await own.send("GET", "/Users?count=1")).body.totalResults).toBe(1000);
		const more = await bulk(own, 1001, "c");
		expect(more.status).toBe(413);
		expect(more.body.detail).toContain("1000");
		expect((await own.send("GET", "/Users?count=1")).body.totalResults).toBe(1000);
	}, 300_000);

	test("of a hundred thousand operations is refused, in PATCH too, and the process lives", async () => {
		const operation = { op: "add", path: "title", value: "x" };
		const many = { Operations: Array(100_000).fill(operation) };
		const [row] = await db
			.select({ id: directoryUsers.id })
			.from(directoryUsers)
			.where(eq(directoryUsers.directoryId, client.directoryId))
			.limit(1);
		expect((await client.send("PATCH", `/Users/${row?.id}`, many)).status).toBe(413);
		expect((await client.send("PATCH", `/Groups/${row?.id}`, many)).status).toBe(413);
		const bulkOperation = { method: "DELETE", path: "/Users/x" };
		const bulked = { Operations: Array(100_000).fill(bulkOperation) };
		expect((await client.send("POST", "/Bulk", bulked)).status).toBe(413);
		expect((await client.send("GET", "/Users?count=1")).status).toBe(200);
	});
});

describe("the answers of bulk", () => {
	const base = "https://gatehouse.test/api/scim/v2";
	/** What is said of the operations, in their order. */
	const answersTo = async (of: Client, Operations: unknown[]) => {
		const { body } = await of.send("POST", "/Bulk", { Operations });
		return body.Operations as { location?: string; version?: string; status: string }[];
	};
	const post = (bulkId: string, data: Record<string, unknown>) => ({
		method: "POST",
		path: "/Users",
		bulkId,
		data: { userName: bulkId, ...data },
	});

	test("say where each resource is, also of what failed, but for what was not made", async () => {
		const own = await aClient(db, (await aWorkspace(db)).id);
		const [id = ""] = await manyPeople(db, own, 1, somebody("x"));
		const group = await own.send("POST", "/Groups", { displayName: "G" });
		const path = `/Users/${id}`;
		const set = (path: string, value: string) => ({
			Operations: [{ op: "replace", path, value }],
		});
		const answers = await answersTo(own, [
			post("a", {}),
			post("a again", { userName: "a" }),
			{ method: "PUT", path, bulkId: "b", data: { userName: "x" } },
			{ method: "PUT", path, data: { userName: "a" } },
			{ method: "PATCH", path: "/Users/bulkId:a", data: set("title", "T") },
			{ method: "PATCH", path, version: 'W/"7"', data: set("title", "T") },
			// It made nothing, so nothing is meant by its bulkId.
			{ method: "PATCH", path: "/Users/bulkId:b", data: set("title", "T") },
			{ method: "PATCH", path: `/Groups/${group.body.id}`, data: set("displayName", "H") },
			{ method: "DELETE", path },
			{ method: "DELETE", path },
		]);
		const [made] = answers;
		expect(made?.location).toMatch(/^https:.*\/Users\/.{36}$/);
		expect(answers.map(({ status, location }) => [status, location])).toEqual([
			["201", made?.location],
			["409", undefined],
			["200", `${base}${path}`],
			["409", `${base}${path}`],
			["200", made?.location],
			["412", `${base}${path}`],
			// A reference to nothing is nowhere.
			["400", undefined],
			["204", `${base}/Groups/${group.body.id}`],
			["204", `${base}${path}`],
			["404", `${base}${path}`],
		]);
		const [inWorkspace] = (
			await own.send("POST", `/${own.workspaceId}/Bulk`, {
				Operations: [{ method: "DELETE", path }],
			})
		).body.Operations as { location: string }[];
		expect(inWorkspace?.location).toBe(`${base}/${own.workspaceId}${path}`);
	});

	test("have the version that is left when two name each other", async () => {
		const own = await aClient(db, (await aWorkspace(db)).id);
		const answers = await answersTo(own, [
			post("a", { manager: { value: "bulkId:b" } }),
			post("b", { manager: { value: "bulkId:a" } }),
		]);
		const { body } = await own.send("GET", "/Users");
		expect(answers).toMatchObject(
			body.Resources.map(({ meta: { location, version } }) => ({
				status: "201",
				location,
				version,
			})),
		);
		expect(answers.map(({ version }) => version)).toEqual(['W/"2"', 'W/"1"']);
	});

	test("that cannot be completed say where what was made is", async () => {
		const own = await aClient(db, (await aWorkspace(db)).id);
		const [first, second] = await answersTo(own, [
			post("a", { manager: { value: "bulkId:b" } }),
			post("b", { manager: { value: "bulkId:a" }, userName: "a" }),
		]);
		expect(second).toMatchObject({ status: "409" });
		const { body } = await own.send("GET", "/Users");
		expect(body.Resources).toHaveLength(1);
		expect(first).toMatchObject({ status: "400", location: body.Resources[0]?.meta.location });
	});
});

describe("the limit on requests", () => {
	test("is the directory's own, says when to go on, and lets others be", async () => {
		const [own, other] = [
			await aClient(db, (await aWorkspace(db)).id),
			await aClient(db, (await aWorkspace(db)).id),
		];
		await db.update(directories).set({ rateLimit: 50 }).where(eq(directories.id, own.directoryId));
		const answers = [];
		for (let n = 0; n < 7; n++) answers.push(await own.send("GET", "/ServiceProviderConfig"));
		const refused = answers.filter(({ status }) => status === 429);
		expect(refused.length).toBeGreaterThan(0);
		expect(answers.slice(0, 5).every(({ status }) => status === 200)).toBe(true);
		expect(refused[0]?.headers.get("content-type")).toBe("application/scim+json");
		expect(Number(refused[0]?.headers.get("retry-after"))).toBeGreaterThan(0);
		expect((await other.send("GET", "/ServiceProviderConfig")).status).toBe(200);
	});

	test("is far above 25 a second where nothing is set", async () => {
		const answers = await Promise.all(
			Array.from({ length: 300 }, () => client.send("GET", "/ServiceProviderConfig")),
		);
		expect(answers.every(({ status }) => status === 200)).toBe(true);
	});
});
