import { type Policy, type PolicyField, policyFields } from "./document";
import type { Reason } from "./reasons";

/** One field that two documents hold differently. */
export type Difference = { field: PolicyField; before: unknown; after: unknown };

/** Equal as policy values: the order of keys and of set-like lists carries no meaning. */
function canonical(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(String).sort();
	if (typeof value === "object" && value !== null)
		return Object.entries(value)
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([key, inner]) => [key, canonical(inner)] as const);
	return value;
}

/** The fields in which two documents differ, in the order of the document. */
export function differences(before: Policy, after: Policy): Difference[] {
	return ([...policyFields, "pinned"] as const)
		.filter((field) => !sameValue(field, before, after))
		.map((field) => ({ field, before: before[field], after: after[field] }));
}

/** Whether two documents hold the same value in a field. */
export function sameValue(field: PolicyField, a: Policy, b: Policy): boolean {
	return text(a[field]) === text(b[field]);
}

const text = (value: unknown) => JSON.stringify(canonical(value));

/**
 * The changed fields that an admin may not change: those pinned, and `pinned` itself where a pin
 * would go. Adding a pin is allowed.
 */
export function forbidden(before: Policy, after: Policy): PolicyField[] {
	const lifted = before.pinned.some((field) => !after.pinned.includes(field));
	return differences(before, after)
		.map(({ field }) => field)
		.filter((field) => (field === "pinned" ? lifted : before.pinned.includes(field)));
}

/** What the availability of a policy value depends on. */
export type ChangeFacts = {
	/** Null: nothing is connected. */
	connection: {
		active: boolean;
		/** A test through this revision ended in welcome or link for an active admin. */
		passedTest: boolean;
	} | null;
	/** Active admins who hold an unused recovery code. */
	adminsWithCodes: number;
	verifiedDomains: number;
	directoryOn: boolean;
	/** What has arrived from the directory: active people, groups, people with a role value. */
	activePeople: number;
	groups: number;
	peopleWithRoles: number;
};

/** A value that cannot be chosen now ("any": the whole field), and why. The first reason is shown. */
export type Unavailable = { value: string; reason: Reason };

/** Which values of which fields cannot be chosen, whatever is chosen at present. */
export function unavailable(
	policy: Policy,
	facts: ChangeFacts,
): Partial<Record<PolicyField, Unavailable[]>> {
	const { connection } = facts;
	const rows: [PolicyField, string, Reason, boolean][] = [
		["enforceSso", "on", "needs_connection", !connection],
		["enforceSso", "on", "needs_passed_test", connection !== null && !connection.passedTest],
		["enforceSso", "on", "needs_recovery_codes", facts.adminsWithCodes === 0],
		["enforceSso", "on", "needs_verified_domain", facts.verifiedDomains === 0],
		["requireProvisioning", "on", "needs_directory", !facts.directoryOn],
		["requireProvisioning", "on", "needs_active_people", facts.activePeople === 0],
		["autoProvision", "on", "provisioning_required", policy.requireProvisioning === "on"],
		["rolesFrom", "groups", "needs_groups", facts.groups === 0],
		["rolesFrom", "attribute", "needs_role_values", facts.peopleWithRoles === 0],
		["groupsSync", "off", "mappings_in_use", Object.keys(policy.mappings).length > 0],
		["membersManagedBy", "directory", "needs_directory", !facts.directoryOn],
		[
			"twoFactor",
			"required",
			"two_factor_conflict",
			policy.twoFactor.withSso === "conflict" && connection?.active === true,
		],
		[
			"twoFactor",
			"required",
			"no_passwords",
			policy.enforceSso.mode === "on" && connection?.active === true,
		],
	];
	const found: Partial<Record<PolicyField, Unavailable[]>> = {};
	for (const field of policy.pinned) found[field] = [{ value: "any", reason: "pinned" }];
	for (const [field, value, reason, holds] of rows)
		if (holds) found[field] = [...(found[field] ?? []), { value, reason }];
	return found;
}

/** The value a field holds, in the words of `Unavailable`. */
function choice(policy: Policy, field: PolicyField): string | null {
	if (field === "enforceSso") return policy.enforceSso.mode === "off" ? "off" : "on";
	if (field === "twoFactor") return policy.twoFactor.required ? "required" : "notRequired";
	const value = policy[field];
	return typeof value === "string" ? value : null;
}

/**
 * Why a save must not happen: for each changed field, the first reason its new value is not
 * available. Empty: it may be saved.
 */
export function refusals(
	before: Policy,
	after: Policy,
	facts: ChangeFacts,
): { field: PolicyField; reason: Reason }[] {
	const pinned = forbidden(before, after).map((field) => ({ field, reason: "pinned" }) as const);
	const closed = unavailable({ ...after, pinned: [] }, facts);
	const chosen = differences(before, after).flatMap(({ field }) => {
		const row = closed[field]?.find(
			({ value, reason }) =>
				value === choice(after, field) &&
				// What is asked of nobody at present may still be kept as it is.
				!(reason === "no_passwords" && value === choice(before, field)),
		);
		return row ? [{ field, reason: row.reason }] : [];
	});
	return [...pinned, ...chosen];
}
