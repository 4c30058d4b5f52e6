/** Whom a directory may take over: members who were here before it sent them. */
import type { Policy } from "./document";

export type TakeOverFacts = {
	/** An entry of a directory stands behind them already. */
	managed: boolean;
	/** The directory had made them, deleted them, and that is held: its own person comes back. */
	comesBack: boolean;
	/** The domain of their address is proved by this workspace. */
	domainVerified: boolean;
};

/**
 * Whether a directory may take over a member it did not make; null where it may. Only under a
 * domain that the workspace has proved: otherwise whoever holds the token could name any address
 * and become its owner.
 */
export function takeOverRefused(
	{ provisionExisting }: Pick<Policy, "provisionExisting">,
	{ managed, comesBack, domainVerified }: TakeOverFacts,
): "email_taken" | "member_exists" | "domain_not_verified" | null {
	if (managed) return "email_taken";
	if (comesBack) return null;
	if (provisionExisting === "conflict") return "member_exists";
	return domainVerified ? null : "domain_not_verified";
}
