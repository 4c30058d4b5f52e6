import { describe, expect, it } from "vitest";
import texts from "../../messages/en/checks.json";
import { admit, type PersonFacts, type SignInAttempt, type SignInFacts } from "./admit";
import { checks } from "./attempt";
import type { Policy } from "./document";
import { defaultPolicy } from "./profiles";

const now = new Date("2026-11-20T10:00:00Z");

const ben: PersonFacts = {
	memberId: "ben",
	email: "ben@acme.test",
	active: true,
	suspendedBy: null,
	emailProof: "mail",
	isAdmin: false,
	isLastAdmin: false,
	hasRole: true,
	googleLinked: false,
	directory: null,
};
const inDirectory = (entry: Partial<NonNullable<PersonFacts["directory"]>> = {}) => ({
	directory: { active: true, email: "ben@acme.test", externalId: "00u1", ...entry },
});
const bySso: SignInAttempt = {
	method: "sso",
	intent: "login",
	initiatedBy: "sp",
	connectionRevision: 3,
	email: "ben@acme.test",
	emailVerified: null,
	subject: "sub-1",
	names: { name: "Ben", givenName: null, familyName: null },
	memberId: null,
};
const okta = {
	id: "c1",
	provider: "okta",
	status: "active",
	revision: 3,
	idpInitiated: "page",
} as const;
const atAcme: SignInFacts = {
	ssoInPlan: true,
	ssoActive: true,
	connection: okta,
	known: null,
	matches: [],
	verifiedDomains: ["acme.test"],
	removed: false,
	invitation: null,
	testerId: null,
	provedId: null,
};
const invitation = { id: "i1", email: "ben@acme.test", followed: true };

type Case = [
	string,
	{ policy?: Partial<Policy>; attempt?: Partial<SignInAttempt>; facts?: Partial<SignInFacts> },
	string,
];

/** The outcome in one word or two: the reason of a refusal, the rule or cause of the others. */
function decide({ policy, attempt, facts }: Case[1]): string {
	const admission = admit(
		{ ...defaultPolicy, ...policy },
		{ ...bySso, ...attempt },
		{ ...atAcme, ...facts },
		now,
	);
	switch (admission.outcome) {
		case "refuse":
			return admission.reason;
		case "link":
			return `link ${admission.memberId} by ${admission.rule}`;
		case "replace":
			return `replace ${admission.memberId}: ${admission.because}`;
		case "provision":
			return admission.invitationId ? `provision by ${admission.invitationId}` : "provision";
		case "welcome":
			return `welcome ${admission.memberId}`;
	}
}

const run = (cases: Case[]) =>
	it.each(cases)("%s", (_, given, outcome) => expect(decide(given)).toBe(outcome));

describe("the way in by SSO", () => {
	const known = { known: ben };
	run([
		["a known identity is welcome", { facts: known }, "welcome ben"],
		["not in the plan", { facts: { ...known, ssoInPlan: false } }, "plan_needed"],
		["no connection", { facts: { ...known, connection: null } }, "connection_off"],
		[
			"a draft",
			{ facts: { ...known, connection: { ...okta, status: "draft" } } },
			"connection_off",
		],
		[
			"tested, not on",
			{ facts: { ...known, connection: { ...okta, status: "tested" } } },
			"connection_off",
		],
		[
			"paused",
			{ facts: { ...known, connection: { ...okta, status: "paused" } } },
			"connection_paused",
		],
		[
			"a test of a draft decides as a sign-in would",
			{
				attempt: { intent: "test" },
				facts: { ...known, connection: { ...okta, status: "draft" } },
			},
			"welcome ben",
		],
		[
			"signing in again needs an active connection",
			{
				attempt: { intent: "fresh", memberId: "ben" },
				facts: { ...known, connection: { ...okta, status: "paused" } },
			},
			"connection_paused",
		],
		[
			"begun under other settings",
			{ attempt: { connectionRevision: 2 }, facts: known },
			"connection_changed",
		],
		["begun at the provider", { attempt: { initiatedBy: "idp" }, facts: known }, "start_here"],
		[
			"begun at the provider, accepted",
			{
				attempt: { initiatedBy: "idp" },
				facts: { ...known, connection: { ...okta, idpInitiated: "accept" } },
			},
			"welcome ben",
		],
		["no subject", { attempt: { subject: null }, facts: known }, "subject_missing"],
		["no email", { attempt: { email: null }, facts: known }, "attribute_missing"],
		["an email that is none", { attempt: { email: "ben" }, facts: known }, "attribute_missing"],
		[
			"a needed name is missing",
			{
				policy: { signInNeeds: ["name"] },
				attempt: { names: { name: null, givenName: "", familyName: null } },
				facts: known,
			},
			"attribute_missing",
		],
		[
			"the family name does for the name",
			{
				policy: { signInNeeds: ["name"] },
				attempt: { names: { name: null, givenName: null, familyName: "Miller" } },
				facts: known,
			},
			"welcome ben",
		],
		[
			"an email that may use SSO",
			{ policy: { allowedDomains: ["acme.test"] }, facts: known },
			"welcome ben",
		],
		[
			"an email that may not",
			{ policy: { allowedDomains: ["other.test"] }, facts: known },
			"domain_not_allowed",
		],
		[
			"a subdomain is another domain",
			{ policy: { allowedDomains: ["test"] }, facts: known },
			"domain_not_allowed",
		],
		[
			"a known identity needs no verified email",
			{ attempt: { emailVerified: false }, facts: known },
			"welcome ben",
		],
		["nor a proved domain", { facts: { ...known, verifiedDomains: [] } }, "welcome ben"],
		[
			"suspended by an admin",
			{ facts: { known: { ...ben, active: false, suspendedBy: "admin" } } },
			"suspended",
		],
		[
			"suspended by the directory",
			{ facts: { known: { ...ben, active: false, suspendedBy: "directory" } } },
			"not_active_in_directory",
		],
		["no role", { facts: { known: { ...ben, hasRole: false } } }, "no_role"],
		[
			"came back as another",
			{ attempt: { intent: "fresh", memberId: "ada" }, facts: known },
			"other_person",
		],
		[
			"came back as nobody in particular",
			{ attempt: { intent: "fresh" }, facts: known },
			"other_person",
		],
		[
			"came back as the same",
			{ attempt: { intent: "fresh", memberId: "ben" }, facts: known },
			"welcome ben",
		],
	]);

	it("says what was needed and what came", () => {
		const policy: Policy = { ...defaultPolicy, allowedDomains: ["a.test", "b.test"] };
		expect(admit(policy, bySso, atAcme, now)).toMatchObject({
			failed: "allowedDomain",
			expected: "a.test, b.test",
			received: "acme.test",
		});
		expect(admit(policy, { ...bySso, email: null }, atAcme, now)).toMatchObject({
			failed: "attributes",
			expected: "email",
		});
	});

	it("lists the checks passed, in order, up to the refusal", () => {
		const welcome = admit(defaultPolicy, bySso, { ...atAcme, known: ben }, now);
		expect(welcome.why).toEqual([
			"plan",
			"connection",
			"revision",
			"initiation",
			"attributes",
			"allowedDomain",
			"notRemoved",
			"person",
			"samePerson",
			"active",
			"provisioned",
			"role",
		]);
		const early = admit(defaultPolicy, { ...bySso, initiatedBy: "idp" }, atAcme, now);
		expect(early).toMatchObject({ failed: "initiation", why: ["plan", "connection", "revision"] });
	});

	it("has a text for each check", () => {
		expect(Object.keys(texts).sort()).toEqual([...checks].sort());
	});
});

describe("requiring the directory", () => {
	const policy = { requireProvisioning: "on" } as const;
	run([
		["active there", { policy, facts: { known: { ...ben, ...inDirectory() } } }, "welcome ben"],
		["not there", { policy, facts: { known: ben } }, "not_in_directory"],
		[
			"not active there",
			{ policy, facts: { known: { ...ben, ...inDirectory({ active: false }) } } },
			"not_active_in_directory",
		],
		[
			"a first contact, active there",
			{ policy, facts: { matches: [{ ...ben, ...inDirectory() }] } },
			"link ben by directory",
		],
		["a first contact, not there", { policy, facts: { matches: [ben] } }, "not_in_directory"],
		["a stranger", { policy }, "not_in_directory"],
		["a stranger with an invitation", { policy, facts: { invitation } }, "not_in_directory"],
	]);
});

describe("somebody the directory removed", () => {
	const removed = { removed: true };
	run([
		["stays out", { facts: removed }, "removed_by_directory"],
		["stays out though known", { facts: { ...removed, known: ben } }, "removed_by_directory"],
		[
			"may rejoin where the policy says so",
			{ policy: { afterRemoval: "rejoin" }, facts: removed },
			"provision",
		],
		["is back with an invitation", { facts: { ...removed, invitation } }, "provision by i1"],
		[
			"is not back with somebody else's",
			{ facts: { ...removed, invitation: { ...invitation, email: "zoe@acme.test" } } },
			"removed_by_directory",
		],
	]);
});

describe("a stranger", () => {
	const off = { autoProvision: "off" } as const;
	const away = { email: "zoe@else.test" };
	const toZoe = { ...invitation, email: "zoe@else.test" };
	run([
		["is added", {}, "provision"],
		["is refused where newcomers need an invitation", { policy: off }, "unknown_person"],
		["is added by an invitation", { policy: off, facts: { invitation } }, "provision by i1"],
		[
			"needs no link where the domain is proved",
			{ policy: off, facts: { invitation: { ...invitation, followed: false } } },
			"provision by i1",
		],
		["of another domain", { attempt: away }, "domain_not_verified"],
		[
			"of a domain that another connection speaks for",
			{ facts: { verifiedDomains: [], domainsElsewhere: ["acme.test"] } },
			"domain_elsewhere",
		],
		["of a subdomain", { attempt: { email: "zoe@x.acme.test" } }, "domain_not_verified"],
		[
			"of a domain that only ends alike",
			{ attempt: { email: "zoe@notacme.test" } },
			"domain_not_verified",
		],
		["with two at signs", { attempt: { email: "zoe@else.test@acme.test" } }, "attribute_missing"],
		["with a space", { attempt: { email: "zoe @acme.test" } }, "attribute_missing"],
		[
			"where somebody must come back, and nobody is named",
			{ attempt: { intent: "link", memberId: null } },
			"other_person",
		],
		[
			"of another domain, by the link of an invitation",
			{ policy: off, attempt: away, facts: { invitation: toZoe } },
			"provision by i1",
		],
		[
			"of another domain, without following it",
			{ attempt: away, facts: { invitation: { ...toZoe, followed: false } } },
			"follow_invitation",
		],
		[
			"with the invitation of another",
			{ policy: off, facts: { invitation: toZoe } },
			"invitation_other_email",
		],
		[
			"of another domain, with the invitation of another",
			{ attempt: away, facts: { invitation } },
			"invitation_other_email",
		],
		[
			"whose email the provider calls unverified",
			{ attempt: { emailVerified: false } },
			"email_not_verified",
		],
		[
			"unverified, with an invitation",
			{ attempt: { emailVerified: false }, facts: { invitation } },
			"email_not_verified",
		],
		["where no role would be given", { policy: { defaultRole: null } }, "no_role"],
		[
			"in place of the member who must come back",
			{ attempt: { intent: "link", memberId: "ben" } },
			"other_person",
		],
	]);
});

describe("a first contact of an existing member", () => {
	const ada = { ...ben, memberId: "ada", isAdmin: true };
	const elsewhere = { verifiedDomains: [] };
	const managed = { ...ben, ...inDirectory() };
	run([
		[
			"(a) the directory has the email",
			{ facts: { ...elsewhere, matches: [managed] } },
			"link ben by directory",
		],
		[
			"(a) the directory has the subject as externalId, under another email",
			{
				attempt: { subject: "00u1", email: "b@else.test", emailVerified: false },
				facts: { ...elsewhere, matches: [managed] },
			},
			"link ben by directory",
		],
		[
			"(a) externalId is case-exact",
			{
				attempt: { subject: "00U1", email: "b@else.test" },
				facts: { ...elsewhere, matches: [managed] },
			},
			"domain_not_verified",
		],
		[
			"(a) not by an unverified email",
			{ attempt: { emailVerified: false }, facts: { matches: [managed] } },
			"email_not_verified",
		],
		[
			"(a) not by the member's own email where the directory has another",
			{ facts: { ...elsewhere, matches: [{ ...ben, ...inDirectory({ email: "b@acme.test" }) }] } },
			"domain_not_verified",
		],
		["(b) a proved domain and a proved email", { facts: { matches: [ben] } }, "link ben by domain"],
		[
			"(b) email_verified true",
			{ attempt: { emailVerified: true }, facts: { matches: [ben] } },
			"link ben by domain",
		],
		[
			"(b) not with email_verified false",
			{ attempt: { emailVerified: false }, facts: { matches: [ben] } },
			"email_not_verified",
		],
		[
			"(b) not under a domain not proved here",
			{ facts: { ...elsewhere, matches: [ben] } },
			"domain_not_verified",
		],
		[
			"(b) an unproved record is replaced",
			{ facts: { matches: [{ ...ben, emailProof: null }] } },
			"replace ben: unproved",
		],
		[
			"(c) an invitation followed",
			{ facts: { ...elsewhere, invitation, matches: [ben] } },
			"link ben by invitation",
		],
		[
			"(c) it proves the email",
			{ facts: { invitation, matches: [{ ...ben, emailProof: null }] } },
			"link ben by invitation",
		],
		[
			"(c) not one that was not followed here",
			{ facts: { ...elsewhere, invitation: { ...invitation, followed: false }, matches: [ben] } },
			"follow_invitation",
		],
		["an admin by the domain alone", { facts: { matches: [ada] } }, "admin_must_prove"],
		[
			"an admin by an invitation alone",
			{ facts: { invitation, matches: [ada] } },
			"admin_must_prove",
		],
		[
			"an admin who proved the present credential",
			{ facts: { matches: [ada], provedId: "ada" } },
			"link ada by domain",
		],
		[
			"an admin while another is signed in",
			{ facts: { matches: [ada], provedId: "ben" } },
			"admin_must_prove",
		],
		[
			"an admin who tested as this identity",
			{ facts: { matches: [ada], testerId: "ada" } },
			"link ada by domain",
		],
		[
			"an admin tested by another",
			{ facts: { matches: [ada], testerId: "eve" } },
			"admin_must_prove",
		],
		[
			"an admin whom the directory manages",
			{ facts: { matches: [{ ...ada, ...inDirectory() }] } },
			"link ada by directory",
		],
		[
			"an admin's unproved record, present credential proved",
			{ facts: { matches: [{ ...ada, emailProof: null }], provedId: "ada" } },
			"link ada by domain",
		],
		[
			"suspended",
			{ facts: { matches: [{ ...ben, active: false, suspendedBy: "admin" }] } },
			"suspended",
		],
		["no role", { facts: { matches: [{ ...ben, hasRole: false }] } }, "no_role"],
		[
			"several fit",
			{ facts: { matches: [ben, { ...managed, memberId: "bea", email: null }] } },
			"several_people_match",
		],
		[
			"linking as oneself",
			{ attempt: { intent: "link", memberId: "ben" }, facts: { matches: [ben] } },
			"link ben by domain",
		],
		[
			"linking as another",
			{ attempt: { intent: "link", memberId: "ada" }, facts: { matches: [ben] } },
			"other_person",
		],
		[
			"where newcomers need an invitation",
			{ policy: { autoProvision: "off" }, facts: { matches: [ben] } },
			"link ben by domain",
		],
	]);

	describe("where the record is to be replaced", () => {
		const policy = { firstSignIn: "replace" } as const;
		const last = { ...ada, isLastAdmin: true };
		run([
			["it is", { policy, facts: { matches: [ben] } }, "replace ben: policy"],
			[
				"not the last admin",
				{ policy, facts: { matches: [last], provedId: "ada" } },
				"link ada by domain",
			],
			[
				"another admin is",
				{ policy, facts: { matches: [ada], provedId: "ada" } },
				"replace ada: policy",
			],
			[
				"not one the directory stands behind",
				{ policy, facts: { matches: [managed] } },
				"link ben by directory",
			],
			[
				"not by somebody who links on purpose",
				{ policy, attempt: { intent: "link", memberId: "ben" }, facts: { matches: [ben] } },
				"link ben by domain",
			],
			["not a second time", { policy, facts: { known: ben } }, "welcome ben"],
		]);
	});
});

describe("tagged addresses", () => {
	const policy = { emailMatch: "plusAliases" } as const;
	const google = { connection: { ...okta, provider: "google" } };
	const tagged = { ...ben, memberId: "tag", email: "ben+x@acme.test" };
	const other = { ...ben, memberId: "tag2", email: "ben+y@acme.test" };
	const off = { ...policy, autoProvision: "off" } as const;
	run([
		[
			"may stand for the plain one at Google",
			{ policy, facts: { ...google, matches: [tagged] } },
			"link tag by domain",
		],
		[
			"not where the match is exact",
			{ policy: { autoProvision: "off" }, facts: { ...google, matches: [tagged] } },
			"unknown_person",
		],
		["not at another provider", { policy: off, facts: { matches: [tagged] } }, "unknown_person"],
		[
			"not the other way round",
			{ policy: off, attempt: { email: "ben+x@acme.test" }, facts: { ...google, matches: [ben] } },
			"unknown_person",
		],
		[
			"not where several fit",
			{ policy, facts: { ...google, matches: [tagged, other] } },
			"several_people_match",
		],
		[
			"the exact one comes first",
			{ policy, facts: { ...google, matches: [tagged, ben] } },
			"link ben by domain",
		],
		[
			"not of another domain",
			{ policy: off, facts: { ...google, matches: [{ ...tagged, email: "ben+x@else.test" }] } },
			"unknown_person",
		],
		[
			"not somebody whose name starts alike",
			{ policy: off, facts: { ...google, matches: [{ ...tagged, email: "benno+x@acme.test" }] } },
			"unknown_person",
		],
	]);
});

describe("other ways in", () => {
	const password: Partial<SignInAttempt> = {
		method: "password",
		connectionRevision: null,
		subject: null,
	};
	const google = { ...password, method: "google", subject: "g-1" } as const;
	const recovery = { ...password, method: "recovery" } as const;
	const on: Partial<Policy> = { enforceSso: { mode: "on" } };
	const known = { known: ben, connection: null };
	const admin = { known: { ...ben, isAdmin: true }, connection: null };
	const beside: Partial<Policy> = { google: "beside" };
	run([
		["a password", { attempt: password, facts: known }, "welcome ben"],
		["a wrong password", { attempt: password, facts: { ...known, known: null } }, "wrong_password"],
		[
			"a password while SSO is enforced",
			{ policy: on, attempt: password, facts: known },
			"sso_required",
		],
		[
			"the same, whoever it is",
			{ policy: on, attempt: password, facts: { ...known, known: null } },
			"sso_required",
		],
		[
			"an admin's password while SSO is enforced",
			{ policy: on, attempt: password, facts: admin },
			"sso_required",
		],
		[
			"a password once SSO is off",
			{ policy: on, attempt: password, facts: { ...known, ssoActive: false } },
			"welcome ben",
		],
		[
			"a password once SSO is out of the plan",
			{ policy: on, attempt: password, facts: { ...known, ssoInPlan: false } },
			"welcome ben",
		],
		[
			"a password before the day of enforcement",
			{
				policy: { enforceSso: { mode: "onFrom", from: "2026-11-21" } },
				attempt: password,
				facts: known,
			},
			"welcome ben",
		],
		[
			"a password from that day on",
			{
				policy: { enforceSso: { mode: "onFrom", from: "2026-11-20" } },
				attempt: password,
				facts: known,
			},
			"sso_required",
		],
		[
			"the password of a suspended member",
			{ attempt: password, facts: { ...known, known: { ...ben, active: false } } },
			"suspended",
		],
		[
			"the password of a member without a role",
			{ attempt: password, facts: { ...known, known: { ...ben, hasRole: false } } },
			"no_role",
		],
		[
			"the directory binds SSO alone",
			{ policy: { requireProvisioning: "on" }, attempt: password, facts: known },
			"welcome ben",
		],
		[
			"signing in again as another",
			{ attempt: { ...password, intent: "fresh", memberId: "ada" }, facts: known },
			"other_person",
		],
		["Google, off", { attempt: google, facts: known }, "google_off"],
		["Google, on", { policy: beside, attempt: google, facts: known }, "welcome ben"],
		[
			"Google, not linked",
			{ policy: beside, attempt: google, facts: { ...known, known: null } },
			"google_not_linked",
		],
		[
			"Google while SSO is enforced",
			{ policy: { ...beside, ...on }, attempt: google, facts: known },
			"sso_required",
		],
		[
			"a password beside Google",
			{
				policy: beside,
				attempt: password,
				facts: { ...known, known: { ...ben, googleLinked: true } },
			},
			"welcome ben",
		],
		[
			"a password that Google replaced",
			{
				policy: { google: "replacesPassword" },
				attempt: password,
				facts: { ...known, known: { ...ben, googleLinked: true } },
			},
			"password_replaced",
		],
		[
			"a password where Google is not linked",
			{ policy: { google: "replacesPassword" }, attempt: password, facts: known },
			"welcome ben",
		],
		[
			"an admin's recovery code while SSO is enforced",
			{ policy: on, attempt: recovery, facts: admin },
			"welcome ben",
		],
		[
			"the code of somebody no longer admin",
			{ attempt: recovery, facts: known },
			"recovery_for_admins",
		],
		[
			"a wrong code",
			{ attempt: recovery, facts: { ...known, known: null } },
			"recovery_code_wrong",
		],
		[
			"the code of a suspended admin",
			{ attempt: recovery, facts: { ...admin, known: { ...admin.known, active: false } } },
			"suspended",
		],
	]);
});
