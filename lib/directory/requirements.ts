/**
 * What the policy asks of a person before the directory may bring them: attributes that must be
 * there, and role names this workspace knows. Pure.
 */
import { attributeMayGrant, namedRole, type RoleFact } from "@/lib/policy/access";
import type { Policy } from "@/lib/policy/document";
import { sentRoles } from "@/lib/policy/sent-roles";
import { type Attributes, personOf } from "./person";

type Required = Policy["directoryRequires"][number];

/** Why a person is not taken as sent. `detail` names the attribute, and the roles there are. */
export type Unfit = {
	ok: false;
	reason: "attribute_missing" | "role_unknown";
	detail: string;
};

const isThere: Record<Required, (attributes: Attributes) => boolean> = {
	emails: (attributes) => personOf(attributes).emailKeys.length > 0,
	roles: (attributes) => sentRoles(attributes.roles).length > 0,
	displayName: ({ displayName }) => isText(displayName),
	"name.givenName": ({ name }) => isText(partOf(name, "givenName")),
	"name.familyName": ({ name }) => isText(partOf(name, "familyName")),
	externalId: ({ externalId }) => isText(externalId),
};

const isText = (value: unknown) => typeof value === "string" && value.trim() !== "";

const partOf = (value: unknown, part: string): unknown =>
	typeof value === "object" && value !== null
		? Object.entries(value).find(([name]) => name === part)?.[1]
		: undefined;

/**
 * Whether the policy takes these attributes. A person who is here already may lack what they lacked
 * before, so that a rule made later never keeps somebody from being deactivated.
 * @param before what was known of them; null for somebody new.
 */
export function unfit(
	policy: Policy,
	roles: readonly RoleFact[],
	before: Attributes | null,
	after: Attributes,
): Unfit | null {
	const missing = policy.directoryRequires.find(
		(name) => !isThere[name](after) && (before === null || isThere[name](before)),
	);
	if (missing) {
		const which = missing === "roles" && roles.length > 0 ? ` (there are: ${namesOf(roles)})` : "";
		return { ok: false, reason: "attribute_missing", detail: `${missing}${which}` };
	}
	if (policy.rolesFrom !== "attribute") return null;
	const known = before === null ? [] : sentRoles(before.roles);
	const unknown = sentRoles(after.roles).find(
		(value) => !known.includes(value) && !namedRole(roles, value),
	);
	if (unknown === undefined) return null;
	return {
		ok: false,
		reason: "role_unknown",
		detail: `"${unknown.slice(0, 80)}" is no role of this workspace. There are: ${namesOf(roles)}`,
	};
}

/**
 * The role that somebody must be sent with to be taken, and to hold one where the attribute gives
 * roles: the lowest that it may give, by name. Null where the policy asks for none.
 */
export function roleToSend(policy: Policy, roles: readonly RoleFact[]): string | null {
	if (policy.rolesFrom !== "attribute" && !policy.directoryRequires.includes("roles")) return null;
	const lowestFirst = roles.toSorted((a, b) => a.rank - b.rank);
	const given = lowestFirst.find((role) => attributeMayGrant(policy, roles, role));
	return (given ?? lowestFirst[0])?.name ?? null;
}

/** What an IT admin may send, the highest first. */
const namesOf = (roles: readonly RoleFact[]): string =>
	[...roles]
		.sort((a, b) => b.rank - a.rank)
		.map(({ name }) => name)
		.join(", ");
