import { describe, expect, test } from "vitest";
import { factsUsed, samlIdentity, shownFacts } from "./attributes";
import type { Facts } from "./gate";

const claims = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims";
const emailFormat = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";
const persistent = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";

function factsOf(
	attributes: Record<string, string>,
	nameId: { value: string; format?: string } = { value: "u1", format: persistent },
): Facts {
	return {
		nameId: { format: null, nameQualifier: null, spNameQualifier: null, ...nameId },
		attributes: Object.fromEntries(
			Object.entries(attributes).map(([name, value]) => [name, [value]]),
		),
		authenticatedAt: null,
		sessionIndex: null,
	} as unknown as Facts;
}

const read = (facts: Facts, mapping: Parameters<typeof samlIdentity>[2] = null) => {
	const answer = samlIdentity("https://idp.test", facts, mapping);
	if (!answer.ok) throw new Error(answer.reason);
	const { email, names, subject } = answer.identity;
	return { email, subject, ...names };
};

const unmapped = { email: null, name: null, givenName: null, familyName: null, subject: null };
const ada = { email: "ada@acme.test", name: null, givenName: "Ada", familyName: "Lovelace" };

describe("without a mapping, attributes are read as each provider usually names them", () => {
	test.each<[provider: string, Record<string, string>, Partial<typeof ada> | { name: string }]>([
		["Okta", { email: "ada@acme.test", firstName: "Ada", lastName: "Lovelace" }, ada],
		["Okta with a full name", { email: "ada@acme.test", name: "Ada L" }, { name: "Ada L" }],
		[
			"Microsoft Entra ID",
			{
				[`${claims}/emailaddress`]: "ada@acme.test",
				[`${claims}/givenname`]: "Ada",
				[`${claims}/surname`]: "Lovelace",
				// The user principal name, which is no name of a person.
				[`${claims}/name`]: "ada_acme.test#EXT#@acme.onmicrosoft.com",
			},
			ada,
		],
		["Google", { email: "ada@acme.test", first_name: "Ada", last_name: "Lovelace" }, ada],
		["JumpCloud", { email: "ada@acme.test", firstname: "Ada", lastname: "Lovelace" }, ada],
		["Cloudflare", { email: "ada@acme.test", firstName: "Ada", lastName: "Lovelace" }, ada],
		[
			"OneLogin",
			{
				"User.email": "ada@acme.test",
				"User.FirstName": "Ada",
				"User.LastName": "Lovelace",
			},
			ada,
		],
		[
			"Keycloak",
			{
				"urn:oid:1.2.840.113549.1.9.1": "ada@acme.test",
				"urn:oid:2.5.4.42": "Ada",
				"urn:oid:2.5.4.4": "Lovelace",
			},
			ada,
		],
		[
			"ADFS",
			{
				[`${claims}/emailaddress`]: "ada@acme.test",
				[`${claims}/givenname`]: "Ada",
				[`${claims}/surname`]: "Lovelace",
			},
			ada,
		],
		["PingOne", { saml_subject: "ada@acme.test", given_name: "Ada", family_name: "Lovelace" }, ada],
		[
			"an academic directory",
			{
				"urn:oid:0.9.2342.19200300.100.1.3": "ada@acme.test",
				"urn:oid:2.16.840.1.113730.3.1.241": "Ada L",
			},
			{ name: "Ada L" },
		],
	])("%s", (_, attributes, expected) => {
		expect(read(factsOf(attributes))).toMatchObject({
			email: "ada@acme.test",
			subject: "u1",
			...expected,
		});
	});

	test("a displayed name wins over a plain one", () => {
		const names = { email: "ada@acme.test", name: "ada", displayName: "Ada Lovelace" };
		expect(read(factsOf(names))).toMatchObject({ name: "Ada Lovelace" });
	});

	test("the NameID alone is enough where it is an email", () => {
		const facts = factsOf({}, { value: "Ada@Acme.test", format: emailFormat });
		expect(read(facts)).toMatchObject({ email: "ada@acme.test", subject: "Ada@Acme.test" });
	});
});

test("a mapped name is read in place of the usual ones, and may be any attribute", () => {
	const facts = factsOf({ email: "ada@acme.test", familyName: "Miller", displayName: "Ada L" });
	const mapping = { ...unmapped, name: "familyName" };
	expect(read(facts, mapping)).toMatchObject({ name: "Miller" });
});

describe("what a test shows as used is what was used", () => {
	const sent = { email: "ada@acme.test", mail: "second@acme.test", department: "R&D" };

	test.each([
		["an attribute that came first", factsOf(sent), null, { NameID: "subject", email: "email" }],
		[
			"the NameID for want of an email",
			factsOf({ department: "R&D" }, { value: "ada@acme.test", format: emailFormat }),
			null,
			{ NameID: "subjectAndEmail" },
		],
		[
			"mapped names",
			factsOf({ mail: "ada@acme.test", employee: "7", cn: "Ada L" }),
			{ email: "mail", name: "department", subject: "employee" },
			{ employee: "subject", mail: "email" },
		],
	])("%s", (_, facts, mapped, used) => {
		const mapping = mapped ? { ...unmapped, ...mapped } : null;
		expect(factsUsed(shownFacts(facts), mapping)).toEqual(used);
	});
});
