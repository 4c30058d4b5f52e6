import { and, desc, eq } from "drizzle-orm";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Db, transact, transactOrUndo } from "@/db/client";
import { activity, groups, invitations, members, outbox } from "@/db/schema";
import { aMember, aWorkspace, freshDb, setPolicy } from "@/db/testing";
import { createGroup } from "@/lib/groups/groups";
import { findMember, type Member } from "@/lib/members/members";
import { newId } from "@/lib/platform/ids";
import { currentPolicy } from "@/lib/workspaces/policy";
import type { Workspace } from "@/lib/workspaces/workspaces";
import type { Acting } from "./granter";
import { countHolders, listRoles, usesOfRole } from "./list";
import { type Permission, permissions } from "./permissions";
import { createRole, deleteRole, parseRole, type RoleInput, updateRole } from "./roles";

let db: Db;
let workspace: Workspace;
let ada: Member;

beforeAll(async () => {
	db = await freshDb();
});
beforeEach(async () => {
	workspace = await aWorkspace(db);
	ada = await aMember(db, workspace, { name: "Ada", roleByHand: "admin" });
});

const as = ({ id, name }: Member, fresh = true): Acting => ({
	actor: { kind: "member", id, label: name },
	fresh,
});
const auditor: RoleInput = {
	name: "Auditor",
	rank: 150,
	permissions: ["workspace.read", "activity.read"],
};
const create = (input: Partial<RoleInput> = {}, acting = as(ada)) =>
	transactOrUndo(db, (tx) => createRole(tx, acting, workspace.id, { ...auditor, ...input }));
const update = (key: string, input: Partial<RoleInput>, acting = as(ada)) =>
	transactOrUndo(db, (tx) => updateRole(tx, acting, workspace.id, key, { ...auditor, ...input }));
const remove = (key: string, to: string, acting = as(ada)) =>
	transactOrUndo(db, (tx) => deleteRole(tx, acting, workspace.id, key, to));
const roleOf = async (key: string) =>
	(await listRoles(db, workspace.id)).find((role) => role.key === key);
const roleHeldBy = async ({ id }: Member) => (await findMember(db, workspace.id, id))?.role;

/** Somebody whose own role may manage roles, and little else. */
async function aKeeper(rank = 250): Promise<Member> {
	const may: Permission[] = ["workspace.read", "activity.read", "roles.manage"];
	await create({ name: `Keeper ${rank}`, rank, permissions: may });
	return aMember(db, workspace, { name: "Kim", roleByHand: `keeper_${rank}` });
}

describe("a role", () => {
	test("is created with a key of its name, a rank and permissions, and recorded", async () => {
		expect(await create({ name: "Audit & Risk" })).toEqual({ ok: true, key: "audit_risk" });
		expect(await roleOf("audit_risk")).toEqual({
			...auditor,
			key: "audit_risk",
			name: "Audit & Risk",
			builtIn: false,
		});
		const [event] = await db
			.select()
			.from(activity)
			.where(and(eq(activity.workspaceId, workspace.id), eq(activity.kind, "role.created")));
		expect(event).toMatchObject({ subjectLabel: "Audit & Risk", actorLabel: "Ada" });
	});

	test("keeps its key and its holders when it is renamed; a directory may send either name", async () => {
		await create();
		const vic = await aMember(db, workspace, { roleByHand: "auditor" });
		expect(await update("auditor", { name: "Inspector" })).toEqual({ ok: true });
		expect(await roleHeldBy(vic)).toBe("auditor");
		expect(await roleOf("auditor")).toMatchObject({ name: "Inspector" });
		// What was its name stays its key, so nobody else can take it.
		expect(await create({ rank: 151 })).toMatchObject({ reason: "role_name_taken" });
		expect(await create({ name: "in-spec tor", rank: 151 })).toMatchObject({
			reason: "role_name_taken",
		});
	});

	test("has a rank of its own", async () => {
		await create();
		expect(await create({ name: "Other" })).toEqual({
			ok: false,
			reason: "role_rank_taken",
			field: "rank",
		});
		expect(await update("auditor", { rank: 200 })).toMatchObject({ reason: "role_rank_taken" });
		expect(await update("auditor", { rank: 199 })).toEqual({ ok: true });
	});

	test("is read from a form only where it has the form of one", () => {
		expect(parseRole({ ...auditor, name: " Auditor " })).toEqual({ ok: true, input: auditor });
		expect(parseRole({ ...auditor, permissions: ["members.manage"] })).toMatchObject({
			input: { permissions: ["workspace.read", "members.read", "members.manage"] },
		});
		for (const [field, value] of [
			["name", "  "],
			["name", "x".repeat(65)],
			["rank", 300],
			["rank", 0],
			["rank", 1.5],
			["permissions", ["everything"]],
		] as const)
			expect(parseRole({ ...auditor, [field]: value })).toMatchObject({ ok: false, field });
		expect(parseRole(null)).toMatchObject({ ok: false });
	});

	test("that is built in stays as it is", async () => {
		for (const key of ["admin", "member", "viewer"]) {
			expect(await update(key, {})).toMatchObject({ reason: "role_built_in" });
			const to = key === "member" ? "viewer" : "member";
			expect(await remove(key, to)).toMatchObject({ reason: "role_built_in" });
		}
		expect(await listRoles(db, workspace.id)).toHaveLength(3);
	});

	test("of another rank decides every member's role anew", async () => {
		await create();
		const vic = await aMember(db, workspace, { roleByHand: "viewer", name: "Vic" });
		await transact(db, (tx) => setPolicy(tx, workspace.id, { defaultRole: "auditor" }));
		expect(await update("auditor", { rank: 50 })).toEqual({ ok: true });
		expect(await roleHeldBy(vic)).toBe("viewer");
	});

	test("a starting profile brings its own", async () => {
		const push = await aWorkspace(db, { profile: "push" });
		const names = (await listRoles(db, push.id)).map(({ name }) => name);
		expect(names).toEqual(["Admin", "Data", "Member", "Normal User", "Viewer"]);
	});
});

describe("nobody goes above themselves", () => {
	test("neither in rank nor in permissions, on either side of an edit", async () => {
		const kim = await aKeeper();
		await create({ name: "High", rank: 280 });
		await create({ name: "Wide", rank: 90, permissions: ["workspace.read", "sso.manage"] });
		const above = { ok: false, reason: "role_above_own" };
		expect(await create({ rank: 251 }, as(kim))).toMatchObject(above);
		const sso = { permissions: ["workspace.read", "sso.manage"] as Permission[] };
		expect(await create(sso, as(kim))).toMatchObject({ ...above, field: "permissions" });
		expect(await update("high", { name: "High", rank: 10 }, as(kim))).toMatchObject(above);
		expect(await update("wide", { name: "Wide", rank: 90 }, as(kim))).toMatchObject(above);
		expect(await update("keeper_250", { rank: 260 }, as(kim))).toMatchObject(above);
		expect(await remove("high", "viewer", as(kim))).toMatchObject(above);
		expect(await create({}, as(kim))).toMatchObject({ ok: true });
		expect(await remove("auditor", "admin", as(kim))).toMatchObject(above);
		expect(await remove("auditor", "high", as(kim))).toMatchObject(above);
		expect(await remove("auditor", "viewer", as(kim))).toEqual({ ok: true });
	});

	test("without the permission of that moment nothing is done", async () => {
		const ben = await aMember(db, workspace, { roleByHand: "member" });
		expect(await create({}, as(ben))).toEqual({ ok: false, reason: "not_permitted" });
		expect(await update("viewer", {}, as(ben))).toMatchObject({ reason: "not_permitted" });
		expect(await remove("viewer", "member", as(ben))).toMatchObject({ reason: "not_permitted" });
		const of = await aWorkspace(db);
		const stranger = await aMember(db, of, { roleByHand: "admin" });
		expect(await create({}, as(stranger))).toMatchObject({ reason: "not_permitted" });
	});

	test("giving Admin by a deletion asks for a recent sign-in", async () => {
		await create();
		expect(await remove("auditor", "admin", as(ada, false))).toMatchObject({
			reason: "needs_fresh_sign_in",
		});
	});
});

describe("a deletion", () => {
	test("puts the other role wherever this one was named", async () => {
		await create();
		const byHand = await aMember(db, workspace, { roleByHand: "auditor" });
		const pinned = await aMember(db, workspace, { roleByHand: "member" });
		await db
			.update(members)
			.set({ pinnedRole: "auditor", pinnedReason: "for the audit", role: "auditor" })
			.where(eq(members.id, pinned.id));
		const invitation = { id: newId(), email: "new@acme.test", emailKey: "new@acme.test" };
		await db.insert(invitations).values({
			workspaceId: workspace.id,
			...invitation,
			role: "auditor",
			tokenHash: invitation.id,
			invitedBy: "Ada",
			expiresAt: new Date("2030-01-01"),
		});
		await transact(db, (tx) =>
			createGroup(tx, as(ada), workspace.id, { name: "Audit", defaultRole: "auditor" }),
		);
		await transact(db, (tx) =>
			setPolicy(tx, workspace.id, {
				defaultRole: "auditor",
				mappings: { d1: { role: "auditor" }, d2: { role: "member" } },
				attributeMayGrant: ["auditor", "viewer"],
			}),
		);
		expect(await usesOfRole(db, workspace.id, "auditor")).toMatchObject({
			byHand: 1,
			pinned: 1,
			invitations: 1,
			groups: [{ name: "Audit" }],
			isDefault: true,
			mappings: 1,
			inAttributeList: true,
		});
		expect(await remove("auditor", "viewer")).toEqual({ ok: true });
		expect(await roleOf("auditor")).toBeUndefined();
		expect(await roleHeldBy(byHand)).toBe("viewer");
		expect(await roleHeldBy(pinned)).toBe("viewer");
		expect((await countHolders(db, workspace.id)).get("auditor")).toBeUndefined();
		const [open] = await db
			.select()
			.from(invitations)
			.where(eq(invitations.workspaceId, workspace.id));
		expect(open?.role).toBe("viewer");
		const [group] = await db.select().from(groups).where(eq(groups.workspaceId, workspace.id));
		expect(group?.defaultRole).toBe("viewer");
		expect((await currentPolicy(db, workspace.id)).document).toMatchObject({
			defaultRole: "viewer",
			mappings: { d1: { role: "viewer" }, d2: { role: "member" } },
			attributeMayGrant: ["viewer"],
		});
	});

	test("needs another role of this workspace, and an open field of the policy", async () => {
		await create();
		for (const to of ["auditor", "nobody", ""])
			expect(await remove("auditor", to)).toMatchObject({ reason: "role_unknown" });
		await transact(db, (tx) =>
			setPolicy(tx, workspace.id, { defaultRole: "auditor", pinned: ["defaultRole"] }),
		);
		expect(await remove("auditor", "viewer")).toMatchObject({ reason: "pinned" });
		expect(await roleOf("auditor")).toBeDefined();
		expect(await remove("gone", "viewer")).toMatchObject({ reason: "stale" });
	});

	test("that makes admins tells them all", async () => {
		await create();
		const email = `${newId()}@acme.test`;
		await aMember(db, workspace, { roleByHand: "auditor", email });
		await remove("auditor", "admin");
		const mails = await db.select().from(outbox).where(eq(outbox.to, email));
		expect(mails).toHaveLength(1);
	});
});

test("a change of many roles is one event, with every name", async () => {
	await create();
	for (let made = 0; made < 25; made++)
		await aMember(db, workspace, { roleByHand: "auditor", name: `P ${made}` });
	await remove("auditor", "viewer");
	const events = await db
		.select()
		.from(activity)
		.where(eq(activity.workspaceId, workspace.id))
		.orderBy(desc(activity.id));
	const [many] = events.filter(({ kind }) => kind === "members.roles_changed");
	expect(many?.details).toMatchObject({
		count: 25,
		moves: [{ before: "auditor", after: "viewer", count: 25 }],
	});
	expect(many?.details.people).toHaveLength(25);
	expect(events.filter(({ kind }) => kind === "member.role_changed")).toEqual([]);
});

test("the operator's own table of permissions is the one that roles are made from", () => {
	expect(parseRole({ ...auditor, permissions: [...permissions] })).toMatchObject({
		input: { permissions: [...permissions] },
	});
});
