import { describe, expect, test } from "vitest";
import { judgeDomain } from "./choices";

const own = { deploymentClient: false };

describe("an account of a Google Workspace domain, by a client of one's own", () => {
	test.each([
		["acme.test", "acme.test", true],
		["Acme.test", "acme.test", false],
		["other.test", "acme.test", false],
		["sub.acme.test", "acme.test", false],
		["acme.test.evil.test", "acme.test", false],
		[undefined, "acme.test", false],
		["", "acme.test", false],
		[["acme.test"], "acme.test", false],
		[undefined, null, true],
		["other.test", null, true],
	] as const)("hd %j where %j is wanted: %s", (hd, wanted, fits) => {
		const judged = judgeDomain({ hd, email: "ada@acme.test" }, own, { hostedDomain: wanted });
		expect(judged.ok).toBe(fits);
	});
});

describe("an account by the deployment's client", () => {
	const shared = { deploymentClient: true };
	const judge = (claims: Record<string, unknown>, hostedDomain: string | null) =>
		judgeDomain({ email: "ada@acme.test", email_verified: true, ...claims }, shared, {
			hostedDomain,
		});

	test("of the bound domain comes in, and binds where nothing is bound", () => {
		expect(judge({ hd: "acme.test" }, "acme.test")).toEqual({ ok: true });
		expect(judge({ hd: "acme.test" }, null)).toEqual({ ok: true, binds: "acme.test" });
	});

	test.each([
		["none at all", undefined, "hosted_domain_missing"],
		["an empty one", "", "hosted_domain_missing"],
		["a list", ["acme.test"], "hosted_domain_missing"],
		["another case", "Acme.test", "hosted_domain_missing"],
		["a dot at its end", "acme.test.", "hosted_domain_missing"],
		["one that everybody shares", "gmail.com", "hosted_domain_missing"],
		["a public suffix", "co.uk", "hosted_domain_missing"],
		["another organization's", "other.test", "hosted_domain_differs"],
		["a subdomain", "eu.acme.test", "hosted_domain_differs"],
		["a domain around it", "acme.test.evil.test", "hosted_domain_differs"],
	] as const)("with %s is refused", (_, hd, reason) => {
		expect(judge({ hd }, "acme.test")).toEqual({ ok: false, reason });
		if (reason === "hosted_domain_missing")
			expect(judge({ hd }, null)).toEqual({ ok: false, reason });
	});

	test.each([false, undefined, "true"])("whose address is verified: %j is refused", (said) => {
		expect(judge({ hd: "acme.test", email_verified: said }, "acme.test")).toEqual({
			ok: false,
			reason: "email_not_verified",
		});
	});
});
