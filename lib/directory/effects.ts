/**
 * What an entry does to the member behind it. The entry holds what the IdP said; the member what
 * is in effect. They follow each other in one transaction, unless the effect is held (./holds): it
 * would take the last admin's way in, or the brake (./brake) stops it.
 */
import { and, eq } from "drizzle-orm";
import type { Tx } from "@/db/client";
import { connections, identities } from "@/db/schema";
import { together } from "@/db/sent";
import type { Actor } from "@/lib/activity/actor";
import { applyAccess, loadMemberFacts, previewAccess } from "@/lib/members/access";
import {
	isLastAdmin,
	type Member,
	memberOf,
	reactivateMember,
	removeMember,
	suspendMember,
	updateMember,
} from "@/lib/members/members";
import { mailNewAdmins } from "@/lib/members/new-admin";
import { foldKey } from "@/lib/platform/text";
import { adminRole } from "@/lib/roles/permissions";
import { currentPolicy } from "@/lib/workspaces/policy";
import { passesBrake } from "./brake";
import type { DirectoryKey } from "./directory";
import { type Held, hold, lapse, standingHold } from "./holds";
import type { Person } from "./person";
import { unwelcome, welcome } from "./welcome";

/** One change of a directory: where, by whom, when. */
export type Change = { directory: DirectoryKey; actor: Actor; now: Date };

/** Gives access or takes it away, as the entry's `active` says; taking it ends the sessions. */
export async function followActive(
	tx: Tx,
	{ directory, actor, now }: Change,
	member: Member,
	active: boolean,
): Promise<void> {
	if (active) {
		const [standing] = await together([
			standingHold(tx, member),
			// Lifts only what a directory imposed; what an admin suspended stays so.
			reactivateMember(tx, actor, member, "directory"),
		]);
		const { document } = await currentPolicy(tx, member.workspaceId);
		// Who never came in accepts first, however often the directory changes its mind.
		if (
			document.onProvision === "invite" &&
			member.suspendedBy === "directory" &&
			neverCameIn(member)
		)
			await welcome(tx, { directory, actor, now }, member);
		if (!standing || standing.effect === "role_changed") return;
		await lapse(tx, actor, member, now);
		if (standing.role !== null) await followRole(tx, { directory, actor, now }, member);
		return;
	}
	if (member.suspendedBy === "invitation") {
		await unwelcome(tx, member);
		return;
	}
	if (member.status === "suspended") return;
	const reason = await whyHeld(tx, directory, member, now);
	if (reason) await hold(tx, actor, directory, member, { reason, effect: "suspended" }, now);
	else await suspendMember(tx, actor, member, "directory");
}

const neverCameIn = ({ createdBy, lastSignInAt }: Member) =>
	createdBy === "directory" && lastSignInAt === null;

/**
 * Why taking this member's access must wait for an admin; null where it need not. Ask before the
 * entry is touched: being in the directory may be part of the way in.
 */
export async function whyHeld(
	tx: Tx,
	directory: DirectoryKey,
	member: Member,
	now: Date,
): Promise<Held["reason"] | null> {
	if (await isLastAdmin(tx, member, now)) return "last_admin";
	return (await passesBrake(tx, directory, now)) ? null : "brake";
}

/**
 * Gives the member the entry's name, and its address where that has changed. A new address takes
 * the proof of the old one with it, and those SAML identities whose subject is the old one along.
 * Refused: `email_taken`.
 */
export async function followProfile(
	tx: Tx,
	actor: Actor,
	member: Member,
	before: Pick<Person, "email" | "name">,
	after: Pick<Person, "email" | "name">,
): Promise<{ ok: true } | { ok: false; reason: "email_taken" }> {
	const updated = await updateMember(tx, actor, member, {
		...(after.name === before.name ? {} : { name: after.name }),
		...(after.email === before.email ? {} : { email: { address: after.email, proof: null } }),
	});
	if (updated.ok && after.email !== before.email)
		await followSubject(tx, member, before.email, after.email);
	return updated;
}

/**
 * Where a provider names people by their addresses, its name for this member has changed with the
 * directory's. The old address may be somebody else's tomorrow, so it opens nothing from now on;
 * the new one does, unless it is another member's already.
 */
async function followSubject(
	tx: Tx,
	{ workspaceId, id }: Member,
	before: string | null,
	after: string | null,
): Promise<void> {
	if (before === null || foldKey(before) === foldKey(after ?? "")) return;
	const rows = await tx
		.select({ connectionId: identities.connectionId, subject: identities.subject })
		.from(identities)
		.innerJoin(
			connections,
			and(
				eq(connections.workspaceId, identities.workspaceId),
				eq(connections.id, identities.connectionId),
				eq(connections.protocol, "saml"),
			),
		)
		.where(and(eq(identities.workspaceId, workspaceId), eq(identities.memberId, id)));
	const named = rows.filter(({ subject }) => foldKey(subject) === foldKey(before));
	for (const { connectionId, subject } of named) {
		const [old] = await tx
			.delete(identities)
			.where(
				and(
					eq(identities.workspaceId, workspaceId),
					eq(identities.connectionId, connectionId),
					eq(identities.subject, subject),
					eq(identities.memberId, id),
				),
			)
			.returning();
		if (old && after !== null)
			await tx
				.insert(identities)
				.values({ ...old, subject: after })
				.onConflictDoNothing();
	}
}

/**
 * Decides the member's role anew, unless that would end the last admin's. A role that is held, and
 * that the directory gives again, is held no longer.
 */
export async function followRole(
	tx: Tx,
	{ directory, actor, now }: Change,
	member: Member,
): Promise<void> {
	const current = await memberOf(tx, member.workspaceId, member.id);
	const facts = (await loadMemberFacts(tx, current.workspaceId, [current.id])).get(current.id);
	if (!facts) return;
	const { role } = await previewAccess(tx, current.workspaceId, { ...facts, heldRole: null });
	const standing = await standingHold(tx, current);
	if (standing?.effect === "role_changed" && role === standing.role)
		await lapse(tx, actor, current, now);
	else if (role !== adminRole && (await isLastAdmin(tx, current, now))) {
		const held = { reason: "last_admin", effect: "role_changed", role: adminRole } as const;
		if (standing?.role !== adminRole) await hold(tx, actor, directory, current, held, now);
		return;
	}
	const { newAdmins } = await applyAccess(tx, actor, current.workspaceId, [current.id]);
	await mailNewAdmins(tx, current.workspaceId, newAdmins, actor.label, now);
}

/**
 * Takes out the member whose entry is gone: removed where the directory made them, else suspended.
 * @param reason why it is held, from `whyHeld`; null where it is not.
 * @param entry what the removal will keep out, when the effect is held and takes place later.
 * @returns whether the member is out; not so where it is held.
 */
export async function followDeletion(
	tx: Tx,
	{ directory, actor, now }: Change,
	member: Member,
	reason: Held["reason"] | null,
	entry: NonNullable<Held["removal"]>,
): Promise<boolean> {
	if (reason) {
		// With the entry its groups are gone: the role stays for as long as the hold does.
		const { role } = member;
		const held = { reason, effect: "removed", role, removal: entry } as const;
		await hold(tx, actor, directory, member, held, now);
		return false;
	}
	if (member.suspendedBy === "invitation") await unwelcome(tx, member);
	if (entry.createdMember) await removeMember(tx, actor, member);
	else await suspendMember(tx, actor, member, "directory");
	return true;
}
