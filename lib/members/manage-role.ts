/**
 * Giving a member a role by hand: set beside what other sources give, or pinned above them. Run
 * each in `transactOrUndo`; ./case has the refusals they share.
 */
import { and, eq } from "drizzle-orm";
import type { Tx } from "@/db/client";
import { members } from "@/db/schema";
import { record } from "@/lib/activity/record";
import type { Acting } from "@/lib/roles/granter";
import type { Workspace } from "@/lib/workspaces/workspaces";
import { applyAccess } from "./access";
import {
	type Case,
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
import { type Member, memberOf } from "./members";

/**
 * Sets the role given here. Where another source decides, it is kept beside and counts when that
 * ends. Null: no role here, so the default role applies.
 * Refused: managed_by_directory, role_unknown, role_above_own, needs_fresh_sign_in.
 */
export function setRole(
	tx: Tx,
	acting: Acting,
	workspace: Workspace,
	memberId: string,
	role: string | null,
	now: Date,
): Promise<Managed> {
	return manage(tx, acting, workspace, memberId, async (of) => {
		const { tx, actor, member, facts } = of;
		if (role === member.roleByHand) return done;
		if (await isLocked(of, "role")) return refused("managed_by_directory");
		const after = { ...facts, roleByHand: role };
		const { reason, changes } = await weigh(of, role, after);
		if (reason) return refused(reason);
		await set(of, { roleByHand: role });
		await applyAccess(tx, actor, workspace.id, [member.id]);
		if (!changes)
			await record(tx, workspace.id, actor, {
				kind: "member.role_set",
				subject: subjectOf(member),
				details: { before: member.roleByHand, after: role },
			});
		return tellOfAdmin(of, now);
	});
}

/**
 * Pins a role on a member: it beats every other source until it is unpinned.
 * Refused: malformed (the reason), role_unknown, role_above_own, needs_fresh_sign_in.
 */
export function pinRole(
	tx: Tx,
	acting: Acting,
	workspace: Workspace,
	memberId: string,
	input: { role: string; reason: string },
	now: Date,
): Promise<Managed> {
	return manage(tx, acting, workspace, memberId, async (of) => {
		const { tx, actor, member, facts } = of;
		const why = input.reason.trim();
		if (!why || why.length > longestText) return refused("malformed");
		const after = { ...facts, pinnedRole: input.role, pinnedReason: why };
		const { reason } = await weigh(of, input.role, after);
		if (reason) return refused(reason);
		await set(of, { pinnedRole: input.role, pinnedReason: why });
		await applyAccess(tx, actor, workspace.id, [member.id], { silent: true });
		await record(tx, workspace.id, actor, {
			kind: "member.role_pinned",
			subject: subjectOf(member),
			details: { before: member.role, after: input.role, why },
		});
		return tellOfAdmin(of, now);
	});
}

/**
 * Takes the pin away: the other sources decide again.
 * Refused: role_above_own, needs_fresh_sign_in.
 */
export function unpinRole(
	tx: Tx,
	acting: Acting,
	workspace: Workspace,
	memberId: string,
	now: Date,
): Promise<Managed> {
	return manage(tx, acting, workspace, memberId, async (of) => {
		const { tx, actor, member, facts } = of;
		if (member.pinnedRole === null) return done;
		const { reason } = await weigh(of, null, { ...facts, pinnedRole: null, pinnedReason: null });
		if (reason) return refused(reason);
		await set(of, { pinnedRole: null, pinnedReason: null });
		await applyAccess(tx, actor, workspace.id, [member.id], { silent: true });
		const { role } = await memberOf(tx, workspace.id, member.id);
		await record(tx, workspace.id, actor, {
			kind: "member.role_unpinned",
			subject: subjectOf(member),
			details: { before: member.role, after: role },
		});
		return tellOfAdmin(of, now);
	});
}

async function set({ tx, member }: Case, values: Partial<Member>): Promise<void> {
	await tx
		.update(members)
		.set(values)
		.where(and(eq(members.workspaceId, member.workspaceId), eq(members.id, member.id)));
}
