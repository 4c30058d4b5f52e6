import { expect, test } from "vitest";
import { personOf } from "./person";

test.each<[string, Record<string, unknown>, string | null]>([
	["the primary address", { emails: [{ value: "a@x" }, { value: "b@x", primary: true }] }, "b@x"],
	["the first for work", { emails: [{ value: "a@x" }, { value: "b@x", type: "WORK" }] }, "b@x"],
	["the first", { emails: [{ value: "a@x" }, { value: "b@x" }] }, "a@x"],
	["one with a value", { emails: [{ primary: true }, { value: "b@x" }] }, "b@x"],
	["the userName, where it is an address", {}, "ada@x"],
	["the address without blanks around", { emails: [{ value: " a@x " }] }, "a@x"],
	["none, where the chosen one cannot be mailed", { emails: [{ value: "at x" }] }, null],
	["the userName, where emails is no list", { emails: "a@x" }, "ada@x"],
])("the email is %s", (_, more, email) => {
	expect(personOf({ userName: "ada@x", ...more }).email).toBe(email);
});

test("keys are folded, each once; externalId is not", () => {
	const person = personOf({
		userName: "ADA@Acme.test",
		externalId: "AbC",
		emails: [{ value: "Ada@acme.test" }, { value: "ADA@acme.TEST" }, { value: "b@x" }],
	});
	expect(person).toMatchObject({
		userName: "ADA@Acme.test",
		userNameKey: "ada@acme.test",
		externalId: "AbC",
		email: "Ada@acme.test",
		emailKey: "ada@acme.test",
		emailKeys: ["ada@acme.test", "b@x"],
	});
});

test.each<[Record<string, unknown>, string]>([
	[{ displayName: "Ada B", name: { formatted: "x" } }, "Ada B"],
	[{ displayName: " ", name: { formatted: "Ada Byron", givenName: "A" } }, "Ada Byron"],
	[{ name: { givenName: "Ada", familyName: "Byron" } }, "Ada Byron"],
	[{ name: { familyName: "Byron" } }, "Byron"],
	[{ name: {}, emails: [{ value: "a@x" }] }, "a@x"],
	[{ emails: [{ value: "no address" }] }, "ada"],
])("the name of %j is %s", (attributes, name) => {
	expect(personOf({ userName: "ada", ...attributes }).name).toBe(name);
});

test("only active: false is inactive", () => {
	expect(personOf({ userName: "a" }).active).toBe(true);
	expect(personOf({ userName: "a", active: true }).active).toBe(true);
	expect(personOf({ userName: "a", active: false }).active).toBe(false);
});
