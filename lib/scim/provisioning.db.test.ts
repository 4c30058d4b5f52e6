/** What requests of a directory do to the members of its workspace. */
import { and, eq } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import type { Db } from "@/db/client";
import {
	activity,
	connections,
	directoryUsers,
	domains,
	identities,
	members,
	outbox,
	removals,
	sessions,
} from "@/db/schema";
import { aMember, aWorkspace, freshDb } from "@/db/testing";
import { newId } from "@/lib/platform/ids";
import { aClient, aConnection, type Client, person } from "./testing";

type Member = typeof members.$inferSelect;
type Policy = NonNullable<NonNullable<Parameters<typeof aWorkspace>[1]>["policy"]>;

let db: Db;

beforeAll(async () => {
	db = await freshDb();
});

/** A workspace that has proved acme.test, and a client of its directory. */
async function aHouse(policy: Policy = {}, proved = true) {
	const workspace = await aWorkspace(db, { policy });
	if (proved)
		await db.insert(domains).values({
			workspaceId: workspace.id,
			domain: "acme.test",
			state: "verified",
			proofToken: newId(),
		});
	return { workspace, client: await aClient(db, workspace.id) };
}

async function aSession(member: Member): Promise<void> {
	const now = new Date();
	const later = new Date(now.getTime() + 3_600_000);
	await db.insert(sessions).values({
		workspaceId: member.workspaceId,
		id: newId(),
		memberId: member.id,
		browserHash: newId(),
		method: "password",
		workspaceEpoch: 1,
		memberEpoch: member.epoch,
		authenticatedAt: now,
		createdAt: now,
		lastSeenAt: now,
		idleUntil: later,
		expiresAt: later,
	});
}

const reload = async (member: Pick<Member, "workspaceId" | "id">) =>
	(
		await db
			.select()
			.from(members)
			.where(and(eq(members.workspaceId, member.workspaceId), eq(members.id, member.id)))
	)[0];

const suspendByAdmin = (member: Member) =>
	db
		.update(members)
		.set({ status: "suspended", suspendedBy: "admin" })
		.where(eq(members.id, member.id));

const memberByMail = async (workspaceId: string, email: string) =>
	(
		await db
			.select()
			.from(members)
			.where(and(eq(members.workspaceId, workspaceId), eq(members.emailKey, email)))
	)[0];

const sessionsOf = (workspaceId: string) =>
	db.select().from(sessions).where(eq(sessions.workspaceId, workspaceId));

const removalsOf = (workspaceId: string) =>
	db.select().from(removals).where(eq(removals.workspaceId, workspaceId));

const kindsOf = async (workspaceId: string) =>
	(await db.select().from(activity).where(eq(activity.workspaceId, workspaceId))).map(
		({ kind, outcome }) => (outcome === "done" ? kind : `${kind} ${outcome}`),
	);

async function created(client: Client, userName: string, more = {}, email = userName) {
	const made = await client.send("POST", "/Users", person(userName, more));
	expect(made.status).toBe(201);
	const member = await memberByMail(client.workspaceId, email);
	if (!member) throw new Error("no member");
	return { id: made.body.id as string, member };
}

const deactivate = (client: Client, id: string) =>
	client.patch(id, { op: "replace", path: "active", value: false });
const reactivate = (client: Client, id: string) =>
	client.patch(id, { op: "replace", path: "active", value: true });

describe("deactivation", () => {
	test("ends the sessions with the same request, and reactivation brings none back", async () => {
		const { client } = await aHouse();
		const ben = await created(client, "ben@acme.test");
		const cleo = await created(client, "cleo@acme.test");
		for (const { member } of [ben, ben, cleo]) await aSession(member);
		expect((await deactivate(client, ben.id)).status).toBe(200);
		const left = await sessionsOf(client.workspaceId);
		expect(left.map(({ memberId }) => memberId)).toEqual([cleo.member.id]);
		const suspended = await reload(ben.member);
		expect(suspended).toMatchObject({ status: "suspended", role: null });
		expect(suspended?.epoch).toBeGreaterThan(ben.member.epoch);
		await reactivate(client, ben.id);
		expect(await reload(ben.member)).toMatchObject({ status: "active", role: "member" });
		expect(await sessionsOf(client.workspaceId)).toHaveLength(1);
	});

	test("lifted by the directory leaves what an admin suspended", async () => {
		const { client } = await aHouse();
		const ben = await created(client, "ben@acme.test");
		await suspendByAdmin(ben.member);
		await deactivate(client, ben.id);
		const answer = await reactivate(client, ben.id);
		expect(answer.body.active).toBe(true);
		expect(await reload(ben.member)).toMatchObject({ status: "suspended", suspendedBy: "admin" });
	});

	test("is recorded with what it did, by whom", async () => {
		const { client } = await aHouse();
		const ben = await created(client, "ben@acme.test");
		await deactivate(client, ben.id);
		const events = await db
			.select()
			.from(activity)
			.where(
				and(
					eq(activity.workspaceId, client.workspaceId),
					eq(activity.kind, "directory.user_deactivated"),
				),
			);
		expect(events).toMatchObject([
			{
				actorKind: "directory",
				actorId: client.directoryId,
				actorLabel: "IdP",
				subjectLabel: "Ada Byron",
				details: { changed: ["active"] },
			},
		]);
		expect(await kindsOf(client.workspaceId)).toContain("member.suspended");
	});
});

describe("a member who was here before", () => {
	test("is linked by the primary address: same member, role and proof kept", async () => {
		const { workspace, client } = await aHouse();
		const ben = await aMember(db, workspace, {
			email: "Ben@acme.test",
			emailProof: null,
			name: "Ben",
			roleByHand: "viewer",
		});
		const emails = [
			{ value: "other@acme.test", type: "home" },
			{ value: "BEN@acme.test", primary: true },
		];
		const made = await client.send("POST", "/Users", person("b123", { emails }));
		expect(made.status).toBe(201);
		expect(made.body.id).toBe(ben.id);
		expect(await reload(ben)).toMatchObject({
			email: "Ben@acme.test",
			emailProof: null,
			roleByHand: "viewer",
			role: "viewer",
			name: "Ada Byron",
			createdBy: "operator",
		});
		expect(await kindsOf(workspace.id)).toContain("member.linked");
	});

	test("is not linked by an address that is not the primary one", async () => {
		const { workspace, client } = await aHouse();
		const ben = await aMember(db, workspace, { email: "ben@acme.test" });
		const emails = [
			{ value: "ben@acme.test", type: "home" },
			{ value: "new@acme.test", primary: true },
		];
		const made = await client.send("POST", "/Users", person("b123", { emails }));
		expect(made.body.id).not.toBe(ben.id);
	});

	test("is not taken over where the policy says conflict", async () => {
		const { workspace, client } = await aHouse({ provisionExisting: "conflict" });
		const ben = await aMember(db, workspace, { email: "ben@acme.test" });
		const made = await client.send("POST", "/Users", person("ben@acme.test"));
		expect(made).toMatchObject({ status: 409, body: { scimType: "uniqueness" } });
		expect(await reload(ben)).toEqual(ben);
	});

	// Security case: without the domain's proof, a token could make any address its own.
	test("is not taken over under a domain that is not proved", async () => {
		const { workspace, client } = await aHouse({}, false);
		const ben = await aMember(db, workspace, { email: "ben@acme.test" });
		const made = await client.send("POST", "/Users", person("ben@acme.test"));
		expect(made).toMatchObject({ status: 409, body: { scimType: "uniqueness" } });
		expect(made.body.detail).toContain("Verify the domain");
		expect(await reload(ben)).toEqual(ben);
	});

	// Security case: an admin's record with somebody else's address.
	test("and is an admin keeps role, address and proof at first contact", async () => {
		const { workspace, client } = await aHouse();
		const admin = await aMember(db, workspace, {
			email: "root@acme.test",
			emailProof: null,
			roleByHand: "admin",
		});
		const foreign = person("root@acme.test", {
			emails: [{ value: "attacker@evil.test", primary: true }],
		});
		const made = await client.send("POST", "/Users", foreign);
		expect(made.body.id).not.toBe(admin.id);
		expect(await reload(admin)).toEqual(admin);
		await client.send("DELETE", `/Users/${made.body.id}`);
		const linked = await client.send("POST", "/Users", person("root@acme.test"));
		expect(linked.body.id).toBe(admin.id);
		expect(await reload(admin)).toMatchObject({ role: "admin", emailProof: null });
		const [event] = await db
			.select()
			.from(activity)
			.where(and(eq(activity.workspaceId, workspace.id), eq(activity.kind, "member.linked")));
		expect(event?.details).toMatchObject({ admin: true });
	});

	test("and is suspended by the directory comes back; by an admin not", async () => {
		const { workspace, client } = await aHouse();
		const ben = await aMember(db, workspace, { email: "ben@acme.test" });
		await suspendByAdmin(ben);
		const made = await client.send("POST", "/Users", person("ben@acme.test"));
		expect(made.body.active).toBe(true);
		expect(await reload(ben)).toMatchObject({ status: "suspended", suspendedBy: "admin" });
	});

	test("is unlinked and suspended by DELETE, never removed, and linked again by POST", async () => {
		const { workspace, client } = await aHouse();
		const ben = await aMember(db, workspace, { email: "ben@acme.test" });
		await aSession(ben);
		const made = await client.send("POST", "/Users", person("ben@acme.test"));
		expect((await client.send("DELETE", `/Users/${made.body.id}`)).status).toBe(204);
		expect(await reload(ben)).toMatchObject({ status: "suspended", suspendedBy: "directory" });
		expect(await sessionsOf(workspace.id)).toEqual([]);
		expect(await removalsOf(workspace.id)).toHaveLength(1);
		const again = await client.send("POST", "/Users", person("ben@acme.test"));
		expect(again.status).toBe(201);
		expect(await reload(ben)).toMatchObject({ status: "active", suspendedBy: null });
		expect(await removalsOf(workspace.id)).toEqual([]);
	});
});

describe("DELETE", () => {
	test("removes the member it made with all that was theirs, and remembers who it was", async () => {
		const { workspace, client } = await aHouse();
		const ben = await created(client, "Ben@acme.test".toLowerCase(), { externalId: "00u1" });
		await aSession(ben.member);
		const connectionId = newId();
		await db.insert(connections).values(aConnection(workspace.id, connectionId));
		await db.insert(identities).values({
			workspaceId: workspace.id,
			connectionId,
			issuer: "https://idp.test",
			subject: "s1",
			memberId: ben.member.id,
		});
		expect((await client.send("DELETE", `/Users/${ben.id}`)).status).toBe(204);
		expect(await reload(ben.member)).toBeUndefined();
		expect(await sessionsOf(workspace.id)).toEqual([]);
		expect(await removalsOf(workspace.id)).toMatchObject([
			{
				userNameKey: "ben@acme.test",
				emailKey: "ben@acme.test",
				externalId: "00u1",
				identities: [{ issuer: "https://idp.test", subject: "s1" }],
			},
		]);
		await created(client, "ben@acme.test");
		expect(await removalsOf(workspace.id)).toEqual([]);
	});

	test("of a test user can be repeated at once", async () => {
		const { client } = await aHouse();
		for (let i = 0; i < 3; i++) {
			const { id } = await created(client, "probe@acme.test");
			expect((await client.send("DELETE", `/Users/${id}`)).status).toBe(204);
		}
	});
});

describe("the member's profile", () => {
	test("follows the primary address at once, and the new one is not proved", async () => {
		const { client } = await aHouse();
		const ben = await created(client, "ben@acme.test");
		await client.patch(ben.id, {
			op: "replace",
			path: 'emails[type eq "work"].value',
			value: "benjamin@acme.test",
		});
		expect(await reload(ben.member)).toMatchObject({
			email: "benjamin@acme.test",
			emailKey: "benjamin@acme.test",
			emailProof: null,
		});
	});

	test("follows to any domain, is recorded, and opens nothing that asks for a proof", async () => {
		const { workspace, client } = await aHouse();
		const ben = await created(client, "ben@acme.test");
		const address = "ben@elsewhere.example";
		await client.patch(ben.id, { op: "replace", path: "emails", value: [{ value: address }] });
		expect(await reload(ben.member)).toMatchObject({ email: address, emailProof: null });
		const [event] = await db
			.select({ details: activity.details })
			.from(activity)
			.where(and(eq(activity.workspaceId, workspace.id), eq(activity.kind, "member.updated")));
		expect(event?.details).toMatchObject({
			before: { email: "ben@acme.test" },
			after: { email: address },
		});
	});

	test("does not take an address of another member", async () => {
		const { workspace, client } = await aHouse();
		await aMember(db, workspace, { email: "taken@acme.test" });
		const ben = await created(client, "ben@acme.test");
		const answer = await client.patch(ben.id, {
			op: "replace",
			path: "emails",
			value: [{ value: "taken@acme.test" }],
		});
		expect(answer).toMatchObject({ status: 409, body: { scimType: "uniqueness" } });
		expect(await reload(ben.member)).toMatchObject({ email: "ben@acme.test" });
		const read = await client.send("GET", `/Users/${ben.id}`);
		expect(read.body.emails[0]?.value).toBe("ben@acme.test");
	});

	test("tells the former address of another one or none, and of nothing else", async () => {
		const { workspace, client } = await aHouse();
		const ben = await created(
			client,
			"b1",
			{ emails: [{ value: "ben@acme.test" }] },
			"ben@acme.test",
		);
		const say = (value: unknown) => client.patch(ben.id, { op: "replace", path: "emails", value });
		const told = async () => {
			const mails = await db
				.delete(outbox)
				.where(eq(outbox.workspaceId, workspace.id))
				.returning({ to: outbox.to, text: outbox.text });
			return mails.map(({ to, text }) => [to, text.split("\n")[0]]);
		};
		await client.patch(ben.id, { op: "replace", value: { displayName: "Benjamin" } });
		await say([{ value: "Ben@acme.test" }]);
		expect(await told()).toEqual([]);
		await say([{ value: "benjamin@acme.test" }]);
		expect(await told()).toEqual([
			[
				"Ben@acme.test",
				expect.stringContaining("address you sign in with at Acme to benjamin@acme.test on"),
			],
		]);
		await say([]);
		expect(await told()).toEqual([
			[
				"benjamin@acme.test",
				expect.stringContaining("took away the address you sign in with at Acme on"),
			],
		]);
		// There is nobody to tell.
		await say([{ value: "ben@acme.test" }]);
		expect(await told()).toEqual([]);
	});

	test("keeps a name given here, when the directory changes something else", async () => {
		const { client } = await aHouse();
		const ben = await created(client, "ben@acme.test");
		await db.update(members).set({ name: "Given here" }).where(eq(members.id, ben.member.id));
		await client.patch(ben.id, { op: "replace", path: "title", value: "t" });
		expect(await reload(ben.member)).toMatchObject({ name: "Given here" });
	});
});

describe("roles", () => {
	test("by attribute follow what is sent, within what the policy allows", async () => {
		const { client } = await aHouse({ rolesFrom: "attribute", attributeMayGrant: "allButAdmin" });
		const ben = await created(client, "ben@acme.test", { roles: [{ value: "Viewer" }] });
		expect(await reload(ben.member)).toMatchObject({ role: "viewer" });
		const send = (value: unknown) => client.patch(ben.id, { op: "replace", path: "roles", value });
		await send([{ value: "member" }]);
		expect(await reload(ben.member)).toMatchObject({ role: "member" });
		for (const sent of ["admin", "Owner", "ADMIN", '{"value":"admin"}']) {
			// One that the workspace does not have is refused with the known names, not passed over.
			const { status } = await send([{ value: sent, primary: "True" }]);
			expect(status, sent).toBe(sent === "Owner" ? 400 : 200);
			expect((await reload(ben.member))?.role).not.toBe("admin");
		}
		await send([]);
		expect((await reload(ben.member))?.role).toBe("member");
	});

	test("sent where the workspace sets them have no effect", async () => {
		const { client } = await aHouse({ rolesFrom: "workspace" });
		const ben = await created(client, "ben@acme.test", { roles: [{ value: "admin" }] });
		expect(await reload(ben.member)).toMatchObject({ role: "member" });
	});
});

describe("the last admin", () => {
	async function withAdmin(policy: Policy = {}) {
		const house = await aHouse(policy);
		const admin = await aMember(db, house.workspace, {
			email: "root@acme.test",
			roleByHand: "admin",
		});
		const linked = await house.client.send("POST", "/Users", person("root@acme.test"));
		expect(linked.status).toBe(201);
		await aSession(admin);
		return { ...house, admin, id: linked.body.id as string };
	}

	test("is shown inactive to the IdP, and keeps the way in", async () => {
		const { workspace, client, admin, id } = await withAdmin();
		expect((await deactivate(client, id)).body.active).toBe(false);
		expect((await client.send("GET", `/Users/${id}`)).body.active).toBe(false);
		expect(await reload(admin)).toMatchObject({ status: "active", role: "admin" });
		expect(await sessionsOf(workspace.id)).toHaveLength(1);
		const [event] = await db
			.select()
			.from(activity)
			.where(
				and(eq(activity.workspaceId, workspace.id), eq(activity.kind, "directory.effect_held")),
			);
		expect(event).toMatchObject({ outcome: "held", details: { reason: "last_admin" } });
	});

	test("is deleted for the IdP, and keeps the way in", async () => {
		const { workspace, client, admin, id } = await withAdmin();
		expect((await client.send("DELETE", `/Users/${id}`)).status).toBe(204);
		expect((await client.send("GET", `/Users/${id}`)).status).toBe(404);
		expect(await reload(admin)).toMatchObject({ status: "active", role: "admin" });
		expect(await sessionsOf(workspace.id)).toHaveLength(1);
		expect(await removalsOf(workspace.id)).toEqual([]);
	});

	test("made by the directory keeps the way in too", async () => {
		const { client } = await aHouse({ rolesFrom: "attribute", attributeMayGrant: "all" });
		const { id, member } = await created(client, "a@acme.test", { roles: [{ value: "Admin" }] });
		expect((await reload(member))?.role).toBe("admin");
		await client.patch(id, { op: "replace", path: "roles", value: [{ value: "viewer" }] });
		expect((await reload(member))?.role).toBe("admin");
		await client.send("DELETE", `/Users/${id}`);
		expect(await reload(member)).toMatchObject({ status: "active", role: "admin" });
	});

	test("cannot be taken out by two requests at once", async () => {
		const { workspace, client } = await aHouse();
		const admins = await Promise.all(
			[1, 2, 3].map((n) =>
				aMember(db, workspace, { email: `admin${n}@acme.test`, roleByHand: "admin" }),
			),
		);
		const ids: string[] = [];
		for (const { email } of admins) {
			const linked = await client.send("POST", "/Users", person(email ?? ""));
			ids.push(linked.body.id);
		}
		const answers = await Promise.all([
			deactivate(client, ids[0] ?? ""),
			client.send("DELETE", `/Users/${ids[1]}`),
			deactivate(client, ids[2] ?? ""),
		]);
		expect(answers.map(({ status }) => status)).toEqual([200, 204, 200]);
		const active = await db
			.select()
			.from(members)
			.where(
				and(
					eq(members.workspaceId, workspace.id),
					eq(members.status, "active"),
					eq(members.role, "admin"),
				),
			);
		expect(active).toHaveLength(1);
	});

	test("of two goes, while the other stays", async () => {
		const { workspace, client, admin, id } = await withAdmin();
		await aMember(db, workspace, { email: "second@acme.test", roleByHand: "admin" });
		await deactivate(client, id);
		expect(await reload(admin)).toMatchObject({ status: "suspended" });
		await reactivate(client, id);
		expect(await reload(admin)).toMatchObject({ status: "active", role: "admin" });
	});
});

describe("two workspaces", () => {
	test("see nothing of each other, whatever the request", async () => {
		const [a, b] = [await aHouse(), await aHouse()];
		const ben = await created(b.client, "ben@acme.test");
		const before = await reload(ben.member);
		const path = `/Users/${ben.id}`;
		const unknown = await a.client.send("GET", `/Users/${newId()}`);
		for (const answer of [
			await a.client.send("GET", path),
			await a.client.send("PUT", path, person("ben@acme.test", { active: false })),
			await deactivate(a.client, ben.id),
			await a.client.send("DELETE", path),
		]) {
			expect(answer.status).toBe(404);
			expect({ ...answer.body, detail: "" }).toEqual({ ...unknown.body, detail: "" });
		}
		const filter = `/Users?filter=${encodeURIComponent('userName eq "ben@acme.test"')}`;
		expect((await a.client.send("GET", filter)).body.totalResults).toBe(0);
		expect(await reload(ben.member)).toEqual(before);
		const same = await a.client.send("POST", "/Users", person("ben@acme.test"));
		expect(same.status).toBe(201);
		expect(same.body.id).not.toBe(ben.id);
	});

	test("create 100 people each at once, and none is crossed", async () => {
		const houses = [await aHouse(), await aHouse()];
		await Promise.all(
			Array.from({ length: 200 }, async (_, index) => {
				const house = houses[index % 2];
				const made = await house?.client.send("POST", "/Users", {
					...person(`p${index}@acme.test`, { externalId: `x${index}` }),
				});
				expect(made?.status).toBe(201);
			}),
		);
		for (const [which, { workspace, client }] of houses.entries()) {
			const expected = Array.from({ length: 100 }, (_, index) => `p${index * 2 + which}@acme.test`);
			const rows = await db
				.select({ entry: directoryUsers.userName, member: members.email })
				.from(directoryUsers)
				.innerJoin(
					members,
					and(
						eq(members.workspaceId, directoryUsers.workspaceId),
						eq(members.id, directoryUsers.memberId),
					),
				)
				.where(eq(directoryUsers.workspaceId, workspace.id));
			expect(rows.map(({ entry }) => entry).sort()).toEqual([...expected].sort());
			expect(rows.every(({ entry, member }) => entry === member)).toBe(true);
			const { body } = await client.send("GET", "/Users?count=200");
			expect(body.totalResults).toBe(100);
		}
	}, 60_000);
});
