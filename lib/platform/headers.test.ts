import { describe, expect, it } from "vitest";
import { pagePolicy, securityHeaders } from "./headers";

describe("pagePolicy", () => {
	const strict = pagePolicy("abc", { development: false });

	it("lets nothing run or load that we did not write, and nobody frame us", () => {
		expect(strict.split("; ").sort()).toEqual(
			[
				"default-src 'self'",
				"script-src 'self' 'nonce-abc' 'strict-dynamic'",
				"style-src 'self' 'nonce-abc'",
				"style-src-attr 'unsafe-inline'",
				"img-src 'self' data:",
				"font-src 'self'",
				"connect-src 'self'",
				"form-action 'self'",
				"frame-ancestors 'none'",
				"frame-src 'none'",
				"object-src 'none'",
				"base-uri 'none'",
			].sort(),
		);
	});

	it("allows eval while developing, and never in production", () => {
		expect(strict).not.toContain("unsafe-eval");
		expect(pagePolicy("abc", { development: true })).toContain("'unsafe-eval'");
	});
});

describe("securityHeaders", () => {
	it("keeps what is not versioned out of caches", () => {
		expect(securityHeaders({ https: false, cacheable: false })["cache-control"]).toBe("no-store");
		expect(securityHeaders({ https: false, cacheable: true })).not.toHaveProperty("cache-control");
	});

	it("speaks of https only where there is https", () => {
		const name = "strict-transport-security";
		expect(securityHeaders({ https: true, cacheable: false })).toHaveProperty(name);
		expect(securityHeaders({ https: false, cacheable: false })).not.toHaveProperty(name);
	});
});
