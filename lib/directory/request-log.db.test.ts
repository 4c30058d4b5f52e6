import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { type Db, transact } from "@/db/client";
import { scimRequests } from "@/db/schema";
import { aWorkspace, freshDb, operator } from "@/db/testing";
import { type Directory, enableDirectory } from "./directory";
import { countRequests, findRequest, listRequests } from "./request-list";
import { expireRequests, flushRequests, noteRequest, type RequestEntry } from "./request-log";

let db: Db;
let directory: Directory;
beforeAll(async () => {
	db = await freshDb();
	directory = await aDirectory();
});

async function aDirectory(): Promise<Directory> {
	const workspace = await aWorkspace(db);
	const made = await transact(db, (tx) => enableDirectory(tx, operator, workspace.id, new Date()));
	if (!made.ok) throw new Error(made.reason);
	return made.directory;
}

const entry = (of: Directory, more: Partial<RequestEntry> = {}): RequestEntry => ({
	directory: { workspaceId: of.workspaceId, id: of.id },
	tokenName: "Okta production",
	at: new Date(),
	method: "GET",
	path: "/Users",
	status: 200,
	milliseconds: 3,
	address: "203.0.113.7",
	userAgent: "Okta SCIM Client 1.0.0",
	ifMatch: null,
	requestBody: null,
	responseBody: null,
	target: null,
	changed: [],
	notes: [],
	...more,
});

describe("the request log", () => {
	test("is found by method, outcome and any text in it, newest first, a page at a time", async () => {
		const own = await aDirectory();
		const note = (more: Partial<RequestEntry>) => noteRequest(db, entry(own, more));
		note({ path: "/Users?filter=userName%20eq%20%22zoe%22" });
		note({ method: "POST", status: 201, requestBody: '{"userName":"zoe@acme.test"}' });
		note({ method: "POST", status: 409, responseBody: '{"scimType":"uniqueness"}' });
		note({ method: "PATCH", status: 500, tokenName: "Entra" });
		await flushRequests(db);
		const statuses = async (filter: Parameters<typeof listRequests>[2]) =>
			(await listRequests(db, own.workspaceId, filter, { before: null, limit: 9 })).rows.map(
				({ status }) => status,
			);
		expect(await statuses({})).toEqual([500, 409, 201, 200]);
		expect(await statuses({ method: "POST" })).toEqual([409, 201]);
		expect(await statuses({ outcome: "refused" })).toEqual([409]);
		expect(await statuses({ outcome: "failed" })).toEqual([500]);
		expect(await statuses({ outcome: "ok", text: "ZOE" })).toEqual([201, 200]);
		expect(await statuses({ text: "entra" })).toEqual([500]);
		expect(await statuses({ text: 'userName eq "zoe"' })).toEqual([200]);
		expect(await statuses({ text: "100%" })).toEqual([]);
		const first = await listRequests(db, own.workspaceId, {}, { before: null, limit: 3 });
		const second = await listRequests(db, own.workspaceId, {}, { before: first.next, limit: 3 });
		expect(second).toMatchObject({ rows: [{ status: 200 }], next: null });
		expect(await countRequests(db, own.workspaceId, new Date())).toEqual({ all: 4, refused: 2 });
	});

	test("is found by what an address says, however the client wrote its signs", async () => {
		const own = await aDirectory();
		const paths = [
			"?filter=a+eq+%22zo%C3%AB%40acme.test%22",
			"?filter=a%20eq%20%22zoë@acme.test%22",
		];
		for (const path of paths) noteRequest(db, entry(own, { path: `/Users${path}` }));
		await flushRequests(db);
		const found = async (text: string) =>
			(await listRequests(db, own.workspaceId, { text }, { before: null, limit: 9 })).rows.length;
		expect(await found('a EQ "zoë@acme.test"')).toBe(2);
		expect(await found("zoë@acme")).toBe(2);
		expect(await found("zo.@acme")).toBe(0);
		for (const sign of "(*[{\\|^$+?_") expect(await found(`zoë${sign}`)).toBe(0);
		expect(await found("zoë\ud800")).toBe(2);
	});

	test("is written by itself, many at once", async () => {
		const own = await aDirectory();
		for (let each = 0; each < 1_200; each++) noteRequest(db, entry(own));
		const written = () => db.$count(scimRequests, eq(scimRequests.workspaceId, own.workspaceId));
		await expect.poll(written, { timeout: 10_000 }).toBe(1_200);
	});

	test("belongs to one workspace", async () => {
		const other = await aDirectory();
		noteRequest(db, entry(other));
		await flushRequests(db);
		const [row] = (await listRequests(db, other.workspaceId, {}, { before: null, limit: 1 })).rows;
		expect(await findRequest(db, other.workspaceId, row?.id ?? "")).not.toBeNull();
		expect(await findRequest(db, directory.workspaceId, row?.id ?? "")).toBeNull();
		expect(await findRequest(db, other.workspaceId, "no id")).toBeNull();
	});

	test("lets go after fourteen days", async () => {
		const own = await aDirectory();
		const day = 86_400_000;
		const now = new Date();
		noteRequest(db, entry(own, { at: new Date(now.getTime() - 15 * day) }));
		noteRequest(db, entry(own, { at: new Date(now.getTime() - 13 * day) }));
		await flushRequests(db);
		expect(await expireRequests(db, now)).toBe(1);
		expect(await db.$count(scimRequests, eq(scimRequests.workspaceId, own.workspaceId))).toBe(1);
	});
});
