/**
 * No sequence of acts, and no two acts at once, may take a workspace's last admin who can come in.
 * What "can come in" means is said here a second time, plainly, so that the product's own decision
 * is tested against it.
 */

import { and, asc, eq } from "drizzle-orm";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { type Db, type Tx, transact, transactOrUndo } from "@/db/client";
import {
	connections,
	directories,
	directoryUsers,
	googleAccounts,
	identities,
	members,
	passwords,
} from "@/db/schema";
import { aMember, aWorkspace, freshDb, operator } from "@/db/testing";
import { createGroup, deleteGroup, setMembership, updateGroup } from "@/lib/groups/groups";
import { newId } from "@/lib/platform/ids";
import { accessFor } from "@/lib/policy/access";
import type { Policy } from "@/lib/policy/document";
import type { Acting } from "@/lib/roles/granter";
import { createRole, deleteRole, updateRole } from "@/lib/roles/roles";
import { vouchForDomain } from "@/lib/sso/domains";
import { aConnection as aTestedConnection, keptCodes } from "@/lib/sso/testing-policy";
import { currentPolicy } from "@/lib/workspaces/policy";
import type { Workspace } from "@/lib/workspaces/workspaces";
import { loadMemberFacts, loadRules } from "./access";
import { keepAnAdmin } from "./last-admin";
import { reactivate, remove, suspend } from "./manage";
import { pinRole, setRole, unpinRole } from "./manage-role";
import type { Member } from "./members";
import { changePolicy } from "./policy-change";

let db: Db;
const now = new Date();
/** May give everything: nothing but the rule itself stands in the way. */
const anybody: Acting = { actor: operator, fresh: true };

beforeAll(async () => {
	db = await freshDb();
});

const asMember = ({ id, name }: Member): Acting => ({
	actor: { kind: "member", id, label: name },
	fresh: true,
});

async function givePassword({ workspaceId, id: memberId }: Member): Promise<void> {
	await db.insert(passwords).values({ workspaceId, memberId, hash: "not looked at" });
}

async function giveIdentity(member: Member, connectionId: string): Promise<void> {
	const { workspaceId, id: memberId } = member;
	const issuer = "https://id.acme.test";
	await db
		.insert(identities)
		.values({ workspaceId, connectionId, issuer, subject: memberId, memberId });
}

async function aConnection(workspace: Workspace): Promise<string> {
	const id = newId();
	const url = "https://id.acme.test";
	await db.insert(connections).values({
		workspaceId: workspace.id,
		id,
		name: "Okta",
		provider: "okta",
		protocol: "oidc",
		status: "active",
		issuer: url,
		clientId: "client",
		clientSecret: "sealed",
		secretSetAt: now,
		secretSetBy: "Ada",
		metadata: {
			issuer: url,
			authorization_endpoint: url,
			token_endpoint: url,
			jwks_uri: url,
			userinfo_endpoint: url,
		},
		idpInitiated: "page",
		settingsHash: "hash",
	});
	return id;
}

/** Makes the directory manage a member, and send these roles. */
async function putInDirectory(member: Member, sent: string[]): Promise<void> {
	const { workspaceId, id } = member;
	await db
		.insert(directories)
		.values({ workspaceId, id: workspaceId, enabled: false })
		.onConflictDoNothing();
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

/** Active admins who could sign in at this moment, said plainly. */
async function adminsWhoCanComeIn(workspaceId: string): Promise<number> {
	const { document: policy } = await currentPolicy(db, workspaceId);
	const [connection] = await db
		.select()
		.from(connections)
		.where(and(eq(connections.workspaceId, workspaceId), eq(connections.status, "active")));
	const rows = await db
		.select({
			email: members.emailKey,
			password: passwords.hash,
			google: googleAccounts.subject,
			identity: identities.connectionId,
			entry: directoryUsers.id,
		})
		.from(members)
		.leftJoin(passwords, eq(passwords.memberId, members.id))
		.leftJoin(googleAccounts, eq(googleAccounts.memberId, members.id))
		.leftJoin(identities, eq(identities.memberId, members.id))
		.leftJoin(directoryUsers, eq(directoryUsers.memberId, members.id))
		.where(
			and(
				eq(members.workspaceId, workspaceId),
				eq(members.status, "active"),
				eq(members.role, "admin"),
			),
		);
	const enforced = connection !== undefined && policy.enforceSso.mode === "on";
	return rows.filter(({ email, password, google, identity, entry }) => {
		const domain = email?.split("@")[1] ?? "";
		const domains = policy.allowedDomains;
		const byPassword =
			password &&
			email !== null &&
			!enforced &&
			!(policy.google === "replacesPassword" && google !== null);
		const byGoogle = google && !enforced && policy.google !== "off";
		const bySso =
			identity &&
			identity === connection?.id &&
			(domains.length === 0 || domains.includes(domain)) &&
			(policy.requireProvisioning === "off" || entry !== null);
		return byPassword || byGoogle || bySso;
	}).length;
}

/** Everything that decides, to see that a refusal changed none of it. */
async function everything(workspaceId: string) {
	return {
		policy: await currentPolicy(db, workspaceId),
		rules: await loadRules(db, workspaceId),
		members: await db
			.select()
			.from(members)
			.where(eq(members.workspaceId, workspaceId))
			.orderBy(asc(members.id)),
	};
}

/** Every member's role in effect is the one that the decision gives. */
async function expectDecided(workspaceId: string): Promise<void> {
	const { policy, rules, members: all } = await everything(workspaceId);
	const ids = all.map(({ id }) => id);
	const facts = await loadMemberFacts(db, workspaceId, ids);
	for (const { id, role } of all) {
		const member = facts.get(id);
		expect(member && accessFor(policy.document, { member, ...rules }).role).toBe(role);
	}
}

type World = {
	workspace: Workspace;
	people: Member[];
	group: string;
	connection: string;
};

/** Two admins who can come in and two people who are none, each kind of credential once. */
async function aWorld(): Promise<World> {
	const workspace = await aWorkspace(db);
	const connection = await aConnection(workspace);
	const people = [];
	for (const role of ["admin", "admin", "member", null])
		people.push(await aMember(db, workspace, { roleByHand: role }));
	const [ada, ben, zoe, vic] = people;
	if (!ada || !ben || !zoe || !vic) throw new Error("four were made");
	await givePassword(ada);
	await giveIdentity(ben, connection);
	await db
		.insert(googleAccounts)
		.values({ workspaceId: workspace.id, memberId: ben.id, subject: "g-1", email: "b@g.test" });
	await givePassword(zoe);
	await putInDirectory(ben, ["Admin"]);
	await putInDirectory(vic, ["Auditor"]);
	const made = await transact(db, (tx) =>
		createGroup(tx, anybody, workspace.id, { name: "Engineering", defaultRole: null }),
	);
	if (!made.ok) throw new Error(made.reason);
	await transact(db, (tx) =>
		createRole(tx, anybody, workspace.id, { name: "Auditor", rank: 150, permissions: [] }),
	);
	return { workspace, people, group: made.id, connection };
}

type Act = {
	name: string;
	run: (tx: Tx, world: World) => Promise<{ ok: boolean; reason?: string }>;
};

const someRole = fc.constantFrom("admin", "member", "viewer", "auditor");
const roleOrNone = fc.option(someRole, { nil: null });
const which = fc.nat({ max: 3 });

const policyEdits = fc.oneof(
	fc.record({ defaultRole: roleOrNone }),
	fc.record({ rolesFrom: fc.constantFrom("groups", "attribute", "workspace") }),
	fc.record({ enforceSso: fc.record({ mode: fc.constantFrom("on", "off") }) }),
	fc.record({ google: fc.constantFrom("off", "beside", "replacesPassword") }),
	fc.record({ allowedDomains: fc.constantFrom([], ["acme.test"], ["other.test"]) }),
	fc.record({ requireProvisioning: fc.constantFrom("on", "off") }),
	fc.record({ attributeMayGrant: fc.constantFrom("all", "allButAdmin", ["auditor"]) }),
) as fc.Arbitrary<Partial<Policy>>;

/** An act on the member at a place. One who was removed is no longer there. */
const onMember = (
	name: string,
	run: (tx: Tx, world: World, memberId: string) => Promise<{ ok: boolean; reason?: string }>,
) =>
	which.map(
		(place): Act => ({
			name: `${name} ${place}`,
			run: (tx, world) => run(tx, world, world.people[place]?.id ?? newId()),
		}),
	);

const takingAct = fc.oneof(
	fc
		.constantFrom("viewer", null)
		.chain((role) =>
			onMember(`set ${role} on`, (tx, { workspace }, id) =>
				setRole(tx, anybody, workspace, id, role, now),
			),
		),
	onMember("suspend", (tx, { workspace }, id) => suspend(tx, anybody, workspace, id)),
	onMember("remove", (tx, { workspace }, id) => remove(tx, anybody, workspace, id)),
);

const anAct: fc.Arbitrary<Act> = fc.oneof(
	{ arbitrary: takingAct, weight: 4 },
	roleOrNone.chain((role) =>
		onMember(`set ${role} on`, (tx, { workspace }, id) =>
			setRole(tx, anybody, workspace, id, role, now),
		),
	),
	someRole.chain((role) =>
		onMember(`pin ${role} on`, (tx, { workspace }, id) =>
			pinRole(tx, anybody, workspace, id, { role, reason: "for a test" }, now),
		),
	),
	onMember("unpin", (tx, { workspace }, id) => unpinRole(tx, anybody, workspace, id, now)),
	onMember("reactivate", (tx, { workspace }, id) => reactivate(tx, anybody, workspace, id, now)),
	onMember("add to the group", (tx, { workspace, group }, id) =>
		setMembership(tx, anybody, workspace.id, group, [id], true, now),
	),
	onMember("take out of the group", (tx, { workspace, group }, id) =>
		setMembership(tx, anybody, workspace.id, group, [id], false, now),
	),
	roleOrNone.map(
		(defaultRole): Act => ({
			name: `let the group give ${defaultRole}`,
			run: (tx, { workspace, group }) =>
				updateGroup(tx, anybody, workspace.id, group, { name: "Engineering", defaultRole }, now),
		}),
	),
	fc.constant<Act>({
		name: "delete the group",
		run: (tx, { workspace, group }) => deleteGroup(tx, anybody, workspace.id, group, now),
	}),
	fc.integer({ min: 1, max: 299 }).map(
		(rank): Act => ({
			name: `rank the auditor ${rank}`,
			run: (tx, { workspace }) =>
				updateRole(tx, anybody, workspace.id, "auditor", {
					name: "Auditor",
					rank,
					permissions: [],
				}),
		}),
	),
	fc.constantFrom("admin", "viewer").map(
		(to): Act => ({
			name: `delete the auditor for ${to}`,
			run: (tx, { workspace }) => deleteRole(tx, anybody, workspace.id, "auditor", to, now),
		}),
	),
	policyEdits.map(
		(edits): Act => ({
			name: `policy ${JSON.stringify(edits)}`,
			run: async (tx, { workspace }) => {
				const { revision } = await currentPolicy(tx, workspace.id);
				return changePolicy(tx, anybody, workspace.id, revision, edits, null);
			},
		}),
	),
	fc.constantFrom("paused" as const, "active" as const).map(
		(status): Act => ({
			name: `connection ${status}`,
			run: (tx, { workspace, connection }) =>
				keepAnAdmin(tx, workspace.id, async (tx) => {
					await tx.update(connections).set({ status }).where(eq(connections.id, connection));
					return { ok: true };
				}),
		}),
	),
);

describe("acts one after the other", () => {
	test("leave an admin who can come in, and a refused one leaves everything", async () => {
		const seen = { done: 0, last_admin: 0 };
		await fc.assert(
			fc.asyncProperty(fc.array(anAct, { minLength: 6, maxLength: 20 }), async (acts) => {
				const world = await aWorld();
				const { id } = world.workspace;
				for (const { name, run } of acts) {
					const before = await everything(id);
					const done = await transactOrUndo(db, (tx) => run(tx, world));
					if (done.ok) seen.done += 1;
					else {
						if (done.reason === "last_admin") seen.last_admin += 1;
						expect(await everything(id), `${name} was refused`).toEqual(before);
					}
					expect(await adminsWhoCanComeIn(id), name).toBeGreaterThan(0);
				}
				await expectDecided(id);
			}),
			{ numRuns: 25 },
		);
		// The rule was put to the test: many acts were done, and some of them it stopped.
		expect(seen.done).toBeGreaterThan(50);
		expect(seen.last_admin).toBeGreaterThan(5);
	}, 120_000);
});

test("a password is no way in for who has no address to type with it", async () => {
	const workspace = await aWorkspace(db);
	const ada = await aMember(db, workspace, { roleByHand: "admin" });
	const ben = await aMember(db, workspace, {
		roleByHand: "admin",
		email: null,
		emailProof: null,
	});
	await Promise.all([ada, ben].map(givePassword));
	expect(await adminsWhoCanComeIn(workspace.id)).toBe(1);
	for (const take of [suspend, remove])
		expect(await transactOrUndo(db, (tx) => take(tx, anybody, workspace, ada.id))).toEqual({
			ok: false,
			reason: "last_admin",
		});
	expect(await transactOrUndo(db, (tx) => suspend(tx, anybody, workspace, ben.id))).toEqual({
		ok: true,
	});
});

describe("acts at once", () => {
	const takes = {
		demote: (tx: Tx, by: Acting, workspace: Workspace, id: string) =>
			setRole(tx, by, workspace, id, "viewer", now),
		suspend,
		remove,
	};
	const ways = ["demote", "suspend", "remove"] as const;
	const pairs = ways.flatMap((one) => ways.map((two) => [one, two] as const));

	test.each(pairs)("two admins %s and %s each other: one of them stays", async (one, two) => {
		const workspace = await aWorkspace(db);
		const [ada, ben] = await Promise.all([
			aMember(db, workspace, { roleByHand: "admin" }),
			aMember(db, workspace, { roleByHand: "admin" }),
		]);
		await Promise.all([ada, ben].map(givePassword));
		const outcomes = await Promise.all([
			transactOrUndo(db, (tx) => takes[one](tx, asMember(ada), workspace, ben.id)),
			transactOrUndo(db, (tx) => takes[two](tx, asMember(ben), workspace, ada.id)),
		]);
		expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
		expect(await adminsWhoCanComeIn(workspace.id)).toBe(1);
	});

	test("five admins, each against all others, by every means: one is left", async () => {
		const workspace = await aWorkspace(db);
		const admins: Member[] = [];
		for (let made = 0; made < 5; made++)
			admins.push(await aMember(db, workspace, { roleByHand: "admin" }));
		for (const admin of admins) await givePassword(admin);
		const acts = admins.flatMap((by) =>
			admins
				.filter((other) => other !== by)
				.flatMap((other) =>
					Object.values(takes).map(
						(take) => () => transactOrUndo(db, (tx) => take(tx, asMember(by), workspace, other.id)),
					),
				),
		);
		await Promise.all(acts.map((act) => act()));
		expect(await adminsWhoCanComeIn(workspace.id)).toBe(1);
	});

	test("the policy closes passwords while the admin who comes by SSO is taken out", async () => {
		const workspace = await aWorkspace(db);
		const ada = await aMember(db, workspace, { roleByHand: "admin" });
		const ben = await aMember(db, workspace, { roleByHand: "admin" });
		await transact(db, (tx) => vouchForDomain(tx, operator, workspace.id, "acme.test"));
		const connection = await aTestedConnection(db, workspace, { tested: ben });
		await keptCodes(db, ada);
		await givePassword(ada);
		await giveIdentity(ben, connection);
		const { revision } = await currentPolicy(db, workspace.id);
		const enforce = { enforceSso: { mode: "on" } } as const;
		const outcomes = await Promise.all([
			transactOrUndo<{ ok: boolean }>(db, (tx) =>
				changePolicy(tx, asMember(ada), workspace.id, revision, enforce, null),
			),
			transactOrUndo<{ ok: boolean }>(db, (tx) => suspend(tx, asMember(ada), workspace, ben.id)),
		]);
		expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
		expect(await adminsWhoCanComeIn(workspace.id)).toBe(1);
	});
});
