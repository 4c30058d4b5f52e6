import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ScimError } from "./errors";
import { applyPatch, maxOperations, patchSchema, readResource } from "./patch";
import type { Resource } from "./schema";
import { userType } from "./user-schema";

const core = "urn:ietf:params:scim:schemas:core:2.0:User";
const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

const ada: Resource = {
	userName: "ada@acme.test",
	active: true,
	name: { givenName: "Ada", familyName: "Byron", formatted: "Ada Byron" },
	emails: [
		{ value: "ada@acme.test", type: "work", primary: true },
		{ value: "ada@home.test", type: "home" },
	],
};

const lenient = { strict: false };
const strict = { strict: true };

type Operation = { op: string; path?: string; value?: unknown };

const patch = (operations: Operation[], mode = lenient, from = ada) =>
	applyPatch(userType, from, { schemas: [patchSchema], Operations: operations }, mode);

const refusedWith = (scimType: string, status = 400) =>
	expect.objectContaining({ name: "ScimError", status, scimType });

describe("a PATCH", () => {
	const work = { value: "ada@acme.test", type: "work", primary: true };
	const home = { value: "ada@home.test", type: "home" };

	test.each<[string, Operation[], Resource]>([
		[
			"sets a value",
			[{ op: "replace", path: "displayName", value: "Ada" }],
			{ displayName: "Ada" },
		],
		["takes op in any case", [{ op: "Replace", path: "active", value: false }], { active: false }],
		[
			"takes names in any case",
			[{ op: "add", path: "DISPLAYNAME", value: "A" }],
			{ displayName: "A" },
		],
		[
			"reads False as false",
			[{ op: "replace", path: "active", value: "False" }],
			{ active: false },
		],
		["takes no path", [{ op: "replace", value: { active: "false" } }], { active: false }],
		[
			"takes the core URN",
			[{ op: "replace", path: `${core}:active`, value: false }],
			{ active: false },
		],
		[
			"sets a part and keeps the others",
			[{ op: "replace", path: "name.familyName", value: "King" }],
			{ name: { givenName: "Ada", familyName: "King", formatted: "Ada Byron" } },
		],
		[
			"merges a whole complex value, null clearing a part",
			[{ op: "replace", path: "name", value: { familyName: null, givenName: "X" } }],
			{ name: { givenName: "X", formatted: "Ada Byron" } },
		],
		[
			"takes dotted keys without a path",
			[{ op: "add", value: { "name.givenName": "X", nickName: "n" } }],
			{ name: { givenName: "X", familyName: "Byron", formatted: "Ada Byron" }, nickName: "n" },
		],
		[
			"takes a URN key without a path",
			[{ op: "add", value: { [`${enterprise}:department`]: "Tours" } }],
			{ [enterprise]: { department: "Tours" } },
		],
		[
			"takes an extension as a key",
			[{ op: "add", value: { [enterprise]: { department: "Tours", manager: "m1" } } }],
			{ [enterprise]: { department: "Tours", manager: { value: "m1" } } },
		],
		[
			"takes an extension as a path",
			[{ op: "add", path: enterprise, value: { department: "Tours" } }],
			{ [enterprise]: { department: "Tours" } },
		],
		[
			"takes a manager as a bare id",
			[{ op: "add", path: `${enterprise}:manager`, value: "m1" }],
			{ [enterprise]: { manager: { value: "m1" } } },
		],
		[
			"takes a manager without URN, in a list of one",
			[{ op: "Add", path: "manager", value: [{ $ref: "https://x/m1", value: "m1" }] }],
			{ [enterprise]: { manager: { value: "m1", $ref: "https://x/m1" } } },
		],
		[
			"sets a part of the element that matches",
			[{ op: "Replace", path: 'emails[type eq "work"].value', value: "new@acme.test" }],
			{ emails: [{ ...work, value: "new@acme.test" }, home] },
		],
		[
			"makes the element that matches nothing yet, from the filter",
			[{ op: "replace", path: 'emails[type eq "other"].value', value: "o@acme.test" }],
			{ emails: [work, home, { type: "other", value: "o@acme.test" }] },
		],
		[
			"makes one element for several parts",
			[
				{ op: "add", path: 'addresses[type eq "work"].formatted', value: "a" },
				{ op: "add", path: 'addresses[type eq "work"].locality', value: "b" },
				{ op: "add", path: 'addresses[type eq "work"].region', value: "c" },
			],
			{ addresses: [{ type: "work", formatted: "a", locality: "b", region: "c" }] },
		],
		[
			"compares a flag with a text in a filter",
			[{ op: "replace", path: 'emails[primary eq "True"].value', value: "p@acme.test" }],
			{ emails: [{ ...work, value: "p@acme.test" }, home] },
		],
		[
			"makes a role from a text flag",
			[{ op: "add", path: 'roles[primary eq "True"].value', value: "admin" }],
			{ roles: [{ primary: true, value: "admin" }] },
		],
		[
			"appends to a list",
			[{ op: "add", path: "emails", value: { value: "x@acme.test", type: "other" } }],
			{ emails: [work, home, { value: "x@acme.test", type: "other" }] },
		],
		["adds what is there without a change", [{ op: "add", path: "emails", value: [work] }], {}],
		[
			"replaces a list",
			[{ op: "replace", path: "emails", value: [{ value: "x@acme.test" }] }],
			{ emails: [{ value: "x@acme.test" }] },
		],
		[
			"moves the primary mark",
			[{ op: "add", path: "emails", value: [{ value: "x@acme.test", primary: true }] }],
			{ emails: [{ ...work, primary: false }, home, { value: "x@acme.test", primary: true }] },
		],
		[
			"moves the primary mark to a matching element",
			[{ op: "replace", path: 'emails[type eq "home"].primary', value: true }],
			{
				emails: [
					{ ...work, primary: false },
					{ ...home, primary: true },
				],
			},
		],
		[
			"removes matching elements",
			[{ op: "remove", path: 'emails[type eq "home"]' }],
			{ emails: [work] },
		],
		[
			"removes what is not there without a change",
			[{ op: "remove", path: 'emails[type eq "x"]' }],
			{},
		],
		[
			"drops an element that loses its value",
			[{ op: "remove", path: 'emails[type eq "home"].value' }],
			{ emails: [work] },
		],
		[
			"removes listed elements only",
			[{ op: "Remove", path: "emails", value: [{ $ref: null, value: "ada@home.test" }] }],
			{ emails: [work] },
		],
		["ignores what no schema knows", [{ op: "replace", path: "shoeSize", value: 42 }], {}],
		["ignores an unknown URN", [{ op: "add", path: "urn:x:y:2.0:User:tag", value: "v" }], {}],
		["discards a password", [{ op: "replace", value: { password: "new-secret" } }], {}],
		[
			"ignores read-only keys in a whole object",
			[{ op: "replace", value: { id: "x", meta: {}, groups: [], schemas: [core], title: "t" } }],
			{ title: "t" },
		],
		[
			"takes each operation after the other",
			[
				{ op: "add", path: "externalId", value: "a" },
				{ op: "remove", path: "externalId" },
				{ op: "replace", path: "externalId", value: "b" },
			],
			{ externalId: "b" },
		],
	])("%s", (_, operations, expected) => {
		expect(patch(operations)).toEqual({ ...ada, ...expected });
	});

	test.each<[string, Operation]>([
		["null", { op: "replace", path: "name", value: null }],
		["remove", { op: "remove", path: "name" }],
	])("clears a complex attribute by %s", (_, operation) => {
		const { name: _gone, ...rest } = ada;
		expect(patch([operation])).toEqual(rest);
	});

	test.each([
		{ op: "replace", path: "emails", value: [] },
		{ op: "replace", path: "emails", value: null },
		{ op: "remove", path: "emails" },
		{ op: "remove", path: "emails[value pr]" },
	])("clears a list by %j", (operation) => {
		const { emails: _gone, ...rest } = ada;
		expect(patch([operation])).toEqual(rest);
	});

	test.each(["", null])("clears a manager by %j, and the empty extension with it", (value) => {
		const managed = { ...ada, [enterprise]: { manager: { value: "m1" } } };
		const path = `${enterprise}:manager`;
		expect(patch([{ op: "replace", path, value }], lenient, managed)).toEqual(ada);
		expect(patch([{ op: "remove", path: enterprise }], lenient, managed)).toEqual(ada);
	});

	describe("another manager", () => {
		const path = `${enterprise}:manager`;
		const managed = { ...ada, [enterprise]: { manager: { value: "m1", $ref: "https://x/m1" } } };
		const managerAfter = (operation: Operation, mode: typeof lenient) =>
			(patch([operation], mode, managed) as Record<string, { manager: unknown }>)[enterprise]
				?.manager;

		test.each<[Operation]>([
			[{ op: "replace", path, value: { value: "m2" } }],
			[{ op: "add", path, value: { value: "m2" } }],
			[{ op: "replace", path, value: "m2" }],
			[{ op: "add", path: `${path}.value`, value: "m2" }],
			[{ op: "replace", path: `${path}.value`, value: "m2" }],
		])("does not keep the address of the one before: %j", (operation) => {
			expect(managerAfter(operation, lenient)).toEqual({ value: "m2" });
		});

		test("has the address that is sent with them", () => {
			const value = { $ref: "https://x/m2", value: "m2" };
			for (const op of ["add", "replace"])
				for (const mode of [lenient, strict])
					expect(managerAfter({ op, path, value }, mode)).toEqual(value);
		});

		test("is not the one who is there already", () => {
			for (const operation of [
				{ op: "add", path, value: { value: "m1" } },
				{ op: "add", path: `${path}.value`, value: "m1" },
			])
				for (const mode of [lenient, strict])
					expect(managerAfter(operation, mode)).toEqual({ value: "m1", $ref: "https://x/m1" });
		});

		test("keeps what an add does not name where strict, as the interop profile asks", () => {
			const kept = { value: "m2", $ref: "https://x/m1" };
			expect(managerAfter({ op: "add", path, value: { value: "m2" } }, strict)).toEqual(kept);
			expect(managerAfter({ op: "replace", path: `${path}.value`, value: "m2" }, strict)).toEqual(
				kept,
			);
			const replaced = managerAfter({ op: "replace", path, value: { value: "m2" } }, strict);
			expect(replaced).toEqual({ value: "m2" });
		});
	});

	test.each<[string, string, Operation]>([
		["an unknown op", "invalidSyntax", { op: "move", path: "active", value: false }],
		["remove without a path", "noTarget", { op: "remove" }],
		["a read-only attribute", "mutability", { op: "replace", path: "id", value: "evil" }],
		["a read-only list", "mutability", { op: "add", path: "groups", value: [{ value: "g" }] }],
		["removing userName", "mutability", { op: "remove", path: "userName" }],
		["emptying userName", "invalidValue", { op: "replace", path: "userName", value: " " }],
		["clearing userName", "mutability", { op: "replace", path: "userName", value: null }],
		["a broken path", "invalidPath", { op: "replace", path: "emails[type eq", value: "x" }],
		["an order of flags", "invalidFilter", { op: "remove", path: "emails[primary gt true]" }],
		[
			"an order of certificates",
			"invalidFilter",
			{ op: "remove", path: 'x509Certificates[value lt "a"]' },
		],
		[
			"a filter on no list",
			"invalidPath",
			{ op: "replace", path: 'name[givenName eq "b"].familyName', value: "x" },
		],
		[
			"a filter on no part",
			"invalidPath",
			{ op: "replace", path: 'emails[a eq "b"].value', value: "x" },
		],
		[
			"a whole element that matches nothing",
			"noTarget",
			{ op: "replace", path: 'emails[type eq "other"]', value: { value: "h@x" } },
		],
		[
			"an element no filter describes",
			"noTarget",
			{ op: "replace", path: 'emails[type co "oth"].value', value: "h@x" },
		],
		["no value", "invalidValue", { op: "replace", path: "title" }],
		["a text for a flag", "invalidValue", { op: "replace", path: "active", value: "perhaps" }],
		["an object for a text", "invalidValue", { op: "replace", path: "title", value: { a: 1 } }],
		["a list for a text", "invalidValue", { op: "replace", path: "title", value: ["a", "b"] }],
		["a text without a path", "invalidValue", { op: "replace", value: "x" }],
		["a NUL", "invalidValue", { op: "replace", path: "title", value: "a\0b" }],
		["half a surrogate pair", "invalidValue", { op: "replace", path: "title", value: "\ud800" }],
		[
			"a removal that names nothing",
			"invalidValue",
			{ op: "remove", path: "emails", value: [{ id: "x" }] },
		],
		["an empty removal", "invalidValue", { op: "remove", path: "emails", value: [] }],
		[
			"constructor.prototype.x",
			"invalidPath",
			{ op: "add", path: "constructor.prototype.x", value: 1 },
		],
		["__proto__.x", "invalidPath", { op: "add", path: "__proto__.x", value: 1 }],
		["constructor", "invalidPath", { op: "add", path: "constructor", value: 1 }],
		[
			"__proto__ behind a filter",
			"invalidPath",
			{ op: "add", path: 'emails[type eq "work"].__proto__.x', value: 1 },
		],
		[
			"constructor behind a filter",
			"invalidPath",
			{ op: "add", path: 'emails[type eq "work"].constructor', value: 1 },
		],
		[
			"__proto__ in a value",
			"invalidPath",
			{ op: "add", value: JSON.parse('{"__proto__":{"x":1}}') },
		],
		[
			"__proto__ inside a part",
			"invalidPath",
			{ op: "add", path: "name", value: JSON.parse('{"__proto__":{"x":1}}') },
		],
	])("refuses %s", (_, scimType, operation) => {
		expect(() => patch([operation])).toThrow(refusedWith(scimType));
		expect(({} as Record<string, unknown>).x).toBeUndefined();
	});

	test("says which operation was refused, and applies none", () => {
		const before = structuredClone(ada);
		const operations = [
			{ op: "replace", path: "title", value: "t" },
			{ op: "replace", path: "id", value: "x" },
		];
		expect(() => patch(operations)).toThrow("Operation 2: id is read-only.");
		expect(ada).toEqual(before);
	});

	test.each([
		["a list", []],
		["null", null],
		["a text", "x"],
		["no operations", { schemas: [patchSchema] }],
		["another schema", { schemas: [core], Operations: [{ op: "remove", path: "title" }] }],
		["an operation that is no object", { schemas: [patchSchema], Operations: ["x"] }],
	])("refuses %s as a body", (_, body) => {
		expect(() => applyPatch(userType, ada, body, lenient)).toThrow(refusedWith("invalidSyntax"));
	});

	test("understands a missing schema and an odd spelling of Operations", () => {
		const body = { operations: [{ OP: "replace", Path: "active", Value: false }] };
		expect(applyPatch(userType, ada, body, lenient)).toEqual({ ...ada, active: false });
		expect(() => applyPatch(userType, ada, body, strict)).toThrow(refusedWith("invalidSyntax"));
	});

	test("takes a bounded number of operations and of values", () => {
		const operations = Array(maxOperations + 1).fill({ op: "remove", path: "title" });
		expect(() => patch(operations)).toThrow(expect.objectContaining({ status: 413 }));
		const value = Array.from({ length: 1001 }, (_, index) => ({ value: `${index}@x` }));
		expect(() => patch([{ op: "add", path: "emails", value }])).toThrow(
			refusedWith("invalidValue"),
		);
	});
});

describe("a strict PATCH", () => {
	test.each<[string, Operation, string]>([
		["no path", { op: "replace", value: { active: false } }, "invalidSyntax"],
		// RFC 7644 §3.5.2.2 has a word of its own for this one, the interop profile one for both.
		["a removal without a path", { op: "remove" }, "invalidSyntax"],
		["op in another case", { op: "Replace", path: "active", value: false }, "invalidSyntax"],
		["a flag as a text", { op: "replace", path: "active", value: "False" }, "invalidValue"],
		["an unknown attribute", { op: "replace", path: "shoeSize", value: 4 }, "invalidSyntax"],
		[
			"a manager as a text",
			{ op: "replace", path: `${enterprise}:manager`, value: "m" },
			"invalidValue",
		],
		[
			"an element that is not there",
			{ op: "replace", path: 'emails[type eq "other"].value', value: "o@x" },
			"noTarget",
		],
		[
			"two primary values",
			{
				op: "replace",
				path: "emails",
				value: [
					{ value: "a", primary: true },
					{ value: "b", primary: true },
				],
			},
			"invalidValue",
		],
		...[
			["in a filter", 'emails[tipe eq "work"].value', "x"],
			[
				"in a filter, where another term decides",
				'emails[type eq "?" and not (a co "b")].value',
				"x",
			],
			["behind a filter", 'emails[type eq "work"].nosuch', "x"],
			["of a prototype", "constructor", "x"],
			["of a prototype behind a filter", 'emails[type eq "work"].constructor', "x"],
			["of a prototype in a value", "name", JSON.parse('{"__proto__":{"x":1}}')],
		].map(([where, path, value]): [string, Operation, string] => [
			`a name that is no attribute's ${where}`,
			{ op: "replace", path, value },
			"invalidSyntax",
		]),
		[
			"to remove by a name that is no attribute's",
			{ op: "remove", path: 'emails[type eq "?" and tipe eq "work"]' },
			"invalidSyntax",
		],
		[
			"an extension's attribute without its URN",
			{ op: "add", path: "department", value: "x" },
			"invalidSyntax",
		],
		// Not names at all, by the grammar of a path: RFC 7644 §3.12 calls that an invalid path.
		["a malformed path", { op: "replace", path: "__proto__.x", value: 1 }, "invalidPath"],
		["a malformed filter", { op: "replace", path: "emails[type eq", value: 1 }, "invalidPath"],
	])("refuses %s", (_, operation, scimType) => {
		expect(() => patch([operation], strict)).toThrow(refusedWith(scimType));
	});

	test("clears by null, and takes names in any case", () => {
		const from = { ...ada, title: "t", nickName: "n" };
		const operations = [
			{ op: "replace", path: "title", value: null },
			{ op: "replace", path: "NICKNAME", value: "m" },
		];
		expect(patch(operations, strict, from)).toEqual({ ...ada, nickName: "m" });
	});

	test("drops the parts that a replaced complex value leaves out", () => {
		const operation = { op: "replace", path: "name", value: { givenName: "X" } };
		expect(patch([operation], strict)).toEqual({ ...ada, name: { givenName: "X" } });
	});
});

describe("a body", () => {
	const read = (body: unknown, mode = lenient) => readResource(userType, body, mode);

	test("of Okta is read; groups and the password are not kept", () => {
		expect(
			read({
				schemas: [core],
				userName: "test.user@okta.local",
				name: { givenName: "Test", familyName: "User" },
				emails: [{ primary: true, value: "test.user@okta.local", type: "work" }],
				displayName: "Test User",
				locale: "en-US",
				externalId: "00ujl29u0le5T6Aj10h7",
				groups: [],
				password: "1mz050nq",
				active: true,
			}),
		).toEqual({
			userName: "test.user@okta.local",
			name: { givenName: "Test", familyName: "User" },
			emails: [{ primary: true, value: "test.user@okta.local", type: "work" }],
			displayName: "Test User",
			locale: "en-US",
			externalId: "00ujl29u0le5T6Aj10h7",
			active: true,
		});
	});

	test("of Entra is read; texts for flags, its own URNs and nulls are understood", () => {
		expect(
			read({
				schemas: [core, enterprise, "http://schemas.microsoft.com/2006/11/ADSCIM/2.0/User"],
				userName: "shaniya@bauch.example",
				active: "True",
				displayName: null,
				meta: { resourceType: "User" },
				roles: [{ primary: "True", display: "d", value: "v", type: "t" }],
				addresses: [{ type: "work", primary: true, country: "Belize" }],
				[enterprise]: { manager: { value: "GZFDHGRKQLCG" }, department: null },
			}),
		).toEqual({
			userName: "shaniya@bauch.example",
			active: true,
			roles: [{ primary: true, display: "d", value: "v", type: "t" }],
			addresses: [{ type: "work", primary: true, country: "Belize" }],
			[enterprise]: { manager: { value: "GZFDHGRKQLCG" } },
		});
	});

	test.each<[string, unknown, Resource]>([
		["names in any case", { USERNAME: "a", DisplayName: "A" }, { userName: "a", displayName: "A" }],
		[
			"emails as one object",
			{ userName: "a", emails: { value: "a@x" } },
			{ userName: "a", emails: [{ value: "a@x" }] },
		],
		[
			"emails as texts",
			{ userName: "a", emails: ["a@x"] },
			{ userName: "a", emails: [{ value: "a@x" }] },
		],
		[
			"a role as a text",
			{ userName: "a", roles: "Admin" },
			{ userName: "a", roles: [{ value: "Admin" }] },
		],
		["a number for a text", { userName: "a", nickName: 7 }, { userName: "a", nickName: "7" }],
		[
			"the schema before RFC 7643",
			{ schemas: ["urn:scim:schemas:core:1.0"], userName: "a" },
			{ userName: "a" },
		],
		["a misspelt attribute", { userName: "a", displayNam: "typo" }, { userName: "a" }],
		[
			"an id of the client",
			{ userName: "a", id: "mine", meta: { created: "x" } },
			{ userName: "a" },
		],
	])("may hold %s", (_, body, expected) => {
		expect(read(body)).toEqual(expected);
	});

	test.each<[string, unknown, string]>([
		["nothing", {}, "invalidValue"],
		["no userName", { schemas: [core], displayName: "x" }, "invalidValue"],
		["an empty userName", { schemas: [core], userName: "" }, "invalidValue"],
		["a userName that is an object", { schemas: [core], userName: { a: 1 } }, "invalidValue"],
		[
			"another schema",
			{ schemas: ["urn:ietf:params:scim:schemas:core:2.0:Group"], userName: "a" },
			"invalidSyntax",
		],
		["schemas that are no list", { schemas: core, userName: "a" }, "invalidSyntax"],
		["a list", [], "invalidSyntax"],
		["null", null, "invalidSyntax"],
		["a text", "x", "invalidSyntax"],
		["deep nesting", { userName: "a", emails: [[[[{ value: "x" }]]]] }, "invalidValue"],
	])("may not be %s", (_, body, scimType) => {
		expect(() => read(body)).toThrow(refusedWith(scimType));
	});

	test("deeper than any stack is refused, not fatal", () => {
		const deep = JSON.parse(
			`{"userName":"a","title":${"[".repeat(100_000)}${"]".repeat(100_000)}}`,
		);
		expect(() => read(deep)).toThrow(refusedWith("invalidValue"));
	});

	test("is held to the letter where that is asked for", () => {
		expect(() => read({ userName: "a" }, strict)).toThrow(refusedWith("invalidSyntax"));
		const typo = { schemas: [core], userName: "a", displayNam: "typo" };
		expect(() => read(typo, strict)).toThrow(refusedWith("invalidSyntax"));
		const dotted = { schemas: [core], userName: "a", "name.givenName": "x" };
		expect(() => read(dotted, strict)).toThrow(refusedWith("invalidSyntax"));
		for (const key of ["__proto__", "constructor"]) {
			const reaching = JSON.parse(`{"schemas":["${core}"],"userName":"a","${key}":{"x":1}}`);
			expect(() => read(reaching, strict)).toThrow(refusedWith("invalidSyntax"));
		}
	});

	test.each([
		["stands dotted inside an extension", { [enterprise]: { "manager.value": "m" } }],
		["is the schemas again inside an extension", { [enterprise]: { schemas: [enterprise] } }],
		["is an extension's and stands beside the core's", { department: "Tours" }],
		["is a part of what is read-only", { meta: { etag: "x" } }],
		["is a part of a list that is read-only", { groups: [{ value: "g" }, { nosuch: "x" }] }],
	])("is refused in strict mode where an attribute %s", (_, more) => {
		const sent = { schemas: [core, enterprise], userName: "a", ...more };
		expect(() => read(sent)).not.toThrow();
		expect(() => read(sent, strict)).toThrow(refusedWith("invalidSyntax"));
	});

	test.each([
		["a schema there is not", [core, "urn:example:x"]],
		["the core's with more behind it", [`${core}X`]],
		["the core's twice, once with more behind it", [core, `${core}X`]],
		["the one of a group", [core, "urn:ietf:params:scim:schemas:core:2.0:Group"]],
		["an extension's alone", [enterprise]],
		["what is no text", [core, 7]],
		["one twice", [core, core.toUpperCase()]],
		["none", []],
		["a text", core],
	])("names its schemas exactly in strict mode, not %s", (_, schemas) => {
		expect(() => read({ schemas, userName: "a" }, strict)).toThrow(refusedWith("invalidSyntax"));
	});

	test("may name its schemas in any letter case and order in strict mode too", () => {
		const schemas = [enterprise.toUpperCase(), core.toLowerCase()];
		expect(read({ schemas, userName: "a" }, strict)).toEqual({ userName: "a" });
	});

	test("a strict body names the schema of every extension it has", () => {
		const sent = { schemas: [core], userName: "a", [enterprise]: { department: "Tours" } };
		expect(read(sent)).toEqual({ userName: "a", [enterprise]: { department: "Tours" } });
		expect(() => read(sent, strict)).toThrow(refusedWith("invalidSyntax"));
		expect(read({ ...sent, schemas: [core, enterprise] }, strict)).toEqual(read(sent));
	});

	test("what is read-only is ignored in a strict body, whatever its value", () => {
		const meta = { resourceType: 1, version: {}, location: null };
		const sent = { schemas: [core], userName: "a", id: {}, meta, groups: "g" };
		expect(read(sent, strict)).toEqual({ userName: "a" });
	});
});

describe("any PATCH", () => {
	const attribute = fc.constantFrom(
		"userName",
		"displayName",
		"name",
		"name.givenName",
		"emails",
		"emails.value",
		'emails[type eq "work"]',
		'emails[type eq "work"].value',
		'emails[value ew "test" and not (primary eq true)]',
		"active",
		"manager",
		`${enterprise}:department`,
		enterprise,
		"__proto__.x",
		"constructor",
	);
	const value = fc.jsonValue({ maxDepth: 3 });
	const operation = fc.record(
		{ op: fc.constantFrom("add", "replace", "remove"), path: attribute, value },
		{ requiredKeys: ["op"] },
	);

	test("an empty list of operations changes nothing; strict refuses it", () => {
		expect(patch([])).toEqual(ada);
		expect(() => patch([], strict)).toThrow(refusedWith("invalidSyntax"));
	});

	test("makes one of two elements that became alike", () => {
		const after = patch([
			{ op: "add", path: "emails", value: [" ", 0] },
			{ op: "add", path: "emails.value", value: "x@acme.test" },
		]);
		expect(after.emails).toEqual([
			{ value: "x@acme.test", type: "work", primary: true },
			{ value: "x@acme.test", type: "home" },
			{ value: "x@acme.test" },
		]);
	});

	test("gives a resource that is stable, or a refusal; the old one stays as it was", () => {
		const before = structuredClone(ada);
		fc.assert(
			fc.property(fc.array(operation, { minLength: 1, maxLength: 4 }), (operations) => {
				try {
					const after = patch(operations);
					expect(typeof after.userName).toBe("string");
					expect(JSON.parse(JSON.stringify(after))).toEqual(after);
					const again = { ...after, schemas: [core] };
					expect(readResource(userType, again, lenient)).toEqual(after);
				} catch (error) {
					expect(error).toBeInstanceOf(ScimError);
				}
				expect(ada).toEqual(before);
				expect(Object.keys(Object.prototype)).toEqual([]);
			}),
			{ numRuns: 1000 },
		);
	});

	test("that replaces twice is as one that replaces once", () => {
		// A whole element chosen by a filter may not match it any more.
		const lasting = attribute.filter((path) => !path.endsWith("]"));
		fc.assert(
			fc.property(lasting, value, (path, content) => {
				const once = [{ op: "replace", path, value: content }];
				let first: Resource;
				try {
					first = patch(once);
				} catch {
					return;
				}
				expect(patch(once, lenient, first)).toEqual(first);
			}),
		);
	});
});

describe("roles of an extension", () => {
	const body = (more: Record<string, unknown>, mode = lenient) =>
		readResource(userType, { schemas: [core], userName: "b", ...more }, mode).roles;
	const admin = [{ value: "Admin" }];

	test.each<[string, Record<string, unknown>]>([
		["in an extension of the client's own", { "urn:example:2.0:User": { roles: ["Admin"] } }],
		["whatever the case", { "URN:example:2.0:User": { Roles: admin } }],
		["in the enterprise extension", { [enterprise]: { roles: "Admin", department: "x" } }],
		["as a key with the URN", { "urn:example:2.0:User:roles": admin }],
		["beside an empty list", { "urn:example:2.0:User": { roles: admin }, roles: [] }],
		["not where the core has some", { "urn:example:2.0:User": { roles: ["No"] }, roles: admin }],
	])("are the core's: %s", (_, more) => {
		expect(body(more)).toEqual(admin);
	});

	test("are set by a PATCH, with and without a path", () => {
		const value = ["Admin"];
		const path = "urn:example:2.0:User:roles";
		const before = { ...ada, roles: [{ value: "Viewer" }] };
		expect(patch([{ op: "replace", path, value }], lenient, before).roles).toEqual(admin);
		const whole = { "urn:example:2.0:User": { roles: value } };
		expect(patch([{ op: "replace", value: whole }], lenient, before).roles).toEqual(admin);
	});

	test("are unknown attributes in strict mode", () => {
		expect(() => body({ "urn:example:2.0:User": { roles: admin } }, strict)).toThrow(
			refusedWith("invalidSyntax"),
		);
	});
});
