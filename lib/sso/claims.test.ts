import { expect, test } from "vitest";
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
