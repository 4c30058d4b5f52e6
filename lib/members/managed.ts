/**
 * What the directory manages, so that it is not changed here: members and their profile where the
 * policy says so and sync is on, and roles where they come from the directory as well.
 */
import { and, eq, sql } from "drizzle-orm";
import type { Db, Tx } from "@/db/client";
import { directories, directoryUsers, holds, members } from "@/db/schema";
import type { Policy } from "@/lib/policy/document";

/** Whether people are added in the directory alone: nobody is invited here then. */
export async function directoryAdds(
	db: Db | Tx,
	policy: Policy,
	workspaceId: string,
): Promise<boolean> {
	if (policy.membersManagedBy === "workspace") return false;
	const on = await db
		.select({ id: directories.id })
		.from(directories)
		.where(and(eq(directories.workspaceId, workspaceId), eq(directories.enabled, true)));
	return on.length > 0;
}

/** Which parts of a member are locked here. */
export type Locks = {
	/** Name, email, status, and the member as such. */
	profile: boolean;
	/** The role set by hand. Pinning one stays possible: it is recorded, with its reason. */
	role: boolean;
};

/** What the directory manages of a member. Exceptions named in the policy are never locked. */
export async function locksOf(
	db: Db | Tx,
	policy: Policy,
	member: { workspaceId: string; id: string },
): Promise<Locks> {
	const open = { profile: false, role: false };
	if (policy.managedHere.includes(member.id)) return open;
	if (!(await directoryAdds(db, policy, member.workspaceId))) return open;
	const entry = await db
		.select({ id: directoryUsers.id })
		.from(directoryUsers)
		.where(
			and(
				eq(directoryUsers.workspaceId, member.workspaceId),
				eq(directoryUsers.memberId, member.id),
			),
		);
	if (entry.length === 0) return open;
	return { profile: true, role: policy.rolesFrom !== "workspace" };
}

/**
 * Of a row of members: the directory deleted its entry, and the removal is held. Until that takes
 * effect the directory has the member still, whatever asks for being in it.
 */
export const removalIsHeld = sql<boolean>`exists (select 1 from ${holds} where ${holds.workspaceId} = ${members.workspaceId} and ${holds.memberId} = ${members.id} and ${holds.state} = 'held' and ${holds.effect} = 'removed')`;
