/**
 * Loads what `accessFor` asks for: a workspace's roles and groups, and the facts of its members in
 * chunks, so that a hundred thousand of them need neither a query each nor all the memory.
 */
import { and, asc, eq, gt, inArray, type SQL, sql } from "drizzle-orm";
import type { Db, Tx } from "@/db/client";
import { directoryUsers, groupMembers, groups, members, roles } from "@/db/schema";
import type { AccessFacts, MemberFacts, RoleFact } from "@/lib/policy/access";

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
	return db
		.select({
			key: roles.key,
			name: roles.name,
			rank: roles.rank,
			permissions: roles.permissions,
		})
		.from(roles)
		.where(eq(roles.workspaceId, workspaceId));
}

/** The workspace's own groups, as policy knows them. */
export async function loadGroups(db: Db | Tx, workspaceId: string): Promise<AccessFacts["groups"]> {
	return db
		.select({ id: groups.id, name: groups.name, defaultRole: groups.defaultRole })
		.from(groups)
		.where(eq(groups.workspaceId, workspaceId))
		.orderBy(asc(groups.nameKey));
}

/** Large enough that a query pays, small enough for the parameters and memory of one. */
const chunkSize = 2000;

/** Members with their facts, a chunk at a time, in the order of their ids. */
export async function* chunksOfMembers(
	db: Db | Tx,
	workspaceId: string,
	who: Who,
): AsyncGenerator<MemberWithFacts[]> {
	if (who !== "everyone") {
		const ids = [...who].sort();
		for (let from = 0; from < ids.length; from += chunkSize)
			yield loadChunk(db, workspaceId, inArray(members.id, ids.slice(from, from + chunkSize)));
		return;
	}
	for (let after: string | undefined; ; ) {
		const chunk = await loadChunk(db, workspaceId, after ? gt(members.id, after) : undefined);
		if (chunk.length > 0) yield chunk;
		if (chunk.length < chunkSize) return;
		after = chunk.at(-1)?.id;
	}
}

async function loadChunk(
	db: Db | Tx,
	workspaceId: string,
	which: SQL | undefined,
): Promise<MemberWithFacts[]> {
	const byHand = sql<
		string[]
	>`array(select ${groupMembers.groupId}::text from ${groupMembers} where ${groupMembers.workspaceId} = ${members.workspaceId} and ${groupMembers.memberId} = ${members.id} order by 1)`;
	const rows = await db
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
		.where(and(eq(members.workspaceId, workspaceId), which))
		.orderBy(asc(members.id))
		.limit(chunkSize);
	return rows.map(({ id, name, email, role, status, inDirectory, rolesSent, ...facts }) => ({
		id,
		name,
		email,
		role,
		facts: {
			...facts,
			active: status === "active",
			directory: inDirectory ? { roles: rolesIn(rolesSent), groups: [] } : null,
		},
	}));
}

/** The values of the SCIM `roles` attribute: strings, or objects with a value. */
function rolesIn(sent: unknown): string[] {
	if (!Array.isArray(sent)) return [];
	return sent.flatMap((role: unknown) => {
		if (typeof role === "string") return [role];
		if (typeof role === "object" && role !== null && "value" in role)
			return typeof role.value === "string" ? [role.value] : [];
		return [];
	});
}
