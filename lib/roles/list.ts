/** Reading a workspace's roles: what they allow, who holds them, and where they are named. */
import { and, asc, desc, eq, sql } from "drizzle-orm";
import type { Db, Tx } from "@/db/client";
import { groups, invitations, members, roles } from "@/db/schema";
import { currentPolicy } from "@/lib/workspaces/policy";
import { type Permission, permissionsOf } from "./permissions";

export type Role = {
	key: string;
	name: string;
	rank: number;
	permissions: Permission[];
	builtIn: boolean;
};

/** The roles of a workspace, the highest first. */
export async function listRoles(db: Db | Tx, workspaceId: string): Promise<Role[]> {
	const rows = await db
		.select()
		.from(roles)
		.where(eq(roles.workspaceId, workspaceId))
		.orderBy(desc(roles.rank));
	return rows.map((row) => ({
		key: row.key,
		name: row.name,
		rank: row.rank,
		builtIn: row.builtIn,
		permissions: permissionsOf(row),
	}));
}

/** How many members hold each role in effect, by its key. */
export async function countHolders(db: Db | Tx, workspaceId: string): Promise<Map<string, number>> {
	const rows = await db
		.select({ role: members.role, count: sql<number>`count(*)::int` })
		.from(members)
		.where(eq(members.workspaceId, workspaceId))
		.groupBy(members.role);
	return new Map(rows.flatMap(({ role, count }) => (role === null ? [] : [[role, count]])));
}

/** Where a role is named, whether or not it counts there at this moment. */
export type RoleUses = {
	/** Members it was given by hand, and on whom it is pinned. */
	byHand: number;
	pinned: number;
	invitations: number;
	/** Groups of the workspace whose default role it is. */
	groups: { id: string; name: string }[];
	/** The policy: the default role, how many mapped groups, and the list of what may be sent. */
	isDefault: boolean;
	mappings: number;
	inAttributeList: boolean;
};

/** Where a role of the workspace is named. */
export async function usesOfRole(db: Db | Tx, workspaceId: string, key: string): Promise<RoleUses> {
	const [held] = await db
		.select({
			byHand: sql<number>`(count(*) filter (where ${members.roleByHand} = ${key}))::int`,
			pinned: sql<number>`(count(*) filter (where ${members.pinnedRole} = ${key}))::int`,
		})
		.from(members)
		.where(eq(members.workspaceId, workspaceId));
	const [invited] = await db
		.select({ count: sql<number>`count(*)::int` })
		.from(invitations)
		.where(and(eq(invitations.workspaceId, workspaceId), eq(invitations.role, key)));
	const ofGroups = await db
		.select({ id: groups.id, name: groups.name })
		.from(groups)
		.where(and(eq(groups.workspaceId, workspaceId), eq(groups.defaultRole, key)))
		.orderBy(asc(groups.nameKey));
	const { document } = await currentPolicy(db, workspaceId);
	return {
		byHand: held?.byHand ?? 0,
		pinned: held?.pinned ?? 0,
		invitations: invited?.count ?? 0,
		groups: ofGroups,
		isDefault: document.defaultRole === key,
		mappings: Object.values(document.mappings).filter(({ role }) => role === key).length,
		inAttributeList:
			typeof document.attributeMayGrant !== "string" && document.attributeMayGrant.includes(key),
	};
}
