import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { isReason, type ReasonValues, reasonCodes, reasons } from "./reasons";

const texts: Record<string, Record<string, string>> = JSON.parse(
	readFileSync(new URL("../../messages/en/reasons.json", import.meta.url), "utf8"),
);

const values: Record<keyof ReasonValues, true> = {
	provider: true,
	workspace: true,
	email: true,
	domain: true,
	expected: true,
	received: true,
};

describe("the table of reasons", () => {
	it("has texts for exactly its reasons", () => {
		expect(Object.keys(texts).sort()).toEqual([...reasonCodes].sort());
	});

	it.each(reasonCodes)("%s says what the person reads, why, and what to do", (code) => {
		expect(Object.keys(texts[code] ?? {})).toEqual(["person", "why", "fix"]);
		for (const text of Object.values(texts[code] ?? {})) {
			expect(text).toMatch(/^[A-Z{].*[.]$/);
			expect(text).not.toMatch(/[!—]|please|success|oops|\b(he|she|his|her)\b/i);
			for (const [, name] of text.matchAll(/\{([^}]*)\}/g))
				expect(values).toHaveProperty(name ?? "");
		}
	});

	it.each(["wrong_password", "recovery_code_wrong"] as const)(
		"%s does not tell whether the account exists",
		(code) => {
			expect(texts[code]?.person).toContain("do not match");
			expect(reasons[code].remedy).toBe("person");
		},
	);

	it("never shows a person the values that were compared", () => {
		for (const code of reasonCodes)
			expect(texts[code]?.person).not.toMatch(/\{(expected|received)\}/);
	});

	it("knows its own codes alone", () => {
		expect(isReason("unknown_person")).toBe(true);
		expect(isReason("toString")).toBe(false);
	});
});
