/**
 * Accepting an invitation: with a password here, or by single sign-on in the browser that followed
 * the link. What the link may give was decided when it was sent; nothing of it comes from the form.
 */
import { and, eq, gt } from "drizzle-orm";
import { type Db, lockWorkspace, type Tx, transactOrUndo } from "@/db/client";
import { invitations, removals, roles } from "@/db/schema";
import type { Actor } from "@/lib/activity/actor";
import { record } from "@/lib/activity/record";
import {
	createMember,
	labelOf,
	type Member,
	memberByEmail,
	memberOf,
	reactivateMember,
	updateMember,
} from "@/lib/members/members";
import { mailNewAdmin } from "@/lib/members/new-admin";
import { isWaiting } from "@/lib/members/waiting";
import { hashToken } from "@/lib/platform/crypto";
import { foldKey } from "@/lib/platform/text";
import type { SignInFacts } from "@/lib/policy/admit";
import { enforcesSso } from "@/lib/policy/document";
import { adminRole } from "@/lib/roles/permissions";
import { currentPolicy } from "@/lib/workspaces/policy";
import {
	planIncludesSso,
	ssoIsActive,
	type Workspace,
	workspaceById,
} from "@/lib/workspaces/workspaces";
import { type Entered, passFirstFactor } from "./enter";
import type { Invitation } from "./invitations";
import { type PasswordRefusal, refusePassword, setPassword } from "./passwords";
import { findSession, type Visitor } from "./sessions";

/** An invitation as whoever holds its link sees it. */
export type OpenInvitation = {
	workspace: Workspace;
	email: string;
	role: string;
	invitedBy: string;
	expiresAt: Date;
	/** Whether SSO can be used here, and whether it must. */
	sso: "no" | "may" | "must";
	/** Whether a second factor is set up next, beside which a shorter password will do. */
	secondFactor: boolean;
};

/** The invitation of a link, or null when there is none: used, revoked, replaced or too old. */
export async function openInvitation(
	db: Db | Tx,
	token: string,
	now: Date,
): Promise<OpenInvitation | null> {
	const [row] = await db
		.select({ invitation: invitations, role: roles.name })
		.from(invitations)
		.leftJoin(
			roles,
			and(eq(roles.workspaceId, invitations.workspaceId), eq(roles.key, invitations.role)),
		)
		.where(isOpen(token, now));
	const workspace = row && (await workspaceById(db, row.invitation.workspaceId));
	if (!workspace) return null;
	const { email, invitedBy, expiresAt } = row.invitation;
	return {
		workspace,
		email,
		role: row.role ?? row.invitation.role,
		invitedBy,
		expiresAt,
		...(await waysHere(db, workspace, now)),
	};
}

async function waysHere(
	db: Db | Tx,
	workspace: Workspace,
	now: Date,
): Promise<Pick<OpenInvitation, "sso" | "secondFactor">> {
	const { document } = await currentPolicy(db, workspace.id);
	const secondFactor = document.twoFactor.required;
	const isOn = planIncludesSso(workspace.plan) && (await ssoIsActive(db, workspace.id));
	if (!isOn) return { sso: "no", secondFactor };
	return { sso: enforcesSso(document, now) ? "must" : "may", secondFactor };
}

export type AcceptRefusal =
	| "link_expired"
	| "sso_required"
	| "invitation_other_email"
	| "email_taken"
	| "no_role"
	| "signed_in_as_other"
	| PasswordRefusal;

/**
 * Makes the invited person a member with a password, and signs their browser in, or asks for the
 * second factor that the workspace requires. The link is used up with it. Refused: link_expired, sso_required where passwords are closed,
 * invitation_other_email, email_taken, no_role, signed_in_as_other while another member is signed
 * in to this browser, and what `refusePassword` says.
 * @param input.email what the form says: it must be the invited address.
 */
export async function acceptByPassword(
	db: Db,
	input: { token: string; email: string; name: string; password: string },
	visitor: Visitor,
	now: Date,
): Promise<(Entered & { ok: true }) | { ok: false; reason: AcceptRefusal }> {
	const open = await openInvitation(db, input.token, now);
	if (!open) return { ok: false, reason: "link_expired" };
	const { workspace, email, secondFactor } = open;
	if (open.sso === "must") return { ok: false, reason: "sso_required" };
	if (foldKey(input.email) !== foldKey(email))
		return { ok: false, reason: "invitation_other_email" };
	const name = input.name.trim().slice(0, 200);
	const about = [email, name, workspace.name];
	const weak = await refusePassword(input.password, { secondFactor, about });
	if (weak) return { ok: false, reason: weak };
	return transactOrUndo(db, async (tx) => {
		await lockWorkspace(tx, workspace.id, "shared");
		if (await findSession(tx, { workspaceId: workspace.id }, visitor.browserId, now))
			return { ok: false, reason: "signed_in_as_other" };
		// Asked again under the lock: enforcement may have begun while the form was open.
		if ((await waysHere(tx, workspace, now)).sso === "must")
			return { ok: false, reason: "sso_required" };
		// Whoever deletes the row is the one who accepts; a second form finds none.
		const [invitation] = await tx.delete(invitations).where(isOpen(input.token, now)).returning();
		if (!invitation) return { ok: false, reason: "link_expired" };
		const waiting = await memberByEmail(tx, workspace.id, invitation.email);
		const created = isWaiting(waiting)
			? await accepted(tx, waiting, inviterOf(invitation), name)
			: await createMember(tx, inviterOf(invitation), workspace.id, {
					email: invitation.email,
					emailProof: "mail",
					name,
					roleByHand: invitation.role,
					createdBy: "invitation",
				});
		if (!created.ok) return { ok: false, reason: "email_taken" };
		const { member } = created;
		if (member.role === null) return { ok: false, reason: "no_role" };
		await setPassword(tx, workspace.id, member.id, input.password);
		await joined(tx, workspace, member, invitation, now, visitor.address);
		const { document: policy } = await currentPolicy(tx, workspace.id);
		const method = "invitation";
		const passed = await passFirstFactor(tx, { workspace, member, method, policy, visitor, now });
		if ("token" in passed) {
			const challenges = [{ workspace, token: passed.token }];
			return { ok: true, browserId: visitor.browserId, workspaces: [], challenges };
		}
		return { ok: true, browserId: passed.browserId, workspaces: [workspace], challenges: [] };
	});
}

/**
 * The invitation that counts for a sign-in by SSO: the one whose link this browser followed, else
 * an open one to the address.
 */
export async function invitationFact(
	tx: Tx,
	workspaceId: string,
	{ token, email }: { token: string | null; email: string | null },
	now: Date,
): Promise<SignInFacts["invitation"]> {
	const here = eq(invitations.workspaceId, workspaceId);
	const [followed] = token
		? await tx
				.select()
				.from(invitations)
				.where(and(here, isOpen(token, now)))
		: [];
	if (followed) return { id: followed.id, email: followed.emailKey, followed: true };
	const [addressed] = email
		? await tx
				.select()
				.from(invitations)
				.where(and(here, eq(invitations.emailKey, email), gt(invitations.expiresAt, now)))
		: [];
	return addressed ? { id: addressed.id, email: addressed.emailKey, followed: false } : null;
}

/** Uses an invitation up, in the transaction that makes somebody a member by it. */
export async function takeInvitation(tx: Tx, workspaceId: string, id: string): Promise<Invitation> {
	const [taken] = await tx
		.delete(invitations)
		.where(and(eq(invitations.workspaceId, workspaceId), eq(invitations.id, id)))
		.returning();
	if (!taken) throw new Error("an invitation vanished while it was accepted");
	return taken;
}

/** Gives a member access who waited to accept. The role is what the directory and policy give. */
async function accepted(
	tx: Tx,
	waiting: Member,
	actor: Actor,
	name: string,
): Promise<{ ok: true; member: Member }> {
	const email = { address: waiting.email, proof: "mail" } as const;
	await updateMember(tx, actor, waiting, { ...(name ? { name } : {}), email });
	await reactivateMember(tx, actor, waiting, "invitation");
	return { ok: true, member: await memberOf(tx, waiting.workspaceId, waiting.id) };
}

/** What every acceptance ends with: a removal is lifted, the log tells, and so do mails of an admin. */
export async function joined(
	tx: Tx,
	workspace: Workspace,
	member: Member,
	invitation: Invitation,
	now: Date,
	address?: string,
): Promise<void> {
	await tx
		.delete(removals)
		.where(and(eq(removals.workspaceId, workspace.id), eq(removals.emailKey, invitation.emailKey)));
	await record(
		tx,
		workspace.id,
		{ kind: "member", id: member.id, label: labelOf(member), ...(address ? { address } : {}) },
		{
			kind: "invitation.accepted",
			subject: { kind: "invitation", id: invitation.id, label: invitation.invitedBy },
			details: { email: invitation.email, after: member.role },
		},
	);
	if (member.role === adminRole)
		await mailNewAdmin(tx, workspace, member, invitation.invitedBy, now);
}

/** Whose doing it is that the person may join. */
export const inviterOf = ({ invitedBy, invitedById }: Invitation): Actor =>
	invitedById
		? { kind: "member", id: invitedById, label: invitedBy }
		: { kind: "system", label: invitedBy };

const isOpen = (token: string, now: Date) =>
	and(eq(invitations.tokenHash, hashToken(token)), gt(invitations.expiresAt, now));
