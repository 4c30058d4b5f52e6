import { and, eq, sql } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { type Db, transact, transactOrUndo } from "@/db/client";
import { activity, members, outbox } from "@/db/schema";
import { aMember, aWorkspace, freshDb, isPostgres, operator, setPolicy } from "@/db/testing";
import { createGroup as createOwnGroup } from "@/lib/groups/groups";
import { loadMemberFacts, loadRules } from "@/lib/members/access";
import { changePolicy } from "@/lib/members/policy-change";
import { accessFor } from "@/lib/policy/access";
import type { Policy } from "@/lib/policy/document";
import { aClient, type Client, person } from "@/lib/scim/testing";
import { currentPolicy } from "@/lib/workspaces/policy";
import type { Workspace } from "@/lib/workspaces/workspaces";
import { decide } from "./decide";
import { changeMembers, createGroup, deleteGroup } from "./groups";
import { listHolds } from "./holds";
import type { Change } from "./users";

let db: Db;
beforeAll(async () => {
	db = await freshDb();
});

type World = { workspace: Workspace; client: Client; change: Change };

/** A workspace with an admin who can come in, its directory on, roles from groups. */
async function aWorld(policy: Partial<Policy> = {}): Promise<World> {
	const workspace = await aWorkspace(db, { policy: { defaultRole: "viewer", ...policy } });
	await aMember(db, workspace, { roleByHand: "admin" });
	const client = await aClient(db, workspace.id);
	const actor = { kind: "directory", id: client.directoryId, label: "Okta" } as const;
	const directory = { workspaceId: workspace.id, id: client.directoryId };
	return { workspace, client, change: { directory, actor, now: new Date() } };
}

let number = 0;
async function somebody({ client }: World): Promise<string> {
	const { body } = await client.send("POST", "/Users", person(`g${++number}@acme.test`));
	return body.id;
}

async function aGroup({ workspace, change }: World, displayName: string): Promise<string> {
	const made = await decide(db, workspace.id, (tx) =>
		createGroup(tx, change, { displayName, externalId: null, resource: {} }),
	);
	if (!made.ok) throw new Error(made.reason);
	return made.group.id;
}

const put = ({ workspace, change }: World, id: string, ...add: string[]) =>
	decide(db, workspace.id, (tx, lock) => changeMembers(tx, lock, change, id, { add }));
const take = ({ workspace, change }: World, id: string, ...remove: string[]) =>
	decide(db, workspace.id, (tx, lock) => changeMembers(tx, lock, change, id, { remove }));

/** Maps groups as an admin would, with what follows for everybody. */
async function map({ workspace }: World, mappings: Policy["mappings"]): Promise<void> {
	const { revision } = await currentPolicy(db, workspace.id);
	const acting = { actor: operator, fresh: true };
	const done = await transactOrUndo(db, (tx) =>
		changePolicy(tx, acting, workspace.id, revision, { mappings }, null),
	);
	if (!done.ok) throw new Error(done.reason);
}

async function roleOf({ workspace }: World, id: string): Promise<string | null | undefined> {
	const [row] = await db
		.select()
		.from(members)
		.where(and(eq(members.workspaceId, workspace.id), eq(members.id, id)));
	return row?.role;
}

/** The workspace groups in effect, by their sources. */
async function groupsOf({ workspace }: World, id: string) {
	const member = (await loadMemberFacts(db, workspace.id, [id])).get(id);
	if (!member) throw new Error("no such member");
	const { document } = await currentPolicy(db, workspace.id);
	const rules = await loadRules(db, workspace.id);
	return accessFor(document, { member, ...rules }).groups.map(({ name, sources }) => [
		name,
		...sources.map((source) => ("name" in source ? source.name : source.kind)),
	]);
}

describe("a mapped group", () => {
	test("gives its role to who joins, the highest of several, and takes it from who leaves", async () => {
		const world = await aWorld();
		const [zoe, ben] = [await somebody(world), await somebody(world)];
		const [staff, leads] = [await aGroup(world, "staff"), await aGroup(world, "leads")];
		await put(world, staff, zoe, ben);
		expect(await roleOf(world, zoe)).toBe("viewer");
		await map(world, { [staff]: { role: "member" }, [leads]: { role: "admin" } });
		expect(await roleOf(world, zoe)).toBe("member");
		await put(world, leads, zoe);
		expect([await roleOf(world, zoe), await roleOf(world, ben)]).toEqual(["admin", "member"]);
		await put(world, leads, ben);
		await take(world, leads, zoe);
		expect(await roleOf(world, zoe)).toBe("member");
		await take(world, staff, zoe);
		expect(await roleOf(world, zoe)).toBe("viewer");
	});

	test("gives a workspace group, which ends with its last source", async () => {
		const world = await aWorld();
		const zoe = await somebody(world);
		const [one, two] = [await aGroup(world, "one"), await aGroup(world, "two")];
		const own = await transact(db, (tx) =>
			createOwnGroup(tx, { actor: operator, fresh: true }, world.workspace.id, {
				name: "Engineering",
				defaultRole: "member",
			}),
		);
		if (!own.ok) throw new Error(own.reason);
		await map(world, { [one]: { group: own.id }, [two]: { group: own.id, role: "viewer" } });
		await put(world, one, zoe);
		await put(world, two, zoe);
		expect(await groupsOf(world, zoe)).toEqual([["Engineering", "one", "two"]]);
		// The workspace group's own default role is a candidate too.
		expect(await roleOf(world, zoe)).toBe("member");
		await take(world, one, zoe);
		expect(await groupsOf(world, zoe)).toEqual([["Engineering", "two"]]);
		await take(world, two, zoe);
		expect(await groupsOf(world, zoe)).toEqual([]);
		expect(await roleOf(world, zoe)).toBe("viewer");
	});

	test("restores the role set here when its mapping is removed", async () => {
		const world = await aWorld();
		const zoe = await somebody(world);
		await db.update(members).set({ roleByHand: "member" }).where(eq(members.id, zoe));
		const staff = await aGroup(world, "staff");
		await put(world, staff, zoe);
		await map(world, { [staff]: { role: "viewer" } });
		expect(await roleOf(world, zoe)).toBe("viewer");
		await map(world, {});
		expect(await roleOf(world, zoe)).toBe("member");
	});

	test("stays in the mapping when it vanishes, and gives nothing any more", async () => {
		const world = await aWorld();
		const zoe = await somebody(world);
		const staff = await aGroup(world, "staff");
		await put(world, staff, zoe);
		await map(world, { [staff]: { role: "member" } });
		await decide(db, world.workspace.id, (tx, lock) => deleteGroup(tx, lock, world.change, staff));
		expect(await roleOf(world, zoe)).toBe("viewer");
		const { document } = await currentPolicy(db, world.workspace.id);
		expect(document.mappings).toEqual({ [staff]: { role: "member" } });
	});

	test("tells of a new admin, to every admin", async () => {
		const world = await aWorld();
		const zoe = await somebody(world);
		const leads = await aGroup(world, "leads");
		await map(world, { [leads]: { role: "admin" } });
		await put(world, leads, zoe);
		const mails = await db.select().from(outbox).where(eq(outbox.workspaceId, world.workspace.id));
		expect(mails).toHaveLength(2);
	});
});

describe("a group that grants admin", () => {
	async function withLeads() {
		const world = await aWorld();
		const leads = await aGroup(world, "leads");
		const people = [await somebody(world), await somebody(world)];
		await map(world, { [leads]: { role: "admin" } });
		await put(world, leads, ...people);
		return { world, leads, people };
	}

	test("loses one without a hold, and is held when it is emptied", async () => {
		const { world, leads, people } = await withLeads();
		const [first = "", second = ""] = people;
		await take(world, leads, first);
		expect(await roleOf(world, first)).toBe("viewer");
		await take(world, leads, second);
		expect(await roleOf(world, second)).toBe("admin");
		expect(await listHolds(db, world.workspace.id)).toMatchObject([
			{ memberId: second, reason: "brake", effect: "role_changed", role: "admin", cause: "leads" },
		]);
		// Filled again, there is nothing left to decide.
		await put(world, leads, second);
		expect(await listHolds(db, world.workspace.id)).toEqual([]);
		expect(await roleOf(world, second)).toBe("admin");
	});

	test("is held when it is deleted, for everybody in it", async () => {
		const { world, leads, people } = await withLeads();
		await decide(db, world.workspace.id, (tx, lock) => deleteGroup(tx, lock, world.change, leads));
		const held = await listHolds(db, world.workspace.id);
		expect(held.map(({ memberId }) => memberId).sort()).toEqual([...people].sort());
		expect(await roleOf(world, people[0] ?? "")).toBe("admin");
	});

	test("holds nothing where another source makes the same people admins", async () => {
		const { world, leads, people } = await withLeads();
		const chiefs = await aGroup(world, "chiefs");
		await map(world, { [leads]: { role: "admin" }, [chiefs]: { role: "admin" } });
		await put(world, chiefs, ...people);
		await take(world, leads, ...people);
		expect(await listHolds(db, world.workspace.id)).toEqual([]);
	});
});

test("a change of many is one event, and people who keep their role are not written", async () => {
	const world = await aWorld();
	const staff = await aGroup(world, "staff");
	await map(world, { [staff]: { role: "member" } });
	const count = 300;
	await db.execute(sql`
		with made as (
			insert into members (workspace_id, id, name, status, role, created_by)
			select ${world.workspace.id}::uuid, gen_random_uuid(), 'Person ' || n, 'active', 'viewer', 'directory'
			from generate_series(1, ${count}::int) n returning id
		)
		insert into directory_users (workspace_id, directory_id, id, user_name, user_name_key, active, resource, member_id, created_member)
		select ${world.workspace.id}::uuid, ${world.client.directoryId}::uuid, id, id::text, id::text, true, '{}'::jsonb, id, true from made`);
	const everybody = await db
		.select({ id: members.id })
		.from(members)
		.where(and(eq(members.workspaceId, world.workspace.id), eq(members.role, "viewer")));
	await put(world, staff, ...everybody.map(({ id }) => id));
	const kinds = await db
		.select({ kind: activity.kind, details: activity.details })
		.from(activity)
		.where(eq(activity.workspaceId, world.workspace.id))
		.orderBy(activity.seq);
	expect(kinds.at(-1)).toMatchObject({
		kind: "members.roles_changed",
		details: { count, moves: [{ before: "viewer", after: "member", count }] },
	});
});

test.runIf(isPostgres)(
	"two groups changed at once for the same people leave the highest role",
	async () => {
		const world = await aWorld();
		const [staff, leads] = [await aGroup(world, "staff"), await aGroup(world, "leads")];
		await map(world, { [staff]: { role: "member" }, [leads]: { role: "admin" } });
		const people = [await somebody(world), await somebody(world), await somebody(world)];
		await Promise.all([put(world, staff, ...people), put(world, leads, ...people)]);
		for (const id of people) expect(await roleOf(world, id)).toBe("admin");
	},
);

test("the policy is not read for a group nobody mapped", async () => {
	const world = await aWorld();
	const zoe = await somebody(world);
	const idle = await aGroup(world, "idle");
	await transact(db, (tx) => setPolicy(tx, world.workspace.id, { defaultRole: "member" }));
	await put(world, idle, zoe);
	// Nothing is decided anew, so the default that was changed underneath is not applied by this.
	expect(await roleOf(world, zoe)).toBe("viewer");
});
