/**
 * The sessions of one member, for the person and for an admin to look at and to end. Who a browser
 * is, and how a session begins, is in ./sessions.
 */
import { and, desc, eq, gt, ne } from "drizzle-orm";
import type { Db, Tx } from "@/db/client";
import { members, sessions, workspaces } from "@/db/schema";
import type { Actor } from "@/lib/activity/actor";
import { record } from "@/lib/activity/record";
import { labelOf, type Member } from "@/lib/members/members";
import { type Device, deviceOf } from "./device";
import type { LiveSession } from "./sessions";

export type ListedSession = {
	id: string;
	device: Device;
	method: LiveSession["method"];
	address: string | null;
	/** When it began, and when it was last used (to the minute). */
	createdAt: Date;
	lastSeenAt: Date;
};

/** The live sessions of a member in its workspace, the last used first. */
export async function listSessions(
	db: Db | Tx,
	member: { workspaceId: string; id: string },
	now: Date,
): Promise<ListedSession[]> {
	const rows = await db
		.select({ session: sessions })
		.from(sessions)
		.innerJoin(
			members,
			and(eq(members.workspaceId, sessions.workspaceId), eq(members.id, sessions.memberId)),
		)
		.innerJoin(workspaces, eq(workspaces.id, sessions.workspaceId))
		.where(
			and(
				eq(sessions.workspaceId, member.workspaceId),
				eq(sessions.memberId, member.id),
				eq(sessions.workspaceEpoch, workspaces.epoch),
				eq(sessions.memberEpoch, members.epoch),
				gt(sessions.idleUntil, now),
				gt(sessions.expiresAt, now),
			),
		)
		.orderBy(desc(sessions.lastSeenAt), desc(sessions.id));
	return rows.map(({ session }) => ({
		id: session.id,
		device: deviceOf(session.userAgent),
		method: session.method,
		address: session.address,
		createdAt: session.createdAt,
		lastSeenAt: session.lastSeenAt,
	}));
}

/** Ends one session of a member. One that has ended already is no matter. */
export async function endSession(
	tx: Tx,
	actor: Actor,
	member: Member,
	sessionId: string,
): Promise<void> {
	await end(tx, actor, member, eq(sessions.id, sessionId));
}

/** Ends every session of a member but one. @returns how many. */
export async function endOtherSessions(
	tx: Tx,
	actor: Actor,
	member: Member,
	keptSessionId: string,
): Promise<number> {
	return end(tx, actor, member, ne(sessions.id, keptSessionId));
}

async function end(
	tx: Tx,
	actor: Actor,
	member: Member,
	which: ReturnType<typeof eq>,
): Promise<number> {
	const ended = await tx
		.delete(sessions)
		.where(
			and(eq(sessions.workspaceId, member.workspaceId), eq(sessions.memberId, member.id), which),
		)
		.returning({ id: sessions.id });
	if (ended.length > 0)
		await record(tx, member.workspaceId, actor, {
			kind: "session.ended",
			subject: { kind: "member", id: member.id, label: labelOf(member) },
			details: { sessionsEnded: ended.length },
		});
	return ended.length;
}
