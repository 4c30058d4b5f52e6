/**
 * Loads what `accessFor` asks for: a workspace's roles and groups, and the facts of its members in
 * chunks, so that a hundred thousand of them need neither a query each nor all the memory.
 */
import { and, asc, desc, eq, gt, type Placeholder, type SQL, sql } from "drizzle-orm";
import type { Db, Tx } from "@/db/client";
import { keepOnce, oncePer } from "@/db/once";
import {
	directoryGroupMembers,
	directoryGroups,
	directoryUsers,
	groupMembers,
	groups,
	holds,
	members,
	policies,
	roles,
} from "@/db/schema";
import { statement } from "@/db/statement";
import { isId } from "@/lib/platform/ids";
import type { AccessFacts, MemberFacts, RoleFact } from "@/lib/policy/access";
import { sentRoles } from "@/lib/policy/sent-roles";
import { keepPolicy } from "@/lib/workspaces/policy";

/** Some members by id, or all of the workspace. */
export type Who = readonly string[] | "everyone";

/** A member with what decides their access. */
export type MemberWithFacts = {
	id: string;
	name: string;
	email: string | null;
	/** The role in effect. */
	role: string | null;
	facts: MemberFacts;
};

/** The workspace's roles, as policy knows them. */
export async function loadRoles(db: Db | Tx, workspaceId: string): Promise<RoleFact[]> {
	return oncePer(db, rolesKey(workspaceId), [roles], async () =>
		db
			.select({
				key: roles.key,
				name: roles.name,
				rank: roles.rank,
				permissions: roles.permissions,
			})
			.from(roles)
			.where(eq(roles.workspaceId, workspaceId)),
	);
}

/** The workspace's own groups, as policy knows them. */
export async function loadGroups(db: Db | Tx, workspaceId: string): Promise<AccessFacts["groups"]> {
	return oncePer(db, groupsKey(workspaceId), [groups], async () =>
		db
			.select({ id: groups.id, name: groups.name, defaultRole: groups.defaultRole })
			.from(groups)
			.where(eq(groups.workspaceId, workspaceId))
			.orderBy(asc(groups.nameKey)),
	);
}

const rolesKey = (workspaceId: string) => `roles ${workspaceId}`;
const groupsKey = (workspaceId: string) => `groups ${workspaceId}`;

/**
 * Reads policy, roles and groups in one statement, and remembers them for this transaction: most
 * changes of a directory ask for all three.
 */
export async function readRulesOnce(tx: Tx, workspaceId: string): Promise<void> {
	const [row] = await rulesOf(tx, { workspaceId });
	if (row) keepRules(tx, workspaceId, row);
}

/**
 * As `readRulesOnce`, and with them the member of an address (its key) or the one behind an entry of
 * a directory, since what changes a person asks for both.
 */
export async function readMemberAndRules(
	tx: Tx,
	workspaceId: string,
	by: { emailKey: string } | { directoryId: string; entryId: string },
): Promise<typeof members.$inferSelect | null> {
	const [row] =
		"emailKey" in by
			? await rulesAndHolder(tx, { workspaceId, ...by })
			: await rulesAndMember(tx, { workspaceId, ...by });
	if (!row) return null;
	keepRules(tx, workspaceId, row);
	return row.member;
}

type Rules = { policy: typeof policies.$inferSelect } & Pick<AccessFacts, "roles" | "groups">;

function keepRules(tx: Tx, workspaceId: string, rules: Rules): void {
	keepPolicy(tx, rules.policy);
	keepOnce(tx, rolesKey(workspaceId), [roles], rules.roles);
	keepOnce(tx, groupsKey(workspaceId), [groups], rules.groups);
}

const ruleColumns = (workspaceId: Placeholder) => ({
	policy: policies,
	// With names of their own: in a select of one table Drizzle leaves a column's table out.
	roles: sql<
		RoleFact[]
	>`(select coalesce(json_agg(json_build_object('key', r.key, 'name', r.name, 'rank', r.rank, 'permissions', r.permissions)), '[]') from ${roles} r where r.workspace_id = ${workspaceId})`,
	groups: sql<
		AccessFacts["groups"]
	>`(select coalesce(json_agg(json_build_object('id', g.id, 'name', g.name, 'defaultRole', g.default_role) order by g.name_key), '[]') from ${groups} g where g.workspace_id = ${workspaceId})`,
});

const rulesOf = statement(["workspaceId"], (on, { workspaceId }) =>
	on
		.select(ruleColumns(workspaceId))
		.from(policies)
		.where(eq(policies.workspaceId, workspaceId))
		.orderBy(desc(policies.revision))
		.limit(1),
);

const withMember = (on: Db, workspaceId: Placeholder, which: SQL) =>
	on
		.select({ ...ruleColumns(workspaceId), member: members })
		.from(policies)
		.leftJoin(members, and(eq(members.workspaceId, workspaceId), which))
		.where(eq(policies.workspaceId, workspaceId))
		.orderBy(desc(policies.revision))
		.limit(1);

const rulesAndMember = statement(["workspaceId", "directoryId", "entryId"], (on, at) =>
	withMember(
		on,
		at.workspaceId,
		eq(
			members.id,
			on
				.select({ id: directoryUsers.memberId })
				.from(directoryUsers)
				.where(
					and(
						eq(directoryUsers.workspaceId, at.workspaceId),
						eq(directoryUsers.directoryId, at.directoryId),
						eq(directoryUsers.id, at.entryId),
					),
				),
		),
	),
);

const rulesAndHolder = statement(["workspaceId", "emailKey"], (on, at) =>
	withMember(on, at.workspaceId, eq(members.emailKey, at.emailKey)),
);

/** Large enough that a query pays, small enough for the parameters and memory of one. */
const chunkSize = 2000;

/**
 * Members with their facts, a chunk at a time, in the order of their ids.
 * @param mapped the directory groups that can decide anything; all of them unless said. Fewer make
 *   fewer distinct facts, and each distinct set is decided once.
 */
export async function* chunksOfMembers(
	db: Db | Tx,
	workspaceId: string,
	who: Who,
	mapped?: readonly string[],
): AsyncGenerator<MemberWithFacts[]> {
	const groupsAmong = mapped && uuids(mapped);
	const names: GroupNames = new Map();
	if (who !== "everyone") {
		const ids = [...who].sort();
		for (let from = 0; from < ids.length; from += chunkSize) {
			const chunk = ids.slice(from, from + chunkSize);
			const rows = await rowsOf(db, workspaceId, chunk, groupsAmong);
			yield withNames(db, workspaceId, names, rows);
		}
		return;
	}
	for (let after: string | undefined; ; ) {
		const rows = await withFacts(db, groupsAmong ? sql`${groupsAmong}` : undefined)
			.where(and(eq(members.workspaceId, workspaceId), after ? gt(members.id, after) : undefined))
			.orderBy(asc(members.id))
			.limit(chunkSize);
		const chunk = await withNames(db, workspaceId, names, rows);
		if (chunk.length > 0) yield chunk;
		if (chunk.length < chunkSize) return;
		after = chunk.at(-1)?.id;
	}
}

/** Ids as one value, so that however many there are it is the same statement. */
const uuids = (ids: readonly string[]) => `{${ids.filter(isId).join(",")}}`;

/** @param groupsAmong only these directory groups are looked at, as `uuids` writes them. */
function withFacts(on: Db | Tx, groupsAmong?: SQL) {
	const among = groupsAmong
		? sql`and ${directoryGroupMembers.groupId} = any(${groupsAmong}::uuid[])`
		: sql``;
	// Ids alone: joined to the groups here, each person would cost a look through all of them.
	const sent = sql<
		string[]
	>`array(select ${directoryGroupMembers.groupId}::text from ${directoryGroupMembers} where ${directoryGroupMembers.workspaceId} = ${directoryUsers.workspaceId} and ${directoryGroupMembers.directoryId} = ${directoryUsers.directoryId} and ${directoryGroupMembers.userId} = ${directoryUsers.id} ${among} order by 1)`;
	const byHand = sql<
		string[]
	>`array(select ${groupMembers.groupId}::text from ${groupMembers} where ${groupMembers.workspaceId} = ${members.workspaceId} and ${groupMembers.memberId} = ${members.id} order by 1)`;
	return on
		.select({
			id: members.id,
			name: members.name,
			email: members.email,
			role: members.role,
			status: members.status,
			roleByHand: members.roleByHand,
			pinnedRole: members.pinnedRole,
			pinnedReason: members.pinnedReason,
			groupsByHand: byHand,
			heldRole: holds.role,
			groupsSent: sent,
			inDirectory: sql<boolean>`${directoryUsers.id} is not null`,
			// Of the whole entry, what decides the role.
			rolesSent: sql<unknown>`${directoryUsers.resource} -> 'roles'`,
		})
		.from(members)
		.leftJoin(
			directoryUsers,
			and(
				eq(directoryUsers.workspaceId, members.workspaceId),
				eq(directoryUsers.memberId, members.id),
			),
		)
		.leftJoin(
			holds,
			and(
				eq(holds.workspaceId, members.workspaceId),
				eq(holds.memberId, members.id),
				eq(holds.state, "held"),
			),
		);
}

/** One alone is asked for by a condition whose plan Postgres keeps. */
function rowsOf(db: Db | Tx, workspaceId: string, ids: readonly string[], groupsAmong?: string) {
	const [id] = ids;
	if (id && ids.length === 1) return one(db, { workspaceId, id });
	const values = { workspaceId, ids: uuids(ids) };
	return groupsAmong ? someByGroups(db, { ...values, groupsAmong }) : some(db, values);
}

const one = statement(["workspaceId", "id"], (on, at) =>
	withFacts(on).where(and(eq(members.workspaceId, at.workspaceId), eq(members.id, at.id))),
);

const some = statement(["workspaceId", "ids"], (on, at) =>
	withFacts(on)
		.where(
			and(eq(members.workspaceId, at.workspaceId), sql`${members.id} = any(${at.ids}::uuid[])`),
		)
		.orderBy(asc(members.id)),
);

const someByGroups = statement(["workspaceId", "ids", "groupsAmong"], (on, at) =>
	withFacts(on, sql`${at.groupsAmong}`)
		.where(
			and(eq(members.workspaceId, at.workspaceId), sql`${members.id} = any(${at.ids}::uuid[])`),
		)
		.orderBy(asc(members.id)),
);

type Row = Awaited<ReturnType<typeof some>>[number];
type GroupNames = Map<string, string>;

/** The facts of these rows. @param names of groups that are known already; others are added. */
async function withNames(
	db: Db | Tx,
	workspaceId: string,
	names: GroupNames,
	rows: Row[],
): Promise<MemberWithFacts[]> {
	const unknown = new Set<string>();
	for (const { groupsSent } of rows)
		for (const id of groupsSent) if (!names.has(id)) unknown.add(id);
	if (unknown.size > 0)
		for (const { id, name } of await namesOf(db, { workspaceId, ids: uuids([...unknown]) }))
			names.set(id, name);
	return rows.map((row) => factsOf(row, names));
}

const namesOf = statement(["workspaceId", "ids"], (on, at) =>
	on
		.select({ id: directoryGroups.id, name: directoryGroups.displayName })
		.from(directoryGroups)
		.where(
			and(
				eq(directoryGroups.workspaceId, at.workspaceId),
				sql`${directoryGroups.id} = any(${at.ids}::uuid[])`,
			),
		),
);

function factsOf(row: Row, names: GroupNames): MemberWithFacts {
	const { id, name, email, role, status, inDirectory, rolesSent, groupsSent, ...facts } = row;
	const groups = groupsSent.flatMap((id) => {
		const name = names.get(id);
		return name === undefined ? [] : [{ id, name }];
	});
	return {
		id,
		name,
		email,
		role,
		facts: {
			...facts,
			active: status === "active",
			directory: inDirectory ? { roles: sentRoles(rolesSent), groups } : null,
		},
	};
}
