/**
 * What a provider's word that somebody signed out there does here, whichever protocol brought it:
 * each word counts once, and the sessions that came of the provider's end at once.
 */
import { createHash } from "node:crypto";
import { and, eq, gt, inArray, isNotNull, or, type SQL, sql } from "drizzle-orm";
import type { Tx } from "@/db/client";
import { consumedAssertions, members, sessions, signIns } from "@/db/schema";
import type { ProviderSession } from "@/db/schema/sso";
import { record } from "@/lib/activity/record";
import { labelOf } from "@/lib/members/members";
import type { Connection } from "./connections";

/** Which of the provider's sessions are meant: those with all of these values. */
type Meant = {
	[P in ProviderSession["protocol"]]: Partial<Extract<ProviderSession, { protocol: P }>>;
}[ProviderSession["protocol"]];

/**
 * Whether this word is heard for the first time.
 * @param until when it would no longer be believed, and may be forgotten.
 */
export async function isFirst(
	tx: Tx,
	{ workspaceId, id }: Connection,
	wordId: string,
	until: Date,
): Promise<boolean> {
	const taken = await tx
		.insert(consumedAssertions)
		.values({
			workspaceId,
			connectionId: id,
			assertionId: `logout ${createHash("sha256").update(wordId).digest("base64url")}`,
			expiresAt: until,
		})
		.onConflictDoNothing()
		.returning({ id: consumedAssertions.assertionId });
	return taken.length > 0;
}

/**
 * Ends the sessions that came of the provider's, and the sign-ins that are about to become one.
 * @param meant what names them; any of these.
 * @returns how many sessions ended.
 */
export async function endProviderSessions(
	tx: Tx,
	connection: Connection,
	meant: readonly Meant[],
	now: Date,
): Promise<number> {
	const { workspaceId, id, name } = connection;
	const isMeant = (
		column: typeof sessions.providerSession | typeof signIns.providerSession,
	): SQL | undefined => or(...meant.map((one) => sql`${column} @> ${JSON.stringify(one)}::jsonb`));
	await tx
		.update(signIns)
		.set({ ticketHash: null })
		.where(
			and(
				eq(signIns.workspaceId, workspaceId),
				eq(signIns.connectionId, id),
				isNotNull(signIns.ticketHash),
				gt(signIns.ticketExpiresAt, now),
				isMeant(signIns.providerSession),
			),
		);
	const gone = await tx
		.delete(sessions)
		.where(
			and(
				eq(sessions.workspaceId, workspaceId),
				eq(sessions.connectionId, id),
				isMeant(sessions.providerSession),
			),
		)
		.returning({ memberId: sessions.memberId });
	const ids = [...new Set(gone.map(({ memberId }) => memberId))];
	if (ids.length === 0) return 0;
	const people = await tx
		.select()
		.from(members)
		.where(and(eq(members.workspaceId, workspaceId), inArray(members.id, ids)));
	for (const person of people)
		await record(
			tx,
			workspaceId,
			{ kind: "system", label: name },
			{
				kind: "sign_out.by_provider",
				subject: { kind: "member", id: person.id, label: labelOf(person) },
				details: { sessionsEnded: gone.filter(({ memberId }) => memberId === person.id).length },
			},
		);
	return gone.length;
}
