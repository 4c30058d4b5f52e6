import { describe, expect, test } from "vitest";
import { readGroupBody, readGroupPatch } from "./group-patch";
import { patchSchema } from "./patch";

const group = "urn:ietf:params:scim:schemas:core:2.0:Group";
const strict = { strict: true };

const body = (members: unknown) => ({ schemas: [group], displayName: "G", members });
const patch = (operation: unknown) => ({ schemas: [patchSchema], Operations: [operation] });

const refusedWith = (scimType: string) =>
	expect.objectContaining({ name: "ScimError", status: 400, scimType });

describe("a member", () => {
	const full = { value: "a", $ref: "https://x/Users/a", type: "User", DISPLAY: "Ada" };

	test("may say all that we say of it", () => {
		expect(readGroupBody(body([full]), strict).members).toEqual(["a"]);
	});

	test.each([["a part that does not exist", { value: "a", nosuch: 1 }]])(
		"is refused with %s where the directory is strict",
		(_, member) => {
			const operations = ["add", "replace", "remove"].map((op) => ({
				op,
				path: "members",
				value: [full, member],
			}));
			expect(() => readGroupBody(body([member]), strict)).toThrow(refusedWith("invalidSyntax"));
			for (const operation of operations)
				expect(() => readGroupPatch(patch(operation), strict)).toThrow(
					refusedWith("invalidSyntax"),
				);
		},
	);

	test("is taken with a part that does not exist otherwise, and the part is told", () => {
		const told: string[] = [];
		const mode = { strict: false, ignored: (name: string) => told.push(name) };
		expect(readGroupBody(body([{ ...full, nosuch: 1 }, "b"]), mode).members).toEqual(["a", "b"]);
		expect(told).toEqual(["members.nosuch"]);
	});
});

describe("a path into members", () => {
	test.each([
		["members.foo", "invalidSyntax", "mutability"],
		['members[value eq "a"].foo', "invalidSyntax", "mutability"],
		["members.value", "mutability", "mutability"],
		['members[value eq "a"].display', "mutability", "mutability"],
	])("%s is refused, and strictly for what does not exist", (path, strictly, otherwise) => {
		const replace = patch({ op: "replace", path, value: "x" });
		expect(() => readGroupPatch(replace, strict)).toThrow(refusedWith(strictly));
		expect(() => readGroupPatch(replace, { strict: false })).toThrow(refusedWith(otherwise));
	});

	test("does not filter by a part that does not exist where the directory is strict", () => {
		const remove = patch({ op: "remove", path: 'members[value eq "a" or tipe eq "b"]' });
		expect(() => readGroupPatch(remove, strict)).toThrow(refusedWith("invalidSyntax"));
	});

	test("has the members looked through a limited number of times", () => {
		const remove = (count: number, part: string) => ({
			schemas: [patchSchema],
			Operations: Array.from({ length: count }, (_, n) => ({
				op: "remove",
				path: `members[${part} eq "${n}"]`,
			})),
		});
		expect(() => readGroupPatch(remove(200, "display"), strict)).not.toThrow();
		expect(() => readGroupPatch(remove(201, "display"), strict)).toThrow(refusedWith("tooMany"));
		expect(() => readGroupPatch(remove(1000, "value"), strict)).not.toThrow();
	});
});
