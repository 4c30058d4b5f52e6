/**
 * What ends with a member's access: sessions, API keys, mail links and the role. Owns no decision:
 * who may be suspended, and the record of it, are ./members.
 */
import { and, eq, isNull, sql } from "drizzle-orm";
import type { Tx } from "@/db/client";
import { apiKeys, mailLinks, members, sessions } from "@/db/schema";
import { statement, toSet } from "@/db/statement";

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
	const [ended] = await suspend(tx, { workspaceId, id, by });
	if (!ended) throw new Error("the member vanished inside its transaction");
	return ended;
}

const suspend = statement(
	["workspaceId", "id", "by"],
	(on, { workspaceId, id, by }) => {
		const endedSessions = on.$with("ended_sessions").as(
			on
				.delete(sessions)
				.where(and(eq(sessions.workspaceId, workspaceId), eq(sessions.memberId, id)))
				.returning({ id: sessions.id }),
		);
		const endedKeys = on.$with("ended_keys").as(
			on
				.update(apiKeys)
				.set({ revokedAt: sql`now()` })
				.where(
					and(
						eq(apiKeys.workspaceId, workspaceId),
						eq(apiKeys.memberId, id),
						isNull(apiKeys.revokedAt),
					),
				)
				.returning({ id: apiKeys.id }),
		);
		const endedLinks = on.$with("ended_links").as(
			on
				.delete(mailLinks)
				.where(and(eq(mailLinks.workspaceId, workspaceId), eq(mailLinks.memberId, id)))
				.returning(),
		);
		return on
			.with(endedSessions, endedKeys, endedLinks)
			.update(members)
			.set({
				...toSet({ suspendedBy: by, epoch: sql`${members.epoch} + 1` }),
				status: "suspended",
				role: null,
			})
			.where(and(eq(members.workspaceId, workspaceId), eq(members.id, id)))
			.returning({
				sessionsEnded: sql<number>`(select count(*)::int from ${endedSessions})`,
				keysEnded: sql<number>`(select count(*)::int from ${endedKeys})`,
			});
	},
	[sessions, apiKeys, mailLinks, members],
);

/** Ends the links that were mailed to a member: to reset a password, to follow an address. */
export async function endMailLinks(tx: Tx, { workspaceId, id }: MemberKey): Promise<void> {
	await tx
		.delete(mailLinks)
		.where(and(eq(mailLinks.workspaceId, workspaceId), eq(mailLinks.memberId, id)));
}
