/**
 * What a change of a directory's group does to the members concerned. The group holds what the IdP
 * said; here its effect follows, in the same transaction.
 */
import { and, eq, inArray, isNotNull } from "drizzle-orm";
import type { Tx } from "@/db/client";
import { directoryUsers } from "@/db/schema";
import type { Actor } from "@/lib/activity/actor";
import { applyAccess } from "@/lib/members/access";
import { currentPolicy } from "@/lib/workspaces/policy";
import type { Lock } from "./decide";
import type { DirectoryKey } from "./directory";

/** Entries that came into a group and that left it, by id. */
export type GroupChange = {
	groupId: string;
	joined: readonly string[];
	left: readonly string[];
};

/**
 * Decides anew what the members behind these entries hold. A group that the policy maps to nothing
 * costs nothing. @param lock how the workspace is held; whoever touches an admin holds it alone.
 */
export async function followGroupChange(
	tx: Tx,
	actor: Actor,
	{ workspaceId, id }: DirectoryKey,
	{ groupId, joined, left }: GroupChange,
	_lock: Lock,
): Promise<void> {
	const ids = [...joined, ...left];
	if (ids.length === 0) return;
	const { document } = await currentPolicy(tx, workspaceId);
	if (!Object.hasOwn(document.mappings, groupId)) return;
	const behind = await tx
		.select({ memberId: directoryUsers.memberId })
		.from(directoryUsers)
		.where(
			and(
				eq(directoryUsers.workspaceId, workspaceId),
				eq(directoryUsers.directoryId, id),
				isNotNull(directoryUsers.memberId),
				inArray(directoryUsers.id, ids),
			),
		);
	const memberIds = behind.flatMap(({ memberId }) => memberId ?? []);
	await applyAccess(tx, actor, workspaceId, memberIds);
}
