/** What lib/directory refuses, as the protocol says it. Each detail tells an IT admin what to do. */
import type { Conflict, Refused } from "@/lib/directory/users";
import { badRequest, ScimError, type ScimType } from "./errors";
import type { ResourceType } from "./schema";

const conflicts: Record<Exclude<Conflict["reason"], "not_found">, string> = {
	user_name_taken: "Another user of this directory has this userName.",
	external_id_taken: "Another resource of this type in this directory has this externalId.",
	group_name_taken: "Another group of this directory has this displayName.",
	email_taken: "This email address belongs to another member of the workspace.",
	member_exists:
		"A member with this email address exists already, and this workspace does not let the " +
		"directory take members over. Remove the member, or change the policy.",
	domain_not_verified:
		"A member with this email address exists already. Verify the domain of the address under " +
		"Workspace > SSO, so that the directory may take the member over.",
};

/**
 * A refusal to throw.
 * @param id what the request named, for a resource that is not there.
 * @param missing what lacking an attribute is refused as; see `checkRequired`.
 */
export function refusal(
	type: ResourceType,
	refused: Refused,
	id: string,
	missing: ScimType = "invalidValue",
): ScimError {
	if ("detail" in refused) return unfit(refused, missing);
	if (refused.reason === "not_found") return notFound(type, id);
	return new ScimError(409, "uniqueness", conflicts[refused.reason]);
}

/** What the workspace's policy asks of every user, and this one does not have. */
function unfit(
	{ reason, detail }: Extract<Refused, { detail: string }>,
	missing: ScimType,
): ScimError {
	if (reason === "role_unknown") return badRequest("invalidValue", `roles: ${detail}.`);
	const advice = "Map it in the identity provider.";
	return badRequest(missing, `This workspace needs ${detail} of every user. ${advice}`);
}

export function notFound(type: ResourceType, id: string): ScimError {
	const noun = type.name.toLowerCase();
	return new ScimError(404, undefined, `There is no ${noun} "${id.slice(0, 100)}".`);
}
