/**
 * Creating, changing and deleting entries of people, each with its effect on the member behind it
 * in the same transaction. A `tx` here comes from `decide`, which holds the workspace's lock.
 */
import { isDeepStrictEqual } from "node:util";
import { and, eq } from "drizzle-orm";
import type { Tx } from "@/db/client";
import { directoryUsers, identities, removals } from "@/db/schema";
import { together, withoutWaiting } from "@/db/sent";
import { record } from "@/lib/activity/record";
import { loadRoles, readMemberAndRules } from "@/lib/members/access";
import { standingOf } from "@/lib/members/last-admin";
import {
	createMemberBehind,
	isActiveAdmin,
	type Member,
	suspendMember,
} from "@/lib/members/members";
import { mailNewAdmins } from "@/lib/members/new-admin";
import { isId, newId } from "@/lib/platform/ids";
import { sentRoles } from "@/lib/policy/sent-roles";
import type { AdminsStanding } from "@/lib/policy/ways-in";
import { adminRole } from "@/lib/roles/permissions";
import { currentPolicy } from "@/lib/workspaces/policy";
import { Again, type Lock } from "./decide";
import type { DirectoryKey } from "./directory";
import {
	type Change,
	followActive,
	followDeletion,
	followProfile,
	followRole,
	whyHeld,
} from "./effects";
import {
	type DirectoryUser,
	type ListedUser,
	lockEntry,
	ofDirectory,
	readEntries,
} from "./entries";
import { insertEntry, rowOf, updateEntry } from "./entry-rows";
import { leaveGroups } from "./groups";
import { comesBack, link, mayNotLink } from "./linking";
import { type Attributes, differing, type Person, personOf } from "./person";
import { noteChanged } from "./request-notes";
import { type Unfit, unfit } from "./requirements";
import { findUnmanaged, unmanagedEntry } from "./unmanaged";
import { welcome } from "./welcome";

export type { Change } from "./effects";

/** Why a change was not made. Nothing was written. */
export type Refused = Unfit | Conflict;

/** A refusal that names no attribute. */
export type Conflict = {
	ok: false;
	reason:
		| "not_found"
		/** Another entry has this userName, compared without case. */
		| "user_name_taken"
		/** Another entry has this externalId. */
		| "external_id_taken"
		/** The address is that of a member behind another entry, or of another member. */
		| "email_taken"
		/** Another group has this name, compared without case. */
		| "group_name_taken"
		/** A member of the workspace has this address, and the policy does not let them be taken over. */
		| "member_exists"
		/** The same, and they could be, if the workspace had proved the address's domain. */
		| "domain_not_verified";
};

/** The entry as it is now, with the groups it is in. */
export type Written = { ok: true; user: DirectoryUser & Pick<ListedUser, "groups"> };

/**
 * Adds a person: linked to the member who has the address (policy `provisionExisting`), else as a
 * new member. Somebody the directory removed before may come in again.
 * @param behind the member to link, where the directory named them by their id.
 * Refused: `attribute_missing`, `role_unknown`, `user_name_taken`, `external_id_taken`,
 * `email_taken`, `member_exists`, `domain_not_verified`.
 */
export async function createUser(
	tx: Tx,
	lock: Lock,
	change: Change,
	attributes: Attributes,
	behind?: Member,
): Promise<Written | Refused> {
	const { directory, actor, now } = change;
	const person = personOf(attributes);
	const existing = behind ?? (await memberWith(tx, directory, person.emailKey));
	const lacking = await lackingOf(tx, directory, null, attributes);
	if (lacking) return lacking;
	if (existing) {
		// Where nobody has the address, the constraint tells of a userName that is taken.
		if (await hasUserName(tx, directory, person.userNameKey))
			return { ok: false, reason: "user_name_taken" };
		const refused = await mayNotLink(tx, existing);
		if (refused) return refused;
		if (isActiveAdmin(existing)) alone(lock);
	}
	const returns = existing ? await comesBack(tx, existing) : false;
	// Where somebody was faster with the address, the entry fails for want of this member: see ./decide.
	const member = existing ?? (await newMember(tx, change, person, attributes));
	const row = {
		...rowOf(person, attributes),
		workspaceId: directory.workspaceId,
		directoryId: directory.id,
		// One person, one id: the IdP knows them by what the workspace knows them by.
		id: member.id,
		createdAt: now,
		lastModifiedAt: now,
		memberId: member.id,
		createdMember: !existing || returns,
		version: 1,
	};
	withoutWaiting(tx, () => insertEntry(tx, row));
	const user = { ...row, groups: [] };
	await record(tx, directory.workspaceId, actor, {
		kind: "directory.user_created",
		subject: subjectOf(user),
		details: { linked: existing !== null, active: user.active },
	});
	noteChanged(differing({}, attributes));
	if (existing) await link(tx, change, existing, person);
	if (existing) await followRole(tx, change, member);
	else if (member.role === adminRole)
		await mailNewAdmins(tx, member.workspaceId, [member.id], actor.label, now);
	if (existing) await followActive(tx, change, member, person.active);
	// Nobody loses anything who arrives switched off: no brake counts it.
	else if (!person.active) await suspendMember(tx, actor, member, "directory");
	else await welcome(tx, change, member);
	return { ok: true, user };
}

/**
 * Changes a person to what `change` makes of the attributes; the member follows in what changed.
 * An equal result writes nothing. @param change pure; what it throws undoes everything.
 * Refused: `not_found`, `attribute_missing`, `role_unknown`, `user_name_taken`,
 * `external_id_taken`, `email_taken`.
 */
export async function updateUser(
	tx: Tx,
	lock: Lock,
	by: Change,
	id: string,
	change: (current: DirectoryUser) => Attributes,
): Promise<Written | Refused> {
	const { directory, actor, now } = by;
	const { user: current, member } = await lockWithMember(tx, directory, id);
	if (!current) return takeOver(tx, lock, by, id, change);
	const attributes = change(current);
	if (isDeepStrictEqual(attributes, current.resource)) {
		const [entry] = await readEntries(tx, directory, [id]);
		return { ok: true, user: { ...current, groups: entry?.groups ?? [] } };
	}
	const lacking = await lackingOf(tx, directory, current.resource, attributes);
	if (lacking) return lacking;
	const { workspaceId, id: directoryId } = directory;
	const [before, after] = [personOf(current.resource), personOf(attributes)];
	let standing: AdminsStanding | null = null;
	if (member && isActiveAdmin(member)) {
		alone(lock);
		// Asked before the entry is touched: that it vouches for the address may be part of the way in.
		if (before.email !== after.email) standing = await standingOf(tx, workspaceId, now);
	}
	const changed = differing(current.resource, attributes);
	const row = { ...rowOf(after, attributes), lastModifiedAt: now };
	const writing = withoutWaiting(tx, () =>
		updateEntry(tx, { ...row, workspaceId, directoryId, id }),
	);
	await record(tx, workspaceId, actor, {
		kind: before.active === after.active ? "directory.user_updated" : switchedTo(after.active),
		subject: subjectOf({ ...row, id }),
		details: { changed },
	});
	noteChanged(changed);
	if (member) {
		const followed = await followProfile(tx, by, member, before, after, standing);
		if (!followed.ok) return followed;
		if (!isDeepStrictEqual(sentRoles(current.resource.roles), sentRoles(attributes.roles)))
			await followRole(tx, by, member);
		if (before.active !== after.active) await followActive(tx, by, member, after.active);
	}
	const [written] = await writing;
	if (!written) throw new Error("the entry vanished inside its transaction");
	return { ok: true, user: { ...current, ...row, ...written, groups: written.groups ?? [] } };
}

/**
 * Changes somebody the directory is shown and does not manage: from now on it does, by the rules by
 * which a new person is linked.
 */
async function takeOver(
	tx: Tx,
	lock: Lock,
	by: Change,
	id: string,
	change: (current: DirectoryUser) => Attributes,
): Promise<Written | Refused> {
	const { workspaceId } = by.directory;
	const { document } = await currentPolicy(tx, workspaceId);
	const shown = document.directoryShows === "everyone";
	const [member] = shown ? await findUnmanaged(tx, by.directory, [id]) : [];
	if (!member) return { ok: false, reason: "not_found" };
	return createUser(tx, lock, by, change(unmanagedEntry(by.directory, member)), member);
}

/**
 * Deletes a person's entry, and takes the member out: removed where the directory made them,
 * unlinked and suspended where it only linked them. A removal is left, so that single sign-on
 * does not bring them back; not where the effect is held, since then they keep the way in.
 * @param check looks at the entry first; what it throws undoes everything.
 * Refused: `not_found`.
 */
export async function deleteUser(
	tx: Tx,
	lock: Lock,
	change: Change,
	id: string,
	check: (user: DirectoryUser) => void,
): Promise<{ ok: true } | Refused> {
	const { directory, actor, now } = change;
	const { user, member } = await lockWithMember(tx, directory, id);
	if (!user) return { ok: false, reason: "not_found" };
	check(user);
	if (member && isActiveAdmin(member)) alone(lock);
	const signedInAs = member ? await identitiesOf(tx, member) : [];
	// Somebody who is out already is not taken out once more: nothing to hold.
	const held = member?.status === "active" ? await whyHeld(tx, directory, member, now) : null;
	await leaveGroups(tx, directory, id, now);
	await tx.delete(directoryUsers).where(and(ofDirectory(directory), eq(directoryUsers.id, id)));
	await record(tx, directory.workspaceId, actor, {
		kind: "directory.user_deleted",
		subject: subjectOf(user),
		details: { memberRemoved: user.createdMember },
	});
	const { userNameKey, emailKey, externalId, createdMember } = user;
	const removal = { userNameKey, emailKey, externalId, createdMember };
	const isOut = member ? await followDeletion(tx, change, member, held, removal) : true;
	if (isOut)
		await tx.insert(removals).values({
			workspaceId: directory.workspaceId,
			id: newId(),
			userNameKey,
			emailKey,
			externalId,
			memberId: member?.id ?? null,
			identities: signedInAs,
			removedAt: now,
		});
	return { ok: true };
}

/** Whoever touches an active admin holds the workspace alone. @throws Again to begin so. */
function alone(lock: Lock): void {
	if (lock !== "exclusive") throw new Again("exclusive");
}

function newMember(
	tx: Tx,
	{ directory, actor }: Change,
	person: Person,
	attributes: Attributes,
): Promise<Member> {
	return createMemberBehind(tx, actor, directory.workspaceId, {
		email: person.email,
		emailProof: person.email === null ? null : "directory",
		name: person.name,
		createdBy: "directory",
		directory: {
			active: person.active,
			directory: { roles: sentRoles(attributes.roles), groups: [] },
		},
	});
}

/** What the policy asks of a person and these attributes do not have. */
async function lackingOf(
	tx: Tx,
	{ workspaceId }: DirectoryKey,
	before: Attributes | null,
	after: Attributes,
): Promise<Unfit | null> {
	const { document } = await currentPolicy(tx, workspaceId);
	const reads = document.rolesFrom === "attribute" ? await loadRoles(tx, workspaceId) : [];
	return unfit(document, reads, before, after);
}

/** The member of an address; the rules are read with them, and remembered. */
async function memberWith(tx: Tx, { workspaceId }: DirectoryKey, emailKey: string | null) {
	return emailKey === null ? null : readMemberAndRules(tx, workspaceId, { emailKey });
}

/**
 * An entry, locked, and the member behind it; the rules are read with them, and remembered. Both
 * statements go at once, in this order: the second looks when the lock is there.
 */
async function lockWithMember(
	tx: Tx,
	directory: DirectoryKey,
	entryId: string,
): Promise<{ user: DirectoryUser | null; member: Member | null }> {
	const { workspaceId, id: directoryId } = directory;
	if (!isId(entryId)) return { user: null, member: null };
	const [user, member] = await together([
		lockEntry(tx, directory, entryId),
		readMemberAndRules(tx, workspaceId, { directoryId, entryId }),
	]);
	return { user, member };
}

async function hasUserName(tx: Tx, directory: DirectoryKey, key: string): Promise<boolean> {
	const [other] = await tx
		.select({ id: directoryUsers.id })
		.from(directoryUsers)
		.where(and(ofDirectory(directory), eq(directoryUsers.userNameKey, key)));
	return other !== undefined;
}

async function identitiesOf(tx: Tx, member: Member) {
	return tx
		.select({ issuer: identities.issuer, subject: identities.subject })
		.from(identities)
		.where(and(eq(identities.workspaceId, member.workspaceId), eq(identities.memberId, member.id)));
}

const switchedTo = (active: boolean) =>
	active ? "directory.user_reactivated" : "directory.user_deactivated";

const subjectOf = (user: Pick<DirectoryUser, "id" | "displayName" | "userName">) => ({
	kind: "directory_user",
	id: user.id,
	label: user.displayName ?? user.userName,
});
