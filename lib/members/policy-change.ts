/** Saving a policy and what follows from it for members, in one transaction. */
import { type Db, lockWorkspace, type Tx, transact } from "@/db/client";
import { record } from "@/lib/activity/record";
import { enqueue, type Handlers } from "@/lib/platform/jobs";
import { type AccessFacts, attributeMayGrant } from "@/lib/policy/access";
import { type ChangeFacts, refusals, sameValue } from "@/lib/policy/change";
import { enforcesSso, type Policy, type PolicyField } from "@/lib/policy/document";
import { type ProfileName, profiles } from "@/lib/policy/profiles";
import type { Reason } from "@/lib/policy/reasons";
import { type Acting, granterOf, refuseGrant } from "@/lib/roles/granter";
import { currentPolicy, savePolicy } from "@/lib/workspaces/policy";
import { endAllSessions, ssoIsActive, workspaceById } from "@/lib/workspaces/workspaces";
import { applyAccess, loadRules } from "./access";
import { loadChangeFacts } from "./change-facts";
import { keepAnAdmin } from "./last-admin";
import { mailNewAdmins } from "./new-admin";

type Rules = Omit<AccessFacts, "member">;

export type PolicyChangeRefusal = { ok: false; reason: Reason; field?: PolicyField };

/**
 * Saves the policy and decides every member's access anew. Where that begins to enforce SSO, now or
 * on a later day, sessions end as `endSessionsOn` says. Run it in `transactOrUndo`.
 * @param startFrom the starting rules that the changes come from, whole or in part.
 * Refused: as `savePolicy`; not_permitted; for a member, what cannot be chosen at present (with its
 * field); role_unknown, role_above_own, needs_fresh_sign_in for a role that the policy would newly
 * give; last_admin.
 */
export function changePolicy(
	tx: Tx,
	acting: Acting,
	workspaceId: string,
	base: number,
	changes: Partial<Policy>,
	reason: string | null,
	startFrom: ProfileName | null = null,
): Promise<{ ok: true; revision: number } | PolicyChangeRefusal> {
	const { actor } = acting;
	type Result = { ok: true; revision: number } | PolicyChangeRefusal;
	return keepAnAdmin<Result>(tx, workspaceId, async (tx) => {
		const granter = await granterOf(tx, workspaceId, acting, "policy.manage");
		if (!granter) return { ok: false, reason: "not_permitted" };
		const { document: before } = await currentPolicy(tx, workspaceId);
		const after = { ...before, ...changes };
		if (actor.kind === "member") {
			const facts = await loadChangeFacts(tx, workspaceId);
			const [closed] = openRefusals(before, after, facts, startFrom);
			if (closed) return { ok: false, ...closed };
		}
		const rules = await loadRules(tx, workspaceId);
		for (const key of newlyGiven(before, after, rules)) {
			const role = rules.roles.find((known) => known.key === key);
			if (!role) return { ok: false, reason: "role_unknown" };
			const refused = refuseGrant(granter, role);
			if (refused) return { ok: false, reason: refused };
		}
		const saved = await savePolicy(tx, actor, workspaceId, base, changes, reason);
		if (!saved.ok) return { ok: false, reason: saved.reason };
		const { newAdmins } = await applyAccess(tx, actor, workspaceId, "everyone");
		await mailNewAdmins(tx, workspaceId, newAdmins, actor.label, new Date());
		await followEnforcement(tx, workspaceId, before, after, new Date());
		return saved;
	});
}

/**
 * The changes that cannot be made at present. While nothing is turned on, starting rules may be
 * taken whole, as a new workspace takes them: what they close is asked for again when a connection
 * is turned on.
 */
export function openRefusals(
	before: Policy,
	after: Policy,
	facts: ChangeFacts,
	startFrom: ProfileName | null,
): { field: PolicyField; reason: Reason }[] {
	const live = facts.connection?.active === true || facts.directoryOn;
	const started = startFrom && !live ? profiles[startFrom].policy : null;
	return refusals(before, after, facts).filter(
		({ field, reason }) => reason === "pinned" || !started || !sameValue(field, after, started),
	);
}

/** What begins with enforcement: everybody signs in anew, where the policy says so. */
async function followEnforcement(
	tx: Tx,
	workspaceId: string,
	before: Policy,
	after: Policy,
	now: Date,
): Promise<void> {
	const { enforceSso } = after;
	if (enforceSso.mode === "onFrom" && !enforcesSso(after, now))
		await enqueue(
			tx,
			"policy.enforce",
			{ workspaceId },
			{ dueAt: new Date(enforceSso.from), uniqueKey: `policy.enforce ${workspaceId}` },
		);
	if (!enforcesSso(after, now) || enforcesSso(before, now)) return;
	if (after.endSessionsOn.includes("enforced") && (await ssoIsActive(tx, workspaceId)))
		await endAllSessions(tx, workspaceId);
}

/** Begins what was set for this day. */
export function policyJobs(db: Db): Handlers {
	return {
		"policy.enforce": async ({ workspaceId }, { now }) => {
			const id = String(workspaceId);
			return transact(db, async (tx) => {
				await lockWorkspace(tx, id, "exclusive");
				if (!(await workspaceById(tx, id))) return undefined;
				const { document } = await currentPolicy(tx, id);
				const { enforceSso } = document;
				if (enforceSso.mode !== "onFrom") return undefined;
				if (!enforcesSso(document, now)) return new Date(enforceSso.from);
				if (document.endSessionsOn.includes("enforced") && (await ssoIsActive(tx, id)))
					await endAllSessions(tx, id);
				await record(tx, id, { kind: "system", label: "Gatehouse" }, { kind: "policy.enforced" });
				return undefined;
			});
		},
	};
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
			// Whom a mapping puts into a group gets the role that the group gives.
			...Object.entries(policy.mappings).map(([id, { group }]) => ({
				place: `mapped ${id} into ${group}`,
				role: groups.find((known) => known.id === group)?.defaultRole,
			})),
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
