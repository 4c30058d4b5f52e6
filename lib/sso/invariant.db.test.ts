/**
 * No act leaves a workspace without an active admin who has a working way in: over acts on policy,
 * members, connections, domains and the directory, one after the other and at once. What "a working
 * way in" means is said here a second time, plainly. What members and roles do alone is in
 * lib/members/last-admin.db.test.ts.
 */
import { and, eq } from "drizzle-orm";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { type Db, transact, transactOrUndo } from "@/db/client";
import {
	connections,
	directoryUsers,
	googleAccounts,
	holds,
	identities,
	members,
	passwords,
	removals,
} from "@/db/schema";
import { aMember, aWorkspace, freshDb, operator } from "@/db/testing";
import { decide } from "@/lib/directory/decide";
import { disableDirectory, enableDirectory, findDirectory } from "@/lib/directory/directory";
import { createUser, deleteUser, updateUser } from "@/lib/directory/users";
import { reactivate, remove, suspend } from "@/lib/members/manage";
import { setRole } from "@/lib/members/manage-role";
import type { Member } from "@/lib/members/members";
import { changePolicy } from "@/lib/members/policy-change";
import { newId } from "@/lib/platform/ids";
import type { Policy } from "@/lib/policy/document";
import { profiles } from "@/lib/policy/profiles";
import { currentPolicy } from "@/lib/workspaces/policy";
import type { Workspace } from "@/lib/workspaces/workspaces";
import { activateConnection, pauseConnection, removeConnection } from "./connections";
import { removeDomain, vouchForDomain } from "./domains";
import { enforce, turnSsoOff } from "./enforcement";
import { aConnection, keptCodes, linkTo } from "./testing-policy";

let db: Db;
const now = new Date();

beforeAll(async () => {
	db = await freshDb();
});

type World = { workspace: Workspace; people: Member[]; connection: string };
type Done = { ok: boolean; reason?: string };
type Act = { name: string; run: (world: World) => Promise<Done> };

const as = ({ id, name }: Member) => ({
	actor: { kind: "member", id, label: name } as const,
	fresh: true,
});
const anybody = { actor: operator, fresh: true };

/** Ada with a password, Ben by SSO alone and in the directory, Zoe an admin by SSO and password. */
async function aWorld(): Promise<World> {
	const workspace = await aWorkspace(db, {
		policy: { rolesFrom: "attribute", attributeMayGrant: "all" },
	});
	const people: Member[] = [];
	for (const name of ["Ada", "Ben", "Zoe"])
		people.push(await aMember(db, workspace, { name, roleByHand: "admin" }));
	const [ada, ben, zoe] = people;
	if (!ada || !ben || !zoe) throw new Error("three were made");
	const connection = await aConnection(db, workspace, { tested: zoe });
	await transact(db, (tx) => vouchForDomain(tx, operator, workspace.id, "acme.test"));
	for (const member of [ben, zoe]) await linkTo(db, connection, member);
	for (const { workspaceId, id: memberId } of [ada, zoe])
		await db.insert(passwords).values({ workspaceId, memberId, hash: "not looked at" });
	await keptCodes(db, zoe);
	await transact(db, (tx) => enableDirectory(tx, operator, workspace.id, now));
	await sync(1, "create", ["admin"]).run({ workspace, people, connection });
	return { workspace, people, connection };
}

/** Active admins who could sign in at this moment, said plainly. Their names, for a failure. */
async function whoCanComeIn({ workspace }: World): Promise<string[]> {
	const { document: policy } = await currentPolicy(db, workspace.id);
	const on = await db
		.select({ id: connections.id })
		.from(connections)
		.where(and(eq(connections.workspaceId, workspace.id), eq(connections.status, "active")));
	const active = new Set(on.map(({ id }) => id));
	const gone = await db
		.select({ email: removals.emailKey })
		.from(removals)
		.where(eq(removals.workspaceId, workspace.id));
	const rows = await db
		.select({
			name: members.name,
			email: members.emailKey,
			password: passwords.hash,
			google: googleAccounts.subject,
			identity: identities.connectionId,
			entry: directoryUsers.id,
			hold: holds.id,
		})
		.from(members)
		.leftJoin(passwords, eq(passwords.memberId, members.id))
		.leftJoin(googleAccounts, eq(googleAccounts.memberId, members.id))
		.leftJoin(identities, eq(identities.memberId, members.id))
		.leftJoin(directoryUsers, eq(directoryUsers.memberId, members.id))
		.leftJoin(holds, and(eq(holds.memberId, members.id), eq(holds.state, "held")))
		.where(
			and(
				eq(members.workspaceId, workspace.id),
				eq(members.status, "active"),
				eq(members.role, "admin"),
			),
		);
	const enforced = active.size > 0 && policy.enforceSso.mode === "on";
	return rows
		.filter(({ email, password, google, identity, entry, hold }) => {
			const domain = email?.split("@")[1] ?? "";
			const removed = gone.some((each) => each.email === email);
			const byPassword =
				password !== null &&
				!enforced &&
				!(policy.google === "replacesPassword" && google !== null);
			const bySso =
				identity !== null &&
				active.has(identity) &&
				(policy.allowedDomains.length === 0 || policy.allowedDomains.includes(domain)) &&
				(policy.requireProvisioning === "off" || entry !== null || hold !== null) &&
				!(removed && policy.afterRemoval === "stayOut");
			return byPassword || bySso;
		})
		.map(({ name }) => name);
}

/** What a directory says of one of the people. */
function sync(
	place: number,
	what: "create" | "active" | "inactive" | "delete",
	roles: readonly string[],
): Act {
	return {
		name: `directory: ${what} ${place} as ${roles.join()}`,
		run: async ({ workspace, people }) => {
			const directory = await findDirectory(db, workspace.id);
			const member = people[place];
			if (!directory || !member) return { ok: false };
			const attributes = {
				userName: member.id,
				active: what !== "inactive",
				emails: [{ value: member.email, primary: true }],
				roles: roles.map((value) => ({ value })),
			};
			const change = {
				directory,
				actor: { kind: "directory", id: directory.id, label: "Directory" } as const,
				now,
			};
			const [entry] = await db
				.select({ id: directoryUsers.id })
				.from(directoryUsers)
				.where(
					and(eq(directoryUsers.workspaceId, workspace.id), eq(directoryUsers.userName, member.id)),
				);
			const id = entry?.id ?? newId();
			return decide(db, workspace.id, (tx, lock) =>
				what === "create"
					? createUser(tx, lock, change, attributes)
					: what === "delete"
						? deleteUser(tx, lock, change, id, () => undefined)
						: updateUser(tx, lock, change, id, () => attributes),
			);
		},
	};
}

const policyEdits = fc.oneof(
	fc.record({ requireProvisioning: fc.constantFrom("on", "off") }),
	fc.record({ allowedDomains: fc.constantFrom([], ["acme.test"], ["other.test"]) }),
	fc.record({ rolesFrom: fc.constantFrom("workspace", "attribute") }),
	fc.record({ attributeMayGrant: fc.constantFrom("all", "allButAdmin") }),
	fc.record({ defaultRole: fc.constantFrom("viewer", null) }),
	fc.record({ google: fc.constantFrom("off", "replacesPassword") }),
	fc.record({ enforceSso: fc.record({ mode: fc.constantFrom("on", "off") }) }),
	fc.constantFrom("push", "customer", "intelligence").map((name) => {
		const { pinned: _, ...rules } = profiles[name as "push"].policy;
		return rules;
	}),
) as fc.Arbitrary<Partial<Policy>>;

const place = fc.nat({ max: 2 });

const anAct: fc.Arbitrary<Act> = fc.oneof(
	fc.tuple(policyEdits, fc.boolean()).map(
		([edits, byAdmin]): Act => ({
			name: `policy ${JSON.stringify(edits)}`,
			run: async ({ workspace, people }) => {
				const { revision } = await currentPolicy(db, workspace.id);
				const by = byAdmin && people[0] ? as(people[0]) : anybody;
				return transactOrUndo<Done>(db, (tx) =>
					changePolicy(tx, by, workspace.id, revision, edits, null),
				);
			},
		}),
	),
	fc.constant<Act>({
		name: "enforce",
		run: async ({ workspace, people }) => {
			const { revision } = await currentPolicy(db, workspace.id);
			const [, , zoe] = people;
			if (!zoe) throw new Error("three were made");
			return transactOrUndo<Done>(db, (tx) =>
				enforce(tx, as(zoe), workspace, revision, { from: null, mail: false, reason: null }),
			);
		},
	}),
	fc.constant<Act>({
		name: "turn SSO off",
		run: ({ workspace }) =>
			transactOrUndo<Done>(db, (tx) =>
				turnSsoOff(tx, anybody, workspace, { offerPasswords: false }),
			),
	}),
	fc
		.constantFrom<[string, typeof activateConnection]>(
			["pause", pauseConnection],
			["turn on", activateConnection],
			["turn on again", activateConnection],
			["remove", removeConnection],
		)
		.map(
			([name, act]): Act => ({
				name,
				run: ({ workspace, connection }) =>
					transactOrUndo<Done>(db, (tx) => act(tx, operator, workspace, connection)),
			}),
		),
	fc.constant<Act>({
		name: "remove the domain",
		run: ({ workspace }) =>
			transactOrUndo<Done>(db, (tx) => removeDomain(tx, operator, workspace.id, "acme.test")),
	}),
	fc.constantFrom("suspend", "remove", "reactivate", "demote").chain((what) =>
		place.map(
			(which): Act => ({
				name: `${what} ${which}`,
				run: ({ workspace, people }) => {
					const id = people[which]?.id ?? newId();
					return transactOrUndo<Done>(db, (tx) => {
						if (what === "demote") return setRole(tx, anybody, workspace, id, "viewer", now);
						if (what === "suspend") return suspend(tx, anybody, workspace, id);
						if (what === "remove") return remove(tx, anybody, workspace, id);
						return reactivate(tx, anybody, workspace, id, now);
					});
				},
			}),
		),
	),
	{
		weight: 2,
		arbitrary: fc
			.tuple(
				place,
				fc.constantFrom(
					"create" as const,
					"active" as const,
					"inactive" as const,
					"delete" as const,
				),
				fc.constantFrom(["admin"], ["viewer"], []),
			)
			.map(([which, what, roles]) => sync(which, what, roles)),
	},
	fc.constant<Act>({
		name: "directory off",
		run: ({ workspace }) =>
			transact(db, async (tx) => {
				const directory = await findDirectory(tx, workspace.id);
				if (directory) await disableDirectory(tx, operator, directory);
				return { ok: true };
			}),
	}),
);

describe("an admin who can come in is left", () => {
	test("by acts one after the other", async () => {
		const seen = { done: 0, refused: 0 };
		await fc.assert(
			fc.asyncProperty(fc.array(anAct, { minLength: 5, maxLength: 14 }), async (acts) => {
				const world = await aWorld();
				for (const { name, run } of acts) {
					const done = await run(world);
					if (done.ok) seen.done += 1;
					else if (done.reason === "last_admin") seen.refused += 1;
					expect(await whoCanComeIn(world), name).not.toEqual([]);
				}
			}),
			{ numRuns: 15 },
		);
		expect(seen.done).toBeGreaterThan(30);
	}, 300_000);

	test("by acts at once", async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(anAct, { minLength: 4, maxLength: 8 }), async (acts) => {
				const world = await aWorld();
				await Promise.all(acts.map(({ run }) => run(world)));
				expect(await whoCanComeIn(world), acts.map(({ name }) => name).join("; ")).not.toEqual([]);
			}),
			{ numRuns: 12 },
		);
	}, 300_000);

	test("whatever comes when all of them are taken by every means", async () => {
		const world = await aWorld();
		const { workspace, connection, people } = world;
		const takes = people.flatMap(({ id }, which): (() => Promise<unknown>)[] => [
			() => transactOrUndo(db, (tx) => suspend(tx, anybody, workspace, id)),
			() => transactOrUndo(db, (tx) => remove(tx, anybody, workspace, id)),
			() => sync(which, "inactive", []).run(world),
			() => sync(which, "delete", []).run(world),
		]);
		await Promise.all([
			...takes.map((take) => take()),
			transactOrUndo(db, (tx) => pauseConnection(tx, operator, workspace, connection)),
			transactOrUndo(db, (tx) => removeConnection(tx, operator, workspace, connection)),
		]);
		expect(await whoCanComeIn(world)).toHaveLength(1);
	}, 120_000);
});
