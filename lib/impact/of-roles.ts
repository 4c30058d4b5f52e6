/** What a change of a role would do to people, before it is made. Writes nothing. */
import type { Db, Tx } from "@/db/client";
import { loadRules } from "@/lib/members/access";
import { replaceRole } from "@/lib/roles/replace";
import type { RoleInput } from "@/lib/roles/roles";
import { currentPolicy } from "@/lib/workspaces/policy";
import { type Impact, impactOf } from "./what-would-change";

/** A role with other settings: what differs is where its rank decides. */
export async function impactOfRole(
	db: Db | Tx,
	workspaceId: string,
	key: string,
	input: RoleInput,
): Promise<Impact> {
	const { roles } = await loadRules(db, workspaceId);
	return impactOf(db, workspaceId, {
		roles: roles.map((role) => (role.key === key ? { ...role, ...input } : role)),
	});
}

/** A role gone, and `to` wherever it was named. */
export async function impactOfDeletingRole(
	db: Db | Tx,
	workspaceId: string,
	key: string,
	to: string,
): Promise<Impact> {
	const { document } = await currentPolicy(db, workspaceId);
	const { roles, groups } = await loadRules(db, workspaceId);
	const replaced = replaceRole(key, to);
	return impactOf(db, workspaceId, {
		policy: replaced.policy(document),
		roles: replaced.roles(roles),
		groups: replaced.groups(groups),
		member: replaced.member,
	});
}
