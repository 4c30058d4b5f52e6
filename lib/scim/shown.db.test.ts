/** Whom a directory is shown (policy `directoryShows`), and whose requests with an old token are logged. */
import { and, eq } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { type Db, transact, transactOrUndo } from "@/db/client";
import {
	activity,
	directories,
	directoryTokens,
	directoryUsers,
	domains,
	holds,
	members,
	removals,
} from "@/db/schema";
import { aMember, aWorkspace, freshDb, operator } from "@/db/testing";
import { record } from "@/lib/activity/record";
import { applyHold } from "@/lib/directory/holds";
import type { RequestEntry } from "@/lib/directory/request-log";
import { newId } from "@/lib/platform/ids";
import { aClient, type Client, coreUser, patchOp, person } from "./testing";

const coreGroup = "urn:ietf:params:scim:schemas:core:2.0:Group";
let db: Db;
beforeAll(async () => {
	db = await freshDb();
});

type Policy = NonNullable<NonNullable<Parameters<typeof aWorkspace>[1]>["policy"]>;

/** Ada and Ben by hand, Zoe by the directory, and somebody in another workspace. */
async function aHouse(policy: Policy = {}) {
	const workspace = await aWorkspace(db, { policy });
	await db.insert(domains).values({
		workspaceId: workspace.id,
		domain: "acme.test",
		state: "verified",
		proofToken: newId(),
	});
	const ada = await aMember(db, workspace, { email: "Ada@acme.test", name: "Ben Ada Ångström" });
	const ben = await aMember(db, workspace, { email: "ben@acme.test", name: "Ben" });
	await aMember(db, await aWorkspace(db), { email: "eve@acme.test", name: "Eve" });
	const client = await aClient(db, workspace.id);
	const zoe = (await client.send("POST", "/Users", person("zoe@acme.test"))).body;
	return { workspace, client, ada, ben, zoe };
}

const names = (resources: { userName: string }[]) => resources.map(({ userName }) => userName);

describe("directoryShows: everyone", () => {
	test("lists every member of the workspace once, page by page", async () => {
		const { client, zoe } = await aHouse({ directoryShows: "everyone" });
		const all = (await client.send("GET", "/Users")).body;
		expect(all.totalResults).toBe(3);
		expect(names(all.Resources).sort()).toEqual([
			"Ada@acme.test",
			"ben@acme.test",
			"zoe@acme.test",
		]);
		const pages = [1, 2, 3].map((start) =>
			client.send("GET", `/Users?startIndex=${start}&count=1`),
		);
		const one = (await Promise.all(pages)).flatMap(({ body }) => body.Resources);
		expect(names(one)).toEqual(names(all.Resources));
		const cursor = (await client.send("GET", "/Users?cursor&count=2")).body;
		const rest = await client.send("GET", `/Users?cursor=${cursor.nextCursor}&count=2`);
		expect(names([...cursor.Resources, ...rest.body.Resources])).toEqual(names(all.Resources));
		expect((await client.send("GET", `/Users/${zoe.id}`)).status).toBe(200);
	});

	test("finds somebody unmanaged by what is shown of them, and reads them by id", async () => {
		const { client, ada } = await aHouse({ directoryShows: "everyone" });
		for (const filter of [
			'userName eq "ada@ACME.test"',
			'emails.value eq "ada@acme.test"',
			'emails[primary eq true].value eq "ada@acme.test"',
			'displayName sw "BEN A"',
			`id eq "${ada.id}"`,
		]) {
			const path = `/Users?filter=${encodeURIComponent(filter)}`;
			const { Resources } = (await client.send("GET", path)).body;
			expect(Resources, filter).toMatchObject([{ id: ada.id, displayName: "Ben Ada Ångström" }]);
		}
		const read = (await client.send("GET", `/Users/${ada.id}`)).body;
		expect(read).toMatchObject({
			schemas: [coreUser],
			id: ada.id,
			userName: "Ada@acme.test",
			active: true,
			emails: [{ value: "Ada@acme.test", primary: true }],
		});
	});

	test("a change of somebody unmanaged takes them over by the rules of linking", async () => {
		const { client, ada, ben } = await aHouse({ directoryShows: "everyone" });
		const off = { op: "replace", path: "active", value: false };
		expect((await client.patch(ada.id, off)).body).toMatchObject({ id: ada.id, active: false });
		const [after] = await db.select().from(members).where(eq(members.id, ada.id));
		expect(after).toMatchObject({ status: "suspended", email: "Ada@acme.test" });
		const [entry] = await db.select().from(directoryUsers).where(eq(directoryUsers.id, ada.id));
		expect(entry).toMatchObject({ memberId: ada.id, createdMember: false });
		// Naming another address in the same breath does not give it to the member.
		const body = { ...person("mallory@evil.test"), id: ben.id };
		expect((await client.send("PUT", `/Users/${ben.id}`, body)).status).toBe(200);
		const [same] = await db.select().from(members).where(eq(members.id, ben.id));
		expect(same?.email).toBe("ben@acme.test");
		expect((await client.send("GET", "/Users")).body.totalResults).toBe(3);
	});

	test("nobody is taken over where the policy or the domain says no, and nobody deleted", async () => {
		const kept = await aHouse({ directoryShows: "everyone", provisionExisting: "conflict" });
		const off = { op: "replace", path: "active", value: false };
		expect((await kept.client.patch(kept.ben.id, off)).status).toBe(409);
		expect((await kept.client.send("DELETE", `/Users/${kept.ben.id}`)).status).toBe(404);
		const open = await aHouse({ directoryShows: "everyone" });
		await db
			.update(domains)
			.set({ state: "pending" })
			.where(eq(domains.workspaceId, open.workspace.id));
		expect((await open.client.patch(open.ben.id, off)).status).toBe(409);
		for (const { ben } of [kept, open]) {
			const [after] = await db.select().from(members).where(eq(members.id, ben.id));
			expect(after?.status).toBe("active");
		}
	});
});

describe("directoryShows: everyone, after a deletion (RFC 7644 §3.6)", () => {
	const off = { op: "replace", path: "active", value: false };

	/** Whoever has this id is nobody to the directory, whichever way it asks. */
	async function expectGone(client: Client, { id, email }: { id: string; email: string | null }) {
		const filters = ["id", "userName", "emails.value"].map(
			(name) => `${name} eq "${name === "id" ? id : email}"`,
		);
		expect((await client.send("GET", `/Users/${id}`)).status).toBe(404);
		expect((await client.patch(id, off)).status).toBe(404);
		const whole = person(email ?? "nobody@acme.test");
		expect((await client.send("PUT", `/Users/${id}`, whole)).status).toBe(404);
		expect((await client.send("DELETE", `/Users/${id}`)).status).toBe(404);
		for (const query of [
			"",
			"?count=1",
			"?cursor&count=1",
			"?sortBy=userName",
			...filters.map((filter) => `?filter=${encodeURIComponent(filter)}`),
		])
			for (const list of ["/Users", "/"]) {
				const { status, body } = await client.send("GET", list + query);
				expect(status).toBe(200);
				expect(
					body.Resources.map((one) => one.id),
					list + query,
				).not.toContain(id);
				expect(body.totalResults, list + query).toBe(query.includes("filter") ? 0 : 2);
			}
		const search = { schemas: ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"] };
		const found = (await client.send("POST", "/Users/.search", search)).body;
		expect(found.totalResults).toBe(2);
		const bulk = await client.send("POST", "/Bulk", {
			schemas: ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
			Operations: [{ method: "PATCH", path: `/Users/${id}`, data: { Operations: [off] } }],
		});
		expect(bulk.body).toMatchObject({ Operations: [{ status: "404" }] });
		const group = { displayName: newId(), members: [{ value: id }] };
		const made = (await client.send("POST", "/Groups", group)).body;
		expect(made.members).toBeUndefined();
		await client.send("DELETE", `/Groups/${made.id}`);
	}

	test("a linked member is nobody to the directory, until it brings them again", async () => {
		const { client, ben } = await aHouse({ directoryShows: "everyone" });
		const body = person("ben@acme.test");
		expect((await client.send("POST", "/Users", body)).body.id).toBe(ben.id);
		expect((await client.send("DELETE", `/Users/${ben.id}`)).status).toBe(204);
		await expectGone(client, ben);
		const again = await client.send("POST", "/Users", body);
		expect(again).toMatchObject({ status: 201, body: { id: ben.id, active: true } });
		expect((await client.send("GET", `/Users/${ben.id}`)).status).toBe(200);
		expect((await client.send("GET", "/Users")).body.totalResults).toBe(3);
	});

	test("also where the entry had another address than the member, or theirs changed since", async () => {
		const { workspace, client, ben } = await aHouse({ directoryShows: "everyone" });
		const body = person("mallory@evil.test");
		expect((await client.send("PUT", `/Users/${ben.id}`, body)).status).toBe(200);
		expect((await client.send("DELETE", `/Users/${ben.id}`)).status).toBe(204);
		await expectGone(client, ben);
		const email = "benjamin@acme.test";
		await db.update(members).set({ email, emailKey: email }).where(eq(members.id, ben.id));
		await expectGone(client, { id: ben.id, email });
		const again = await client.send("POST", "/Users", person(email));
		expect(again).toMatchObject({ status: 201, body: { id: ben.id } });
		const kept = eq(removals.workspaceId, workspace.id);
		expect(await db.$count(removals, kept)).toBe(0);
	});

	test("where the deletion is held, and once it takes effect", async () => {
		const brake = { count: 1, percent: 1, minutes: 10 };
		const { workspace, client, ben, zoe } = await aHouse({ directoryShows: "everyone", brake });
		await aMember(db, workspace, { email: "cyd@acme.test" });
		const body = person("ben@acme.test");
		const standing = and(eq(holds.workspaceId, workspace.id), eq(holds.state, "held"));
		const remove = async (id: string) =>
			expect((await client.send("DELETE", `/Users/${id}`)).status).toBe(204);
		await remove(zoe.id);
		await client.send("POST", "/Users", body);
		await remove(ben.id);
		expect(await db.select().from(holds).where(standing)).toMatchObject([
			{ effect: "removed", memberId: ben.id },
		]);
		const [kept] = await db.select().from(members).where(eq(members.id, ben.id));
		expect(kept?.status).toBe("active");
		await expectGone(client, ben);
		// The directory takes it back.
		const again = await client.send("POST", "/Users", body);
		expect(again).toMatchObject({ status: 201, body: { id: ben.id, active: true } });
		expect((await client.send("GET", `/Users/${ben.id}`)).status).toBe(200);
		expect(await db.$count(holds, standing)).toBe(0);

		await remove(ben.id);
		const [hold] = await db.select().from(holds).where(standing);
		const acting = { actor: operator, fresh: true };
		const applied = await transactOrUndo(db, (tx) =>
			applyHold(tx, acting, workspace.id, hold?.id ?? "", new Date()),
		);
		expect(applied).toEqual({ ok: true });
		await expectGone(client, ben);
		expect(await client.send("POST", "/Users", body)).toMatchObject({
			status: 201,
			body: { id: ben.id, active: true },
		});
	});

	test("somebody else with the address is shown", async () => {
		const { workspace, client, zoe } = await aHouse({ directoryShows: "everyone" });
		expect((await client.send("DELETE", `/Users/${zoe.id}`)).status).toBe(204);
		expect((await client.send("GET", "/Users")).body.totalResults).toBe(2);
		const other = await aMember(db, workspace, { email: "zoe@acme.test" });
		expect((await client.send("GET", `/Users/${other.id}`)).status).toBe(200);
		expect((await client.send("GET", "/Users")).body.totalResults).toBe(3);
	});
});

describe("directoryShows: everyone, and somebody unmanaged put into a group", () => {
	const add = (...ids: string[]) => ({
		schemas: [patchOp],
		Operations: [{ op: "add", path: "members", value: ids.map((value) => ({ value })) }],
	});

	async function aGroup(client: Client, ...ids: string[]): Promise<string> {
		const group = { displayName: newId(), members: ids.map((value) => ({ value })) };
		const made = await client.send("POST", "/Groups", group);
		expect(made.status).toBe(201);
		return made.body.id;
	}

	const inGroup = async (client: Client, id: string) => {
		const { members: all = [] } = (await client.send("GET", `/Groups/${id}`)).body;
		return (all as { value: string }[]).map(({ value }) => value).sort();
	};

	test("is taken over and joins; role, status and address stay", async () => {
		const { client, ada, ben, zoe } = await aHouse({ directoryShows: "everyone" });
		await db
			.update(members)
			.set({ role: "admin", roleByHand: "admin" })
			.where(eq(members.id, ada.id));
		await db.update(members).set({ status: "suspended" }).where(eq(members.id, ben.id));
		const id = await aGroup(client);
		const wanted = [ada.id, ben.id, zoe.id];
		const answer = await client.send("PATCH", `/Groups/${id}`, add(...wanted, newId()));
		expect(answer.status).toBe(204);
		expect(await inGroup(client, id)).toEqual(wanted.sort());
		expect((await client.send("GET", `/Users/${ada.id}`)).body).toMatchObject({
			userName: "Ada@acme.test",
			active: true,
			groups: [{ value: id }],
			meta: { version: expect.stringMatching(/^W\/"1\./) },
		});
		const [after] = await db.select().from(members).where(eq(members.id, ada.id));
		expect(after).toMatchObject({ role: "admin", status: "active", email: "Ada@acme.test" });
		const [still] = await db.select().from(members).where(eq(members.id, ben.id));
		expect(still?.status).toBe("suspended");
		expect((await client.send("GET", "/Users")).body.totalResults).toBe(3);
		const body = { displayName: newId(), members: [{ value: ada.id }] };
		expect((await client.send("PUT", `/Groups/${id}`, body)).status).toBe(200);
		expect(await inGroup(client, id)).toEqual([ada.id]);
	});

	test("by POST and PUT too, and by two groups at once", async () => {
		const { client, ada, ben } = await aHouse({ directoryShows: "everyone" });
		const both = [ada.id, ben.id].sort();
		const groups = await Promise.all([
			aGroup(client, ada.id, ben.id),
			aGroup(client, ben.id, ada.id),
		]);
		for (const id of groups) expect(await inGroup(client, id)).toEqual(both);
		const other = await aHouse({ directoryShows: "everyone" });
		const id = await aGroup(other.client, other.zoe.id);
		const body = { displayName: newId(), members: [{ value: other.ada.id }] };
		expect((await other.client.send("PUT", `/Groups/${id}`, body)).status).toBe(200);
		expect(await inGroup(other.client, id)).toEqual([other.ada.id]);
	});

	test("stays out where the rules of linking say no, or the policy does not show them", async () => {
		const notes: string[][] = [];
		for (const policy of [
			{ directoryShows: "everyone", provisionExisting: "conflict" },
			{ directoryShows: "managed" },
		] as const) {
			const workspace = await aWorkspace(db, { policy });
			const ada = await aMember(db, workspace, { email: "ada@acme.test" });
			const client = await aClient(db, workspace.id, { note: (one) => notes.push(one.notes) });
			const zoe = (await client.send("POST", "/Users", person("zoe@acme.test"))).body;
			const id = await aGroup(client);
			const answer = await client.send("PATCH", `/Groups/${id}`, add(ada.id, zoe.id));
			expect(answer.status).toBe(204);
			expect(notes.at(-1)).toEqual([expect.stringContaining("1 unknown member was left out")]);
			expect(await inGroup(client, id)).toEqual([zoe.id]);
			const entries = eq(directoryUsers.workspaceId, workspace.id);
			expect(await db.$count(directoryUsers, entries)).toBe(1);
		}
	});

	test("strict: joins, or nobody does and nobody is taken over", async () => {
		const { workspace, client, ada, ben } = await aHouse({ directoryShows: "everyone" });
		const ofWorkspace = eq(directories.workspaceId, workspace.id);
		await db.update(directories).set({ strict: true }).where(ofWorkspace);
		const { id } = (
			await client.send("POST", "/Groups", { schemas: [coreGroup], displayName: newId() })
		).body;
		const refused = await client.send("PATCH", `/Groups/${id}`, add(ada.id, newId()));
		expect(refused).toMatchObject({ status: 400, body: { scimType: "invalidValue" } });
		const entries = eq(directoryUsers.workspaceId, workspace.id);
		expect(await db.$count(directoryUsers, entries)).toBe(1);
		expect((await client.send("PATCH", `/Groups/${id}`, add(ben.id))).status).toBe(204);
		expect(await inGroup(client, id)).toEqual([ben.id]);
	});
});

test("directoryShows: managed lists, finds and changes only whom the directory brought", async () => {
	const { client, ada } = await aHouse({ directoryShows: "managed" });
	expect((await client.send("GET", "/Users")).body.totalResults).toBe(1);
	expect((await client.send("GET", `/Users/${ada.id}`)).status).toBe(404);
	const off = { op: "replace", path: "active", value: false };
	expect((await client.patch(ada.id, off)).status).toBe(404);
});

describe("a token that was good once", () => {
	async function aLoggedClient() {
		const logged: RequestEntry[] = [];
		const client = await aClient(db, (await aWorkspace(db)).id, {
			note: (one) => logged.push(one),
		});
		return { client, logged };
	}
	const actor = { kind: "operator", label: "Test operator" } as const;

	test("revoked when SSO was turned off: refused as ever, and its directory's log says why", async () => {
		const { client, logged } = await aLoggedClient();
		await transact(db, async (tx) => {
			await tx
				.update(directoryTokens)
				.set({ revokedAt: new Date("2026-11-20T10:00:00Z") })
				.where(eq(directoryTokens.id, client.tokenId));
			await record(tx, client.workspaceId, actor, {
				kind: "token.revoked",
				subject: { kind: "token", id: client.tokenId, label: "IdP" },
				details: { because: "sso_off" },
			});
		});
		const answers = [await client.send("GET", "/Users"), await client.send("GET", "/Users")];
		expect(answers.map(({ status }) => status)).toEqual([401, 401]);
		expect(JSON.stringify(answers)).not.toMatch(/SSO was turned off/);
		// The second comes too soon after the first to be worth a line.
		expect(logged).toMatchObject([
			{
				status: 401,
				tokenName: "IdP",
				directory: { workspaceId: client.workspaceId, id: client.directoryId },
				notes: [
					"The token was revoked when SSO was turned off, on 2026-11-20. Make a new token and give it to the provider.",
				],
			},
		]);
		const events = and(
			eq(activity.workspaceId, client.workspaceId),
			eq(activity.kind, "token.revoked"),
		);
		expect(await db.$count(activity, events)).toBe(1);
	});

	test("an unknown one belongs to no log", async () => {
		const { client, logged } = await aLoggedClient();
		const headers = { authorization: "Bearer ghd_nobody" };
		expect((await client.send("GET", "/Users", undefined, headers)).status).toBe(401);
		expect(logged).toEqual([]);
	});
});
