/**
 * What turning single sign-on off does beside the connection itself, as the policy says: sessions
 * end, the directory's tokens with it, and people who have no password are offered one by mail.
 */
import { and, eq, isNull, sql } from "drizzle-orm";
import { type Db, lockWorkspace, type Tx, transact } from "@/db/client";
import {
	connections,
	directoryTokens,
	identities,
	mailLinks,
	members,
	passwords,
	sessions,
	workspaces,
} from "@/db/schema";
import { mailPasswordLink } from "@/lib/accounts/resets";
import type { Actor } from "@/lib/activity/actor";
import { record } from "@/lib/activity/record";
import { findMember } from "@/lib/members/members";
import { enqueue, type Handlers } from "@/lib/platform/jobs";
import type { Policy } from "@/lib/policy/document";
import {
	endAllSessions,
	ssoIsActive,
	type Workspace,
	workspaceById,
} from "@/lib/workspaces/workspaces";

export type TurningOff = {
	/** Which change it is to `endSessionsOn`. */
	as: "disabled" | "connectionRemoved";
	/** Mail people who came by SSO and have no password a link to set one. */
	offerPasswords?: boolean;
};

/**
 * Call after a connection was paused or removed, in its transaction.
 * @param wasActive it let people in until now.
 */
export async function followTurnedOff(
	tx: Tx,
	actor: Actor,
	workspace: Workspace,
	policy: Policy,
	wasActive: boolean,
	{ as, offerPasswords = false }: TurningOff,
): Promise<void> {
	const ends = policy.endSessionsOn.includes(as);
	// Removing what is on turns it off as well.
	if (ends || (wasActive && policy.endSessionsOn.includes("disabled")))
		await endAllSessions(tx, workspace.id);
	if (!wasActive || (await ssoIsActive(tx, workspace.id))) return;
	if (policy.revokeTokensWithSso === "yes") await revokeTokens(tx, actor, workspace.id);
	if (offerPasswords && policy.afterSsoOff === "passwordSet")
		await enqueue(tx, "passwords.offer", { workspaceId: workspace.id, actor: actor.label });
}

async function revokeTokens(tx: Tx, actor: Actor, workspaceId: string): Promise<void> {
	const revoked = await tx
		.update(directoryTokens)
		.set({ revokedAt: new Date() })
		.where(and(eq(directoryTokens.workspaceId, workspaceId), isNull(directoryTokens.revokedAt)))
		.returning({ id: directoryTokens.id, name: directoryTokens.name });
	for (const { id, name } of revoked)
		await record(tx, workspaceId, actor, {
			kind: "token.revoked",
			subject: { kind: "token", id, label: name },
			details: { because: "sso_off" },
		});
}

/** Active people who came by SSO and hold no password. */
const federated = sql`${members.status} = 'active' and exists (select 1 from ${identities} where ${identities.workspaceId} = ${members.workspaceId} and ${identities.memberId} = ${members.id}) and not exists (select 1 from ${passwords} where ${passwords.workspaceId} = ${members.workspaceId} and ${passwords.memberId} = ${members.id})`;

/** Mails the offers, one by one: of a large workspace that takes a while. */
export function passwordOfferJobs(db: Db): Handlers {
	return {
		"passwords.offer": async ({ workspaceId, actor }, { now }) => {
			const workspace = await workspaceById(db, String(workspaceId));
			if (!workspace) return undefined;
			const people = await db
				.select({ id: members.id })
				.from(members)
				.where(
					and(
						eq(members.workspaceId, workspace.id),
						sql`${federated}`,
						// Those of a run before this one.
						sql`not exists (select 1 from ${mailLinks} where ${mailLinks.workspaceId} = ${members.workspaceId} and ${mailLinks.memberId} = ${members.id} and ${mailLinks.kind} = 'password_set' and ${mailLinks.createdAt} >= ${new Date(now.getTime() - 3600_000).toISOString()}::timestamptz)`,
					),
				);
			for (const { id } of people)
				await transact(db, async (tx) => {
					await lockWorkspace(tx, workspace.id, "shared");
					const member = await findMember(tx, workspace.id, id);
					// Whom the policy no longer lets in by password, by now, is not mailed.
					if (member)
						await mailPasswordLink(
							tx,
							{ kind: "system", label: String(actor) },
							workspace,
							member,
							now,
						);
				});
			return undefined;
		},
	};
}

/** What turning off would mean, in numbers. */
export type OffNumbers = {
	people: number;
	/** Of them, those who came by SSO and have no password. */
	federated: number;
	/** Open sessions. */
	sessions: number;
	/** Tokens of the directory that work. */
	tokens: number;
};

export async function offNumbers(db: Db | Tx, workspaceId: string, now: Date): Promise<OffNumbers> {
	const at = sql`${now.toISOString()}::timestamptz`;
	const count = (from: ReturnType<typeof sql>) =>
		sql<number>`${sql`(select count(*)::int from ${from})`}`;
	const [row] = await db
		.select({
			people: count(
				sql`${members} where ${members.workspaceId} = ${workspaces.id} and ${members.status} = 'active'`,
			),
			federated: count(
				sql`${members} where ${members.workspaceId} = ${workspaces.id} and ${federated}`,
			),
			sessions: count(
				sql`${sessions} join ${members} on ${members.workspaceId} = ${sessions.workspaceId} and ${members.id} = ${sessions.memberId} where ${sessions.workspaceId} = ${workspaces.id} and ${sessions.workspaceEpoch} = ${workspaces.epoch} and ${sessions.memberEpoch} = ${members.epoch} and ${sessions.expiresAt} > ${at} and ${sessions.idleUntil} > ${at}`,
			),
			tokens: count(
				sql`${directoryTokens} where ${directoryTokens.workspaceId} = ${workspaces.id} and ${directoryTokens.revokedAt} is null and (${directoryTokens.expiresAt} is null or ${directoryTokens.expiresAt} > ${at})`,
			),
		})
		.from(workspaces)
		.where(eq(workspaces.id, workspaceId));
	return row ?? { people: 0, federated: 0, sessions: 0, tokens: 0 };
}

/** The connections that are on. */
export async function activeConnectionIds(tx: Tx, workspaceId: string): Promise<string[]> {
	const rows = await tx
		.select({ id: connections.id })
		.from(connections)
		.where(and(eq(connections.workspaceId, workspaceId), eq(connections.status, "active")));
	return rows.map(({ id }) => id);
}
