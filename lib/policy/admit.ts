import type { Admission, PersonFacts, SignInAttempt, SignInFacts, SignInMethod } from "./attempt";
import { domainOf, invited, newTrail, personRefused, type Trail } from "./checks";
import { enforcesSso, type Policy } from "./document";
import { admitAtFirstContact } from "./first-contact";
import type { Reason } from "./reasons";

export type * from "./attempt";

/**
 * May this sign-in proceed, and as whom. Checks run in the order of the trace; the first that fails
 * is the refusal. Intent `test` is decided alike, on a connection in any state.
 */
export function admit(
	policy: Policy,
	attempt: SignInAttempt,
	facts: SignInFacts,
	now: Date,
): Admission {
	if (attempt.method === "sso") return admitBySso(policy, attempt, facts);
	const trail = newTrail();
	const { known } = facts;
	const closed = trail("methodOpen", methodClosed(policy, attempt, facts, now));
	if (closed) return closed;
	if (!known) return trail.refuse("person", nobody[attempt.method]);
	return admitKnown(policy, attempt, known, trail);
}

/** What a credential that names nobody is told. */
const nobody = {
	password: "wrong_password",
	google: "google_not_linked",
	recovery: "recovery_code_wrong",
} as const satisfies Record<Exclude<SignInMethod, "sso">, Reason>;

/** Enforcement binds while SSO works: with SSO off or out of the plan, passwords open again. */
function methodClosed(
	policy: Policy,
	{ method }: SignInAttempt,
	{ known, ssoActive, ssoInPlan }: SignInFacts,
	now: Date,
): Reason | null {
	if (method === "recovery") return known && !known.isAdmin ? "recovery_for_admins" : null;
	if (ssoActive && ssoInPlan && enforcesSso(policy, now)) return "sso_required";
	if (method === "google") return policy.google === "off" ? "google_off" : null;
	return policy.google === "replacesPassword" && known?.googleLinked ? "password_replaced" : null;
}

function admitBySso(policy: Policy, attempt: SignInAttempt, facts: SignInFacts): Admission {
	const trail = newTrail();
	const { connectionRevision, initiatedBy, email, subject } = attempt;
	const { connection } = facts;
	const started = connectionRevision === connection?.revision;
	const atProvider = initiatedBy === "idp" && connection?.idpInitiated !== "accept";
	const closed =
		trail("plan", facts.ssoInPlan ? null : "plan_needed") ??
		trail("connection", connectionClosed(attempt, facts)) ??
		trail("revision", started ? null : "connection_changed") ??
		trail("initiation", atProvider ? "start_here" : null);
	if (closed) return closed;
	if (!subject) return trail.refuse("attributes", "subject_missing");
	if (!email || !isEmail(email))
		return trail.refuse("attributes", "attribute_missing", { expected: "email" });
	const lacking = lackingName(policy, attempt);
	const refused =
		trail("attributes", lacking ? "attribute_missing" : null, { expected: lacking }) ??
		trail("allowedDomain", domainAllowed(policy, email) ? null : "domain_not_allowed", {
			expected: policy.allowedDomains.join(", "),
			received: domainOf(email),
		}) ??
		trail("notRemoved", staysOut(policy, email, facts) ? "removed_by_directory" : null);
	if (refused) return refused;
	if (facts.known) return admitKnown(policy, attempt, facts.known, trail);
	return admitAtFirstContact(policy, { ...attempt, email, subject }, facts, trail);
}

function connectionClosed({ intent }: SignInAttempt, { connection }: SignInFacts): Reason | null {
	if (!connection) return "connection_off";
	if (intent === "test" || connection.status === "active") return null;
	return connection.status === "paused" ? "connection_paused" : "connection_off";
}

/** With exactly one @, so that there is one way to read the domain. */
const isEmail = (text: string) => /^[^@\s]+@[^@\s]+$/.test(text);

/** The first name the policy needs and the provider did not send. Either half does for the name. */
function lackingName({ signInNeeds }: Policy, { names }: SignInAttempt): string | undefined {
	const { name, givenName, familyName } = names;
	const brought = { name: name || givenName || familyName, givenName, familyName };
	return signInNeeds.find((need) => !brought[need]);
}

function domainAllowed({ allowedDomains }: Policy, email: string): boolean {
	return allowedDomains.length === 0 || allowedDomains.includes(domainOf(email));
}

function staysOut(policy: Policy, email: string, facts: SignInFacts): boolean {
	return facts.removed && policy.afterRemoval === "stayOut" && !invited(facts, email);
}

function admitKnown(
	policy: Policy,
	attempt: SignInAttempt,
	person: PersonFacts,
	trail: Trail,
): Admission {
	const refused = trail("person", null) ?? personRefused(policy, attempt, person, trail);
	if (refused) return refused;
	return { outcome: "welcome", memberId: person.memberId, why: trail.why };
}
