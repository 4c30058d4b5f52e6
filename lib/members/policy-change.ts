/** Saving a policy and what follows from it for members, in one transaction. */
import type { Tx } from "@/db/client";
import { type AccessFacts, attributeMayGrant } from "@/lib/policy/access";
import type { Policy } from "@/lib/policy/document";
import { type Acting, granterOf, refuseGrant } from "@/lib/roles/granter";
import { currentPolicy, type SavePolicyRefusal, savePolicy } from "@/lib/workspaces/policy";
import { applyAccess, loadRules } from "./access";
import { keepAnAdmin } from "./last-admin";

type Rules = Omit<AccessFacts, "member">;

export type PolicyChangeRefusal =
	| SavePolicyRefusal["reason"]
	| "last_admin"
	| "not_permitted"
	| "role_unknown"
	| "role_above_own"
	| "needs_fresh_sign_in";

/**
 * Saves the policy and decides every member's access anew. Run it in `transactOrUndo`.
 * Refused: as `savePolicy`; not_permitted; role_unknown, role_above_own, needs_fresh_sign_in for a
 * role that the policy would newly give; last_admin.
 */
export function changePolicy(
	tx: Tx,
	acting: Acting,
	workspaceId: string,
	base: number,
	changes: Partial<Policy>,
	reason: string | null,
): Promise<{ ok: true; revision: number } | { ok: false; reason: PolicyChangeRefusal }> {
	const { actor } = acting;
	return keepAnAdmin(tx, workspaceId, async (tx) => {
		const granter = await granterOf(tx, workspaceId, acting, "policy.manage");
		if (!granter) return { ok: false, reason: "not_permitted" };
		const { document } = await currentPolicy(tx, workspaceId);
		const rules = await loadRules(tx, workspaceId);
		for (const key of newlyGiven(document, { ...document, ...changes }, rules)) {
			const role = rules.roles.find((known) => known.key === key);
			if (!role) return { ok: false, reason: "role_unknown" };
			const refused = refuseGrant(granter, role);
			if (refused) return { ok: false, reason: refused };
		}
		const saved = await savePolicy(tx, actor, workspaceId, base, changes, reason);
		if (!saved.ok) return { ok: false, reason: saved.reason };
		await applyAccess(tx, actor, workspaceId, "everyone");
		return saved;
	});
}

/** Keys of roles that a policy would give, and the one before does not give in the same place. */
function newlyGiven(before: Policy, after: Policy, rules: Rules): Set<string> {
	const held = new Set(given(before, rules).map(({ place, role }) => `${place} ${role}`));
	return new Set(
		given(after, rules)
			.filter(({ place, role }) => !held.has(`${place} ${role}`))
			.map(({ role }) => role),
	);
}

/** Every place in which a policy gives a role. */
function given(policy: Policy, { roles, groups }: Rules): { place: string; role: string }[] {
	const places: { place: string; role: string | null | undefined }[] = [
		{ place: "default", role: policy.defaultRole },
	];
	if (policy.rolesFrom === "groups")
		places.push(
			...Object.entries(policy.mappings).map(([id, { role }]) => ({ place: `mapped ${id}`, role })),
			...groups.map(({ id, defaultRole }) => ({ place: `group ${id}`, role: defaultRole })),
		);
	if (policy.rolesFrom === "attribute")
		places.push(
			...roles
				.filter((role) => attributeMayGrant(policy, roles, role))
				.map(({ key }) => ({ place: "attribute", role: key })),
		);
	return places.flatMap(({ place, role }) => (role ? [{ place, role }] : []));
}
