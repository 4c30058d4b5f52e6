import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { admit, type PersonFacts, type SignInAttempt, type SignInFacts } from "./admit";
import type { Policy } from "./document";
import { profiles } from "./profiles";
import { isReason } from "./reasons";

/** Mostly what lets people in, so that every outcome is reached often. */
const mostly = <T>(usual: T, ...others: T[]) =>
	fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, fc.constantFrom(usual, ...others));
const email = mostly("ben@acme.test", "ben+x@acme.test", "ada@acme.test", "zoe@else.test", "zoe");
const subject = fc.constantFrom("s1", "s2");
const anyPerson: fc.Arbitrary<PersonFacts> = fc
	.record({
		memberId: fc.constantFrom("m1", "m2", "m3"),
		email: fc.option(email),
		active: mostly(true, false),
		suspendedBy: fc.constantFrom("admin", "directory", null),
		emailProof: fc.constantFrom("mail", null),
		isAdmin: fc.boolean(),
		isLastAdmin: fc.boolean(),
		hasRole: mostly(true, false),
		googleLinked: fc.boolean(),
		directory: fc.option(
			fc.record({ active: fc.boolean(), email: fc.option(email), externalId: fc.option(subject) }),
			{ freq: 2 },
		),
	})
	.map((person) => ({ ...person, isLastAdmin: person.isAdmin && person.isLastAdmin }));

const anyAttempt: fc.Arbitrary<SignInAttempt> = fc.record({
	method: mostly("sso", "password", "google", "recovery"),
	intent: mostly("login", "test", "link", "fresh"),
	initiatedBy: mostly("sp", "idp"),
	connectionRevision: mostly<number | null>(1, 2, null),
	email: fc.option(email, { freq: 20 }),
	emailVerified: mostly<boolean | null>(null, true, false),
	subject: fc.option(subject, { freq: 20 }),
	names: fc.constant({ name: "Ben", givenName: null, familyName: null }),
	memberId: fc.option(fc.constantFrom("m1", "m2")),
});

const anyFacts: fc.Arbitrary<SignInFacts> = fc.record({
	ssoInPlan: mostly(true, false),
	ssoActive: fc.boolean(),
	connection: fc.option(
		fc.record({
			id: fc.constant("c1"),
			provider: fc.constantFrom("okta", "google"),
			status: mostly("active", "draft", "tested", "paused"),
			revision: fc.constant(1),
			idpInitiated: fc.constantFrom("accept", "page"),
		}),
		{ freq: 20 },
	),
	known: fc.option(anyPerson, { freq: 2 }),
	matches: fc.uniqueArray(anyPerson, { maxLength: 2, selector: ({ memberId }) => memberId }),
	verifiedDomains: mostly(["acme.test"], [], ["else.test"]),
	removed: mostly(false, true),
	invitation: fc.option(fc.record({ id: fc.constant("i1"), email, followed: fc.boolean() })),
	testerId: fc.option(fc.constantFrom("m1", "m2")),
	provedId: fc.option(fc.constantFrom("m1", "m2")),
});

const anyPolicy: fc.Arbitrary<Policy> = fc
	.tuple(
		fc.constantFrom(...Object.values(profiles).map(({ policy }) => policy)),
		fc.record(
			{
				enforceSso: fc.constantFrom<Policy["enforceSso"]>({ mode: "off" }, { mode: "on" }),
				autoProvision: fc.constantFrom("off" as const, "on" as const),
				requireProvisioning: mostly<"off" | "on">("off", "on"),
				emailMatch: fc.constantFrom("exact" as const, "plusAliases" as const),
				firstSignIn: fc.constantFrom("link" as const, "replace" as const),
				google: fc.constantFrom("off" as const, "beside" as const, "replacesPassword" as const),
				afterRemoval: fc.constantFrom("stayOut" as const, "rejoin" as const),
				defaultRole: fc.constantFrom("member", null),
				allowedDomains: fc.subarray(["acme.test"]),
			},
			{ requiredKeys: [] },
		),
	)
	.map(([profile, fields]) => ({ ...profile, ...fields }));

const now = new Date("2026-11-20T10:00:00Z");

type Given = { policy: Policy; attempt: SignInAttempt; facts: SignInFacts };
const always = (holds: (given: Given, admission: ReturnType<typeof admit>) => void) =>
	fc.assert(
		fc.property(anyPolicy, anyAttempt, anyFacts, (policy, attempt, facts) => {
			holds({ policy, attempt, facts }, admit(policy, attempt, facts, now));
		}),
		{ numRuns: 2000 },
	);

/** The member an admission lets in or changes. */
function memberOf(facts: SignInFacts, admission: ReturnType<typeof admit>): PersonFacts | null {
	if (!("memberId" in admission)) return null;
	const people = admission.outcome === "welcome" ? [facts.known] : facts.matches;
	return people.find((person) => person?.memberId === admission.memberId) ?? null;
}

describe("admit, always", () => {
	it("reaches every outcome in these tests", () => {
		const seen = new Map<string, number>();
		always((_, { outcome }) => {
			seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
		});
		for (const outcome of ["link", "provision", "refuse", "replace", "welcome"])
			expect(seen.get(outcome), outcome).toBeGreaterThan(0);
	});

	it("names no member in a refusal, and one of the facts otherwise", () =>
		always(({ facts }, admission) => {
			if (admission.outcome === "refuse") {
				expect(Object.keys(admission)).not.toContain("memberId");
				expect(isReason(admission.reason)).toBe(true);
				expect(admission.why).not.toContain(admission.failed);
			} else if (admission.outcome !== "provision")
				expect(memberOf(facts, admission)).not.toBeNull();
		}));

	it("lets in nobody suspended, and nobody without a role", () =>
		always(({ facts }, admission) => {
			const member = memberOf(facts, admission);
			if (member) expect([member.active, member.hasRole]).toEqual([true, true]);
		}));

	it("adds nobody uninvited where newcomers need an invitation", () =>
		always(({ policy }, admission) => {
			if (policy.autoProvision === "off" && admission.outcome === "provision")
				expect(admission.invitationId).not.toBeNull();
		}));

	it("admits by SSO only whom the directory has active, where that is required", () =>
		always(({ policy, attempt, facts }, admission) => {
			if (policy.requireProvisioning === "off" || attempt.method !== "sso") return;
			expect(admission.outcome).not.toBe("provision");
			const member = memberOf(facts, admission);
			if (member) expect(member.directory?.active).toBe(true);
		}));

	it("never replaces the last admin, nor attaches an admin unproved", () =>
		always(({ facts, attempt }, admission) => {
			const member = memberOf(facts, admission);
			if (admission.outcome === "replace") expect(member?.isLastAdmin).toBe(false);
			if ((admission.outcome !== "link" && admission.outcome !== "replace") || !member?.isAdmin)
				return;
			const byDirectory =
				member.directory !== null &&
				(member.directory.externalId === attempt.subject ||
					member.directory.email === attempt.email);
			const proved = [facts.provedId, facts.testerId].includes(member.memberId);
			expect(byDirectory || proved).toBe(true);
		}));

	it("attaches and adds only under a proved domain, by invitation or by the directory", () =>
		always(({ attempt, facts }, admission) => {
			if (admission.outcome === "refuse" || admission.outcome === "welcome") return;
			const domain = attempt.email?.split("@")[1] ?? "";
			const invited = facts.invitation?.followed && facts.invitation.email === attempt.email;
			const byDirectory = admission.outcome === "link" && admission.rule === "directory";
			expect(facts.verifiedDomains.includes(domain) || invited || byDirectory).toBe(true);
			if (attempt.emailVerified === false)
				expect(memberOf(facts, admission)?.directory?.externalId).toBe(attempt.subject);
		}));

	it("opens no password and no Google while SSO is enforced and works", () =>
		always(({ policy, attempt, facts }, admission) => {
			const enforced = policy.enforceSso.mode === "on" && facts.ssoActive && facts.ssoInPlan;
			if (enforced && (attempt.method === "password" || attempt.method === "google"))
				expect(admission).toMatchObject({ outcome: "refuse", reason: "sso_required" });
		}));

	it("lets a removed person back only by rejoining or an invitation", () =>
		always(({ policy, attempt, facts }, admission) => {
			if (attempt.method !== "sso" || !facts.removed || policy.afterRemoval === "rejoin") return;
			if (facts.invitation?.email !== attempt.email) expect(admission.outcome).toBe("refuse");
		}));

	it("is decided by its inputs alone, in any order of matches, and changes none of them", () =>
		always((given, admission) => {
			const before = structuredClone(given);
			const { policy, attempt, facts } = given;
			const turned = { ...facts, matches: facts.matches.toReversed() };
			expect(admit(policy, attempt, turned, now)).toEqual(admission);
			expect(given).toEqual(before);
		}));
});
