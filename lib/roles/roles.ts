/**
 * The roles of a workspace: creating, changing and deleting them. Reading them is in ./list, what a
 * permission is and which roles are built in in ./permissions, who may give what in ./granter, what
 * a deletion does to whatever names the role in ./replace. Which role a member holds is decided in
 * lib/policy and written by lib/members/access. Run each act in `transactOrUndo`.
 */
import { and, eq } from "drizzle-orm";
import type { AnyPgColumn } from "drizzle-orm/pg-core";
import { z } from "zod";
import type { Tx } from "@/db/client";
import { groups, invitations, members, roles } from "@/db/schema";
import { record } from "@/lib/activity/record";
import { applyAccess } from "@/lib/members/access";
import { keepAnAdmin } from "@/lib/members/last-admin";
import { mailNewAdmins } from "@/lib/members/new-admin";
import { namedRole } from "@/lib/policy/access";
import { differences } from "@/lib/policy/change";
import { currentPolicy, savePolicy } from "@/lib/workspaces/policy";
import { type Acting, type Granter, granterOf, refuseGrant } from "./granter";
import { listRoles, type Role, usesOfRole } from "./list";
import { highestRank, permissions, withNeeds } from "./permissions";
import { replaceRole } from "./replace";

const form = z.object({
	name: z.string().trim().min(1).max(64),
	rank: z.int().min(1).max(highestRank),
	permissions: z.array(z.enum(permissions)).max(permissions.length),
});

export type RoleInput = z.infer<typeof form>;
export type RoleField = keyof RoleInput;

/** A role as a form sends it. Refused: malformed, with the first field that is wrong. */
export function parseRole(
	values: unknown,
): { ok: true; input: RoleInput } | { ok: false; reason: "malformed"; field: RoleField } {
	const parsed = form.safeParse(values);
	if (!parsed.success) {
		const field = form.keyof().safeParse(parsed.error.issues[0]?.path[0]);
		return { ok: false, reason: "malformed", field: field.data ?? "name" };
	}
	return { ok: true, input: { ...parsed.data, permissions: withNeeds(parsed.data.permissions) } };
}

export type RoleRefusal = {
	ok: false;
	reason:
		| "not_permitted"
		| "needs_fresh_sign_in"
		/** The role is gone. */
		| "stale"
		| "role_built_in"
		| "role_above_own"
		| "role_name_taken"
		| "role_rank_taken"
		| "role_unknown"
		/** The policy names it in a field that cannot be changed here. */
		| "pinned"
		| "policy_moved"
		| "last_admin"
		| "malformed";
	field?: RoleField;
};

const refused = (reason: RoleRefusal["reason"], field?: RoleField): RoleRefusal => ({
	ok: false,
	reason,
	...(field ? { field } : {}),
});

/**
 * Creates a role. Its key is made from the name and stays when the name changes.
 * Refused: not_permitted, role_above_own, role_name_taken, role_rank_taken, malformed (a name of
 * signs alone).
 */
export function createRole(
	tx: Tx,
	acting: Acting,
	workspaceId: string,
	input: RoleInput,
): Promise<{ ok: true; key: string } | RoleRefusal> {
	return act(tx, acting, workspaceId, async (tx, granter) => {
		const all = await listRoles(tx, workspaceId);
		const key = keyFrom(input.name);
		if (!key) return refused("malformed", "name");
		const wrong = refuseSettings(granter, input, all) ?? refuseName(key, all);
		if (wrong) return wrong;
		await tx.insert(roles).values({ workspaceId, key, ...input });
		await record(tx, workspaceId, acting.actor, {
			kind: "role.created",
			subject: { kind: "role", id: key, label: input.name },
			details: { rank: input.rank, permissions: input.permissions },
		});
		return { ok: true, key };
	});
}

/**
 * Changes a custom role. Another rank decides every member's role anew.
 * Refused: not_permitted, stale, role_built_in, role_above_own (before or after), role_name_taken,
 * role_rank_taken.
 */
export function updateRole(
	tx: Tx,
	acting: Acting,
	workspaceId: string,
	key: string,
	input: RoleInput,
): Promise<{ ok: true } | RoleRefusal> {
	return act(tx, acting, workspaceId, async (tx, granter) => {
		const all = await listRoles(tx, workspaceId);
		const role = all.find((known) => known.key === key);
		if (!role) return refused("stale");
		if (role.builtIn) return refused("role_built_in");
		const others = all.filter((other) => other !== role);
		const above = refuseGrant(granter, role);
		const wrong = (above && refused(above)) ?? refuseSettings(granter, input, others);
		if (wrong) return wrong;
		await tx
			.update(roles)
			.set(input)
			.where(and(eq(roles.workspaceId, workspaceId), eq(roles.key, key)));
		const { name, rank, permissions } = role;
		await record(tx, workspaceId, acting.actor, {
			kind: "role.changed",
			subject: { kind: "role", id: key, label: input.name },
			details: { before: { name, rank, permissions }, after: input },
		});
		if (rank !== input.rank) await applyAccess(tx, acting.actor, workspaceId, "everyone");
		return { ok: true };
	});
}

/**
 * Deletes a custom role. Whatever names it names `to` from then on: members, pins, invitations,
 * groups and the policy; then every member's role is decided anew.
 * Refused: not_permitted, stale, role_built_in, role_unknown (`to`), role_above_own (either),
 * needs_fresh_sign_in (`to` is Admin), pinned, policy_moved, last_admin.
 */
export function deleteRole(
	tx: Tx,
	acting: Acting,
	workspaceId: string,
	key: string,
	to: string,
	now = new Date(),
): Promise<{ ok: true } | RoleRefusal> {
	const { actor } = acting;
	return act(tx, acting, workspaceId, async (tx, granter) => {
		const all = await listRoles(tx, workspaceId);
		const role = all.find((known) => known.key === key);
		const successor = all.find((known) => known.key === to);
		if (!role) return refused("stale");
		if (role.builtIn) return refused("role_built_in");
		if (!successor || successor === role) return refused("role_unknown");
		const above = refuseGrant(granter, role) ?? refuseGrant(granter, successor);
		if (above) return refused(above);
		const uses = await usesOfRole(tx, workspaceId, key);
		const { revision, document } = await currentPolicy(tx, workspaceId);
		const after = replaceRole(key, to).policy(document);
		if (differences(document, after).length > 0) {
			const saved = await savePolicy(tx, actor, workspaceId, revision, after, null);
			if (!saved.ok) return refused(saved.reason);
		}
		await rename(tx, workspaceId, key, to);
		await tx.delete(roles).where(and(eq(roles.workspaceId, workspaceId), eq(roles.key, key)));
		await record(tx, workspaceId, actor, {
			kind: "role.deleted",
			subject: { kind: "role", id: key, label: role.name },
			details: { role, after: to, uses },
		});
		const { newAdmins } = await applyAccess(tx, actor, workspaceId, "everyone");
		await mailNewAdmins(tx, workspaceId, newAdmins, actor.label, now);
		return { ok: true };
	});
}

/** Writes another role wherever the database names this one. */
async function rename(tx: Tx, workspaceId: string, key: string, to: string): Promise<void> {
	const inWorkspace = (table: { workspaceId: AnyPgColumn }, column: AnyPgColumn) =>
		and(eq(table.workspaceId, workspaceId), eq(column, key));
	await tx.update(members).set({ roleByHand: to }).where(inWorkspace(members, members.roleByHand));
	await tx.update(members).set({ pinnedRole: to }).where(inWorkspace(members, members.pinnedRole));
	await tx.update(groups).set({ defaultRole: to }).where(inWorkspace(groups, groups.defaultRole));
	await tx.update(invitations).set({ role: to }).where(inWorkspace(invitations, invitations.role));
}

/** What every act is inside of: the workspace held alone, and what the actor may give now. */
function act<T extends { ok: true }>(
	tx: Tx,
	acting: Acting,
	workspaceId: string,
	work: (tx: Tx, granter: Granter) => Promise<T | RoleRefusal>,
): Promise<T | RoleRefusal> {
	return keepAnAdmin<T | RoleRefusal>(tx, workspaceId, async (tx) => {
		const granter = await granterOf(tx, workspaceId, acting, "roles.manage");
		return granter ? work(tx, granter) : refused("not_permitted");
	});
}

/** The key a name becomes: letters and digits of any script, joined by underscores. */
function keyFrom(name: string): string {
	return name
		.normalize("NFKC")
		.toLowerCase()
		.replace(/[^\p{L}\p{N}]+/gu, "_")
		.replace(/^_|_$/g, "");
}

/** Why a role cannot be like this beside the others; null when it can. */
function refuseSettings(
	granter: Granter,
	input: RoleInput,
	others: readonly Role[],
): RoleRefusal | null {
	const above = refuseGrant(granter, { key: "", ...input });
	if (above) return refused(above, input.rank > granter.rank ? "rank" : "permissions");
	const sameRank = others.some(({ rank }) => rank === input.rank);
	return refuseName(input.name, others) ?? (sameRank ? refused("role_rank_taken", "rank") : null);
}

/** Names compare as directories send them: Normal User is NormalUser, and a key is a name too. */
function refuseName(name: string, others: readonly Role[]): RoleRefusal | null {
	return namedRole(others, name) ? refused("role_name_taken", "name") : null;
}
