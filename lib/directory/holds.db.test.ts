import { and, eq, isNotNull, sql } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { type Db, transact, transactOrUndo } from "@/db/client";
import {
	activity,
	departures,
	directoryUsers,
	holds,
	members,
	outbox,
	passwords,
	removals,
} from "@/db/schema";
import { aMember, aWorkspace, freshDb, isPostgres, operator, setPolicy } from "@/db/testing";
import { listDrift } from "@/lib/impact/drift";
import type { Member } from "@/lib/members/members";
import { runDueJobs } from "@/lib/platform/jobs";
import type { Policy } from "@/lib/policy/document";
import { aClient, type Client, person } from "@/lib/scim/testing";
import { aConnection as aTestedConnection } from "@/lib/sso/testing-policy";
import type { Workspace } from "@/lib/workspaces/workspaces";
import { applyEntry } from "./apply-entry";
import { applyHold, dismissHold, holdJobs, listHolds } from "./holds";
import { personOf } from "./person";

let db: Db;
beforeAll(async () => {
	db = await freshDb();
});

const acting = { actor: operator, fresh: true };
const now = () => new Date();
const hour = 3_600_000;

type World = { workspace: Workspace; client: Client; admin: Member };

/** A workspace with an admin who can come in, its directory on. */
async function aWorld(policy: Partial<Policy> = {}): Promise<World> {
	const workspace = await aWorkspace(db, { policy });
	const admin = await anAdmin(workspace, { emailProof: "setup" });
	return { workspace, admin, client: await aClient(db, workspace.id) };
}

async function anAdmin(workspace: Workspace, input: Partial<Parameters<typeof aMember>[2]> = {}) {
	const admin = await aMember(db, workspace, { roleByHand: "admin", ...input });
	await db
		.insert(passwords)
		.values({ workspaceId: workspace.id, memberId: admin.id, hash: "hash", setAt: now() });
	return admin;
}

/** Puts a member into the directory under a userName that is no address. */
async function link({ client }: World, member: Member, userName: string, more = {}) {
	const resource = { userName, active: true, ...more };
	const { name: _called, ...columns } = personOf(resource);
	await db.insert(directoryUsers).values({
		...columns,
		workspaceId: member.workspaceId,
		directoryId: client.directoryId,
		id: member.id,
		resource,
		memberId: member.id,
	});
}

let number = 0;
const anEmail = () => `p${++number}@acme.test`;

async function people({ client }: World, count: number): Promise<string[]> {
	const ids: string[] = [];
	for (let each = 0; each < count; each++)
		ids.push((await client.send("POST", "/Users", person(anEmail()))).body.id);
	return ids;
}

const deactivate = ({ client }: World, id: string) =>
	client.patch(id, { op: "replace", value: { active: false } });

async function statusOf({ workspace }: World, id: string): Promise<string | undefined> {
	const [row] = await db
		.select()
		.from(members)
		.where(and(eq(members.workspaceId, workspace.id), eq(members.id, id)));
	return row?.status;
}

const stepwise = { brake: { count: 2, percent: 10, minutes: 10 } };

const apply = ({ workspace }: World, id: string, at = now()) =>
	transactOrUndo(db, (tx) => applyHold(tx, acting, workspace.id, id, at));
const dismiss = ({ workspace }: World, id: string) =>
	transactOrUndo(db, (tx) => dismissHold(tx, acting, workspace.id, id, now()));
const held = ({ workspace }: World) => listHolds(db, workspace.id);

async function kindsOf({ workspace }: World): Promise<string[]> {
	const rows = await db
		.select({ kind: activity.kind })
		.from(activity)
		.where(eq(activity.workspaceId, workspace.id))
		.orderBy(activity.seq);
	return rows.map(({ kind }) => kind);
}

describe("the brake", () => {
	test("lets the policy's count through, and holds the rest while the IdP is told nothing", async () => {
		const world = await aWorld(stepwise);
		const ids = await people(world, 4);
		for (const id of ids) {
			const answer = await deactivate(world, id);
			expect(answer).toMatchObject({ status: 200, body: { active: false } });
		}
		const states = await Promise.all(ids.map((id) => statusOf(world, id)));
		expect(states).toEqual(["suspended", "suspended", "active", "active"]);
		expect(await held(world)).toMatchObject([
			{ memberId: ids[2], reason: "brake", effect: "suspended", label: "Ada Byron" },
			{ memberId: ids[3], reason: "brake", effect: "suspended" },
		]);
		expect(await kindsOf(world)).toContain("directory.brake_held");
	});

	test("needs the percentage too", async () => {
		const world = await aWorld({ brake: { count: 1, percent: 50, minutes: 10 } });
		const ids = await people(world, 4);
		for (const id of ids.slice(0, 3)) await deactivate(world, id);
		// Two of four are not more than half; the third is.
		expect(await held(world)).toMatchObject([{ memberId: ids[2] }]);
	});

	test("looks back no further than its minutes", async () => {
		const world = await aWorld(stepwise);
		const ids = await people(world, 3);
		await deactivate(world, ids[0] ?? "");
		await deactivate(world, ids[1] ?? "");
		await db
			.update(departures)
			.set({ at: new Date(now().getTime() - 11 * 60_000) })
			.where(eq(departures.workspaceId, world.workspace.id));
		await deactivate(world, ids[2] ?? "");
		expect(await held(world)).toEqual([]);
	});

	test.runIf(isPostgres)(
		"lets nobody wait who is far below the count, and everybody near it",
		async () => {
			const far = await aWorld({ brake: { count: 5_000, percent: 1, minutes: 10 } });
			const near = await aWorld({ brake: { count: 50, percent: 1, minutes: 10 } });
			const [[there = ""], [here = ""]] = [await people(far, 1), await people(near, 1)];
			let waits = true;
			await db.transaction(async (tx) => {
				for (const { workspace } of [far, near])
					await tx.execute(
						sql`select pg_advisory_xact_lock(hashtextextended(${`brake ${workspace.id}`}, 0))`,
					);
				await deactivate(far, there);
				const waiting = deactivate(near, here).then(() => {
					waits = false;
				});
				await Promise.race([waiting, new Promise((resolve) => setTimeout(resolve, 300))]);
				expect(waits).toBe(true);
			});
			await expect.poll(() => waits).toBe(false);
			expect(await statusOf(far, there)).toBe("suspended");
			expect(await statusOf(near, here)).toBe("suspended");
		},
	);

	test("counts neither people who arrive switched off nor those who are out already", async () => {
		const world = await aWorld(stepwise);
		const [first = ""] = await people(world, 1);
		for (let each = 0; each < 5; each++)
			await world.client.send("POST", "/Users", { ...person(anEmail()), active: false });
		await deactivate(world, first);
		await world.client.send("DELETE", `/Users/${first}`);
		expect(await held(world)).toEqual([]);
		expect(await db.$count(departures, eq(departures.workspaceId, world.workspace.id))).toBe(1);
	});

	test.runIf(isPostgres)("cannot be passed by many requests at once", async () => {
		const world = await aWorld(stepwise);
		const ids = await people(world, 8);
		await Promise.all(ids.map((id) => deactivate(world, id)));
		expect(await held(world)).toHaveLength(6);
	});

	test("takes effect by itself after four hours, and not before", async () => {
		const world = await aWorld(stepwise);
		const ids = await people(world, 3);
		for (const id of ids) await deactivate(world, id);
		const run = (at: Date) => runDueJobs(db, holdJobs(db), at);
		await run(new Date(now().getTime() + 3.9 * hour));
		expect(await statusOf(world, ids[2] ?? "")).toBe("active");
		await run(new Date(now().getTime() + 4.1 * hour));
		expect(await statusOf(world, ids[2] ?? "")).toBe("suspended");
		expect(await held(world)).toEqual([]);
	});
});

describe("the last admin", () => {
	/** The one admin, taken over by the directory. */
	async function linked() {
		const world = await aWorld({ ...stepwise, rolesFrom: "workspace" });
		await link(world, world.admin, "admin");
		return world;
	}

	test("keeps the way in, for as long as nobody else is one", async () => {
		const world = await linked();
		expect(await deactivate(world, world.admin.id)).toMatchObject({ body: { active: false } });
		const [hold] = await held(world);
		expect(hold).toMatchObject({ reason: "last_admin", effect: "suspended", dueAt: null });
		await runDueJobs(db, holdJobs(db), new Date(now().getTime() + 100 * hour));
		expect(await statusOf(world, world.admin.id)).toBe("active");
		expect(await apply(world, hold?.id ?? "")).toEqual({ ok: false, reason: "last_admin" });
		await anAdmin(world.workspace);
		expect(await apply(world, hold?.id ?? "")).toEqual({ ok: true });
		expect(await statusOf(world, world.admin.id)).toBe("suspended");
	});

	test("keeps the role when the entry is deleted, and loses everything once it is applied", async () => {
		const world = await linked();
		expect((await world.client.send("DELETE", `/Users/${world.admin.id}`)).status).toBe(204);
		expect(await held(world)).toMatchObject([
			{ effect: "removed", role: "admin", removal: { userNameKey: "admin" } },
		]);
		const gone = eq(removals.workspaceId, world.workspace.id);
		expect(await db.$count(removals, gone)).toBe(0);
		await anAdmin(world.workspace);
		const [hold] = await held(world);
		expect(await apply(world, hold?.id ?? "")).toEqual({ ok: true });
		expect(await db.$count(removals, gone)).toBe(1);
		// The directory did not make this member: suspended, not removed.
		expect(await statusOf(world, world.admin.id)).toBe("suspended");
	});

	test("is whoever is left when the directory has cleared the other one's address", async () => {
		const world = await linked();
		const other = await anAdmin(world.workspace);
		await link(world, other, "other", { emails: [{ value: other.email }] });
		await world.client.patch(other.id, { op: "remove", path: "emails" });
		await deactivate(world, world.admin.id);
		expect(await held(world)).toMatchObject([{ memberId: world.admin.id, reason: "last_admin" }]);
		expect(await statusOf(world, world.admin.id)).toBe("active");
	});

	test("is let go when the directory takes it back", async () => {
		const world = await linked();
		await deactivate(world, world.admin.id);
		await world.client.patch(world.admin.id, { op: "replace", value: { active: true } });
		expect(await held(world)).toEqual([]);
		expect(await kindsOf(world)).toContain("directory.hold_lapsed");
	});
});

describe("the address of the last admin", () => {
	/** The one admin, in the directory with their address. */
	async function linked(world: World) {
		const { admin } = world;
		await link(world, admin, "admin", { emails: [{ value: admin.email }] });
		const say = async (email: string | null, more = {}) => {
			const emails = email === null ? [] : [{ value: email }];
			const value = { ...more, emails };
			const { status } = await world.client.patch(admin.id, { op: "replace", value });
			expect(status).toBe(200);
		};
		const addresses = async () => {
			const [row] = await db
				.select({ entry: directoryUsers.email, member: members.email, proof: members.emailProof })
				.from(members)
				.innerJoin(directoryUsers, eq(directoryUsers.memberId, members.id))
				.where(eq(members.id, admin.id));
			return row;
		};
		const heldEvents = async () =>
			db
				.select({ outcome: activity.outcome, details: activity.details })
				.from(activity)
				.where(
					and(
						eq(activity.workspaceId, world.workspace.id),
						eq(activity.kind, "directory.effect_held"),
					),
				);
		return { ...world, say, addresses, heldEvents };
	}

	test("is kept when the directory clears it, with its proof; the name follows", async () => {
		const { workspace, admin, say, addresses, heldEvents } = await linked(await aWorld());
		await say(null, { displayName: "Ada Lovelace" });
		const kept = { entry: null, member: admin.email, proof: "setup" };
		expect(await addresses()).toEqual(kept);
		expect(await heldEvents()).toEqual([
			{ outcome: "held", details: { reason: "last_admin", effect: "email_changed" } },
		]);
		expect(await listHolds(db, workspace.id)).toEqual([]);
		expect(await db.$count(outbox, eq(outbox.workspaceId, workspace.id))).toBe(0);
		const [row] = await db.select().from(members).where(eq(members.id, admin.id));
		expect(row?.name).toBe("Ada Lovelace");
		const drift = () => listDrift(db, workspace.id, 10);
		const differs = { about: "email", says: "", inEffect: admin.email };
		expect(await drift()).toMatchObject([{ ...differs, why: "lastAdmin" }]);
		await say(admin.email);
		expect(await drift()).toEqual([]);
		expect(await addresses()).toEqual({ ...kept, entry: admin.email });
		expect(await heldEvents()).toHaveLength(1);
		await anAdmin(workspace);
		await say(null);
		expect(await addresses()).toEqual({ entry: null, member: null, proof: null });
	});

	test("that was cleared can be taken once another admin can come in, and not before", async () => {
		const { workspace, admin, say, addresses } = await linked(await aWorld());
		await say(null);
		const take = () =>
			transactOrUndo(db, (tx) =>
				applyEntry(tx, { actor: operator, fresh: true }, workspace, admin.id, "email", now()),
			);
		expect(await take()).toEqual({ ok: false, reason: "last_admin" });
		await anAdmin(workspace);
		expect(await listDrift(db, workspace.id, 10)).toMatchObject([
			{ about: "email", says: "", inEffect: admin.email, why: "changedHere" },
		]);
		expect(await take()).toEqual({ ok: true });
		expect(await addresses()).toEqual({ entry: null, member: null, proof: null });
		expect(await take()).toEqual({ ok: false, reason: "stale" });
	});

	test("follows where they can come in with the new one", async () => {
		const { say, addresses, heldEvents } = await linked(await aWorld());
		const entry = anEmail();
		await say(entry);
		expect(await addresses()).toEqual({ entry, member: entry, proof: null });
		expect(await heldEvents()).toEqual([]);
	});

	test("is kept where the directory's word for it was part of the way in", async () => {
		const workspace = await aWorkspace(db);
		const admin = await aMember(db, workspace, { roleByHand: "admin" });
		await aTestedConnection(db, workspace, { tested: admin });
		const client = await aClient(db, workspace.id);
		const { say, addresses } = await linked({ workspace, admin, client });
		const entry = anEmail();
		await say(entry);
		expect(await addresses()).toMatchObject({ entry, member: admin.email });
	});

	test("is not kept where they could not come in before", async () => {
		const workspace = await aWorkspace(db);
		const admin = await aMember(db, workspace, { roleByHand: "admin" });
		const client = await aClient(db, workspace.id);
		const { say, addresses } = await linked({ workspace, admin, client });
		await say(null);
		expect(await addresses()).toMatchObject({ entry: null, member: null });
	});
});

describe("a role that is held", () => {
	test("stays in effect while other rules change, and is pinned when the hold is dismissed", async () => {
		const world = await aWorld({
			rolesFrom: "attribute",
			defaultRole: null,
			attributeMayGrant: "all",
		});
		await db.update(members).set({ roleByHand: null }).where(eq(members.id, world.admin.id));
		await db.insert(directoryUsers).values({
			workspaceId: world.workspace.id,
			directoryId: world.client.directoryId,
			id: world.admin.id,
			userName: "admin",
			userNameKey: "admin",
			active: true,
			resource: { userName: "admin", active: true, roles: [{ value: "Admin" }] },
			memberId: world.admin.id,
		});
		await world.client.patch(world.admin.id, {
			op: "replace",
			path: "roles",
			value: [{ value: "viewer" }],
		});
		const roleOf = async () => {
			const [row] = await db.select().from(members).where(eq(members.id, world.admin.id));
			return row?.role;
		};
		expect(await held(world)).toMatchObject([{ effect: "role_changed", role: "admin" }]);
		expect(await roleOf()).toBe("admin");
		await transact(db, (tx) => setPolicy(tx, world.workspace.id, { defaultRole: "viewer" }));
		expect(await roleOf()).toBe("admin");
		const [hold] = await held(world);
		expect(await dismiss(world, hold?.id ?? "")).toEqual({ ok: true });
		expect(await roleOf()).toBe("admin");
		const [row] = await db.select().from(members).where(eq(members.id, world.admin.id));
		expect(row?.pinnedRole).toBe("admin");
		expect(await dismiss(world, hold?.id ?? "")).toEqual({ ok: false, reason: "stale" });
	});
});

describe("who decides", () => {
	test("needs the permission, and dismissing gives nobody a role above their own", async () => {
		const world = await aWorld(stepwise);
		const ids = await people(world, 3);
		for (const id of ids) await deactivate(world, id);
		const [hold] = await held(world);
		const viewer = await aMember(db, world.workspace, { roleByHand: "viewer" });
		const asViewer = {
			actor: { kind: "member", id: viewer.id, label: "Vic" } as const,
			fresh: true,
		};
		for (const act of [applyHold, dismissHold])
			expect(
				await transactOrUndo(db, (tx) =>
					act(tx, asViewer, world.workspace.id, hold?.id ?? "", now()),
				),
			).toEqual({ ok: false, reason: "not_permitted" });
	});

	test("finds nothing of another workspace", async () => {
		const world = await aWorld(stepwise);
		const ids = await people(world, 3);
		for (const id of ids) await deactivate(world, id);
		const [hold] = await held(world);
		const other = await aWorld();
		expect(await apply(other, hold?.id ?? "")).toEqual({ ok: false, reason: "stale" });
	});
});

test("somebody deleted, held and created again is the same member, without a verified domain", async () => {
	const world = await aWorld(stepwise);
	const email = anEmail();
	const { body } = await world.client.send("POST", "/Users", person(email));
	for (const id of await people(world, 2)) await deactivate(world, id);
	await world.client.send("DELETE", `/Users/${body.id}`);
	expect(await held(world)).toMatchObject([{ effect: "removed", memberId: body.id }]);
	const again = await world.client.send("POST", "/Users", person(email));
	expect(again).toMatchObject({ status: 201, body: { id: body.id } });
	expect(await held(world)).toEqual([]);
	await world.client.send("DELETE", `/Users/${body.id}`);
	expect((await held(world))[0]?.removal?.createdMember).toBe(true);
});

test("every admin is mailed once about what came within a minute", async () => {
	const world = await aWorld(stepwise);
	await anAdmin(world.workspace);
	const ids = await people(world, 5);
	for (const id of ids) await deactivate(world, id);
	const mails = () => db.select().from(outbox).where(eq(outbox.workspaceId, world.workspace.id));
	const later = (minutes: number) => new Date(now().getTime() + minutes * 60_000);
	await runDueJobs(db, holdJobs(db), now());
	expect(await mails()).toEqual([]);
	await runDueJobs(db, holdJobs(db), later(2));
	expect((await mails()).map(({ subject }) => subject)).toEqual([
		"3 deactivations are held",
		"3 deactivations are held",
	]);
	await runDueJobs(db, holdJobs(db), later(30));
	expect(await mails()).toHaveLength(2);
	expect(
		await db.$count(
			holds,
			and(eq(holds.workspaceId, world.workspace.id), isNotNull(holds.mailedAt)),
		),
	).toBe(3);
});
