import { expect, test } from "vitest";
import { changedMappings, mappingEdits, openEdits, withEdits } from "./mapping-edits";

const saved = { a: { role: "admin" }, b: { role: "member", group: "core" } };

test("edits change, add and remove; what is not edited stays as it is saved", () => {
	const edits = { a: null, b: { role: "viewer" }, c: { group: "core" } };
	expect(withEdits({ ...saved, d: { role: "viewer" } }, edits)).toEqual({
		b: { role: "viewer" },
		c: { group: "core" },
		d: { role: "viewer" },
	});
});

test("an edit that is saved already is none", () => {
	const edits = { a: { role: "admin" }, b: { role: "member" }, c: null };
	expect(openEdits(saved, edits)).toEqual({ b: { role: "member" } });
});

test("what somebody else changed stands beside the edit of the same group", () => {
	const now = { a: { role: "viewer" }, b: saved.b, c: { role: "member" } };
	expect(changedMappings(saved, now, { a: null, b: { role: "viewer" } })).toEqual([
		{ id: "a", before: { role: "admin" }, saved: { role: "viewer" }, mine: null },
		{ id: "c", before: null, saved: { role: "member" }, mine: undefined },
	]);
});

test("an edit gives a role, a group or nothing; a name of the language is a group like any other", () => {
	expect(mappingEdits.safeParse({ a: {} }).success).toBe(false);
	expect(mappingEdits.safeParse({ a: { role: "admin", more: 1 } }).success).toBe(false);
	expect(mappingEdits.parse({ a: null })).toEqual({ a: null });
	expect(withEdits({}, JSON.parse('{"constructor": {"role": "viewer"}}'))).toEqual({
		constructor: { role: "viewer" },
	});
});
