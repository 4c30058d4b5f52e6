/** What admit is asked, with which facts, and what it answers. */
import type { Reason } from "./reasons";

/** How somebody tries to come in. The credential itself has already been verified by the caller. */
export type SignInMethod = "sso" | "password" | "google" | "recovery";

/**
 * One attempt, as the credential told it. Emails are folded by the caller (lib/platform/text); for
 * SSO they are the provider's claim, elsewhere what was typed.
 */
export type SignInAttempt = {
	method: SignInMethod;
	/** Fixed at start. `test` decides the same, and is never acted on. */
	intent: "login" | "test" | "link" | "fresh";
	/** Who began: this product ("sp") or the provider ("idp"). */
	initiatedBy: "sp" | "idp";
	/** The connection's revision the attempt began with. Null where there is no connection. */
	connectionRevision: number | null;
	email: string | null;
	/** Null: the provider did not say. */
	emailVerified: boolean | null;
	/** The provider's stable id of the person. Null for password and recovery. */
	subject: string | null;
	names: { name: string | null; givenName: string | null; familyName: string | null };
	/** For `link` and `fresh`: the signed-in member who must come back. Null otherwise. */
	memberId: string | null;
};

/** A member of this workspace whom the attempt may stand for. */
export type PersonFacts = {
	memberId: string;
	email: string | null;
	active: boolean;
	/** Who suspended, where not active. */
	suspendedBy: "admin" | "directory" | "invitation" | null;
	/** What proved that the address is this person's own. Null: nothing has. */
	emailProof: "mail" | "sso" | "directory" | "operator" | "setup" | null;
	/** Holds admin permissions in effect. */
	isAdmin: boolean;
	/** No other active admin has a working way in. */
	isLastAdmin: boolean;
	/** accessFor gives a role. */
	hasRole: boolean;
	/** A personal Google account is linked. */
	googleLinked: boolean;
	/**
	 * What the directory that manages this member says, or null where none does. `active` is what is
	 * in effect: a deactivation that is held still counts as active.
	 */
	directory: { active: boolean; email: string | null; externalId: string | null } | null;
};

/** What is known when the attempt is decided. */
export type SignInFacts = {
	/** The workspace's plan includes SSO. */
	ssoInPlan: boolean;
	/** At least one connection of the workspace is active. */
	ssoActive: boolean;
	/** The connection the attempt came through; null for other methods. */
	connection: {
		id: string;
		/** The provider tile, such as "google" or "okta". */
		provider: string;
		status: "draft" | "tested" | "active" | "paused";
		revision: number;
		/** Whether a sign-in begun at the provider is accepted, or leads to a "start here" page. */
		idpInitiated: "accept" | "page";
	} | null;
	/**
	 * The member the credential names: SSO and Google by the linked identity, password and recovery
	 * by whose credential it is. Null at a first contact.
	 */
	known: PersonFacts | null;
	/**
	 * SSO at first contact: members whose email is the claimed one or a plus alias of it, or whose
	 * directory entry has the claimed email, or the subject as externalId. admit sorts out which fit.
	 */
	matches: readonly PersonFacts[];
	/** Domains proved by this workspace that may link now (not those lost for over seven days). */
	verifiedDomains: readonly string[];
	/** Proved ones that an admin led to another connection than this. */
	domainsElsewhere?: readonly string[];
	/** The directory deleted this person, by identity or email, and nothing has lifted that since. */
	removed: boolean;
	/**
	 * An open invitation: the one this browser followed (`followed`), else the one to this email.
	 */
	invitation: { id: string; email: string; followed: boolean } | null;
	/** Who passed this connection's test with this very identity (issuer and subject). */
	testerId: string | null;
	/** Who has proved a present credential in this browser for this attempt (a session counts). */
	provedId: string | null;
};

/** Which linking rule let an unknown identity attach: the directory, a domain, an invitation. */
export type LinkRule = "directory" | "domain" | "invitation";

/** The checks an attempt can pass or fail: the stations of the trace (messages/en/checks.json). */
export const checks = [
	"plan",
	"connection",
	"revision",
	"initiation",
	"attributes",
	"allowedDomain",
	"methodOpen",
	"notRemoved",
	"person",
	"samePerson",
	"active",
	"provisioned",
	"emailVerified",
	"linkRule",
	"adminProof",
	"newcomers",
	"role",
] as const;
export type Check = (typeof checks)[number];

/**
 * What becomes of the attempt. `why` lists the checks passed, in order. A refusal names no member;
 * `expected` and `received` fill its texts.
 */
export type Admission =
	| { outcome: "welcome"; memberId: string; why: Check[] }
	| { outcome: "provision"; invitationId: string | null; why: Check[] }
	| { outcome: "link"; memberId: string; rule: LinkRule; why: Check[] }
	/** Role and groups an admin set pass to the new record; password, sessions, factors, keys go. */
	| { outcome: "replace"; memberId: string; because: "policy" | "unproved"; why: Check[] }
	| {
			outcome: "refuse";
			reason: Reason;
			failed: Check;
			why: Check[];
			expected?: string;
			received?: string;
	  };
