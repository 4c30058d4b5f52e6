import { expect, test } from "vitest";
import { deriveKey, equalTexts, hashToken, newToken, open, seal } from "./crypto";

test("what is sealed opens in its place, and reads as nothing", () => {
	const envelope = seal("the client secret", "connections/1/client_secret");
	expect(open(envelope, "connections/1/client_secret")).toBe("the client secret");
	expect(envelope).not.toContain("secret");
	expect(seal("same", "a")).not.toBe(seal("same", "a"));
});

test("moved to another row, it does not open", () => {
	const envelope = seal("the client secret", "connections/1/client_secret");
	expect(() => open(envelope, "connections/2/client_secret")).toThrow();
});

test("with any byte changed, it does not open", () => {
	const envelope = seal("x", "place");
	for (const part of [2, 3, 4]) {
		const parts = envelope.split(".");
		const bytes = Buffer.from(parts[part] ?? "", "base64url");
		for (let at = 0; at < bytes.length; at++) {
			const changed = Buffer.from(bytes);
			changed[at] = (changed[at] ?? 0) ^ 1;
			parts[part] = changed.toString("base64url");
			expect(() => open(parts.join("."), "place")).toThrow();
		}
	}
});

test("tokens carry their prefix and 256 bits, and their hash does not tell them", () => {
	const token = newToken("ghd_");
	expect(token).toMatch(/^ghd_[\w-]{43}$/);
	expect(newToken("ghd_")).not.toBe(token);
	expect(hashToken(token)).toMatch(/^[\w-]{43}$/);
	expect(hashToken(token)).not.toContain(token);
});

test("keys of two purposes differ, and of one are the same", () => {
	expect(deriveKey("a").equals(deriveKey("b"))).toBe(false);
	expect(deriveKey("a").equals(deriveKey("a"))).toBe(true);
	expect(equalTexts("a", "a")).toBe(true);
	expect(equalTexts("a", "ab")).toBe(false);
});
