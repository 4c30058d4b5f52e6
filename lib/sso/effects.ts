/** Does what `admit` decided: links, replaces or adds the member, and says so in the log. */
import { and, eq } from "drizzle-orm";
import type { Tx } from "@/db/client";
import { identities, members } from "@/db/schema";
import { inviterOf, joined, takeInvitation } from "@/lib/accounts/accept-invitation";
import type { Invitation } from "@/lib/accounts/invitations";
import { linkedMail } from "@/lib/accounts/mails";
import type { Actor } from "@/lib/activity/actor";
import { record } from "@/lib/activity/record";
import { applyAccess } from "@/lib/members/access";
import {
	createMember,
	endSessions,
	labelOf,
	type Member,
	memberOf,
	reactivateMember,
	removeMember,
} from "@/lib/members/members";
import { isWaiting } from "@/lib/members/waiting";
import { queueMail } from "@/lib/platform/mail";
import type { Admission, SignInFacts } from "@/lib/policy/admit";
import type { Workspace } from "@/lib/workspaces/workspaces";
import { displayName, type Identity } from "./claims";
import type { FactConnection } from "./facts";

/**
 * Does what was decided, and answers the member it was decided for. An open invitation to the
 * address is used up; whoever joins by it gets its role.
 */
export async function carryOut(
	tx: Tx,
	workspace: Workspace,
	connection: FactConnection,
	identity: Identity,
	admission: Exclude<Admission, { outcome: "refuse" }>,
	by: { invitation: SignInFacts["invitation"]; address: string; now: Date },
): Promise<Member> {
	const { workspaceId } = connection;
	const through: Actor = { kind: "system", label: connection.name };
	const key = {
		workspaceId,
		connectionId: connection.id,
		issuer: identity.issuer,
		subject: identity.subject,
	};
	const invitation =
		admission.outcome !== "welcome" && by.invitation && by.invitation.email === identity.email
			? await takeInvitation(tx, workspaceId, by.invitation.id)
			: null;
	if (admission.outcome === "welcome" || admission.outcome === "link") {
		const waiting = await memberOf(tx, workspaceId, admission.memberId);
		if (isWaiting(waiting)) await reactivateMember(tx, through, waiting, "invitation");
	}
	switch (admission.outcome) {
		case "welcome": {
			await tx
				.update(identities)
				.set({ lastUsedAt: new Date() })
				.where(
					and(
						eq(identities.workspaceId, workspaceId),
						eq(identities.connectionId, connection.id),
						eq(identities.issuer, identity.issuer),
						eq(identities.subject, identity.subject),
					),
				);
			return memberOf(tx, workspaceId, admission.memberId);
		}
		case "link": {
			const member = await memberOf(tx, workspaceId, admission.memberId);
			await tx.insert(identities).values({ ...key, memberId: member.id });
			// A member found by their id in the directory may have another address than the provider says.
			if (identity.email === member.emailKey && identity.emailVerified !== false)
				await tx
					.update(members)
					.set({ emailProof: "sso" })
					.where(and(eq(members.workspaceId, workspaceId), eq(members.id, member.id)));
			const sessionsEnded = await endSessions(tx, workspaceId, member.id);
			if (member.email)
				await queueMail(
					tx,
					linkedMail({ workspace, to: member.email }, { provider: connection.name, at: by.now }),
				);
			await record(tx, workspaceId, through, {
				kind: "member.linked",
				subject: { kind: "member", id: member.id, label: labelOf(member) },
				details: { rule: admission.rule, sessionsEnded },
			});
			if (invitation && admission.rule === "invitation") {
				await tx
					.update(members)
					.set({ roleByHand: invitation.role })
					.where(and(eq(members.workspaceId, workspaceId), eq(members.id, member.id)));
				await applyAccess(tx, inviterOf(invitation), workspaceId, [member.id]);
				const after = await memberOf(tx, workspaceId, member.id);
				await joined(tx, workspace, after, invitation, by.now, by.address);
			}
			return memberOf(tx, workspaceId, member.id);
		}
		case "replace": {
			const old = await memberOf(tx, workspaceId, admission.memberId);
			const removed = await removeMember(tx, through, old);
			if (!removed.ok) throw new Error("admit replaced the last admin");
			const member = await addMember(tx, through, workspaceId, identity, { old });
			await tx.insert(identities).values({ ...key, memberId: member.id });
			await record(tx, workspaceId, through, {
				kind: "member.replaced",
				subject: { kind: "member", id: member.id, label: labelOf(member) },
				details: { because: admission.because, replaced: old.id },
			});
			return member;
		}
		case "provision": {
			const actor = invitation ? inviterOf(invitation) : through;
			const member = await addMember(tx, actor, workspaceId, identity, { invitation });
			await tx.insert(identities).values({ ...key, memberId: member.id });
			if (invitation) await joined(tx, workspace, member, invitation, by.now, by.address);
			return member;
		}
	}
}

/** A new member for an identity. What an admin set on the record before it is kept. */
async function addMember(
	tx: Tx,
	actor: Actor,
	workspaceId: string,
	identity: Identity,
	{ old, invitation }: { old?: Member; invitation?: Invitation | null },
): Promise<Member> {
	const created = await createMember(tx, actor, workspaceId, {
		email: identity.email,
		emailProof: "sso",
		name: displayName(identity) || old?.name || "",
		roleByHand: old?.roleByHand ?? invitation?.role ?? null,
		createdBy: invitation ? "invitation" : "sso",
	});
	if (!created.ok) throw new Error(`a newcomer could not be added: ${created.reason}`);
	if (!old?.pinnedRole) return created.member;
	await tx
		.update(members)
		.set({ pinnedRole: old.pinnedRole, pinnedReason: old.pinnedReason })
		.where(and(eq(members.workspaceId, workspaceId), eq(members.id, created.member.id)));
	await applyAccess(tx, actor, workspaceId, [created.member.id], { silent: true });
	return memberOf(tx, workspaceId, created.member.id);
}
