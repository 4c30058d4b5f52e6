/**
 * Sessions: one row a browser and workspace. Owns the only insert, the one question "who is this
 * browser here", and ending. The cookie that carries the browser's id is in ./browser; who may
 * sign in at all is decided in lib/policy and asked by ./password-sign-in and lib/sso.
 */
import { and, eq, gt, lt } from "drizzle-orm";
import type { Db, Tx } from "@/db/client";
import { members, roles, sessions, workspaces } from "@/db/schema";
import type { ProviderSession } from "@/db/schema/sso";
import { hashToken, newToken } from "@/lib/platform/crypto";
import { newId } from "@/lib/platform/ids";
import type { Policy } from "@/lib/policy/document";
import { type Permission, permissionsIn } from "@/lib/roles/permissions";

/** What a browser shows us of itself. */
export type Visitor = { browserId: string | null; address: string; userAgent: string };

export type LiveSession = {
	id: string;
	workspace: typeof workspaces.$inferSelect;
	member: typeof members.$inferSelect;
	role: { key: string; name: string; rank: number };
	permissions: Permission[];
	method: (typeof sessions.$inferSelect)["method"];
	authenticatedAt: Date;
};

/**
 * Starts a session and renews the browser's id: a cookie from before the sign-in opens nothing
 * after it. Sessions the browser has in other workspaces move along to the new id.
 * @returns the new browser id, for the cookie.
 */
export async function startSession(
	tx: Tx,
	input: {
		workspaceId: string;
		memberId: string;
		method: LiveSession["method"];
		connectionId?: string;
		/** What signing out at the provider will need. */
		providerSession?: ProviderSession | null;
		policy: Policy;
		visitor: Visitor;
		/** When the person proved who they are; `now` where nothing is said, and at the latest. */
		authenticatedAt?: Date | null;
		now: Date;
	},
): Promise<string> {
	const { workspaceId, memberId, policy, visitor, authenticatedAt: provedAt, now } = input;
	const browserId = newToken();
	const browserHash = hashToken(browserId);
	// Member first, then sessions: the order in which whoever ends sessions takes them.
	const [member] = await tx
		.update(members)
		.set({ lastSignInAt: now })
		.where(and(eq(members.workspaceId, workspaceId), eq(members.id, memberId)))
		.returning({ epoch: members.epoch });
	const [workspace] = await tx
		.select({ epoch: workspaces.epoch })
		.from(workspaces)
		.where(eq(workspaces.id, workspaceId));
	if (!member || !workspace)
		throw new Error("a session was to start for a member that does not exist");
	if (visitor.browserId) {
		// All at once, in the order of the index: two tabs must not wait for each other.
		await tx
			.update(sessions)
			.set({ browserHash })
			.where(eq(sessions.browserHash, hashToken(visitor.browserId)));
		await tx
			.delete(sessions)
			.where(and(eq(sessions.browserHash, browserHash), eq(sessions.workspaceId, workspaceId)));
	}
	await tx.insert(sessions).values({
		workspaceId,
		id: newId(),
		memberId,
		browserHash,
		method: input.method,
		connectionId: input.connectionId ?? null,
		providerSession: input.providerSession ?? null,
		workspaceEpoch: workspace.epoch,
		memberEpoch: member.epoch,
		authenticatedAt: provedAt && provedAt < now ? provedAt : now,
		createdAt: now,
		lastSeenAt: now,
		idleUntil: new Date(now.getTime() + policy.sessionIdle * 60_000),
		expiresAt: new Date(now.getTime() + policy.sessionMax * 60_000),
		address: visitor.address,
		userAgent: visitor.userAgent.slice(0, 512),
	});
	return browserId;
}

/**
 * Who a browser is in one workspace, or null. A row is live while the member is active and has a
 * role, both epochs are those it began under, and neither deadline has passed.
 */
export async function findSession(
	db: Db | Tx,
	where: { slug: string } | { workspaceId: string },
	browserId: string | null,
	now: Date,
): Promise<LiveSession | null> {
	if (!browserId) return null;
	const scope =
		"slug" in where ? eq(workspaces.slug, where.slug) : eq(workspaces.id, where.workspaceId);
	const [row] = await liveRows(db, browserId, now, scope);
	return row ? toLiveSession(row) : null;
}

/** Every workspace this browser is signed in to: for the workspace switch. */
export async function findSessions(
	db: Db | Tx,
	browserId: string | null,
	now: Date,
): Promise<LiveSession[]> {
	if (!browserId) return [];
	return (await liveRows(db, browserId, now)).map(toLiveSession);
}

function liveRows(db: Db | Tx, browserId: string, now: Date, scope?: ReturnType<typeof eq>) {
	return db
		.select({ session: sessions, member: members, workspace: workspaces, role: roles })
		.from(sessions)
		.innerJoin(
			members,
			and(eq(members.workspaceId, sessions.workspaceId), eq(members.id, sessions.memberId)),
		)
		.innerJoin(workspaces, eq(workspaces.id, sessions.workspaceId))
		.innerJoin(roles, and(eq(roles.workspaceId, members.workspaceId), eq(roles.key, members.role)))
		.where(
			and(
				eq(sessions.browserHash, hashToken(browserId)),
				eq(sessions.workspaceEpoch, workspaces.epoch),
				eq(sessions.memberEpoch, members.epoch),
				eq(members.status, "active"),
				gt(sessions.idleUntil, now),
				gt(sessions.expiresAt, now),
				scope,
			),
		)
		.orderBy(workspaces.name);
}

function toLiveSession(row: Awaited<ReturnType<typeof liveRows>>[number]): LiveSession {
	const { session, member, workspace, role } = row;
	return {
		id: session.id,
		workspace,
		member,
		role: { key: role.key, name: role.name, rank: role.rank },
		permissions: permissionsIn(session, role),
		method: session.method,
		authenticatedAt: session.authenticatedAt,
	};
}

/** Moves the idle deadline along, at most one write a minute. */
export async function touchSession(
	db: Db,
	session: LiveSession,
	idleMinutes: number,
	now: Date,
): Promise<void> {
	const minuteAgo = new Date(now.getTime() - 60_000);
	await db
		.update(sessions)
		.set({ lastSeenAt: now, idleUntil: new Date(now.getTime() + idleMinutes * 60_000) })
		.where(
			and(
				eq(sessions.workspaceId, session.workspace.id),
				eq(sessions.id, session.id),
				lt(sessions.lastSeenAt, minuteAgo),
			),
		);
}

/** Ends one session of the browser, or with null all it has. */
export async function endBrowserSessions(
	tx: Tx,
	browserId: string,
	workspaceId: string | null,
): Promise<{ workspaceId: string; memberId: string }[]> {
	return tx
		.delete(sessions)
		.where(
			and(
				eq(sessions.browserHash, hashToken(browserId)),
				workspaceId ? eq(sessions.workspaceId, workspaceId) : undefined,
			),
		)
		.returning({ workspaceId: sessions.workspaceId, memberId: sessions.memberId });
}
