import { describe, expect, it } from "vitest";
import { causeOf, compared } from "./engine-errors";

describe("what the engine says", () => {
	it.each([
		["server_error", "invalid_client", "token_refused"],
		["invalid_grant", "", "token_refused"],
		["server_error", 'unexpected ID Token "nonce" claim value', "nonce_differs"],
		["server_error", 'JWT "sub" (subject) claim missing', "subject_missing"],
		["server_error", "getaddrinfo ENOTFOUND id.acme.test", "provider_unreachable"],
		["server_error", "Outgoing request refused: https_required", "provider_blocked"],
		["server_error", "Outgoing request refused: address_not_public", "provider_blocked"],
		["server_error", "Outgoing request refused: tls_failed", "provider_unreachable"],
		["server_error", "JWT signature verification failed", "signature_invalid"],
		["server_error", "something nobody has seen", "provider_error"],
	])("%s %s is %s", (error, description, reason) => {
		expect(causeOf(error, description).reason).toBe(reason);
	});

	it("carries what was compared, beside each other", () => {
		const said = compared('unexpected JWT "aud" (audience) claim value', "gatehouse", ["another"]);
		expect(causeOf("server_error", said)).toEqual({
			reason: "audience_differs",
			expected: "gatehouse",
			received: '["another"]',
		});
		const issuer = compared('unexpected JWT "iss" (issuer) claim value', "https://a", "https://b");
		expect(causeOf("server_error", issuer)).toMatchObject({
			reason: "issuer_differs",
			expected: "https://a",
			received: "https://b",
		});
	});

	it("says which time does not fit, and bears what was cut", () => {
		const late = compared(
			'unexpected JWT "exp" claim value, expiration is past current timestamp',
			undefined,
			1,
		);
		expect(causeOf("server_error", late)).toMatchObject({
			reason: "clock",
			received: expect.stringContaining("expiration"),
		});
		const cut = compared('unexpected JWT "aud" claim value', "a", "b").slice(0, -3);
		expect(causeOf("server_error", cut).reason).toBe("audience_differs");
	});
});
