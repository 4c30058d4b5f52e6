import { describe, expect, it, test } from "vitest";
import type { EgressResult } from "@/lib/platform/egress";
import { discover, readDocument } from "./discovery";

const issuer = "https://id.acme.test";
const document = {
	issuer,
	authorization_endpoint: `${issuer}/authorize`,
	token_endpoint: `${issuer}/token`,
	jwks_uri: `${issuer}/keys`,
	userinfo_endpoint: `${issuer}/me`,
	response_types_supported: ["code"],
	something_else: "not kept",
};

/** A provider that answers one document, and notes where it was asked for. */
function provider(body: string, status = 200) {
	const asked: string[] = [];
	const fetch = async (address: string): Promise<EgressResult> => {
		asked.push(address);
		return { ok: true, status, headers: {}, body };
	};
	return { asked, fetch };
}

describe("discover", () => {
	it("reads the well-known document of the issuer and keeps what a sign-in rests on", async () => {
		const { asked, fetch } = provider(JSON.stringify(document));
		const found = await discover(issuer, null, fetch);
		expect(asked).toEqual([`${issuer}/.well-known/openid-configuration`]);
		expect(found).toMatchObject({ ok: true, metadata: { issuer, jwks_uri: `${issuer}/keys` } });
		expect(JSON.stringify(found)).not.toContain("not kept");
	});

	it("takes the word of a Discovery Endpoint for the issuer", async () => {
		const { asked, fetch } = provider(JSON.stringify(document));
		const found = await discover("https://other.acme.test", "https://meta.acme.test/oidc", fetch);
		expect(asked).toEqual(["https://meta.acme.test/oidc"]);
		expect(found).toMatchObject({ ok: true, metadata: { issuer } });
	});

	it("needs no issuer beside a Discovery Endpoint, and one without", async () => {
		const { asked, fetch } = provider(JSON.stringify(document));
		const endpoint = "https://login.test/tenant/v2.0/.well-known/openid-configuration";
		expect(await discover("", endpoint, fetch)).toMatchObject({ ok: true, metadata: { issuer } });
		expect(await discover("", null, fetch)).toEqual({ ok: false, reason: "issuer_malformed" });
		expect(asked).toEqual([endpoint]);
	});

	test.each([
		["https://login.microsoftonline.com/common/v2.0", "issuer_shared"],
		["https://login.microsoftonline.com/organizations/v2.0", "issuer_shared"],
		["https://sts.windows.net/consumers/", "issuer_shared"],
		["https://login.microsoftonline.us/common/v2.0", "issuer_shared"],
		[
			"https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0",
			"issuer_shared",
		],
		["https://id.acme.test?tenant=1", "issuer_malformed"],
		["https://ada@id.acme.test", "issuer_malformed"],
		["ftp://id.acme.test", "issuer_malformed"],
		["id.acme.test", "issuer_malformed"],
	])("O7: %s is refused before anything is asked: %s", async (address, reason) => {
		const { asked, fetch } = provider(JSON.stringify(document));
		expect(await discover(address, null, fetch)).toMatchObject({ ok: false, reason });
		expect(asked).toEqual([]);
	});

	test.each([
		["address_not_public", "discovery_blocked"],
		["https_required", "discovery_blocked"],
		["redirected", "discovery_redirected"],
		["too_large", "discovery_too_large"],
		["timed_out", "discovery_unreachable"],
		["name_not_found", "discovery_unreachable"],
		["tls_failed", "discovery_unreachable"],
		["url_invalid", "issuer_malformed"],
	] as const)("says what kept it from asking: %s is %s", async (egress, reason) => {
		const found = await discover(issuer, null, async () => ({ ok: false, reason: egress }));
		expect(found).toMatchObject({ ok: false, reason });
	});

	it("refuses a provider that answers no document", async () => {
		const found = await discover(issuer, null, provider("", 404).fetch);
		expect(found).toMatchObject({ ok: false, reason: "discovery_unreachable" });
	});
});

describe("readDocument", () => {
	it("O6: refuses a document that names another issuer, the last slash counted", () => {
		for (const other of ["https://accounts.google.com", `${issuer}/`, "https://ID.acme.test"])
			expect(readDocument(JSON.stringify({ ...document, issuer: other }), issuer)).toMatchObject({
				ok: false,
				reason: "discovery_issuer_differs",
				expected: issuer,
				received: other,
			});
	});

	it("refuses the issuer that all personal Microsoft accounts share, wherever it is found", () => {
		const consumers = "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0";
		const found = readDocument(JSON.stringify({ ...document, issuer: consumers }), null);
		expect(found).toMatchObject({ ok: false, reason: "issuer_shared" });
	});

	it("refuses Entra's template of an issuer, whoever serves it", () => {
		const shared = { ...document, issuer: "https://login.microsoftonline.com/{tenantid}/v2.0" };
		expect(readDocument(JSON.stringify(shared), null)).toMatchObject({ ok: false });
	});

	test.each([
		["not json at all", "discovery_malformed"],
		["[]", "discovery_malformed"],
		["null", "discovery_malformed"],
		["{}", "discovery_malformed"],
		[JSON.stringify({ ...document, jwks_uri: undefined }), "discovery_incomplete"],
		[
			JSON.stringify({ ...document, token_endpoint: "javascript:alert(1)" }),
			"discovery_incomplete",
		],
		[
			JSON.stringify({ ...document, response_types_supported: ["id_token"] }),
			"discovery_incomplete",
		],
	])("refuses %s: %s", (body, reason) => {
		expect(readDocument(body, issuer)).toMatchObject({ ok: false, reason });
	});
});
