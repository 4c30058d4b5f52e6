/**
 * The workspace's own groups: creating, changing and deleting them, and their members by hand.
 * Reading them is in ./list, what the policy says of them in ./mapped. A directory's groups are in
 * lib/directory and reach these by the policy's mappings; which groups and role a member holds is
 * decided in lib/policy. Run each act in `transactOrUndo`.
 */
import { and, eq, inArray } from "drizzle-orm";
import { z } from "zod";
import type { Tx } from "@/db/client";
import { groupMembers, groups, members } from "@/db/schema";
import { record } from "@/lib/activity/record";
import { applyAccess } from "@/lib/members/access";
import { keepAnAdmin } from "@/lib/members/last-admin";
import { labelOf } from "@/lib/members/members";
import { mailNewAdmins } from "@/lib/members/new-admin";
import { newId } from "@/lib/platform/ids";
import { foldKey } from "@/lib/platform/text";
import { type Acting, type Granter, granterOf, refuseGrant } from "@/lib/roles/granter";
import { listRoles } from "@/lib/roles/list";
import { currentPolicy, savePolicy } from "@/lib/workspaces/policy";
import { findGroup, holdersOf, keyOf, ofGroup, person } from "./list";
import { mappedTo, withoutGroup } from "./mapped";

const form = z.object({
	name: z.string().trim().min(1).max(64),
	/** A role's key; null gives no role. */
	defaultRole: z.string().min(1).max(200).nullable(),
});
export type GroupInput = z.infer<typeof form>;

/** A group as a form sends it. Refused: malformed. */
export function parseGroup(
	values: unknown,
): { ok: true; input: GroupInput } | { ok: false; reason: "malformed"; field: "name" } {
	const parsed = form.safeParse(values);
	return parsed.success
		? { ok: true, input: parsed.data }
		: { ok: false, reason: "malformed", field: "name" };
}

export type GroupRefusal = {
	ok: false;
	reason:
		| "not_permitted"
		| "needs_fresh_sign_in"
		/** The group, or the member, is gone. */
		| "stale"
		| "group_name_taken"
		| "role_unknown"
		| "role_above_own"
		| "pinned"
		| "policy_moved"
		| "malformed"
		| "last_admin";
	field?: "name" | "defaultRole";
};

const refused = (
	reason: GroupRefusal["reason"],
	field?: NonNullable<GroupRefusal["field"]>,
): GroupRefusal => ({ ok: false, reason, ...(field ? { field } : {}) });

/** Creates an empty group. Refused: not_permitted, group_name_taken, role_unknown, role_above_own. */
export function createGroup(
	tx: Tx,
	acting: Acting,
	workspaceId: string,
	input: GroupInput,
): Promise<{ ok: true; id: string } | GroupRefusal> {
	return act(tx, acting, workspaceId, async ({ tx, given }) => {
		const wrong = given(input.defaultRole) ?? (await refuseName(tx, workspaceId, input.name));
		if (wrong) return wrong;
		const id = newId();
		await tx.insert(groups).values({ workspaceId, id, ...input, nameKey: foldKey(input.name) });
		await record(tx, workspaceId, acting.actor, {
			kind: "group.created",
			subject: { kind: "group", id, label: input.name },
			details: { defaultRole: input.defaultRole },
		});
		return { ok: true, id };
	});
}

/**
 * Changes a group's name and default role; what its members hold follows.
 * Refused: not_permitted, stale, group_name_taken, role_unknown, role_above_own (before or after),
 * needs_fresh_sign_in (for Admin), last_admin.
 */
export function updateGroup(
	tx: Tx,
	acting: Acting,
	workspaceId: string,
	id: string,
	input: GroupInput,
	now = new Date(),
): Promise<{ ok: true } | GroupRefusal> {
	return act(tx, acting, workspaceId, async ({ tx, given }) => {
		const group = await findGroup(tx, workspaceId, id);
		if (!group) return refused("stale");
		const renamed = foldKey(input.name) !== group.nameKey;
		const wrong =
			given(group.defaultRole) ??
			given(input.defaultRole) ??
			(renamed ? await refuseName(tx, workspaceId, input.name) : null);
		if (wrong) return wrong;
		const { name, defaultRole } = group;
		if (name === input.name && defaultRole === input.defaultRole) return { ok: true };
		await tx
			.update(groups)
			.set({ ...input, nameKey: foldKey(input.name) })
			.where(keyOf(group));
		await record(tx, workspaceId, acting.actor, {
			kind: "group.changed",
			subject: { kind: "group", id, label: input.name },
			details: { before: { name, defaultRole }, after: input },
		});
		if (defaultRole !== input.defaultRole)
			await follow(tx, acting, workspaceId, await holdersOf(tx, group), now);
		return { ok: true };
	});
}

/**
 * Deletes a group, and takes it out of the mappings that give it.
 * Refused: not_permitted, stale, role_above_own, needs_fresh_sign_in, pinned, policy_moved,
 * last_admin.
 */
export function deleteGroup(
	tx: Tx,
	acting: Acting,
	workspaceId: string,
	id: string,
	now = new Date(),
): Promise<{ ok: true } | GroupRefusal> {
	const { actor } = acting;
	return act(tx, acting, workspaceId, async ({ tx, given }) => {
		const group = await findGroup(tx, workspaceId, id);
		if (!group) return refused("stale");
		const wrong = given(group.defaultRole);
		if (wrong) return wrong;
		const holders = await holdersOf(tx, group);
		const { revision, document } = await currentPolicy(tx, workspaceId);
		const mappings = mappedTo(document, id);
		if (mappings.length > 0) {
			const after = withoutGroup(document, id);
			const saved = await savePolicy(tx, actor, workspaceId, revision, after, null);
			if (!saved.ok) return refused(saved.reason);
		}
		const count = await tx.$count(groupMembers, ofGroup(group));
		await tx.delete(groups).where(keyOf(group));
		await record(tx, workspaceId, actor, {
			kind: "group.deleted",
			subject: { kind: "group", id, label: group.name },
			details: { defaultRole: group.defaultRole, count, mappings },
		});
		await follow(tx, acting, workspaceId, holders, now);
		return { ok: true };
	});
}

/**
 * Adds members by hand, or takes them out again. Who is in, or is not, already stays so.
 * Refused: not_permitted, stale, role_above_own and needs_fresh_sign_in (the default role),
 * last_admin.
 */
export function setMembership(
	tx: Tx,
	acting: Acting,
	workspaceId: string,
	id: string,
	memberIds: readonly string[],
	inGroup: boolean,
	now = new Date(),
): Promise<{ ok: true } | GroupRefusal> {
	return act(tx, acting, workspaceId, async ({ tx, given }) => {
		const group = await findGroup(tx, workspaceId, id);
		if (!group) return refused("stale");
		const wrong = given(group.defaultRole);
		if (wrong) return wrong;
		const people = await tx
			.select(person)
			.from(members)
			.where(and(eq(members.workspaceId, workspaceId), inArray(members.id, [...memberIds])));
		if (people.length < new Set(memberIds).size) return refused("stale");
		const ids = people.map((member) => member.id);
		const changed = inGroup
			? await tx
					.insert(groupMembers)
					.values(ids.map((memberId) => ({ workspaceId, groupId: id, memberId })))
					.onConflictDoNothing()
					.returning({ id: groupMembers.memberId })
			: await tx
					.delete(groupMembers)
					.where(and(ofGroup(group), inArray(groupMembers.memberId, ids)))
					.returning({ id: groupMembers.memberId });
		for (const member of people.filter((one) => changed.some((row) => row.id === one.id)))
			await record(tx, workspaceId, acting.actor, {
				kind: inGroup ? "group.member_added" : "group.member_removed",
				subject: { kind: "group", id, label: group.name },
				details: { member: labelOf(member), memberId: member.id },
			});
		await follow(tx, acting, workspaceId, ids, now);
		return { ok: true };
	});
}

async function follow(
	tx: Tx,
	{ actor }: Acting,
	workspaceId: string,
	who: string[] | "everyone",
	now: Date,
): Promise<void> {
	const { newAdmins } = await applyAccess(tx, actor, workspaceId, who);
	await mailNewAdmins(tx, workspaceId, newAdmins, actor.label, now);
}

/** An act on groups: the transaction, and why a default role cannot be given by whoever acts. */
type Act = { tx: Tx; given: (role: string | null) => GroupRefusal | null };

/** What every act is inside of: the workspace held alone, and what the actor may give now. */
function act<T extends { ok: true }>(
	tx: Tx,
	acting: Acting,
	workspaceId: string,
	work: (act: Act) => Promise<T | GroupRefusal>,
): Promise<T | GroupRefusal> {
	return keepAnAdmin<T | GroupRefusal>(tx, workspaceId, async (tx) => {
		const granter = await granterOf(tx, workspaceId, acting, "groups.manage");
		if (!granter) return refused("not_permitted");
		const roles = await listRoles(tx, workspaceId);
		return work({ tx, given: (role) => refuseRole(granter, roles, role) });
	});
}

function refuseRole(
	granter: Granter,
	roles: Awaited<ReturnType<typeof listRoles>>,
	key: string | null,
): GroupRefusal | null {
	if (key === null) return null;
	const role = roles.find((known) => known.key === key);
	const reason = role ? refuseGrant(granter, role) : "role_unknown";
	return reason && refused(reason, "defaultRole");
}

async function refuseName(tx: Tx, workspaceId: string, name: string): Promise<GroupRefusal | null> {
	const taken = await tx
		.select({ id: groups.id })
		.from(groups)
		.where(and(eq(groups.workspaceId, workspaceId), eq(groups.nameKey, foldKey(name))));
	return taken.length > 0 ? refused("group_name_taken", "name") : null;
}
