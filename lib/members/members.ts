/**
 * A member: a person in one workspace. Owns the row, its status and its sessions' end. Which role
 * is in effect is decided in ./access; passwords and sign-in live in lib/accounts and lib/sso;
 * what a directory says of a person is in lib/directory.
 */
import { and, asc, eq } from "drizzle-orm";
import type { Db, Tx } from "@/db/client";
import { directoryUsers, members } from "@/db/schema";
import type { EmailProof } from "@/db/schema/members";
import { withoutWaiting } from "@/db/sent";
import { statement, toSet } from "@/db/statement";
import type { Actor } from "@/lib/activity/actor";
import { record } from "@/lib/activity/record";
import { newId } from "@/lib/platform/ids";
import { foldKey, isEmail } from "@/lib/platform/text";
import type { MemberFacts } from "@/lib/policy/access";
import { adminRole } from "@/lib/roles/permissions";
import { loadMemberFacts, previewAccess } from "./access";
import { endAccess, endMailLinks } from "./endings";
import { isLastAdmin } from "./last-admin";
import { askForWelcome, endInvitation, isWaiting } from "./waiting";

export { endSessions } from "./endings";
export { isLastAdmin } from "./last-admin";

export type Member = typeof members.$inferSelect;

export type NewMember = {
	email: string | null;
	emailProof: EmailProof | null;
	name: string;
	roleByHand?: string | null;
	createdBy: Member["createdBy"];
	/** What a directory that brings them says, where one does. */
	directory?: Pick<MemberFacts, "active" | "directory">;
};

/**
 * Adds a person. Their role follows from the policy at once.
 * Refused: `email_taken` when another member of this workspace has the address.
 */
export async function createMember(
	tx: Tx,
	actor: Actor,
	workspaceId: string,
	input: NewMember,
): Promise<
	{ ok: true; member: Member } | { ok: false; reason: "email_taken" | "email_malformed" }
> {
	if (input.email !== null && !isEmail(input.email))
		return { ok: false, reason: "email_malformed" };
	const member = await newMember(tx, workspaceId, input);
	const [added] = await insertMember(tx, member);
	if (!added) return { ok: false, reason: "email_taken" };
	await recordCreated(tx, actor, member);
	return { ok: true, member };
}

/**
 * As `createMember`, of an address that is well formed, without waiting. Where another member has the
 * address nobody is added: the caller goes on to write what refers to the member, and that fails.
 */
export async function createMemberBehind(
	tx: Tx,
	actor: Actor,
	workspaceId: string,
	input: NewMember,
): Promise<Member> {
	const member = await newMember(tx, workspaceId, input);
	withoutWaiting(tx, () => insertMember(tx, member));
	await recordCreated(tx, actor, member);
	return member;
}

async function newMember(tx: Tx, workspaceId: string, input: NewMember): Promise<Member> {
	const roleByHand = input.roleByHand ?? null;
	const facts = { ...factsOfNew, ...input.directory, roleByHand };
	const { role } = await previewAccess(tx, workspaceId, facts);
	return {
		workspaceId,
		id: newId(),
		email: input.email,
		emailKey: input.email === null ? null : foldKey(input.email),
		emailProof: input.emailProof,
		name: input.name,
		status: "active",
		suspendedBy: null,
		roleByHand,
		pinnedRole: null,
		pinnedReason: null,
		role,
		createdBy: input.createdBy,
		epoch: 1,
		createdAt: new Date(),
		lastSignInAt: null,
		toldAt: null,
	};
}

async function recordCreated(tx: Tx, actor: Actor, member: Member): Promise<void> {
	await record(tx, member.workspaceId, actor, {
		kind: "member.created",
		subject: { kind: "member", id: member.id, label: labelOf(member) },
		details: { by: member.createdBy },
	});
}

/** What decides the access of somebody who has just come, where no directory says more. */
const factsOfNew = {
	active: true,
	pinnedRole: null,
	pinnedReason: null,
	groupsByHand: [],
	directory: null,
};

/** What a member is called in a sentence. */
export function labelOf(member: { name: string; email: string | null }): string {
	return member.name || member.email || "Unnamed member";
}

/** The member of an id, or null when this workspace has none. */
export async function findMember(
	db: Db | Tx,
	workspaceId: string,
	id: string,
): Promise<Member | null> {
	const [member] = await byId(db, { workspaceId, id });
	return member ?? null;
}

/** The member of an id known to exist. @throws when it does not. */
export async function memberOf(tx: Tx, workspaceId: string, id: string): Promise<Member> {
	const member = await findMember(tx, workspaceId, id);
	if (!member) throw new Error("the member vanished inside its transaction");
	return member;
}

/** The member an address belongs to in this workspace, compared without case; or null. */
export async function memberByEmail(
	db: Db | Tx,
	workspaceId: string,
	email: string,
): Promise<Member | null> {
	const [member] = await byEmail(db, { workspaceId, emailKey: foldKey(email) });
	return member ?? null;
}

/**
 * Takes a member's access away: sessions end, API keys and open mail links too. The row and its
 * history stay.
 * Call under the exclusive workspace lock when the member is an active admin.
 */
export async function suspendMember(
	tx: Tx,
	actor: Actor,
	member: Member,
	by: "admin" | "directory",
): Promise<{ ok: true } | { ok: false; reason: "last_admin" }> {
	if (member.status === "suspended") return { ok: true };
	if (await isLastAdmin(tx, member)) return { ok: false, reason: "last_admin" };
	const { sessionsEnded, keysEnded } = await endAccess(tx, member, by);
	await record(tx, member.workspaceId, actor, {
		kind: "member.suspended",
		subject: { kind: "member", id: member.id, label: labelOf(member) },
		details: { sessionsEnded, keysEnded },
	});
	return { ok: true };
}

/**
 * Gives access back. The directory lifts only what the directory imposed, an invitation only that
 * it was not accepted yet; an admin lifts everything.
 * Refused: `suspended_by_admin`.
 */
export async function reactivateMember(
	tx: Tx,
	actor: Actor,
	member: Member,
	by: "admin" | "directory" | "invitation",
): Promise<{ ok: true } | { ok: false; reason: "suspended_by_admin" }> {
	if (member.status === "active") return { ok: true };
	if (by !== "admin" && member.suspendedBy !== by)
		return { ok: false, reason: "suspended_by_admin" };
	const { workspaceId, id } = member;
	const facts = (await loadMemberFacts(tx, workspaceId, [id])).get(id);
	if (!facts) throw new Error("the member vanished inside its transaction");
	const { role } = await previewAccess(tx, workspaceId, { ...facts, active: true });
	withoutWaiting(tx, () => letIn(tx, { workspaceId, id, role }));
	await record(tx, workspaceId, actor, {
		kind: "member.reactivated",
		subject: { kind: "member", id, label: labelOf(member) },
	});
	return { ok: true };
}

/** Removes a member for good: password, sessions, identities, API keys and links go with the row. */
export async function removeMember(
	tx: Tx,
	actor: Actor,
	member: Member,
): Promise<{ ok: true } | { ok: false; reason: "last_admin" }> {
	if (await isLastAdmin(tx, member)) return { ok: false, reason: "last_admin" };
	// What the directory said stays with the directory; it no longer stands for anybody here.
	await tx
		.update(directoryUsers)
		.set({ memberId: null, createdMember: false })
		.where(
			and(
				eq(directoryUsers.workspaceId, member.workspaceId),
				eq(directoryUsers.memberId, member.id),
			),
		);
	if (isWaiting(member)) await endInvitation(tx, member);
	await tx.delete(members).where(keyOf(member));
	await record(tx, member.workspaceId, actor, {
		kind: "member.removed",
		subject: { kind: "member", id: member.id, label: labelOf(member) },
		details: { email: member.email, role: member.role },
	});
	return { ok: true };
}

/**
 * Changes name or address. An address that changes loses its proof unless the caller brings one,
 * and ends the links mailed to the one before; who waits is invited at the new one.
 * Refused: `email_taken`.
 */
export async function updateMember(
	tx: Tx,
	actor: Actor,
	member: Member,
	change: { name?: string; email?: { address: string | null; proof: EmailProof | null } },
): Promise<{ ok: true; member: Member } | { ok: false; reason: "email_taken" }> {
	const name = change.name ?? member.name;
	const email = change.email ? change.email.address : member.email;
	const emailKey = email === null ? null : foldKey(email);
	const proof = change.email ? change.email.proof : member.emailProof;
	if (name === member.name && email === member.email && proof === member.emailProof)
		return { ok: true, member };
	if (emailKey !== null && emailKey !== member.emailKey) {
		// Locked by the unique key too; asked first because a violation would end the transaction.
		const other = await memberByEmail(tx, member.workspaceId, emailKey);
		if (other && other.id !== member.id) return { ok: false, reason: "email_taken" };
	}
	const { workspaceId, id } = member;
	const [updated] = await setProfile(tx, { workspaceId, id, name, email, emailKey, proof });
	if (!updated) throw new Error("the member vanished inside its transaction");
	const after = { ...member, name, email, emailKey, emailProof: proof };
	// A link went to the address of before; whoever reads that one now may be somebody else.
	if (emailKey !== member.emailKey) await endMailLinks(tx, member);
	if (emailKey !== member.emailKey && isWaiting(member)) {
		await endInvitation(tx, member);
		if (email !== null) await askForWelcome(tx, member, actor.label, new Date());
	}
	if (name !== member.name || email !== member.email)
		await record(tx, member.workspaceId, actor, {
			kind: "member.updated",
			subject: { kind: "member", id: member.id, label: labelOf(after) },
			details: {
				before: { name: member.name, email: member.email },
				after: { name, email },
			},
		});
	return { ok: true, member: after };
}

/** Active admins by name: whom to ask. */
export async function listAdmins(
	db: Db | Tx,
	workspaceId: string,
	limit: number,
): Promise<Member[]> {
	return db
		.select()
		.from(members)
		.where(
			and(
				eq(members.workspaceId, workspaceId),
				eq(members.status, "active"),
				eq(members.role, adminRole),
			),
		)
		.orderBy(asc(members.name))
		.limit(limit);
}

/** Whether changes to this member must hold the workspace's lock alone. */
export function isActiveAdmin(member: Pick<Member, "status" | "role">): boolean {
	return member.status === "active" && member.role === adminRole;
}

const keyOf = (member: Member) =>
	and(eq(members.workspaceId, member.workspaceId), eq(members.id, member.id));

const byId = statement(["workspaceId", "id"], (on, at) =>
	on
		.select()
		.from(members)
		.where(and(eq(members.workspaceId, at.workspaceId), eq(members.id, at.id))),
);

const byEmail = statement(["workspaceId", "emailKey"], (on, at) =>
	on
		.select()
		.from(members)
		.where(and(eq(members.workspaceId, at.workspaceId), eq(members.emailKey, at.emailKey))),
);

const insertMember = statement(
	[
		"workspaceId",
		"id",
		"email",
		"emailKey",
		"emailProof",
		"name",
		"status",
		"roleByHand",
		"role",
		"createdBy",
		"epoch",
		"createdAt",
	],
	(on, at) => on.insert(members).values(at).onConflictDoNothing().returning({ id: members.id }),
	[members],
);

const letIn = statement(
	["workspaceId", "id", "role"],
	(on, { workspaceId, id, role }) =>
		on
			.update(members)
			.set({ ...toSet({ role }), status: "active", suspendedBy: null })
			.where(and(eq(members.workspaceId, workspaceId), eq(members.id, id))),
	[members],
);

const setProfile = statement(
	["workspaceId", "id", "name", "email", "emailKey", "proof"],
	(on, { workspaceId, id, proof, ...at }) =>
		on
			.update(members)
			.set(toSet({ ...at, emailProof: proof }))
			.where(and(eq(members.workspaceId, workspaceId), eq(members.id, id)))
			.returning({ id: members.id }),
	[members],
);
