/**
 * What becomes of everything that names a role once another takes its place: pure, so that the
 * preview and the deletion are the same.
 */
import type { AccessFacts, MemberFacts } from "@/lib/policy/access";
import type { Policy } from "@/lib/policy/document";

/** The rules and facts of a workspace with the role `key` gone and `to` where it stood. */
export function replaceRole(key: string, to: string) {
	const role = <T extends string | null | undefined>(held: T): T | string =>
		held === key ? to : held;
	return {
		policy: (policy: Policy): Policy => ({
			...policy,
			defaultRole: role(policy.defaultRole),
			mappings: Object.fromEntries(
				Object.entries(policy.mappings).map(([id, mapping]) => [
					id,
					mapping.role === key ? { ...mapping, role: to } : mapping,
				]),
			),
			// What a directory may give by name is not widened to another role.
			attributeMayGrant:
				typeof policy.attributeMayGrant === "string"
					? policy.attributeMayGrant
					: policy.attributeMayGrant.filter((may) => may !== key),
		}),
		roles: (roles: AccessFacts["roles"]) => roles.filter((other) => other.key !== key),
		groups: (groups: AccessFacts["groups"]) =>
			groups.map((group) => ({ ...group, defaultRole: role(group.defaultRole) })),
		member: (facts: MemberFacts): MemberFacts => ({
			...facts,
			roleByHand: role(facts.roleByHand),
			pinnedRole: role(facts.pinnedRole),
		}),
	};
}
