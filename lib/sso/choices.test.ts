import { describe, expect, test } from "vitest";
import { isOfDomain } from "./choices";

const chosen = (hostedDomain: string | null) => ({ mapping: null, hostedDomain });

describe("an account of a Google Workspace domain", () => {
	test.each([
		["acme.test", "acme.test", true],
		["Acme.test", "acme.test", true],
		["other.test", "acme.test", false],
		["acme.test.evil.test", "acme.test", false],
		[undefined, "acme.test", false],
		["", "acme.test", false],
		[["acme.test"], "acme.test", false],
		[undefined, null, true],
		["other.test", null, true],
	] as const)("hd %j where %j is wanted: %s", (hd, wanted, fits) => {
		expect(isOfDomain({ hd, email: "ada@acme.test" }, chosen(wanted))).toBe(fits);
	});
});
