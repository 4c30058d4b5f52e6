/**
 * What an admin does to a member by hand: edit, suspend, reactivate, remove, end sessions. Run each
 * in `transactOrUndo`; ./case has the refusals they share. Siblings: ./manage-role for roles,
 * ./members writes the row, ./managed says what the directory keeps.
 */
import { and, eq, sql } from "drizzle-orm";
import type { Tx } from "@/db/client";
import { directoryGroupMembers, directoryGroups, directoryUsers } from "@/db/schema";
import { record } from "@/lib/activity/record";
import { queueMail } from "@/lib/platform/mail";
import { isEmail } from "@/lib/platform/text";
import type { Acting } from "@/lib/roles/granter";
import type { Workspace } from "@/lib/workspaces/workspaces";
import {
	done,
	isLocked,
	longestText,
	type Managed,
	manage,
	refused,
	subjectOf,
	tellOfAdmin,
	weigh,
} from "./case";
import { emailChangedMail } from "./mails";
import {
	endSessions,
	reactivateMember,
	removeMember,
	suspendMember,
	updateMember,
} from "./members";

/**
 * Changes name and email. A new email has no proof, and the old one is told.
 * Refused: own_email, email_malformed, email_taken, malformed (the name).
 */
export function editMember(
	tx: Tx,
	acting: Acting,
	workspace: Workspace,
	memberId: string,
	input: { name: string; email: string },
	now: Date,
): Promise<Managed> {
	return manage(tx, acting, workspace, memberId, async (of) => {
		const { tx, actor, member } = of;
		const name = input.name.trim();
		const email = input.email.trim();
		if (await isLocked(of, "profile")) return refused("managed_by_directory");
		if (name.length > longestText) return refused("malformed");
		const moves = email !== (member.email ?? "");
		const isOwn = actor.kind === "member" && actor.id === member.id;
		if (moves && isOwn) return refused("own_email");
		if (moves && !isEmail(email)) return refused("email_malformed");
		const updated = await updateMember(tx, actor, member, {
			name,
			...(moves ? { email: { address: email, proof: null } } : {}),
		});
		if (!updated.ok) return updated;
		if (moves && member.email)
			await queueMail(
				tx,
				emailChangedMail({ workspace, to: member.email }, { email, actor: actor.label, at: now }),
			);
		return done;
	});
}

/** Takes access away; sessions, API keys and mail links end. Refused: managed_by_directory. */
export function suspend(
	tx: Tx,
	acting: Acting,
	workspace: Workspace,
	memberId: string,
): Promise<Managed> {
	return manage(tx, acting, workspace, memberId, async (of) => {
		if (await isLocked(of, "profile")) return refused("managed_by_directory");
		return suspendMember(tx, of.actor, of.member, "admin");
	});
}

/**
 * Gives access back, whoever took it.
 * Refused: managed_by_directory; role_above_own, needs_fresh_sign_in for the role that comes with it.
 */
export function reactivate(
	tx: Tx,
	acting: Acting,
	workspace: Workspace,
	memberId: string,
	now: Date,
): Promise<Managed> {
	return manage(tx, acting, workspace, memberId, async (of) => {
		if (await isLocked(of, "profile")) return refused("managed_by_directory");
		const { reason } = await weigh(of, null, { ...of.facts, active: true });
		if (reason) return refused(reason);
		// An admin lifts both kinds of suspension, so this is never refused.
		await reactivateMember(tx, of.actor, of.member, "admin");
		return tellOfAdmin(of, now);
	});
}

/**
 * Removes a member for good, with what the directory said of them: its next request finds nobody,
 * and creating the person again brings them back. Refused: managed_by_directory.
 */
export function remove(
	tx: Tx,
	acting: Acting,
	workspace: Workspace,
	memberId: string,
): Promise<Managed> {
	return manage(tx, acting, workspace, memberId, async (of) => {
		if (await isLocked(of, "profile")) return refused("managed_by_directory");
		await leaveDirectoryGroups(tx, workspace.id, of.member.id);
		await tx
			.delete(directoryUsers)
			.where(
				and(
					eq(directoryUsers.workspaceId, workspace.id),
					eq(directoryUsers.memberId, of.member.id),
				),
			);
		return removeMember(tx, of.actor, of.member);
	});
}

/** Takes what the directory said of a member out of its groups, whose sizes are kept beside. */
async function leaveDirectoryGroups(tx: Tx, workspaceId: string, memberId: string): Promise<void> {
	await tx.execute(sql`
		with gone as (
			delete from ${directoryGroupMembers} m using ${directoryUsers} u
			where u.workspace_id = ${workspaceId} and u.member_id = ${memberId}
				and m.workspace_id = u.workspace_id and m.directory_id = u.directory_id and m.user_id = u.id
			returning m.directory_id, m.group_id
		)
		update ${directoryGroups} g
		set member_count = g.member_count - 1, version = g.version + 1, last_modified_at = now()
		from gone
		where g.workspace_id = ${workspaceId} and g.directory_id = gone.directory_id
			and g.id = gone.group_id`);
}

/** Signs a member out everywhere. Open to a manager whoever manages the member otherwise. */
export function endAllSessions(
	tx: Tx,
	acting: Acting,
	workspace: Workspace,
	memberId: string,
): Promise<Managed> {
	return manage(tx, acting, workspace, memberId, async ({ tx, actor, member }) => {
		const sessionsEnded = await endSessions(tx, workspace.id, member.id);
		await record(tx, workspace.id, actor, {
			kind: "session.ended",
			subject: subjectOf(member),
			details: { sessionsEnded },
		});
		return done;
	});
}

/** Whether whoever acts may touch this member's sessions and keys at all. */
export function mayTouch(
	tx: Tx,
	acting: Acting,
	workspace: Workspace,
	memberId: string,
): Promise<Managed> {
	return manage(tx, acting, workspace, memberId, async () => done);
}
