/**
 * Inviting people: an address, a role, and a link that works once within a week. Whoever is invited
 * is no member until they accept, which is ./accept-invitation; the mail's words are in ./mails.
 */
import { and, asc, eq, gt, like, type SQL, sql } from "drizzle-orm";
import { type Db, lockWorkspace, type Tx } from "@/db/client";
import { invitations, roles } from "@/db/schema";
import type { Actor } from "@/lib/activity/actor";
import { record } from "@/lib/activity/record";
import { loadRoles } from "@/lib/members/access";
import { directoryAdds } from "@/lib/members/managed";
import { memberByEmail } from "@/lib/members/members";
import { hashToken, newToken } from "@/lib/platform/crypto";
import { env } from "@/lib/platform/env";
import { newId } from "@/lib/platform/ids";
import { queueMail } from "@/lib/platform/mail";
import { foldKey, isEmail } from "@/lib/platform/text";
import { type Acting, type Granter, granterOf, refuseGrant } from "@/lib/roles/granter";
import { currentPolicy } from "@/lib/workspaces/policy";
import type { Workspace } from "@/lib/workspaces/workspaces";
import { invitationMail } from "./mails";

export type Invitation = typeof invitations.$inferSelect;

const days = 7;

/** The most addresses of one form. */
export const mostInvitations = 100;

export type InviteProblem = {
	/** What was typed. */
	text: string;
	reason: "email_malformed" | "email_taken" | "already_invited";
};

/** Why the role of an invitation cannot be given. */
type RoleRefusal = "role_unknown" | "role_above_own" | "needs_fresh_sign_in";

export type InviteRefusal =
	| "not_permitted"
	| "managed_by_directory"
	/** No address, or more than `mostInvitations`. */
	| "malformed"
	| RoleRefusal;

/**
 * Invites every address that can be invited; the others come back with what is wrong.
 * @param input.addresses as typed: parted by lines, commas or semicolons, plain or `Name <address>`.
 * Refused as a whole: not_permitted, managed_by_directory while the directory adds people,
 *   role_unknown, role_above_own, needs_fresh_sign_in (for admin), malformed.
 */
export async function invite(
	tx: Tx,
	acting: Acting,
	workspace: Workspace,
	input: { addresses: string; role: string },
	now: Date,
): Promise<
	{ ok: true; sent: string[]; problems: InviteProblem[] } | { ok: false; reason: InviteRefusal }
> {
	await lockWorkspace(tx, workspace.id, "shared");
	const granter = await granterOf(tx, workspace.id, acting, "members.manage");
	if (!granter) return { ok: false, reason: "not_permitted" };
	const { document } = await currentPolicy(tx, workspace.id);
	if (await directoryAdds(tx, document, workspace.id))
		return { ok: false, reason: "managed_by_directory" };
	const refused = await refuseRole(tx, workspace, granter, input.role);
	if (refused) return { ok: false, reason: refused };
	const typed = addressesIn(input.addresses);
	if (typed.length === 0 || typed.length > mostInvitations)
		return { ok: false, reason: "malformed" };
	const sent: string[] = [];
	const problems: InviteProblem[] = [];
	for (const { text, email } of typed) {
		const reason = await inviteOne(tx, acting.actor, workspace, email, input.role, now);
		if (reason) problems.push({ text, reason });
		else sent.push(email);
	}
	return { ok: true, sent, problems };
}

/** The addresses in what was typed, each once. */
export function addressesIn(text: string): { text: string; email: string }[] {
	const found = new Map<string, { text: string; email: string }>();
	for (const part of text.split(/[\n,;]+/)) {
		const whole = part.trim();
		if (!whole) continue;
		const email = (/<([^<>]*)>$/.exec(whole)?.[1] ?? whole).trim();
		if (!found.has(foldKey(email))) found.set(foldKey(email), { text: whole, email });
	}
	return [...found.values()];
}

async function inviteOne(
	tx: Tx,
	actor: Actor,
	workspace: Workspace,
	email: string,
	role: string,
	now: Date,
): Promise<InviteProblem["reason"] | null> {
	if (!isEmail(email)) return "email_malformed";
	if (await memberByEmail(tx, workspace.id, email)) return "email_taken";
	const emailKey = foldKey(email);
	const { token, expiresAt } = newLink(now);
	const values = {
		email,
		role,
		tokenHash: hashToken(token),
		invitedBy: actor.label,
		invitedById: actor.kind === "member" ? actor.id : null,
		sentAt: now,
		expiresAt,
	};
	const [row] = await tx
		.insert(invitations)
		.values({ workspaceId: workspace.id, id: newId(), emailKey, createdAt: now, ...values })
		.onConflictDoUpdate({
			target: [invitations.workspaceId, invitations.emailKey],
			set: values,
			// One whose time has passed gives way; an open one stays as it is.
			setWhere: sql`${invitations.expiresAt} <= ${now.toISOString()}::timestamptz`,
		})
		.returning();
	if (!row) return "already_invited";
	await mail(tx, workspace, row, token);
	await record(tx, workspace.id, actor, {
		kind: "invitation.sent",
		subject: subjectOf(row),
		details: { after: role },
	});
	return null;
}

/**
 * Invites somebody the directory has brought, who is a member that waits. An invitation to the same
 * address gives way: its link ends.
 */
export async function inviteMember(
	tx: Tx,
	actor: Actor,
	workspace: Workspace,
	{ email, role }: { email: string; role: string },
	now: Date,
): Promise<void> {
	const { token, expiresAt } = newLink(now);
	const values = {
		email,
		role,
		tokenHash: hashToken(token),
		invitedBy: actor.label,
		invitedById: null,
		sentAt: now,
		expiresAt,
	};
	const [row] = await tx
		.insert(invitations)
		.values({
			workspaceId: workspace.id,
			id: newId(),
			emailKey: foldKey(email),
			createdAt: now,
			...values,
		})
		.onConflictDoUpdate({
			target: [invitations.workspaceId, invitations.emailKey],
			set: values,
		})
		.returning();
	if (!row) throw new Error("the invitation was not written");
	await mail(tx, workspace, row, token);
	await record(tx, workspace.id, actor, {
		kind: "invitation.sent",
		subject: subjectOf(row),
		details: { after: role },
	});
}

export type InvitationRefusal = "not_permitted" | "stale" | RoleRefusal;

/**
 * Sends an invitation once more, with a new link; the link before it ends.
 * Refused: not_permitted, stale, and what giving its role would be refused for.
 */
export async function resendInvitation(
	tx: Tx,
	acting: Acting,
	workspace: Workspace,
	id: string,
	now: Date,
): Promise<{ ok: true; email: string } | { ok: false; reason: InvitationRefusal }> {
	const reason = await refuseTouch(tx, acting, workspace, id);
	if (reason) return { ok: false, reason };
	const { token, expiresAt } = newLink(now);
	const [row] = await tx
		.update(invitations)
		.set({ tokenHash: hashToken(token), sentAt: now, expiresAt })
		.where(keyOf(workspace.id, id))
		.returning();
	if (!row) return { ok: false, reason: "stale" };
	await mail(tx, workspace, row, token);
	await record(tx, workspace.id, acting.actor, {
		kind: "invitation.resent",
		subject: subjectOf(row),
	});
	return { ok: true, email: row.email };
}

/**
 * Takes an invitation back; its link ends.
 * Refused: not_permitted, stale, role_above_own.
 */
export async function revokeInvitation(
	tx: Tx,
	acting: Acting,
	workspace: Workspace,
	id: string,
): Promise<{ ok: true; email: string } | { ok: false; reason: InvitationRefusal }> {
	const reason = await refuseTouch(tx, { ...acting, fresh: true }, workspace, id);
	// Taking back asks for no recent sign-in, and a role that is gone is no obstacle.
	if (reason && reason !== "role_unknown") return { ok: false, reason };
	const [row] = await tx.delete(invitations).where(keyOf(workspace.id, id)).returning();
	if (!row) return { ok: false, reason: "stale" };
	await record(tx, workspace.id, acting.actor, {
		kind: "invitation.revoked",
		subject: subjectOf(row),
	});
	return { ok: true, email: row.email };
}

/** Whether the one who acts may touch this invitation: only who could give its role. */
async function refuseTouch(
	tx: Tx,
	acting: Acting,
	workspace: Workspace,
	id: string,
): Promise<InvitationRefusal | null> {
	await lockWorkspace(tx, workspace.id, "shared");
	const granter = await granterOf(tx, workspace.id, acting, "members.manage");
	if (!granter) return "not_permitted";
	const [row] = await tx.select().from(invitations).where(keyOf(workspace.id, id));
	return row ? refuseRole(tx, workspace, granter, row.role) : "stale";
}

async function refuseRole(
	tx: Tx,
	workspace: Workspace,
	granter: Granter,
	key: string,
): Promise<RoleRefusal | null> {
	const role = (await loadRoles(tx, workspace.id)).find((each) => each.key === key);
	return role ? refuseGrant(granter, role) : "role_unknown";
}

export type ListedInvitation = Pick<
	Invitation,
	"id" | "email" | "role" | "invitedBy" | "sentAt" | "expiresAt"
>;

/**
 * A page of those who have not accepted yet, by address.
 * @param page.after the folded address that the page begins behind.
 */
export async function listInvitations(
	db: Db | Tx,
	workspaceId: string,
	filter: { search?: string | undefined; role?: string | undefined },
	{ after, limit }: { after: string | null; limit: number },
): Promise<{ rows: ListedInvitation[]; next: string | null }> {
	const part = filter.search ? foldKey(filter.search.replace(/\p{C}/gu, "")) : "";
	const wanted: (SQL | undefined)[] = [
		eq(invitations.workspaceId, workspaceId),
		part ? like(invitations.emailKey, `%${part.replace(/[\\%_]/g, "\\$&")}%`) : undefined,
		filter.role ? eq(invitations.role, filter.role) : undefined,
		after ? gt(invitations.emailKey, after.replaceAll("\0", "")) : undefined,
	];
	const found = await db
		.select()
		.from(invitations)
		.where(and(...wanted))
		.orderBy(asc(invitations.emailKey))
		.limit(limit + 1);
	const page = found.slice(0, limit);
	return {
		rows: page.map(({ id, email, role, invitedBy, sentAt, expiresAt }) => ({
			id,
			email,
			role,
			invitedBy,
			sentAt,
			expiresAt,
		})),
		next: found.length > limit ? (page.at(-1)?.emailKey ?? null) : null,
	};
}

function newLink(now: Date): { token: string; expiresAt: Date } {
	return { token: newToken(), expiresAt: new Date(now.getTime() + days * 86_400_000) };
}

/** The link names our configured address, never that of the request. */
async function mail(tx: Tx, workspace: Workspace, row: Invitation, token: string): Promise<void> {
	const [role] = await tx
		.select({ name: roles.name })
		.from(roles)
		.where(and(eq(roles.workspaceId, workspace.id), eq(roles.key, row.role)));
	const link = { href: `${env().PUBLIC_URL}/invite/${token}`, until: row.expiresAt };
	await queueMail(
		tx,
		invitationMail(
			{ workspace, to: row.email },
			{ inviter: row.invitedBy, role: role?.name ?? row.role, link },
		),
	);
}

const keyOf = (workspaceId: string, id: string) =>
	and(eq(invitations.workspaceId, workspaceId), eq(invitations.id, id));

const subjectOf = ({ id, email }: Invitation) => ({ kind: "invitation", id, label: email });
