import { and, eq } from "drizzle-orm";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Db, transact, transactOrUndo } from "@/db/client";
import { activity, directories, directoryUsers } from "@/db/schema";
import { aMember, aWorkspace, freshDb, setPolicy } from "@/db/testing";
import { findMember, type Member } from "@/lib/members/members";
import type { Acting } from "@/lib/roles/granter";
import { createRole } from "@/lib/roles/roles";
import { currentPolicy } from "@/lib/workspaces/policy";
import type { Workspace } from "@/lib/workspaces/workspaces";
import { createGroup, deleteGroup, parseGroup, setMembership, updateGroup } from "./groups";
import { findPeopleToAdd, listGroupMembers, listGroups } from "./list";

let db: Db;
let workspace: Workspace;
let ada: Member;

beforeAll(async () => {
	db = await freshDb();
});
beforeEach(async () => {
	// Roles come from groups for whom the directory manages, and the default role is the lowest.
	workspace = await aWorkspace(db, { policy: { rolesFrom: "groups", defaultRole: "viewer" } });
	ada = await aMember(db, workspace, { name: "Ada", roleByHand: "admin" });
});

const as = ({ id, name }: Member, fresh = true): Acting => ({
	actor: { kind: "member", id, label: name },
	fresh,
});
const create = (name: string, defaultRole: string | null = null, acting = as(ada)) =>
	transactOrUndo(db, (tx) => createGroup(tx, acting, workspace.id, { name, defaultRole }));
const update = (id: string, name: string, defaultRole: string | null, acting = as(ada)) =>
	transactOrUndo(db, (tx) => updateGroup(tx, acting, workspace.id, id, { name, defaultRole }));
const set = (id: string, inGroup: boolean, people: Member[], acting = as(ada)) =>
	transactOrUndo(db, (tx) =>
		setMembership(
			tx,
			acting,
			workspace.id,
			id,
			people.map((member) => member.id),
			inGroup,
		),
	);
const roleHeldBy = async ({ id }: Member) => (await findMember(db, workspace.id, id))?.role;

async function made(name: string, defaultRole: string | null = null): Promise<string> {
	const group = await create(name, defaultRole);
	if (!group.ok) throw new Error(group.reason);
	return group.id;
}

/** A member whom the directory manages, so that groups decide the role. */
async function aManaged(name: string): Promise<Member> {
	const member = await aMember(db, workspace, { name, createdBy: "directory" });
	const { workspaceId, id } = member;
	await db
		.insert(directories)
		.values({ workspaceId, id: workspaceId, enabled: true })
		.onConflictDoNothing();
	await db.insert(directoryUsers).values({
		workspaceId,
		directoryId: workspaceId,
		id,
		userName: id,
		userNameKey: id,
		active: true,
		resource: {},
		memberId: id,
	});
	return member;
}

describe("a group", () => {
	test("is created, renamed and deleted, each with its event", async () => {
		const id = await made("Engineering");
		expect(await create(" engineering ")).toMatchObject({ reason: "group_name_taken" });
		expect(await update(id, "ENGINEERING", null)).toEqual({ ok: true });
		expect(await update(id, "Builders", null)).toEqual({ ok: true });
		expect(await listGroups(db, workspace.id)).toMatchObject([{ name: "Builders", members: 0 }]);
		const done = await transactOrUndo(db, (tx) => deleteGroup(tx, as(ada), workspace.id, id));
		expect(done).toEqual({ ok: true });
		expect(await listGroups(db, workspace.id)).toEqual([]);
		const events = await db
			.select({ kind: activity.kind })
			.from(activity)
			.where(and(eq(activity.workspaceId, workspace.id), eq(activity.subjectId, id)));
		expect(events.map(({ kind }) => kind).sort()).toEqual([
			"group.changed",
			"group.changed",
			"group.created",
			"group.deleted",
		]);
	});

	test("gives its default role to whom it is the way to a role, for as long as they are in", async () => {
		const id = await made("Engineering", "member");
		const zoe = await aManaged("Zoe");
		expect(await set(id, true, [zoe])).toEqual({ ok: true });
		expect(await roleHeldBy(zoe)).toBe("member");
		await update(id, "Engineering", null);
		expect(await roleHeldBy(zoe)).toBe("viewer");
		await update(id, "Engineering", "member");
		await set(id, false, [zoe]);
		expect(await roleHeldBy(zoe)).toBe("viewer");
		await set(id, true, [zoe]);
		await transactOrUndo(db, (tx) => deleteGroup(tx, as(ada), workspace.id, id));
		expect(await roleHeldBy(zoe)).toBe("viewer");
	});

	test("takes people once, and only of this workspace", async () => {
		const id = await made("Engineering");
		const ben = await aMember(db, workspace, { name: "Ben" });
		await set(id, true, [ben]);
		await set(id, true, [ben]);
		const group = { workspaceId: workspace.id, id };
		expect(await listGroupMembers(db, group, { limit: 10, after: null })).toMatchObject({
			total: 1,
			rows: [{ name: "Ben" }],
		});
		const added = await db
			.select()
			.from(activity)
			.where(and(eq(activity.subjectId, id), eq(activity.kind, "group.member_added")));
		expect(added).toHaveLength(1);
		const stranger = await aMember(db, await aWorkspace(db), {});
		expect(await set(id, true, [stranger])).toMatchObject({ reason: "stale" });
		expect(await set(id, true, [ben, stranger])).toMatchObject({ reason: "stale" });
	});

	test("of another workspace is no group", async () => {
		const other = await aWorkspace(db);
		const eve = await aMember(db, other, { roleByHand: "admin" });
		const id = await made("Engineering");
		const there = <T extends { ok: boolean }>(act: Promise<T>) => expect(act).resolves;
		await there(
			transactOrUndo(db, (tx) =>
				updateGroup(tx, as(eve), other.id, id, { name: "Mine", defaultRole: null }),
			),
		).toMatchObject({ reason: "stale" });
		await there(
			transactOrUndo(db, (tx) => setMembership(tx, as(eve), other.id, id, [eve.id], true)),
		).toMatchObject({ reason: "stale" });
		await there(transactOrUndo(db, (tx) => deleteGroup(tx, as(eve), other.id, id))).toMatchObject({
			reason: "stale",
		});
	});

	test("leaves the mappings that gave it, and those that give nothing else go", async () => {
		const id = await made("Engineering");
		await transact(db, (tx) =>
			setPolicy(tx, workspace.id, {
				mappings: { d1: { group: id }, d2: { group: id, role: "member" }, d3: { role: "viewer" } },
			}),
		);
		await transactOrUndo(db, (tx) => deleteGroup(tx, as(ada), workspace.id, id));
		expect((await currentPolicy(db, workspace.id)).document.mappings).toEqual({
			d2: { role: "member" },
			d3: { role: "viewer" },
		});
	});

	test("is read from a form only where it has the form of one", () => {
		expect(parseGroup({ name: " Eng ", defaultRole: null })).toMatchObject({
			input: { name: "Eng", defaultRole: null },
		});
		for (const bad of [null, {}, { name: "", defaultRole: null }, { name: "Eng" }])
			expect(parseGroup(bad)).toMatchObject({ ok: false });
	});
});

describe("nobody gives a role above their own by a group", () => {
	test("neither by its default role nor by putting people into it", async () => {
		await transact(db, (tx) =>
			createRole(tx, as(ada), workspace.id, {
				name: "Lead",
				rank: 250,
				permissions: ["workspace.read", "members.read", "groups.manage"],
			}),
		);
		const lea = await aMember(db, workspace, { name: "Lea", roleByHand: "lead" });
		const admins = await made("Admins", "admin");
		const above = { ok: false, reason: "role_above_own" };
		expect(await create("More", "admin", as(lea))).toMatchObject(above);
		expect(await set(admins, true, [lea], as(lea))).toMatchObject(above);
		expect(await set(admins, false, [ada], as(lea))).toMatchObject(above);
		expect(await update(admins, "Admins", null, as(lea))).toMatchObject(above);
		expect(
			await transactOrUndo(db, (tx) => deleteGroup(tx, as(lea), workspace.id, admins)),
		).toMatchObject(above);
		// Member has a permission that Lead has not: keys of one's own.
		expect(await create("People", "member", as(lea))).toMatchObject(above);
		expect(await create("Guests", "viewer", as(lea))).toMatchObject({ ok: true });
		expect(await create("Odd", "nothing", as(lea))).toMatchObject({ reason: "role_unknown" });
	});

	test("Admin asks for a recent sign-in, and a viewer may do nothing of it", async () => {
		expect(await create("Admins", "admin", as(ada, false))).toMatchObject({
			reason: "needs_fresh_sign_in",
		});
		const vic = await aMember(db, workspace, { roleByHand: "viewer" });
		expect(await create("Mine", null, as(vic))).toMatchObject({ reason: "not_permitted" });
	});
});

test("people are found by a part of name or email, until they are in", async () => {
	const id = await made("Engineering");
	const group = { workspaceId: workspace.id, id };
	const zoe = await aMember(db, workspace, { name: "Zoë 100%", email: "zoe@acme.test" });
	const names = async (search: string) =>
		(await findPeopleToAdd(db, group, search, 10)).map(({ name }) => name);
	expect(await names("ZOE@")).toEqual(["Zoë 100%"]);
	expect(await names("100%")).toEqual(["Zoë 100%"]);
	expect(await names("%")).toEqual(["Zoë 100%"]);
	expect(await names("_")).toEqual([]);
	expect(await names("")).toEqual([]);
	await set(id, true, [zoe]);
	expect(await names("zoe")).toEqual([]);
});

test("a large group is read in pages", async () => {
	const id = await made("Engineering");
	const people = [];
	for (let made = 0; made < 5; made++) people.push(await aMember(db, workspace, {}));
	await set(id, true, people);
	const group = { workspaceId: workspace.id, id };
	const first = await listGroupMembers(db, group, { limit: 3, after: null });
	const rest = await listGroupMembers(db, group, { limit: 3, after: first.next });
	expect([...first.rows, ...rest.rows].map((row) => row.id).sort()).toEqual(
		people.map((member) => member.id).sort(),
	);
	expect([first.total, rest.next]).toEqual([5, null]);
});
