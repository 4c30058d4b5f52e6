import { asc, eq, sql } from "drizzle-orm";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { type Db, transact, transactOrUndo } from "@/db/client";
import { activity, directories, directoryUsers, groupMembers, members } from "@/db/schema";
import { aMember, aWorkspace, freshDb, operator, setPolicy } from "@/db/testing";
import { createGroup, deleteGroup, setMembership, updateGroup } from "@/lib/groups/groups";
import { applyAccess } from "@/lib/members/access";
import { changePolicy } from "@/lib/members/policy-change";
import type { Policy } from "@/lib/policy/document";
import type { Acting } from "@/lib/roles/granter";
import { listRoles } from "@/lib/roles/list";
import { createRole, deleteRole, updateRole } from "@/lib/roles/roles";
import { currentPolicy } from "@/lib/workspaces/policy";
import type { Workspace } from "@/lib/workspaces/workspaces";
import { impactOfDefaultRole, impactOfDeletingGroup, impactOfMembership } from "./of-groups";
import { impactOfDeletingRole, impactOfRole } from "./of-roles";
import { type Impact, whatWouldChange } from "./what-would-change";

let db: Db;
const anybody: Acting = { actor: operator, fresh: true };

beforeAll(async () => {
	db = await freshDb();
});

type World = { workspace: Workspace; people: string[]; group: string };

/** Admins, people with every source of a role, and a group with two of them in it. */
async function aWorld(): Promise<World> {
	const workspace = await aWorkspace(db);
	const { id: workspaceId } = workspace;
	await transact(db, (tx) =>
		createRole(tx, anybody, workspaceId, { name: "Auditor", rank: 150, permissions: [] }),
	);
	const people: string[] = [];
	for (const roleByHand of ["admin", "auditor", "viewer", null, null])
		people.push((await aMember(db, workspace, { roleByHand })).id);
	await db.insert(directories).values({ workspaceId, id: workspaceId, enabled: true });
	for (const [place, sent] of [
		[2, ["Auditor"]],
		[3, ["Member", "Admin"]],
		[4, []],
	] as const) {
		const id = people[place] ?? "";
		await db.insert(directoryUsers).values({
			workspaceId,
			directoryId: workspaceId,
			id,
			userName: id,
			userNameKey: id,
			active: true,
			resource: { roles: sent },
			memberId: id,
		});
	}
	const group = await transact(db, async (tx) => {
		const made = await createGroup(tx, anybody, workspaceId, {
			name: "Engineering",
			defaultRole: "auditor",
		});
		if (!made.ok) throw new Error(made.reason);
		await setMembership(tx, anybody, workspaceId, made.id, people.slice(2, 4), true);
		return made.id;
	});
	return { workspace, people, group };
}

/** A change: what is shown of it, and making it. */
type Case = {
	name: string;
	preview: (world: World) => Promise<Impact>;
	run: (world: World) => Promise<{ ok: boolean; reason?: string }>;
};

const roleOrNone = fc.constantFrom("admin", "member", "viewer", "auditor", null);
const edits = fc.oneof(
	fc.record({ defaultRole: roleOrNone }),
	fc.record({ rolesFrom: fc.constantFrom("groups", "attribute", "workspace") }),
	fc.record({ attributeMayGrant: fc.constantFrom("all", "allButAdmin", []) }),
) as fc.Arbitrary<Partial<Policy>>;

const aCase: fc.Arbitrary<Case> = fc.oneof(
	edits.map(
		(changes): Case => ({
			name: `policy ${JSON.stringify(changes)}`,
			preview: async ({ workspace }) => {
				const { document } = await currentPolicy(db, workspace.id);
				return whatWouldChange(db, workspace.id, { ...document, ...changes });
			},
			run: async ({ workspace: { id } }) => {
				const { revision } = await currentPolicy(db, id);
				return transactOrUndo(db, (tx) => changePolicy(tx, anybody, id, revision, changes, null));
			},
		}),
	),
	fc.constantFrom("viewer", "admin").map(
		(to): Case => ({
			name: `delete the auditor for ${to}`,
			preview: ({ workspace }) => impactOfDeletingRole(db, workspace.id, "auditor", to),
			run: ({ workspace }) =>
				transactOrUndo(db, (tx) => deleteRole(tx, anybody, workspace.id, "auditor", to)),
		}),
	),
	fc.integer({ min: 1, max: 299 }).map((rank): Case => {
		const input = { name: "Auditor", rank, permissions: [] };
		return {
			name: `rank the auditor ${rank}`,
			preview: ({ workspace }) => impactOfRole(db, workspace.id, "auditor", input),
			run: ({ workspace }) =>
				transactOrUndo(db, (tx) => updateRole(tx, anybody, workspace.id, "auditor", input)),
		};
	}),
	roleOrNone.map(
		(defaultRole): Case => ({
			name: `the group gives ${defaultRole}`,
			preview: ({ workspace, group }) => impactOfDefaultRole(db, workspace.id, group, defaultRole),
			run: ({ workspace, group }) =>
				transactOrUndo(db, (tx) =>
					updateGroup(tx, anybody, workspace.id, group, { name: "Engineering", defaultRole }),
				),
		}),
	),
	fc.tuple(fc.nat({ max: 4 }), fc.boolean()).map(
		([place, inGroup]): Case => ({
			name: `${inGroup ? "add" : "take out"} ${place}`,
			preview: ({ workspace, group, people }) =>
				impactOfMembership(db, workspace.id, group, [people[place] ?? ""], inGroup),
			run: ({ workspace, group, people }) =>
				transactOrUndo(db, (tx) =>
					setMembership(tx, anybody, workspace.id, group, [people[place] ?? ""], inGroup),
				),
		}),
	),
	fc.constant<Case>({
		name: "delete the group",
		preview: ({ workspace, group }) => impactOfDeletingGroup(db, workspace.id, group),
		run: ({ workspace, group }) =>
			transactOrUndo(db, (tx) => deleteGroup(tx, anybody, workspace.id, group)),
	}),
);

async function heldIn(workspaceId: string): Promise<Map<string, string>> {
	const names = new Map((await listRoles(db, workspaceId)).map(({ key, name }) => [key, name]));
	const rows = await db
		.select({ id: members.id, role: members.role })
		.from(members)
		.where(eq(members.workspaceId, workspaceId));
	const groups = await db
		.select()
		.from(groupMembers)
		.where(eq(groupMembers.workspaceId, workspaceId));
	return new Map(
		rows.map(({ id, role }) => {
			const inGroup = groups.some(({ memberId }) => memberId === id);
			return [id, `${role && (names.get(role) ?? role)}${inGroup ? ", Engineering" : ""}`];
		}),
	);
}

describe("what is shown", () => {
	test("is what happens, person by person; and what it says is refused, is", async () => {
		const seen = { done: 0, lastAdmin: 0 };
		await fc.assert(
			fc.asyncProperty(fc.array(aCase, { minLength: 2, maxLength: 6 }), async (cases) => {
				const world = await aWorld();
				for (const { name, preview, run } of cases) {
					const shown = await preview(world);
					const before = await heldIn(world.workspace.id);
					const done = await run(world);
					expect(done.reason === "last_admin", name).toBe(!done.ok && shown.lastAdmin !== null);
					if (done.reason === "last_admin") seen.lastAdmin += 1;
					if (!done.ok) continue;
					seen.done += 1;
					const after = await heldIn(world.workspace.id);
					const differing = world.people.filter((id) => before.get(id) !== after.get(id));
					expect(shown.changes.map(({ id }) => id).sort(), name).toEqual(differing.sort());
					for (const { id, before: was, after: is, joins, leaves } of shown.changes) {
						const group = before.get(id)?.includes(", Engineering");
						expect(before.get(id), name).toBe(`${was}${group ? ", Engineering" : ""}`);
						const held = (group || joins.length > 0) && leaves.length === 0;
						expect(after.get(id), name).toBe(`${is}${held ? ", Engineering" : ""}`);
					}
				}
			}),
			{ numRuns: 12 },
		);
		expect(seen.done).toBeGreaterThan(12);
	}, 120_000);

	test("names roles as people know them, and says who loses everything", async () => {
		const { workspace, people } = await aWorld();
		const { document } = await currentPolicy(db, workspace.id);
		const impact = await whatWouldChange(db, workspace.id, { ...document, defaultRole: null });
		expect(impact.people).toBe(people.length);
		expect(impact.changes).toMatchObject([{ id: people[4], before: "Member", after: null }]);
	});

	test("says who was the last to look after the workspace", async () => {
		const workspace = await aWorkspace(db, { policy: { rolesFrom: "workspace" } });
		await aMember(db, workspace, { name: "Ada" });
		await transact(db, (tx) => setPolicy(tx, workspace.id, { defaultRole: "admin" }));
		await transact(db, (tx) => applyAccess(tx, operator, workspace.id, "everyone"));
		const { document } = await currentPolicy(db, workspace.id);
		const impact = await whatWouldChange(db, workspace.id, { ...document, defaultRole: "viewer" });
		expect(impact).toMatchObject({ lastAdmin: ["Ada"], changes: [{ before: "Admin" }] });
	});
});

test("thousands are decided in chunks: a few statements, one event, every name", async () => {
	const workspace = await aWorkspace(db);
	const count = 5_000;
	await db.execute(sql`
		insert into members (workspace_id, id, name, status, role, created_by)
		select ${workspace.id}::uuid, gen_random_uuid(), 'Person ' || n, 'active', 'member', 'operator'
		from generate_series(1, ${count}::int) n`);
	const { document, revision } = await currentPolicy(db, workspace.id);
	const after = { ...document, defaultRole: "viewer" };
	expect((await whatWouldChange(db, workspace.id, after)).changes).toHaveLength(count);
	const done = await transactOrUndo(db, (tx) =>
		changePolicy(tx, anybody, workspace.id, revision, { defaultRole: "viewer" }, null),
	);
	expect(done.ok).toBe(true);
	const roles = await db
		.selectDistinct({ role: members.role })
		.from(members)
		.where(eq(members.workspaceId, workspace.id));
	expect(roles).toEqual([{ role: "viewer" }]);
	const events = await db
		.select()
		.from(activity)
		.where(eq(activity.workspaceId, workspace.id))
		.orderBy(asc(activity.id));
	expect(events.map(({ kind }) => kind)).toEqual([
		"workspace.created",
		"policy.saved",
		"members.roles_changed",
	]);
	expect(events.at(-1)?.details.people).toHaveLength(count);
});
