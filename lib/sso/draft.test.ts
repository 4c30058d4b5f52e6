import { describe, expect, test } from "vitest";
import { mappingFields, parseDraft } from "./draft";

const oidc = {
	protocol: "oidc",
	name: "Okta",
	provider: "okta",
	issuer: "https://acme.okta.test",
	clientId: "0oa1",
	clientSecret: "",
	secretExpiresOn: "",
	discoveryEndpoint: "",
};
const saml = { protocol: "saml", name: "Okta", provider: "okta", source: "none" };

describe("an OpenID Connect draft", () => {
	test("is read trimmed, with what was left out as blank", () => {
		const read = parseDraft({ ...oidc, name: " Okta ", issuer: " https://acme.okta.test " });
		expect(read).toEqual({
			ok: true,
			draft: {
				...oidc,
				scopes: "",
				claimMapping: mappingFields(null),
			},
		});
	});

	test.each([
		[{ name: "" }, { name: "required" }],
		[{ name: "x".repeat(65) }, { name: "too_long" }],
		[{ issuer: "acme.okta.test" }, { issuer: "not_a_url" }],
		[{ issuer: "javascript:alert(1)" }, { issuer: "not_a_url" }],
		[{ issuer: "" }, { issuer: "required" }],
		[{ issuer: "", discoveryEndpoint: "somewhere" }, { discoveryEndpoint: "not_a_url" }],
		[{ clientId: " " }, { clientId: "required" }],
		[{ secretExpiresOn: "tomorrow" }, { secretExpiresOn: "not_a_date" }],
		[{ emailDomain: "acme" }, { emailDomain: "not_a_domain" }],
		[{ hostedDomain: "https://acme.test/" }, { hostedDomain: "not_a_domain" }],
		[{ scopes: 'groups "' }, { scopes: "not_scopes" }],
		[{ claimMapping: { email: "x".repeat(257) } }, { claimMapping: "too_long" }],
		[
			{ name: "", issuer: "x", clientId: "" },
			{ name: "required", issuer: "not_a_url", clientId: "required" },
		],
	])("%j is %j", (typed, problems) => {
		const read = parseDraft({ ...oidc, ...typed });
		expect(read.ok ? {} : read.problems).toEqual(problems);
	});

	test("needs no issuer where its document says it", () => {
		const read = parseDraft({ ...oidc, issuer: "", discoveryEndpoint: "https://acme.test/doc" });
		expect(read.ok).toBe(true);
	});
});

describe("a SAML draft", () => {
	test("needs nothing but a name", () => {
		expect(parseDraft(saml)).toMatchObject({ ok: true, draft: { source: "none", entityId: "" } });
	});

	test("is not stopped by what was typed for another source", () => {
		const typed = { metadataUrl: "half an addr", ssoUrl: "nowhere", entityId: "https://idp.test" };
		expect(parseDraft({ ...saml, ...typed })).toMatchObject({
			ok: true,
			draft: { metadataUrl: "", ssoUrl: "", entityId: "" },
		});
	});

	test.each([
		[{ name: "" }, { name: "required" }],
		[{ source: "url", metadataUrl: "metadata" }, { metadataUrl: "not_a_url" }],
		[{ source: "later", metadataUrl: "soon" }, { metadataUrl: "not_a_url" }],
		[{ source: "url" }, { metadataUrl: "required" }],
		[{ source: "xml", metadataXml: " " }, { metadataXml: "required" }],
		[
			{ source: "hand", ssoBinding: "post" },
			{ entityId: "required", ssoUrl: "required", certificates: "required" },
		],
		[{ source: "elsewhere" }, { source: expect.any(String) }],
		[{ source: "hand", ssoUrl: "nowhere" }, { ssoUrl: "not_a_url" }],
		[{ source: "xml", metadataXml: "x".repeat(300_001) }, { metadataXml: "too_long" }],
	])("%j is %j", (typed, problems) => {
		const read = parseDraft({ ...saml, ...typed });
		expect(read.ok ? {} : read.problems).toEqual(problems);
	});
});
