/** What members change of their own record: the name here, the address in ./email-change. */
import { type Db, lockWorkspace, transact } from "@/db/client";
import type { Actor } from "@/lib/activity/actor";
import { locksOf } from "@/lib/members/managed";
import { findMember, type Member, updateMember } from "@/lib/members/members";
import { currentPolicy } from "@/lib/workspaces/policy";

const longestName = 200;

/**
 * Changes a member's own name.
 * Refused: malformed when empty or too long, managed_by_directory, stale when the member is gone.
 */
export async function changeOwnName(
	db: Db,
	actor: Actor,
	{ workspaceId, id }: Pick<Member, "workspaceId" | "id">,
	text: string,
): Promise<
	{ ok: true; name: string } | { ok: false; reason: "malformed" | "managed_by_directory" | "stale" }
> {
	const name = text.trim();
	if (!name || name.length > longestName) return { ok: false, reason: "malformed" };
	return transact(db, async (tx) => {
		await lockWorkspace(tx, workspaceId, "shared");
		const member = await findMember(tx, workspaceId, id);
		if (!member) return { ok: false, reason: "stale" };
		const { document: policy } = await currentPolicy(tx, workspaceId);
		if ((await locksOf(tx, policy, member)).profile)
			return { ok: false, reason: "managed_by_directory" };
		await updateMember(tx, actor, member, { name });
		return { ok: true, name };
	});
}
