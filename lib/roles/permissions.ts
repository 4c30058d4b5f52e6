import type { ProfileName } from "@/lib/policy/profiles";

/**
 * What a role can allow. One table, read by pages, actions, the API and tests alike.
 * Pure: may be imported anywhere.
 */
export const permissions = [
	"workspace.read",
	"members.read",
	"members.manage",
	"groups.manage",
	"roles.manage",
	"sso.manage",
	"policy.manage",
	"directory.manage",
	"activity.read",
	"api_keys.own",
	"api_keys.manage",
	"settings.manage",
] as const;
export type Permission = (typeof permissions)[number];

/** The role whose last active holder nobody may lock out. */
export const adminRole = "admin";

export type RoleToSeed = { key: string; name: string; rank: number; permissions: Permission[] };

/** The highest rank a custom role can have: Admin outranks every other. */
export const highestRank = 299;

/** The roles every workspace has. Ranks leave room for custom ones between. */
export const builtInRoles: readonly RoleToSeed[] = [
	{ key: adminRole, name: "Admin", rank: 300, permissions: [...permissions] },
	{
		key: "member",
		name: "Member",
		rank: 200,
		permissions: ["workspace.read", "members.read", "api_keys.own"],
	},
	{ key: "viewer", name: "Viewer", rank: 100, permissions: ["workspace.read"] },
];

/** Roles that a starting profile brings beside the built-in ones. */
export const profileRoles: Partial<Record<ProfileName, readonly RoleToSeed[]>> = {
	push: [
		{
			key: "data",
			name: "Data",
			rank: 250,
			permissions: ["workspace.read", "members.read", "activity.read", "api_keys.own"],
		},
		{
			key: "normal_user",
			name: "Normal User",
			rank: 150,
			permissions: ["workspace.read", "api_keys.own"],
		},
	],
};

/** What one permission is useless without. */
const needs: Partial<Record<Permission, Permission>> = {
	"members.manage": "members.read",
	"groups.manage": "members.read",
};

/** A role's permissions with what they need, in the order of the table. Every role opens the workspace. */
export function withNeeds(chosen: readonly Permission[]): Permission[] {
	const held = new Set<Permission>(["workspace.read", ...chosen]);
	for (const each of chosen) {
		const needed = needs[each];
		if (needed) held.add(needed);
	}
	return permissions.filter((each) => held.has(each));
}

/** What a stored role allows. A built-in one allows what this release says, whenever it was stored. */
export function permissionsOf(role: {
	key: string;
	builtIn: boolean;
	permissions: readonly string[];
}): Permission[] {
	const builtIn = role.builtIn && builtInRoles.find(({ key }) => key === role.key);
	if (builtIn) return builtIn.permissions;
	return permissions.filter((permission) => role.permissions.includes(permission));
}

/** What a session by recovery code opens: what mends signing in, and no more of the workspace. */
const recoveryOpens: ReadonlySet<Permission> = new Set([
	"members.read",
	"members.manage",
	"sso.manage",
	"policy.manage",
]);

/** What a session allows: all of its role, or of that what a recovery code opens. */
export function permissionsIn(
	session: { method: string },
	role: Parameters<typeof permissionsOf>[0],
): Permission[] {
	const held = permissionsOf(role);
	return session.method === "recovery" ? held.filter((each) => recoveryOpens.has(each)) : held;
}

/** Whether a role can change how people come in or what they may do: as dear as Admin to a thief. */
export function isAdministrative(role: Parameters<typeof permissionsOf>[0]): boolean {
	return permissionsOf(role).some((permission) => permission.endsWith(".manage"));
}
