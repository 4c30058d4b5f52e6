import { describe, expect, it } from "vitest";
import { samlAttacks, type Target } from "@/e2e/idp/hostile-saml";
import { buildResponse, samlKeys } from "@/e2e/idp/saml-response";
import { gate } from "./gate";
import type { Expectation } from "./rules";

const now = new Date("2026-11-25T10:00:00Z");
const ours = samlKeys("Gatehouse");
const target: Target = {
	keys: samlKeys(),
	entityId: "https://idp.acme.test/saml",
	acsUrl: "https://sso.test/api/sso/acs/1",
	audience: "https://sso.test/api/sso/metadata/1",
	requestId: "_our-request",
	nameId: "maya@acme.test",
	victim: "admin@acme.test",
	now,
	ours: ours.certificate,
};
const expected = (more: Partial<Expectation> = {}): Expectation => ({
	entityId: target.entityId,
	acsUrl: target.acsUrl,
	audience: target.audience,
	certificates: [target.keys.certificate],
	requestId: target.requestId,
	wantEncrypted: false,
	decryptionKeys: [ours.privateKey],
	now,
	...more,
});

describe("a genuine response", () => {
	it.each([
		["signed in its assertion", { sign: ["assertion"] }],
		["signed as a whole", { sign: ["response"] }],
		["signed in both places", { sign: ["assertion", "response"] }],
		[
			"signed with SHA-512",
			{
				algorithms: {
					signature: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
					digest: "http://www.w3.org/2001/04/xmlenc#sha512",
				},
			},
		],
		["encrypted, and signed inside", { encryptTo: ours.certificate }],
		[
			"encrypted as older providers do",
			{ encryptTo: ours.certificate, encryption: "http://www.w3.org/2001/04/xmlenc#aes256-cbc" },
		],
		["encrypted, and signed outside alone", { encryptTo: ours.certificate, sign: ["response"] }],
		[
			"encrypted, and signed in both places",
			{ encryptTo: ours.certificate, sign: ["assertion", "response"] },
		],
	] as const)("passes %s", (_, parts) => {
		const verdict = gate(
			buildResponse({
				...target,
				...parts,
				sign: "sign" in parts ? [...parts.sign] : ["assertion"],
			}),
			expected(),
		);
		expect(verdict).toMatchObject({ ok: true, facts: { nameId: { value: target.nameId } } });
	});

	it("passes with any of the connection's certificates, S25: and with none that was removed", () => {
		const old = samlKeys("The one before");
		const both = [old.certificate, target.keys.certificate];
		for (const keys of [old, target.keys]) {
			const xml = buildResponse({ ...target, keys });
			expect(gate(xml, expected({ certificates: both }))).toMatchObject({ ok: true });
		}
		expect(gate(buildResponse({ ...target, keys: old }), expected())).toMatchObject({
			ok: false,
			reason: "signature_invalid",
		});
	});

	it("passes unasked where it names no request", () => {
		const xml = buildResponse({ ...target, requestId: null });
		expect(gate(xml, expected({ requestId: null }))).toMatchObject({ ok: true });
	});

	it("is read whole: attributes with several values, the session, and when it ends", () => {
		const xml = buildResponse({
			...target,
			attributes: { groups: ["a", "b & c"], mail: "m@acme.test" },
		});
		const verdict = gate(xml, expected());
		expect(verdict).toMatchObject({
			ok: true,
			facts: {
				attributes: { groups: ["a", "b & c"], mail: ["m@acme.test"] },
				sessionIndex: expect.stringMatching(/^_/),
				authenticatedAt: now.toISOString(),
			},
		});
	});

	it.each([119, -119])("passes where the clocks differ by %i seconds", (seconds) => {
		const at = new Date(now.getTime() + seconds * 1000 + Math.sign(seconds) * 300_000);
		expect(gate(buildResponse(target), expected({ now: at }))).toMatchObject({ ok: true });
	});
});

describe("an attack", () => {
	const attacks = samlAttacks(target);

	it.each(attacks)("$id, $name, is refused by $rule", ({ xml, rule, unasked, wantEncrypted }) => {
		const verdict = gate(
			xml,
			expected({
				requestId: unasked ? null : target.requestId,
				wantEncrypted: wantEncrypted ?? false,
			}),
		);
		expect(verdict).toMatchObject({ ok: false, rule });
	});

	it("S24: is told the same whatever of the encryption is wrong", () => {
		const told = attacks
			.filter(({ rule }) => rule === "decrypted")
			.map(({ xml }) => JSON.stringify(gate(xml, expected())));
		expect(told.length).toBeGreaterThan(2);
		expect(new Set(told).size).toBe(1);
	});
});
