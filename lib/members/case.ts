/**
 * What every act of an admin on a member is inside of (./manage, ./manage-role): the workspace held
 * alone, the acting member's role of that moment, and what rank and the last admin forbid.
 */
import type { Tx } from "@/db/client";
import type { Actor } from "@/lib/activity/actor";
import type { MemberFacts } from "@/lib/policy/access";
import { type Acting, type Granter, granterOf, refuseGrant } from "@/lib/roles/granter";
import { adminRole } from "@/lib/roles/permissions";
import { currentPolicy } from "@/lib/workspaces/policy";
import type { Workspace } from "@/lib/workspaces/workspaces";
import { loadMemberFacts, loadRoles, previewAccess } from "./access";
import { keepAnAdmin } from "./last-admin";
import { locksOf } from "./managed";
import { findMember, labelOf, type Member, memberOf } from "./members";
import { mailNewAdmin } from "./new-admin";

/** Longest name and longest reason that is kept. */
export const longestText = 200;

export type ManageRefusal =
	/** The member is gone. */
	| "stale"
	| "not_permitted"
	| "member_outranks"
	| "managed_by_directory"
	| "last_admin"
	| "own_email"
	| "email_taken"
	| "email_malformed"
	| "malformed"
	| "role_unknown"
	| "role_above_own"
	| "needs_fresh_sign_in";

export type Managed = { ok: true } | { ok: false; reason: ManageRefusal };

export const done = { ok: true } as const;
export const refused = (reason: ManageRefusal) => ({ ok: false, reason }) as const;

/** An act on one member: who acts, on whom, and what decides that member's access now. */
export type Case = {
	tx: Tx;
	workspace: Workspace;
	actor: Actor;
	granter: Granter;
	member: Member;
	facts: MemberFacts;
};

/**
 * What every act is inside of. Even on a viewer it holds the workspace alone: whether the member is
 * an admin is only certain under the lock.
 * Refused: not_permitted, stale, member_outranks, last_admin.
 */
export function manage(
	tx: Tx,
	acting: Acting,
	workspace: Workspace,
	memberId: string,
	act: (of: Case) => Promise<Managed>,
): Promise<Managed> {
	return keepAnAdmin(tx, workspace.id, async (tx) => {
		const granter = await granterOf(tx, workspace.id, acting, "members.manage");
		if (!granter) return refused("not_permitted");
		const member = await findMember(tx, workspace.id, memberId);
		const facts = (await loadMemberFacts(tx, workspace.id, [memberId])).get(memberId);
		if (!member || !facts) return refused("stale");
		const rank = await rankWhenActive(tx, workspace.id, facts);
		if (rank > granter.rank) return refused("member_outranks");
		return act({ tx, workspace, actor: acting.actor, granter, member, facts });
	});
}

/** The rank a member has, or would have: a suspended admin is still above a member. */
async function rankWhenActive(tx: Tx, workspaceId: string, facts: MemberFacts): Promise<number> {
	const { role } = await previewAccess(tx, workspaceId, { ...facts, active: true });
	const roles = await loadRoles(tx, workspaceId);
	return roles.find(({ key }) => key === role)?.rank ?? 0;
}

/** Whether the directory keeps this part of the member. */
export async function isLocked({ tx, workspace, member }: Case, part: "profile" | "role") {
	const { document } = await currentPolicy(tx, workspace.id);
	return (await locksOf(tx, document, member))[part];
}

/**
 * What a change of role would do, and why it may not be done.
 * @param named the role that is given, which must be one the manager may give whether or not it
 *   takes effect; null where none is named.
 */
export async function weigh(
	{ tx, workspace, granter, member }: Case,
	named: string | null,
	after: MemberFacts,
): Promise<{ reason: ManageRefusal | null; changes: boolean }> {
	const { role } = await previewAccess(tx, workspace.id, after);
	const changes = role !== member.role;
	const given = [named, changes ? role : null].filter((key) => key !== null);
	const roles = await loadRoles(tx, workspace.id);
	for (const key of new Set(given)) {
		const given = roles.find((each) => each.key === key);
		const reason = given ? refuseGrant(granter, given) : "role_unknown";
		if (reason) return { reason, changes };
	}
	return { reason: null, changes };
}

/** Mails the admins when the act has made one. */
export async function tellOfAdmin(
	{ tx, workspace, actor, member }: Case,
	now: Date,
): Promise<Managed> {
	const after = await memberOf(tx, workspace.id, member.id);
	if (after.role === adminRole && member.role !== adminRole)
		await mailNewAdmin(tx, workspace, after, actor.label, now);
	return done;
}

export const subjectOf = (member: Member) => ({
	kind: "member",
	id: member.id,
	label: labelOf(member),
});
