import { describe, expect, test } from "vitest";
import { displayName, identityOf, shownClaims } from "./claims";

const issuer = "https://id.acme.test";

test("reads who it is, the email folded", () => {
	const read = identityOf(issuer, {
		sub: "00u1",
		email: "Ada@Acme.test",
		email_verified: true,
		given_name: "Ada",
		family_name: "L",
	});
	expect(read).toMatchObject({
		ok: true,
		identity: { issuer, subject: "00u1", email: "ada@acme.test", emailVerified: true },
	});
	expect(read.ok && displayName(read.identity)).toBe("Ada L");
});

describe("with names an admin gave", () => {
	const mapping = {
		email: "profile.mail",
		name: "cn",
		givenName: null,
		familyName: null,
		subject: "employee",
	};
	const claims = {
		sub: "00u1",
		employee: "E-17",
		profile: { mail: "ada@acme.test" },
		email: "shared@acme.test",
		email_verified: true,
		cn: "Ada L",
	};

	test("claims are read by them, inside others too", () => {
		const read = identityOf(issuer, claims, mapping);
		expect(read.ok && read.identity).toMatchObject({ subject: "E-17", email: "ada@acme.test" });
		expect(read.ok && displayName(read.identity)).toBe("Ada L");
	});

	test("email_verified speaks for the email claim alone, and a no for both", () => {
		const verified = (said: unknown) => {
			const read = identityOf(issuer, { ...claims, email_verified: said }, mapping);
			return read.ok ? read.identity.emailVerified : "refused";
		};
		expect(verified(true)).toBeNull();
		expect(verified(false)).toBe(false);
		const both = identityOf(issuer, { ...claims, email: "ada@acme.test" }, mapping);
		expect(both.ok && both.identity.emailVerified).toBe(true);
	});

	test("a subject that is not sent is missing, whatever sub says", () => {
		const { employee: _, ...without } = claims;
		expect(identityOf(issuer, without, mapping)).toEqual({ ok: false, reason: "subject_missing" });
	});

	test.each(["__proto__", "constructor", "constructor.name", "profile.__proto__", "sub.length"])(
		"a name that no claim has reads nothing: %s",
		(subject) => {
			expect(identityOf(issuer, claims, { ...mapping, subject })).toEqual({
				ok: false,
				reason: "subject_missing",
			});
		},
	);
});

test("the subject is opaque: its case counts", () => {
	const read = (sub: string) => identityOf(issuer, { sub });
	expect(read("Ab")).not.toEqual(read("aB"));
});

test.each([[undefined], [""], [42], [null], ["x".repeat(256)]])("no subject: %j", (sub) => {
	expect(identityOf(issuer, { sub })).toEqual({ ok: false, reason: "subject_missing" });
});

test.each([
	[undefined, null],
	[true, true],
	["true", true],
	[false, false],
	["false", false],
	["yes", false],
	[1, false],
	[null, false],
])("email_verified %j counts as %j", (sent, emailVerified) => {
	const read = identityOf(issuer, { sub: "1", email: "a@acme.test", email_verified: sent });
	expect(read.ok && read.identity.emailVerified).toBe(emailVerified);
});

test.each([
	["a@acme.test, b@evil.test"],
	["a@acme.test@evil.test"],
	["a\u0000@acme.test"],
	["\uff41@acme.test"],
	["no address"],
	[["a@acme.test"]],
])("an email that is none is not taken: %j", (email) => {
	const read = identityOf(issuer, { sub: "1", email });
	expect(read.ok && read.identity.email).toBeNull();
});

test("what an admin sees holds no token and no protocol value", () => {
	const shown = shownClaims({
		sub: "1",
		nonce: "n",
		at_hash: "h",
		id_token: "secret",
		refresh_token: "secret",
		groups: ["a", "b"],
	});
	expect(shown).toEqual({ sub: "1", groups: '["a","b"]' });
});
