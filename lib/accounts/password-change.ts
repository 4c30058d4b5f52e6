/** Changing a password: what every new one is held to, and the change by its owner. */
import { and, eq, inArray } from "drizzle-orm";
import { type Db, lockWorkspace, type Tx, transactOrUndo } from "@/db/client";
import { mailLinks } from "@/db/schema";
import type { Actor } from "@/lib/activity/actor";
import { record } from "@/lib/activity/record";
import { labelOf, type Member, memberOf } from "@/lib/members/members";
import { queueMail } from "@/lib/platform/mail";
import type { Reason } from "@/lib/policy/reasons";
import { currentPolicy } from "@/lib/workspaces/policy";
import type { Workspace } from "@/lib/workspaces/workspaces";
import { admission } from "./admission";
import { endChallenges } from "./challenges";
import { asksSecondFactor } from "./factors/held";
import { passwordChangedMail } from "./mails";
import { hasPassword, type PasswordRules, refusePassword, setPassword } from "./passwords";
import { proveMember } from "./proof";
import { endOtherSessions } from "./session-list";
import type { LiveSession } from "./sessions";

/** What a new password of a member is held to. */
export async function passwordRules(
	db: Db | Tx,
	workspace: Workspace,
	member: Member,
): Promise<PasswordRules> {
	const { document: policy } = await currentPolicy(db, workspace.id);
	return {
		secondFactor: await asksSecondFactor(db, member, policy),
		about: [member.email ?? "", member.name, workspace.name, workspace.slug],
	};
}

/** Why a member's password opens nothing at present, or null. */
export async function passwordClosed(
	tx: Tx,
	workspace: Workspace,
	member: Member,
	now: Date,
): Promise<Reason | null> {
	const { document: policy } = await currentPolicy(tx, workspace.id);
	const attempt = { method: "password", subject: null, expectedId: null } as const;
	const admitted = await admission(tx, workspace, policy, member, attempt, now);
	return admitted.outcome === "refuse" ? admitted.reason : null;
}

/**
 * Changes the password of a session's member. Other sessions end, and so do open links and
 * challenges; the member is told by mail.
 * Refused: current_password_wrong, throttled, needs_fresh_sign_in where the session came by a
 *   provider; no_password, since only a mail makes a first one; what `refusePassword` says of the
 *   new one, and what `admit` says of passwords here (sso_required, password_replaced).
 */
export async function changePassword(
	db: Db,
	acting: LiveSession & { actor: Actor },
	input: { current: string; next: string },
	now: Date,
): Promise<{ ok: true } | { ok: false; reason: Reason }> {
	const { workspace, member, actor } = acting;
	const proved = await proveMember(db, acting, input.current, now);
	if (!proved.ok)
		return proved.reason === "wrong_password"
			? { ok: false, reason: "current_password_wrong" }
			: proved;
	const refused = await refusePassword(input.next, await passwordRules(db, workspace, member));
	if (refused) return { ok: false, reason: refused };
	return transactOrUndo(db, async (tx) => {
		await lockWorkspace(tx, workspace.id, "shared");
		const fresh = await memberOf(tx, workspace.id, member.id);
		if (!(await hasPassword(tx, workspace.id, member.id)))
			return { ok: false, reason: "no_password" };
		const closed = await passwordClosed(tx, workspace, fresh, now);
		if (closed) return { ok: false, reason: closed };
		await replacePassword(tx, fresh, input.next);
		await endOtherSessions(tx, actor, fresh, acting.id);
		await record(tx, workspace.id, actor, {
			kind: "password.changed",
			subject: { kind: "member", id: fresh.id, label: labelOf(fresh) },
		});
		if (fresh.email)
			await queueMail(tx, passwordChangedMail({ workspace, to: fresh.email }, { at: now }));
		return { ok: true };
	});
}

/** Sets a password, and ends what rested on the one before: open links and open challenges. */
export async function replacePassword(tx: Tx, member: Member, password: string): Promise<void> {
	await setPassword(tx, member.workspaceId, member.id, password);
	await endChallenges(tx, member);
	await endPasswordLinks(tx, member);
}

/** Ends the links by which a member's password could be chosen. */
export async function endPasswordLinks(tx: Tx, { workspaceId, id }: Member): Promise<void> {
	await tx
		.delete(mailLinks)
		.where(
			and(
				eq(mailLinks.workspaceId, workspaceId),
				eq(mailLinks.memberId, id),
				inArray(mailLinks.kind, ["reset", "password_set"]),
			),
		);
}
