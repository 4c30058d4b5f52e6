/** Groups over SCIM: what they cost, how they meet, and a workspace that takes none. */
import { eq, sql } from "drizzle-orm";
import * as fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { type Db, transact } from "@/db/client";
import { directories, directoryGroupMembers } from "@/db/schema";
import { aWorkspace, freshDb, setPolicy } from "@/db/testing";
import { membersOf } from "@/lib/directory/groups";
import type { RequestEntry } from "@/lib/directory/request-log";
import { newId } from "@/lib/platform/ids";
import { aClient, type Client, manyPeople, patchOp, person } from "./testing";

const groupSchema = "urn:ietf:params:scim:schemas:core:2.0:Group";
let db: Db;

beforeAll(async () => {
	db = await freshDb();
});

const ofIds = (ids: string[]) => ids.map((value) => ({ value }));

const patchGroup = (client: Client, id: string, ...Operations: unknown[]) =>
	client.send("PATCH", `/Groups/${id}`, { schemas: [patchOp], Operations });

async function aGroup(client: Client, ids: string[] = [], displayName = `g${newId()}`) {
	const made = await client.send("POST", "/Groups", {
		schemas: [groupSchema],
		displayName,
		members: ofIds(ids),
	});
	expect(made.status).toBe(201);
	return made.body;
}

const people = (client: Client, count: number) =>
	manyPeople(db, client, count, (n) => ({ userName: `u${n}-${newId()}@acme.test` }));

const inGroup = async (client: Client, id: string) => {
	const { workspaceId, directoryId } = client;
	const found = await membersOf(db, { workspaceId, id: directoryId }, [id]);
	return found.map((member) => member.id).sort();
};

describe("a change of members", () => {
	test("writes only whom it names, and never reads the others", async () => {
		const client = await aClient(db, (await aWorkspace(db)).id);
		const ids = await people(client, 2000);
		const [last = "", ...others] = ids.slice().reverse();
		const { id } = await aGroup(client, others);
		const rowsBefore = await rowVersions(id);
		expect(
			(await patchGroup(client, id, { op: "add", path: "members", value: ofIds([last]) })).status,
		).toBe(204);
		const rowsAfter = await rowVersions(id);
		expect(rowsAfter.size).toBe(2000);
		// Every row that was there is the same row still.
		for (const [userId, version] of rowsBefore) expect(rowsAfter.get(userId)).toBe(version);
		const remove = { op: "remove", path: `members[value eq "${last}"]` };
		expect((await patchGroup(client, id, remove)).status).toBe(204);
		expect(await rowVersions(id)).toEqual(rowsBefore);
		// A PUT writes the difference alone.
		const put = { schemas: [groupSchema], displayName: "Put", members: ofIds(ids) };
		expect((await client.send("PUT", `/Groups/${id}`, put)).status).toBe(200);
		const rowsPut = await rowVersions(id);
		for (const [userId, version] of rowsBefore) expect(rowsPut.get(userId)).toBe(version);
		const whole = await client.send("GET", `/Groups/${id}`);
		expect(whole.body.members).toHaveLength(2000);
	});

	test("256 at once are one request", async () => {
		const client = await aClient(db, (await aWorkspace(db)).id);
		const ids = await people(client, 256);
		const { id } = await aGroup(client);
		await patchGroup(
			client,
			id,
			...ids.map((value) => ({ op: "add", path: "members", value: [{ value }] })),
		);
		expect(await inGroup(client, id)).toEqual(ids.slice().sort());
		await patchGroup(client, id, { op: "Remove", path: "members", value: ofIds(ids.slice(1)) });
		expect(await inGroup(client, id)).toEqual(ids.slice(0, 1));
	});

	test("20 times at once with the same person is one membership", async () => {
		const client = await aClient(db, (await aWorkspace(db)).id);
		const ids = await people(client, 3);
		const [one, other] = [await aGroup(client), await aGroup(client)];
		const add = (group: string, value: string[]) =>
			patchGroup(client, group, { op: "add", path: "members", value: ofIds(value) });
		const answers = await Promise.all(
			Array.from({ length: 20 }, (_, n) =>
				// The same people in either order, so that a lock held crosswise would show.
				n % 2 ? add(one.id, ids) : add(other.id, ids.slice().reverse()),
			),
		);
		expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204]));
		for (const { id } of [one, other]) {
			expect(await inGroup(client, id)).toEqual(ids.slice().sort());
			const { body } = await client.send("GET", `/Groups/${id}`);
			expect(body.meta.version).toBe('W/"2"');
		}
	});

	test("20 POSTs of one name at once are one group", async () => {
		const client = await aClient(db, (await aWorkspace(db)).id);
		const body = { schemas: [groupSchema], displayName: "One" };
		const answers = await Promise.all(
			Array.from({ length: 20 }, () => client.send("POST", "/Groups", body)),
		);
		const statuses = answers.map(({ status }) => status).sort();
		expect(statuses).toEqual([201, ...Array(19).fill(409)]);
	});
});

/** Which row stands for each member: a row that is written again is another one. */
async function rowVersions(groupId: string): Promise<Map<string, string>> {
	const rows = await db
		.select({
			userId: directoryGroupMembers.userId,
			version: sql<string>`xmin::text || ' ' || ctid::text`,
		})
		.from(directoryGroupMembers)
		.where(eq(directoryGroupMembers.groupId, groupId));
	return new Map(rows.map(({ userId, version }) => [userId, version]));
}

test("any sequence of operations leaves whom a plain set would hold", {
	timeout: 240_000,
}, async () => {
	const client = await aClient(db, (await aWorkspace(db)).id);
	const ids = await people(client, 6);
	const some = fc.subarray(ids, { minLength: 1 });
	const operation = fc.oneof(
		fc.record({ op: fc.constantFrom("add", "Add"), path: fc.constant("members"), ids: some }),
		fc.record({ op: fc.constantFrom("remove", "Remove"), path: fc.constant("members"), ids: some }),
		fc.record({ op: fc.constant("replace"), path: fc.constant("members"), ids: fc.subarray(ids) }),
		fc.record({ op: fc.constant("empty"), path: fc.constant("members"), ids: fc.constant([]) }),
		fc.record({
			op: fc.constant("where"),
			path: fc.constant(""),
			ids: fc.subarray(ids, { minLength: 1, maxLength: 2 }),
		}),
		fc.record({
			op: fc.constant("but"),
			path: fc.constant(""),
			ids: fc.subarray(ids, { minLength: 1, maxLength: 1 }),
		}),
	);
	await fc.assert(
		fc.asyncProperty(
			fc.subarray(ids),
			fc.array(fc.array(operation, { maxLength: 4 }), { minLength: 1, maxLength: 3 }),
			async (first, requests) => {
				const { id } = await aGroup(client, first);
				let model = new Set(first);
				for (const operations of requests) {
					const before = new Set(model);
					const sent = operations.map(({ op, path, ids: named }) => {
						const filter = named.map((each) => `value eq "${each}"`).join(" or ");
						if (op === "empty") {
							model = new Set();
							return { op: "remove", path };
						}
						if (op === "where") {
							for (const each of named) model.delete(each);
							return { op: "remove", path: `members[${filter}]` };
						}
						if (op === "but") {
							model = new Set(named.filter((each) => model.has(each)));
							return { op: "remove", path: `members[not (${filter})]` };
						}
						if (op === "replace") model = new Set(named);
						else if (op.toLowerCase() === "add") for (const each of named) model.add(each);
						else for (const each of named) model.delete(each);
						return { op, path, value: ofIds(named) };
					});
					const versionBefore = (await client.send("GET", `/Groups/${id}`)).body.meta.version;
					expect((await patchGroup(client, id, ...sent)).status).toBe(204);
					const { body } = await client.send("GET", `/Groups/${id}`);
					const found = ((body.members ?? []) as { value: string }[]).map(({ value }) => value);
					expect(found.sort()).toEqual([...model].sort());
					// A version that moved says that somebody came or went; who did both is nobody.
					if (operations.length < 2 && sameSet(before, model))
						expect(body.meta.version).toBe(versionBefore);
					if (!sameSet(before, model)) expect(body.meta.version).not.toBe(versionBefore);
				}
			},
		),
		{ numRuns: 40 },
	);
});

const sameSet = (a: Set<string>, b: Set<string>) =>
	a.size === b.size && [...a].every((each) => b.has(each));

describe("a workspace that takes no groups from its directory", () => {
	test("shows none and takes none, and says so", async () => {
		const client = await aClient(db, (await aWorkspace(db, { policy: { groupsSync: "off" } })).id);
		const list = await client.send("GET", "/Groups?startIndex=1&count=100");
		expect(list).toMatchObject({ status: 200, body: { totalResults: 0, Resources: [] } });
		expect((await client.send("POST", "/Groups/.search", {})).body.totalResults).toBe(0);
		expect((await client.send("GET", `/Groups/${newId()}`)).status).toBe(404);
		const body = { schemas: [groupSchema], displayName: "x" };
		for (const [method, path] of [
			["POST", "/Groups"],
			["PUT", `/Groups/${newId()}`],
			["PATCH", `/Groups/${newId()}`],
			["DELETE", `/Groups/${newId()}`],
		] as const) {
			const answer = await client.send(method, path, method === "DELETE" ? undefined : body);
			expect(answer.status, method).toBe(501);
			expect(answer.body.detail).toContain("Workspace > SSO");
		}
		const types = await client.send("GET", "/ResourceTypes");
		expect(types.body.Resources.map(({ id }) => id)).toEqual(["User"]);
		expect((await client.send("GET", "/ResourceTypes/Group")).status).toBe(404);
		expect((await client.send("GET", `/Schemas/${groupSchema}`)).status).toBe(404);
		expect((await client.send("GET", "/?filter=displayName pr")).status).toBe(200);
	});

	test("shows of its people no groups that it took before", async () => {
		const workspace = await aWorkspace(db);
		const client = await aClient(db, workspace.id);
		const { body: ada } = await client.send("POST", "/Users", person("ada"));
		await client.send("POST", "/Groups", {
			schemas: [groupSchema],
			displayName: "G",
			members: [{ value: ada.id }],
		});
		const groupsOfAda = async () => {
			const read = await client.send("GET", `/Users/${ada.id}`);
			const found = await client.send("GET", "/Users?filter=userName pr");
			return [read.body, found.body.Resources[0]].map((shown) => shown?.groups);
		};
		const one = [expect.objectContaining({ display: "G" })];
		expect(await groupsOfAda()).toEqual([one, one]);
		await transact(db, (tx) => setPolicy(tx, workspace.id, { groupsSync: "off" }));
		expect(await groupsOfAda()).toEqual([undefined, undefined]);
	});
});

test("a directory may be set to answer a PATCH of a group with the group", async () => {
	const client = await aClient(db, (await aWorkspace(db)).id);
	const { id } = await aGroup(client);
	const rename = { op: "replace", path: "displayName", value: "Named" };
	expect(await patchGroup(client, id, rename)).toMatchObject({ status: 204, body: undefined });
	await db
		.update(directories)
		.set({ groupPatchAnswer: "200" })
		.where(eq(directories.id, client.directoryId));
	expect(await patchGroup(client, id, rename)).toMatchObject({
		status: 200,
		body: { id, displayName: "Named" },
	});
});

test("a request is told to the log with what it changed and what it left out", async () => {
	const entries: RequestEntry[] = [];
	const note = (entry: RequestEntry) => entries.push(entry);
	const workspace = await aWorkspace(db);
	const client = await aClient(db, workspace.id, { note });
	const [someone = ""] = await people(client, 1);
	const { id } = await aGroup(client);
	entries.length = 0;
	const add = { op: "add", path: "members", value: ofIds([someone, "nobody"]) };
	await patchGroup(client, id, add, { op: "replace", path: "colour", value: "red" });
	await client.send("GET", "/Users?filter=x");
	await client.send("GET", `/Users/${someone}`, undefined, { authorization: "Bearer wrong" });
	expect(entries).toEqual([
		expect.objectContaining({
			directory: expect.objectContaining({ workspaceId: workspace.id, id: client.directoryId }),
			tokenName: "IdP",
			method: "PATCH",
			path: `/Groups/${id}`,
			status: 204,
			requestBody: expect.stringContaining(someone),
			responseBody: null,
			target: { kind: "Group", id, version: 2 },
			changed: ["members"],
			notes: expect.arrayContaining([
				'There is no attribute "colour": it was ignored.',
				"1 unknown member was left out: a member is a person of this directory, not another group.",
			]),
		}),
		expect.objectContaining({
			path: "/Users?filter=x",
			status: 400,
			responseBody: expect.stringContaining("invalidFilter"),
			changed: [],
		}),
	]);
	entries.length = 0;
	await patchGroup(client, id, { op: "replace", path: "externalId", value: "7" });
	await aGroup(client);
	await client.send("POST", "/Users", { userName: newId(), title: "Lead" });
	expect(entries.map(({ changed }) => changed)).toEqual([
		["externalId"],
		["displayName"],
		["active", "title", "userName"],
	]);
});

test("a group in a group is told to the log, also where it is all there is", async () => {
	const entries: RequestEntry[] = [];
	const note = (entry: RequestEntry) => entries.push(entry);
	const client = await aClient(db, (await aWorkspace(db)).id, { note });
	const inner = [await aGroup(client), await aGroup(client)];
	const members = inner.map(({ id }) => ({ value: id, type: "Group" }));
	const outer = { schemas: [groupSchema], displayName: "Outer", members };
	entries.length = 0;
	const { id } = (await client.send("POST", "/Groups", outer)).body;
	const added = await patchGroup(client, id, { op: "add", path: "members", value: members });
	expect(added.status).toBe(204);
	const told =
		"2 unknown members were left out: a member is a person of this directory, not another group.";
	expect(entries.map(({ notes }) => notes)).toEqual([[told], [told]]);
	await db.update(directories).set({ strict: true }).where(eq(directories.id, client.directoryId));
	const refused = await patchGroup(client, id, { op: "add", path: "members", value: members });
	expect(refused.status).toBe(400);
	expect(entries.at(-1)?.notes).toEqual([]);
});
