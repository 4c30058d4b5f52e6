import { sameValue } from "./change";
import { type Policy, type PolicyField, policyFields } from "./document";
import { type ProfileName, profiles } from "./profiles";

/** What belongs to one workspace's people and groups: starting rules leave it as it is. */
const kept: readonly PolicyField[] = ["mappings", "managedHere", "allowedDomains"];

/**
 * The changes that taking starting rules would make. Pinned fields stay as they are; what the rules
 * pin is pinned beside what is already.
 */
export function startingChanges(policy: Policy, name: ProfileName): Partial<Policy> {
	const rules = profiles[name].policy;
	const pinned = [...new Set([...policy.pinned, ...rules.pinned])];
	const changed = policyFields.filter(
		(field) =>
			!kept.includes(field) && !policy.pinned.includes(field) && !sameValue(field, policy, rules),
	);
	return {
		...Object.fromEntries(changed.map((field) => [field, rules[field]])),
		...(pinned.length > policy.pinned.length ? { pinned } : {}),
	};
}

/** The starting rules that differ from a policy in the fewest fields. */
export function closestProfile(policy: Policy): ProfileName {
	const names = Object.keys(profiles) as ProfileName[];
	const distance = (name: ProfileName) =>
		policyFields.filter(
			(field) => !kept.includes(field) && !sameValue(field, policy, profiles[name].policy),
		).length;
	return names.toSorted((a, b) => distance(a) - distance(b))[0] ?? "assist";
}
