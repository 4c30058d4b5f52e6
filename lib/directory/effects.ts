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
import { record } from "@/lib/activity/record";
import { applyAccess, loadMemberFacts, previewAccess } from "@/lib/members/access";
import { keepAnAdmin } from "@/lib/members/last-admin";
import { emailChangedMail } from "@/lib/members/mails";
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
import { mailNewAdmins } from "@/lib/members/new-admin";
import { queueMail } from "@/lib/platform/mail";
import { foldKey } from "@/lib/platform/text";
import type { AdminsStanding } from "@/lib/policy/ways-in";
import { adminRole } from "@/lib/roles/permissions";
import { workspaceById } from "@/lib/workspaces/workspaces";
import { passesBrake } from "./brake";
import type { DirectoryKey } from "./directory";
import { type Held, hold, lapse, standingHold } from "./holds";
import type { Person } from "./person";
import { neverCameIn, unwelcome, welcome, welcomeAtAddress } from "./welcome";

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
		// Who never came in accepts first, however often the directory changes its mind.
		if (member.suspendedBy === "directory" && neverCameIn(member))
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
 * Gives the member the entry's name, and its address where that has changed. Where nobody could come
 * in as an admin then, the member keeps the former address and what opens with it, and the log says
 * so.
 * @param standing how the admins stood before the entry was touched, where the member is an active
 *   one whose address changes.
 * Refused: `email_taken`.
 */
export async function followProfile(
	tx: Tx,
	{ actor, now }: Pick<Change, "actor" | "now">,
	member: Member,
	before: Pick<Person, "email" | "name">,
	after: Pick<Person, "email" | "name">,
	standing: AdminsStanding | null = null,
): Promise<{ ok: true } | { ok: false; reason: "email_taken" }> {
	const name = after.name === before.name ? {} : { name: after.name };
	if (after.email === before.email) return updateMember(tx, actor, member, name);
	const give = (tx: Tx) => giveAddress(tx, { actor, now }, member, after.email, before.email, name);
	const given = standing
		? await keepAnAdmin(tx, member.workspaceId, give, now, standing)
		: await give(tx);
	if (given.ok) return given;
	if (given.reason === "email_taken") return { ok: false, reason: given.reason };
	await record(tx, member.workspaceId, actor, {
		kind: "directory.effect_held",
		outcome: "held",
		subject: { kind: "member", id: member.id, label: labelOf(member) },
		details: { reason: given.reason, effect: "email_changed" },
	});
	return updateMember(tx, actor, member, name);
}

/**
 * Gives the member the address that the directory says. A new one takes the proof of the former with
 * it, and those SAML identities along whose subject is a former one; the former is told.
 * @param said what the directory said before, which an admin may have changed here.
 * Refused: `email_taken`.
 */
export async function giveAddress(
	tx: Tx,
	{ actor, now }: Pick<Change, "actor" | "now">,
	member: Member,
	address: string | null,
	said: string | null,
	more: { name?: string } = {},
): Promise<{ ok: true } | { ok: false; reason: "email_taken" }> {
	// Whoever has it already, since the change before this one was held, loses nothing.
	const proof = address === member.email ? member.emailProof : null;
	const given = await updateMember(tx, actor, member, { ...more, email: { address, proof } });
	if (!given.ok) return given;
	await followSubject(tx, member, [said, member.email], address);
	if (member.email === null && address !== null)
		await welcomeAtAddress(tx, { actor, now }, given.member);
	if (member.email !== null && given.member.emailKey !== member.emailKey) {
		const workspace = await workspaceById(tx, member.workspaceId);
		if (!workspace) throw new Error("no such workspace");
		const mail = { email: address, actor: actor.label, at: now };
		await queueMail(tx, emailChangedMail({ workspace, to: member.email }, mail));
	}
	return given;
}

/**
 * Where a provider names people by their addresses, its name for this member has changed with the
 * directory's. The old address may be somebody else's tomorrow, so it opens nothing from now on;
 * the new one does, unless it is another member's already.
 */
async function followSubject(
	tx: Tx,
	{ workspaceId, id }: Member,
	before: (string | null)[],
	after: string | null,
): Promise<void> {
	const former = new Set(before.flatMap((address) => (address === null ? [] : foldKey(address))));
	if (after !== null) former.delete(foldKey(after));
	if (former.size === 0) return;
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
	const named = rows.filter(({ subject }) => former.has(foldKey(subject)));
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
