import { admit } from "./admit";
import type { SignInAttempt, SignInFacts } from "./attempt";
import type { Policy } from "./document";

/** A credential a member can hold. */
const ways = ["password", "google", "sso"] as const;
export type WayIn = (typeof ways)[number];

/** What decides which of an active member's credentials open something. */
export type WaysInFacts = {
	/**
	 * The credentials held: a password, a linked Google account, an identity (or a passed test) at a
	 * connection that is active.
	 */
	holds: Record<WayIn, boolean>;
	/** The domain that the provider will say the address is of. */
	domain: string;
	/** A directory manages the member; as the member is active, so it is in effect there. */
	inDirectory: boolean;
	/** The directory deleted somebody with this address, and nothing has lifted that since. */
	removed: boolean;
};

/** What is known of the workspace. */
export type SsoFacts = { ssoInPlan: boolean; ssoActive: boolean };

/** Which of the credentials an active member with a role holds would let them in: asks `admit`. */
export function waysIn(policy: Policy, sso: SsoFacts, member: WaysInFacts, now: Date): WayIn[] {
	const { holds, domain, inDirectory, removed } = member;
	const email = `member@${domain}`;
	const facts: SignInFacts = {
		...sso,
		connection: { id: "", provider: "", status: "active", revision: 1, idpInitiated: "page" },
		known: {
			memberId: "member",
			email,
			active: true,
			suspendedBy: null,
			emailProof: "sso",
			isAdmin: true,
			isLastAdmin: false,
			hasRole: true,
			googleLinked: holds.google,
			directory: inDirectory ? { active: true, email: null, externalId: null } : null,
		},
		matches: [],
		verifiedDomains: [],
		removed,
		invitation: null,
		testerId: null,
		provedId: null,
	};
	const attempt = (method: WayIn): SignInAttempt => ({
		method,
		intent: "login",
		initiatedBy: "sp",
		connectionRevision: 1,
		email,
		emailVerified: true,
		subject: "subject",
		names: { name: "name", givenName: "given", familyName: "family" },
		memberId: null,
	});
	return ways.filter(
		(way) => holds[way] && admit(policy, attempt(way), facts, now).outcome === "welcome",
	);
}

/**
 * How well a workspace is looked after: nobody is an active admin; somebody is, and none of them
 * could sign in; or at least one could. In this order, the better last.
 */
const standings = ["none", "stranded", "reachable"] as const;
export type AdminsStanding = (typeof standings)[number];

/**
 * How the active admins of a workspace stand. Where enforcement begins on a later day, it counts
 * already: what closes then must not have been the last way in.
 */
export function adminsStanding(
	policy: Policy,
	sso: SsoFacts,
	admins: readonly WaysInFacts[],
	now: Date,
): AdminsStanding {
	if (admins.length === 0) return "none";
	const { enforceSso } = policy;
	const moments = [now, ...(enforceSso.mode === "onFrom" ? [new Date(enforceSso.from)] : [])];
	const reachable = moments
		.filter((moment) => moment >= now)
		.every((moment) => admins.some((admin) => waysIn(policy, sso, admin, moment).length > 0));
	return reachable ? "reachable" : "stranded";
}

/** Whether a change took something from the workspace: no act may. */
export function isWorse(after: AdminsStanding, before: AdminsStanding): boolean {
	return standings.indexOf(after) < standings.indexOf(before);
}
