/** The trail of checks, and the checks that every way in shares. */
import type { Admission, Check, PersonFacts, SignInAttempt, SignInFacts } from "./attempt";
import type { Policy } from "./document";
import type { Reason } from "./reasons";

export type Refusal = Extract<Admission, { outcome: "refuse" }>;
/** What fills the texts of a refusal. */
type Texts = { expected?: string | undefined; received?: string };

/** Notes each check passed; answers a refusal for the first that is not. */
export function newTrail() {
	const why: Check[] = [];
	const refuse = (failed: Check, reason: Reason, texts: Texts = {}): Refusal => ({
		outcome: "refuse",
		reason,
		failed,
		why,
		...texts,
	});
	const check = (name: Check, reason: Reason | null, texts?: Texts): Refusal | null => {
		if (reason) return refuse(name, reason, texts);
		why.push(name);
		return null;
	};
	return Object.assign(check, { why, refuse });
}

export type Trail = ReturnType<typeof newTrail>;

/** What holds for a member at each sign-in. */
export function personRefused(
	policy: Policy,
	attempt: SignInAttempt,
	person: PersonFacts,
	trail: Trail,
): Refusal | null {
	const suspended = suspendedReason(person);
	return (
		trail("samePerson", isExpected(attempt, person.memberId) ? null : "other_person") ??
		trail("active", person.active ? null : suspended) ??
		(attempt.method === "sso" ? trail("provisioned", unprovisioned(policy, person)) : null) ??
		trail("role", person.hasRole ? null : "no_role")
	);
}

/** Whom the directory brought and who has not accepted yet comes in by the link they were mailed. */
function suspendedReason({ suspendedBy }: PersonFacts): Reason {
	if (suspendedBy === "invitation") return "follow_invitation";
	return suspendedBy === "directory" ? "not_active_in_directory" : "suspended";
}

/** Whoever links or signs in again must come back as the member who is signed in. */
export function isExpected({ intent, memberId }: SignInAttempt, found: string | null): boolean {
	return (intent !== "link" && intent !== "fresh") || (memberId !== null && memberId === found);
}

/** Where the directory is required: why it does not let this person (or a stranger) in. */
export function unprovisioned(policy: Policy, person: PersonFacts | null): Reason | null {
	if (policy.requireProvisioning === "off" || person?.directory?.active) return null;
	return person?.directory ? "not_active_in_directory" : "not_in_directory";
}

export const domainOf = (email: string) => email.slice(email.lastIndexOf("@") + 1);

/** An invitation counts for the address it was sent to alone. */
export const invited = ({ invitation }: SignInFacts, email: string) =>
	invitation?.email === email ? invitation : null;
