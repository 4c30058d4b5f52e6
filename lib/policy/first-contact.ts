/**
 * The linking rules: what an identity that nobody here has used before may become. It attaches to a
 * member the directory manages, to one under a proved domain, or by an invitation; else it is a
 * newcomer, or refused.
 */
import type { Admission, LinkRule, PersonFacts, SignInAttempt, SignInFacts } from "./attempt";
import { domainOf, invited, isExpected, personRefused, type Trail, unprovisioned } from "./checks";
import type { Policy } from "./document";
import type { Reason } from "./reasons";

type Claim = SignInAttempt & { email: string; subject: string };

/** Decides for an identity no member is known by. The way in itself has been found open. */
export function admitAtFirstContact(
	policy: Policy,
	claim: Claim,
	facts: SignInFacts,
	trail: Trail,
): Admission {
	const fitting = matching(policy, claim, facts);
	const several = trail("person", fitting.length > 1 ? "several_people_match" : null);
	if (several) return several;
	const [person] = fitting;
	return person
		? attach(policy, claim, facts, person, trail)
		: provision(policy, claim, facts, trail);
}

/** Members the claim may stand for: by directory or the exact email, else by a plus alias. */
function matching(policy: Policy, claim: Claim, { connection, matches }: SignInFacts) {
	const exact = matches.filter(
		(person) => person.email === claim.email || directoryMatches(claim, person) !== null,
	);
	const aliases = policy.emailMatch === "plusAliases" && connection?.provider === "google";
	if (exact.length > 0 || !aliases) return exact;
	return matches.filter(({ email }) => email !== null && withoutTag(email) === claim.email);
}

function withoutTag(email: string): string {
	const [plus, at] = [email.indexOf("+"), email.lastIndexOf("@")];
	return plus > 0 && plus < at ? email.slice(0, plus) + email.slice(at) : email;
}

function directoryMatches(
	{ email, subject }: Claim,
	{ directory }: PersonFacts,
): "externalId" | "email" | null {
	if (!directory) return null;
	if (directory.externalId === subject) return "externalId";
	return directory.email === email ? "email" : null;
}

/** The linking rules, for an existing member and an identity never seen. */
function attach(
	policy: Policy,
	claim: Claim,
	facts: SignInFacts,
	person: PersonFacts,
	trail: Trail,
): Admission {
	const { memberId } = person;
	const match = directoryMatches(claim, person);
	const rule = match ? "directory" : placeOf(claim, facts);
	const unproved = trail("emailVerified", match === "externalId" ? null : unverified(claim));
	if (unproved) return unproved;
	if (!isRule(rule)) return trail.refuse("linkRule", rule, { received: domainOf(claim.email) });
	const hasProved = facts.testerId === memberId || facts.provedId === memberId;
	const vouched = rule === "directory" || hasProved;
	const refused =
		trail("linkRule", null) ??
		personRefused(policy, claim, person, trail) ??
		trail("adminProof", person.isAdmin && !vouched ? "admin_must_prove" : null);
	if (refused) return refused;
	const link = { outcome: "link", memberId, rule, why: trail.why } as const;
	// A directory stands behind the record, whoever links asks for it, and the last admin must stay.
	if (rule === "directory" || claim.intent === "link" || person.isLastAdmin) return link;
	const replace = { outcome: "replace", memberId, why: trail.why } as const;
	if (policy.firstSignIn === "replace") return { ...replace, because: "policy" };
	const proved = person.emailProof !== null || rule === "invitation" || hasProved;
	return proved ? link : { ...replace, because: "unproved" };
}

const unverified = (claim: Claim): Reason | null =>
	claim.emailVerified === false ? "email_not_verified" : null;

/** By which rule this email may join, or why it may not: an invitation followed here, or a domain. */
function placeOf({ email }: Claim, facts: SignInFacts): LinkRule | Reason {
	const invitation = invited(facts, email);
	if (invitation?.followed) return "invitation";
	if (facts.verifiedDomains.includes(domainOf(email))) return "domain";
	if (facts.domainsElsewhere?.includes(domainOf(email))) return "domain_elsewhere";
	if (invitation) return "follow_invitation";
	return facts.invitation?.followed ? "invitation_other_email" : "domain_not_verified";
}

const isRule = (place: LinkRule | Reason): place is LinkRule =>
	place === "directory" || place === "domain" || place === "invitation";

/** A stranger becomes a member by invitation, or where newcomers are welcome. */
function provision(policy: Policy, claim: Claim, facts: SignInFacts, trail: Trail): Admission {
	const invitation = invited(facts, claim.email);
	const place = placeOf(claim, facts);
	const stranger = facts.invitation?.followed ? "invitation_other_email" : "unknown_person";
	const refused =
		trail("samePerson", isExpected(claim, null) ? null : "other_person") ??
		trail("provisioned", unprovisioned(policy, null)) ??
		trail("newcomers", invitation || policy.autoProvision === "on" ? null : stranger) ??
		trail("emailVerified", unverified(claim)) ??
		trail("linkRule", isRule(place) ? null : place, { received: domainOf(claim.email) }) ??
		trail("role", invitation || policy.defaultRole !== null ? null : "no_role");
	return refused ?? { outcome: "provision", invitationId: invitation?.id ?? null, why: trail.why };
}
