/**
 * What an entry does to the member behind it. The entry holds what the IdP said; the member what
 * is in effect. They follow each other in one transaction, unless the effect would take the last
 * admin's way in: then it is kept back, and the log says so.
 */
import type { Tx } from "@/db/client";
import type { Actor } from "@/lib/activity/actor";
import { record } from "@/lib/activity/record";
import { applyAccess, loadMemberFacts, previewAccess } from "@/lib/members/access";
import {
	isLastAdmin,
	labelOf,
	type Member,
	memberOf,
	reactivateMember,
	removeMember,
	suspendMember,
	updateMember,
} from "@/lib/members/members";
import { adminRole } from "@/lib/roles/permissions";
import type { Person } from "./person";

/** What would be taken from the last admin. */
type HeldEffect = "suspended" | "removed" | "role_changed";

/** Gives access or takes it away, as the entry's `active` says; taking it ends the sessions. */
export async function followActive(
	tx: Tx,
	actor: Actor,
	member: Member,
	active: boolean,
): Promise<void> {
	if (active) {
		// Lifts only what a directory imposed; what an admin suspended stays so.
		await reactivateMember(tx, actor, member, "directory");
		return;
	}
	const suspended = await suspendMember(tx, actor, member, "directory");
	if (!suspended.ok) await hold(tx, actor, member, "suspended");
}

/**
 * Gives the member the entry's name, and its address where that has changed. A new address takes
 * the proof of the old one with it. Refused: `email_taken`.
 */
export async function followProfile(
	tx: Tx,
	actor: Actor,
	member: Member,
	before: Pick<Person, "email" | "name">,
	after: Pick<Person, "email" | "name">,
): Promise<{ ok: true } | { ok: false; reason: "email_taken" }> {
	return updateMember(tx, actor, member, {
		...(after.name === before.name ? {} : { name: after.name }),
		...(after.email === before.email ? {} : { email: { address: after.email, proof: null } }),
	});
}

/** Decides the member's role anew, unless that would end the last admin's. */
export async function followRole(tx: Tx, actor: Actor, member: Member): Promise<void> {
	const current = await memberOf(tx, member.workspaceId, member.id);
	if (await isLastAdmin(tx, current)) {
		const facts = (await loadMemberFacts(tx, current.workspaceId, [current.id])).get(current.id);
		const access = facts && (await previewAccess(tx, current.workspaceId, facts));
		if (access && access.role !== adminRole) {
			await hold(tx, actor, current, "role_changed");
			return;
		}
	}
	await applyAccess(tx, actor, current.workspaceId, [current.id]);
}

/**
 * Takes out the member whose entry is gone: removed where the directory made them, else suspended.
 * @returns whether the member is out; not so for the last admin.
 */
export async function followDeletion(
	tx: Tx,
	actor: Actor,
	member: Member,
	createdMember: boolean,
): Promise<boolean> {
	const outcome = createdMember
		? await removeMember(tx, actor, member)
		: await suspendMember(tx, actor, member, "directory");
	if (!outcome.ok) await hold(tx, actor, member, createdMember ? "removed" : "suspended");
	return outcome.ok;
}

async function hold(tx: Tx, actor: Actor, member: Member, effect: HeldEffect): Promise<void> {
	await record(tx, member.workspaceId, actor, {
		kind: "directory.effect_held",
		outcome: "held",
		subject: { kind: "member", id: member.id, label: labelOf(member) },
		details: { reason: "last_admin", effect },
	});
}
