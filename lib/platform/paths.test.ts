import fc from "fast-check";
import { expect, test } from "vitest";
import { ownPath } from "./paths";

test.each([
	["/w/acme/sso", "/w/acme/sso"],
	["/w/acme/sso?tab=1", "/w/acme/sso?tab=1"],
	["https://evil.test/", null],
	["//evil.test", null],
	["/\\evil.test", null],
	["/\t/evil.test", null],
	// Dot segments fall away when the path is read, and leave what names a host.
	["/.//evil.test/x", null],
	["/w/..//evil.test", null],
	["/%2e//evil.test", null],
	["/./\\evil.test", null],
	["/w/acme/./sso", "/w/acme/sso"],
	["\\\\evil.test", null],
	["javascript:alert(1)", null],
	["w/acme", null],
	["", null],
	[null, null],
])("%j leads to %j", (text, path) => {
	expect(ownPath(text)).toBe(path);
});

test("whatever is asked for, the browser stays here", () => {
	fc.assert(
		fc.property(fc.string({ unit: fc.constantFrom(..."//..\\@:?#\t\nah%2e") }), (rest) => {
			const path = ownPath(`/${rest}`);
			if (path === null) return true;
			return new URL(path, "https://here.test").origin === "https://here.test";
		}),
		{ numRuns: 2000 },
	);
});
