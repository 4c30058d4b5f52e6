import { expect, test } from "vitest";
import { loginForm, loginPath, loginQuery } from "./address";

test.each([
	["acme", "acme"],
	["a\0", null],
	["../w/acme", null],
	["Acme", null],
	["", null],
	[["acme", "globex"], null],
	[undefined, null],
])("workspace %j names %j", (sent, workspace) => {
	expect(loginQuery({ workspace: sent }).workspace).toBe(workspace);
});

test("S26, O15: no step passes on an address of another site", () => {
	const form = new FormData();
	for (const next of ["https://evil.test", "//evil.test", "/\\evil.test", "/.//evil.test"]) {
		form.set("next", next);
		expect(loginForm(form).next).toBeNull();
		expect(loginPath("/login", loginQuery({ next }))).toBe("/login");
	}
	form.set("next", "/w/acme/sso");
	expect(loginForm(form).next).toBe("/w/acme/sso");
});
