/** Reading the workspace's groups and who is in them by hand. Changing them is in ./groups. */
import { and, asc, eq, gt, like, notExists, or, type SQL, sql } from "drizzle-orm";
import type { Db, Tx } from "@/db/client";
import { groupMembers, groups, members } from "@/db/schema";
import { foldKey } from "@/lib/platform/text";
import { currentPolicy } from "@/lib/workspaces/policy";
import { mappedTo } from "./mapped";

export type Group = typeof groups.$inferSelect;

/** The groups of a workspace by name, each with how many members it has by hand. */
export async function listGroups(
	db: Db | Tx,
	workspaceId: string,
): Promise<(Group & { members: number })[]> {
	const counts = db
		.select({ groupId: groupMembers.groupId, members: sql<number>`count(*)::int`.as("members") })
		.from(groupMembers)
		.where(eq(groupMembers.workspaceId, workspaceId))
		.groupBy(groupMembers.groupId)
		.as("counts");
	const rows = await db
		.select({ group: groups, members: counts.members })
		.from(groups)
		.leftJoin(counts, eq(counts.groupId, groups.id))
		.where(eq(groups.workspaceId, workspaceId))
		.orderBy(asc(groups.nameKey));
	return rows.map(({ group, members }) => ({ ...group, members: members ?? 0 }));
}

/** How many groups a workspace has. */
export async function countGroups(db: Db | Tx, workspaceId: string): Promise<number> {
	return db.$count(groups, eq(groups.workspaceId, workspaceId));
}

/** The group of an id, or null when this workspace has none. */
export async function findGroup(
	db: Db | Tx,
	workspaceId: string,
	id: string,
): Promise<Group | null> {
	const [group] = await db
		.select()
		.from(groups)
		.where(and(eq(groups.workspaceId, workspaceId), eq(groups.id, id)));
	return group ?? null;
}

export type GroupPerson = { id: string; name: string; email: string | null; role: string | null };

export const person = {
	id: members.id,
	name: members.name,
	email: members.email,
	role: members.role,
} as const;

/** A page of a group's members by hand, by id. @param after the last id of the page before. */
export async function listGroupMembers(
	db: Db | Tx,
	group: Pick<Group, "workspaceId" | "id">,
	{ limit, after }: { limit: number; after: string | null },
): Promise<{ rows: GroupPerson[]; next: string | null; total: number }> {
	const ofGroup = and(
		eq(groupMembers.workspaceId, group.workspaceId),
		eq(groupMembers.groupId, group.id),
	);
	const rows = await db
		.select(person)
		.from(groupMembers)
		.innerJoin(
			members,
			and(eq(members.workspaceId, groupMembers.workspaceId), eq(members.id, groupMembers.memberId)),
		)
		.where(and(ofGroup, after ? gt(groupMembers.memberId, after) : undefined))
		.orderBy(asc(groupMembers.memberId))
		.limit(limit + 1);
	const page = rows.slice(0, limit);
	return {
		rows: page,
		next: rows.length > limit ? (page.at(-1)?.id ?? null) : null,
		total: await db.$count(groupMembers, ofGroup),
	};
}

/** People who are not in the group by hand and whose name or email has this in it. */
export async function findPeopleToAdd(
	db: Db | Tx,
	group: Pick<Group, "workspaceId" | "id">,
	search: string,
	limit: number,
): Promise<GroupPerson[]> {
	const part = foldKey(search).replace(/[\\%_]/g, "\\$&");
	if (!part) return [];
	const inGroup = db
		.select({ one: sql`1` })
		.from(groupMembers)
		.where(
			and(
				eq(groupMembers.workspaceId, members.workspaceId),
				eq(groupMembers.groupId, group.id),
				eq(groupMembers.memberId, members.id),
			),
		);
	return db
		.select(person)
		.from(members)
		.where(
			and(
				eq(members.workspaceId, group.workspaceId),
				or(sql`${members.name} ilike ${`%${part}%`}`, like(members.emailKey, `%${part}%`)),
				notExists(inGroup),
			),
		)
		.orderBy(asc(members.name), asc(members.id))
		.limit(limit);
}

/** Everyone the group may reach: by hand, and where a mapping gives it, anybody. */
export async function holdersOf(
	db: Db | Tx,
	group: Pick<Group, "workspaceId" | "id">,
): Promise<string[] | "everyone"> {
	const { document } = await currentPolicy(db, group.workspaceId);
	if (mappedTo(document, group.id).length > 0) return "everyone";
	const rows = await db
		.select({ id: groupMembers.memberId })
		.from(groupMembers)
		.where(ofGroup(group));
	return rows.map(({ id }) => id);
}

export const keyOf = (group: Pick<Group, "workspaceId" | "id">): SQL | undefined =>
	and(eq(groups.workspaceId, group.workspaceId), eq(groups.id, group.id));

export const ofGroup = (group: Pick<Group, "workspaceId" | "id">): SQL | undefined =>
	and(eq(groupMembers.workspaceId, group.workspaceId), eq(groupMembers.groupId, group.id));
