/**
 * What ends with a member's access: sessions, API keys, mail links and the role. Owns no decision:
 * who may be suspended, and the record of it, are ./members.
 */
import { and, eq, sql } from "drizzle-orm";
import type { Tx } from "@/db/client";
import { writing } from "@/db/once";
import { apiKeys, mailLinks, members, sessions } from "@/db/schema";

type MemberKey = { workspaceId: string; id: string };

/** Ends all sessions of a member, also those a process is about to write. @returns how many. */
export async function endSessions(tx: Tx, workspaceId: string, memberId: string): Promise<number> {
	await tx
		.update(members)
		.set({ epoch: sql`${members.epoch} + 1` })
		.where(and(eq(members.workspaceId, workspaceId), eq(members.id, memberId)));
	return deleteSessions(tx, workspaceId, memberId);
}

/** Ends those that are there. Whoever calls it raises the member's epoch too. */
async function deleteSessions(tx: Tx, workspaceId: string, memberId: string): Promise<number> {
	const ended = await tx
		.delete(sessions)
		.where(and(eq(sessions.workspaceId, workspaceId), eq(sessions.memberId, memberId)))
		.returning({ id: sessions.id });
	return ended.length;
}

/**
 * Suspends, and ends sessions, API keys and mail links, in one statement. The role goes with it:
 * whoever is inactive holds nothing, as `accessFor` says before anything else.
 */
export async function endAccess(tx: Tx, { workspaceId, id }: MemberKey, by: "admin" | "directory") {
	const statement = sql`
		with ended_sessions as (
			delete from ${sessions} where workspace_id = ${workspaceId} and member_id = ${id} returning 1
		), ended_keys as (
			update ${apiKeys} set revoked_at = now()
			where workspace_id = ${workspaceId} and member_id = ${id} and revoked_at is null returning 1
		), ended_links as (
			delete from ${mailLinks} where workspace_id = ${workspaceId} and member_id = ${id}
		)
		update ${members} set status = 'suspended', suspended_by = ${by}, epoch = epoch + 1, role = null
		where workspace_id = ${workspaceId} and id = ${id}
		returning (select count(*)::int from ended_sessions) as "sessionsEnded",
			(select count(*)::int from ended_keys) as "keysEnded"`;
	const { rows } = (await tx.execute(
		writing(statement, sessions, apiKeys, mailLinks, members),
	)) as unknown as { rows: { sessionsEnded: number; keysEnded: number }[] };
	const [ended] = rows;
	if (!ended) throw new Error("the member vanished inside its transaction");
	return ended;
}

/** Ends the links that were mailed to a member: to reset a password, to follow an address. */
export async function endMailLinks(tx: Tx, { workspaceId, id }: MemberKey): Promise<void> {
	await tx
		.delete(mailLinks)
		.where(and(eq(mailLinks.workspaceId, workspaceId), eq(mailLinks.memberId, id)));
}
