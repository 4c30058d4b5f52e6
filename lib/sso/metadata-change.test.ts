import { describe, expect, test } from "vitest";
import type { SamlIdp } from "@/db/schema/sso";
import { certificateChanges, effectOf } from "./metadata-change";

const idp: SamlIdp = {
	entityId: "https://idp.acme.test",
	ssoUrl: "https://idp.acme.test/sso",
	ssoBinding: "redirect",
	sloUrl: null,
	sloBinding: "redirect",
	certificates: ["one"],
};

describe("other metadata in the place of what is stored", () => {
	test.each([
		["nothing is stored", null, idp, "first"],
		["nothing differs", idp, { ...idp }, "same"],
		[
			"the certificates come in another order",
			{ ...idp, certificates: ["a", "b"] },
			{ ...idp, certificates: ["b", "a"] },
			"same",
		],
		["a certificate is added", idp, { ...idp, certificates: ["one", "two"] }, "kept"],
		["a certificate replaces another", idp, { ...idp, certificates: ["two"] }, "kept"],
		["the path moves", idp, { ...idp, ssoUrl: "https://idp.acme.test/new" }, "kept"],
		["the host moves", idp, { ...idp, ssoUrl: "https://login.acme.test/sso" }, "untested"],
		["the binding differs", idp, { ...idp, ssoBinding: "post" }, "untested"],
		["a logout address comes", idp, { ...idp, sloUrl: "https://idp.acme.test/slo" }, "kept"],
		["the issuer is another", idp, { ...idp, entityId: "https://other.test" }, "namespace"],
	] as const)("%s: %s", (_, before, after, effect) => {
		expect(effectOf(before as SamlIdp | null, after as SamlIdp)).toBe(effect);
	});

	test("certificates that come and go are told", () => {
		const after = { ...idp, certificates: ["one", "two"] };
		const before = { ...idp, certificates: ["zero", "one"] };
		expect(certificateChanges(before, after)).toEqual([
			{ pem: "one", change: "same" },
			{ pem: "two", change: "added" },
			{ pem: "zero", change: "removed" },
		]);
		expect(certificateChanges(null, idp)).toEqual([{ pem: "one", change: "same" }]);
	});
});
