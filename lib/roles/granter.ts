/**
 * Whoever gives roles or permissions: read anew inside the transaction, because their own role may
 * have been taken while the form was open. Nobody gives a role above their own, or a permission
 * they lack, whichever way it is given: by hand, by a group, a mapping, or a role's own settings.
 */
import { and, eq } from "drizzle-orm";
import type { Tx } from "@/db/client";
import { members, roles } from "@/db/schema";
import type { Actor } from "@/lib/activity/actor";
import { adminRole, type Permission, permissionsOf } from "./permissions";

/** Who acts. `fresh`: signed in recently enough for what cannot be taken back. */
export type Acting = { actor: Actor; fresh: boolean };

export type Granter = {
	rank: number;
	permissions: ReadonlySet<Permission> | "all";
	fresh: boolean;
};

/**
 * What the actor may give now; null when a member may not do this (any more). Whoever runs the
 * installation may give everything.
 */
export async function granterOf(
	tx: Tx,
	workspaceId: string,
	{ actor, fresh }: Acting,
	permission: Permission,
): Promise<Granter | null> {
	if (actor.kind === "directory") return null;
	if (actor.kind !== "member")
		return { rank: Number.POSITIVE_INFINITY, permissions: "all", fresh: true };
	const [row] = await tx
		.select({ role: roles })
		.from(members)
		.innerJoin(roles, and(eq(roles.workspaceId, members.workspaceId), eq(roles.key, members.role)))
		.where(
			and(
				eq(members.workspaceId, workspaceId),
				eq(members.id, actor.id),
				eq(members.status, "active"),
			),
		);
	if (!row) return null;
	const held = permissionsOf(row.role);
	if (!held.includes(permission)) return null;
	return { rank: row.role.rank, permissions: new Set(held), fresh };
}

/** A role as far as giving it is concerned. */
type Given = { key: string; rank: number; permissions: readonly string[] };

/** Why this role cannot be given or touched by this granter; null when it can. */
export function refuseGrant(
	granter: Granter,
	role: Given,
): "role_above_own" | "needs_fresh_sign_in" | null {
	const { permissions } = granter;
	const lacks =
		permissions !== "all" && role.permissions.some((each) => !permissions.has(each as Permission));
	if (role.rank > granter.rank || lacks) return "role_above_own";
	return role.key === adminRole && !granter.fresh ? "needs_fresh_sign_in" : null;
}
