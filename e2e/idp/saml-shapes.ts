/**
 * Responses as the large providers shape them: which part is signed, prefixes, formats of NameIDs,
 * names and kinds of attributes. Made by code from their documents, with nothing of anybody's.
 */
import type { Attribute, ResponseParts } from "./saml-response";

export type SamlShape = {
	provider: string;
	what: string;
	/** Encrypts to our certificate. */
	encrypts?: true;
	parts: (person: SamlPerson) => Partial<ResponseParts>;
};

export type SamlPerson = { email: string; givenName: string; familyName: string; id: string };

const format = {
	email: "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
	unspecified: "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
	persistent: "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
};
const claims = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims";
const microsoft = "http://schemas.microsoft.com";
const cbc = "http://www.w3.org/2001/04/xmlenc#aes256-cbc";
/** Names with a letter beyond ASCII and one that XML must escape. */
const groups = ["Équipe A & B", "Everyone"];

const named = (
	entries: Record<string, string | string[]>,
	more: Omit<Attribute, "name" | "values"> = {},
): Attribute[] =>
	Object.entries(entries).map(([name, value]) => ({ name, values: [value].flat(), ...more }));

const openSaml = { protocol: "saml2p", assertion: "saml2", signature: "ds" };
/** The assertion and its signature in default namespaces. */
const dotNet = { protocol: "samlp", assertion: "", signature: "" };

export const samlShapes: SamlShape[] = [
	{
		provider: "Okta",
		what: "both signed, OpenSAML's prefixes, its own attribute statements",
		parts: ({ email, givenName, familyName }) => ({
			nameId: email,
			nameIdFormat: format.unspecified,
			issuerFormat: true,
			prefixes: openSaml,
			sign: ["assertion", "response"],
			attributes: named(
				{ email, firstName: givenName, lastName: familyName, groups },
				{ nameFormat: "unspecified", type: "xs:string" },
			),
		}),
	},
	{
		provider: "Okta",
		what: "encrypted, the key beside the data",
		encrypts: true,
		parts: ({ email, givenName, familyName }) => ({
			nameId: email,
			issuerFormat: true,
			sign: ["assertion", "response"],
			encryption: cbc,
			keyBeside: true,
			attributes: named({ email, firstName: givenName, lastName: familyName }),
		}),
	},
	{
		provider: "Microsoft Entra ID",
		what: "the assertion signed, in default namespaces, a principal name beside the address",
		parts: ({ email, givenName, familyName, id }) => ({
			nameId: id,
			nameIdFormat: format.persistent,
			prefixes: dotNet,
			attributes: named({
				[`${microsoft}/identity/claims/tenantid`]: "7c1d2f3e-0000-4000-8000-000000000001",
				[`${microsoft}/identity/claims/objectidentifier`]: id,
				[`${microsoft}/identity/claims/displayname`]: `${givenName} ${familyName}`,
				[`${microsoft}/ws/2008/06/identity/claims/groups`]: [
					"7c1d2f3e-0000-4000-8000-00000000000a",
					"7c1d2f3e-0000-4000-8000-00000000000b",
				],
				[`${claims}/givenname`]: givenName,
				[`${claims}/surname`]: familyName,
				[`${claims}/emailaddress`]: email,
				[`${claims}/name`]: `${id}@acme.onmicrosoft.test`,
			}),
		}),
	},
	{
		provider: "Google Workspace",
		what: "the response signed alone, values of any type",
		parts: ({ email, givenName, familyName }) => ({
			nameId: email,
			prefixes: openSaml,
			sign: ["response"],
			attributes: named(
				{ email, firstName: givenName, lastName: familyName },
				{ type: "xs:anyType" },
			),
		}),
	},
	{
		provider: "Keycloak",
		what: "both signed, friendly names beside OIDs, one attribute for each role",
		parts: ({ email, givenName, familyName, id }) => ({
			nameId: `G-${id}`,
			nameIdFormat: format.persistent,
			prefixes: { protocol: "samlp", assertion: "saml", signature: "dsig" },
			sign: ["assertion", "response"],
			attributes: [
				{
					name: "urn:oid:1.2.840.113549.1.9.1",
					friendlyName: "email",
					nameFormat: "uri",
					type: "xs:string",
					values: [email],
				},
				{
					name: "urn:oid:2.5.4.42",
					friendlyName: "givenName",
					nameFormat: "uri",
					type: "xs:string",
					values: [givenName],
				},
				{
					name: "urn:oid:2.5.4.4",
					friendlyName: "surname",
					nameFormat: "uri",
					type: "xs:string",
					values: [familyName],
				},
				...["offline_access", "uma_authorization"].flatMap((role) =>
					named({ Role: role }, { nameFormat: "basic", type: "xs:string" }),
				),
			],
		}),
	},
	{
		provider: "AD FS",
		what: "the assertion encrypted in CBC and signed inside, claims of WS-Federation",
		encrypts: true,
		parts: ({ email, givenName, familyName }) => ({
			nameId: email,
			nameIdFormat: format.unspecified,
			prefixes: { protocol: "samlp", assertion: "", signature: "ds" },
			encryption: cbc,
			attributes: named({
				[`${claims}/upn`]: `ACME\\${givenName}`,
				[`${claims}/emailaddress`]: email,
				[`${claims}/givenname`]: givenName,
				[`${claims}/surname`]: familyName,
				"http://schemas.xmlsoap.org/claims/Group": groups,
			}),
		}),
	},
	{
		provider: "OneLogin",
		what: "the response signed alone, names with a dot, groups in one value",
		parts: ({ email, givenName, familyName }) => ({
			nameId: email,
			sign: ["response"],
			attributes: named(
				{
					"User.email": email,
					"User.FirstName": givenName,
					"User.LastName": familyName,
					memberOf: groups.join(";"),
					PersonImmutableID: "",
				},
				{ nameFormat: "basic", type: "xs:string" },
			),
		}),
	},
	{
		provider: "JumpCloud",
		what: "the assertion signed with SHA-512, small letters, groups as values",
		parts: ({ email, givenName, familyName }) => ({
			nameId: email,
			algorithms: {
				signature: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
				digest: "http://www.w3.org/2001/04/xmlenc#sha512",
			},
			attributes: named(
				{ email, firstname: givenName, lastname: familyName, memberOf: groups },
				{ nameFormat: "basic" },
			),
		}),
	},
	{
		provider: "PingOne",
		what: "the assertion signed, the subject as an attribute too",
		parts: ({ email, givenName, familyName, id }) => ({
			nameId: id,
			nameIdFormat: format.unspecified,
			attributes: named(
				{ saml_subject: id, mail: email, given_name: givenName, family_name: familyName },
				{ nameFormat: "basic", type: "xs:string" },
			),
		}),
	},
	{
		provider: "PingFederate",
		what: "the address in its subject attribute alone",
		parts: ({ email, givenName, familyName }) => ({
			nameId: email,
			nameIdFormat: format.unspecified,
			sign: ["response", "assertion"],
			attributes: named(
				{ SAML_SUBJECT: email, cn: `${givenName} ${familyName}` },
				{ nameFormat: "basic", type: "xs:string" },
			),
		}),
	},
];
