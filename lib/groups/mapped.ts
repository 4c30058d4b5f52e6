/** What a policy says of a group. Pure, so that a preview and a deletion are the same. */
import type { Policy } from "@/lib/policy/document";

/** Ids of the directory groups that the policy maps to a group. */
export function mappedTo(policy: Policy, groupId: string): string[] {
	return Object.entries(policy.mappings)
		.filter(([, to]) => to.group === groupId)
		.map(([id]) => id);
}

/** The policy without a group: what gives only this group gives nothing, and goes. */
export function withoutGroup(policy: Policy, groupId: string): Policy {
	const mappings = { ...policy.mappings };
	for (const id of mappedTo(policy, groupId)) {
		const role = mappings[id]?.role;
		if (role === undefined) delete mappings[id];
		else mappings[id] = { role };
	}
	return { ...policy, mappings };
}
