import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ScimError } from "./errors";
import { comparisons, type Filter, formatFilter, limits, parseFilter } from "./filter";
import { parsePath } from "./path";

const eq = (name: string, value: string): Filter => ({
	kind: "compare",
	path: { name },
	op: "eq",
	value,
});

describe("a filter", () => {
	test.each<[string, Filter]>([
		['userName eq "ada"', eq("userName", "ada")],
		['userName Eq "ada"', eq("userName", "ada")],
		['  userName  eq  "a\\"b\\\\c"  ', eq("userName", 'a"b\\c')],
		['userName eq "\\u00e4"', eq("userName", "ä")],
		["active eq true", { kind: "compare", path: { name: "active" }, op: "eq", value: true }],
		["active eq True", { kind: "compare", path: { name: "active" }, op: "eq", value: true }],
		["x lt -1.5e3", { kind: "compare", path: { name: "x" }, op: "lt", value: -1500 }],
		["x eq null", { kind: "compare", path: { name: "x" }, op: "eq", value: null }],
		["title pr", { kind: "present", path: { name: "title" } }],
		["not (title pr)", { kind: "not", term: { kind: "present", path: { name: "title" } } }],
		["not(title pr)", { kind: "not", term: { kind: "present", path: { name: "title" } } }],
		['((a eq "1"))', eq("a", "1")],
		[
			'a eq "1" or b eq "2" and c eq "3"',
			{
				kind: "or",
				terms: [eq("a", "1"), { kind: "and", terms: [eq("b", "2"), eq("c", "3")] }],
			},
		],
		[
			'(a eq "1" or b eq "2") and c eq "3"',
			{
				kind: "and",
				terms: [{ kind: "or", terms: [eq("a", "1"), eq("b", "2")] }, eq("c", "3")],
			},
		],
		["name.familyName pr", { kind: "present", path: { name: "name", sub: "familyName" } }],
		["manager.$ref pr", { kind: "present", path: { name: "manager", sub: "$ref" } }],
		[
			"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value pr",
			{
				kind: "present",
				path: {
					schema: "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
					name: "manager",
					sub: "value",
				},
			},
		],
		[
			'emails[type eq "work"]',
			{ kind: "element", path: { name: "emails" }, where: eq("type", "work") },
		],
		[
			'emails[type eq "work"].value eq "a@b"',
			{
				kind: "element",
				path: { name: "emails" },
				where: { kind: "and", terms: [eq("type", "work"), eq("value", "a@b")] },
			},
		],
	])("%s", (text, filter) => {
		expect(parseFilter(text)).toEqual(filter);
	});

	test.each([
		"",
		"userName",
		"userName eq",
		'userName xx "a"',
		'userName eq "a" and',
		'userName eq "a" and or b pr',
		'and userName eq "a"',
		"emails[]",
		'emails[type eq "work"',
		'emails[a[b eq "c"]]',
		'emails.value[type eq "work"]',
		'emails[type eq "work"].value.x eq "a"',
		'userName eq "unterminated',
		"userName eq 'ada'",
		"userName eq ada",
		'userName pr "x"',
		'userName eq "a"; drop table users',
		'userName eq "a" "b"',
		'(userName eq "a"',
		'userName eq "a")',
		"not userName pr",
		'9x eq "a"',
		'__proto__ eq "a"',
		'a.b.c eq "d"',
		'userName eq"a"',
		'userName eq "\\x"',
		'userName eq "\\u0000"',
		'userName eq "\\ud800"',
		"userName eq 01",
		'urn: eq "a"',
	])("is refused: %s", (text) => {
		expect(() => parseFilter(text)).toThrow(
			expect.objectContaining({ status: 400, scimType: "invalidFilter" }),
		);
	});

	test("names the place of the mistake", () => {
		expect(() => parseFilter('userName xx "a"')).toThrow("at character 10");
	});

	test.each([
		["parentheses", "(".repeat(10_000)],
		["closed parentheses", `${"(".repeat(100)}a pr${")".repeat(100)}`],
		["not", "not (".repeat(1000)],
		[
			"terms",
			Array(limits.terms + 1)
				.fill("a pr")
				.join(" and "),
		],
		["length", `userName eq "${"a".repeat(limits.length)}"`],
		["100,000 terms", Array(100_000).fill('a eq "b"').join(" or ")],
	])("has limits: %s", (_, text) => {
		const start = performance.now();
		expect(() => parseFilter(text)).toThrow(ScimError);
		expect(performance.now() - start).toBeLessThan(1000);
	});

	test("within the limits parses", () => {
		expect(parseFilter(`${"(".repeat(30)}a pr${")".repeat(30)}`)).toEqual(parseFilter("a pr"));
		const many = parseFilter(Array(limits.terms).fill("a pr").join(" and "));
		expect(many).toMatchObject({ kind: "and", terms: { length: limits.terms } });
	});

	const name = fc
		.stringMatching(/^[a-zA-Z][a-zA-Z0-9_-]{0,8}$/)
		.filter((text) => !/^not$/i.test(text));
	const text = fc.string({ unit: "grapheme" }).filter((it) => !/\0|\p{Surrogate}/u.test(it));
	const path = fc.record({ name, sub: name }, { requiredKeys: ["name"] });
	const comparison = fc.record({
		kind: fc.constant("compare" as const),
		path,
		op: fc.constantFrom(...comparisons),
		value: fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null)),
	});
	const present = fc.record({ kind: fc.constant("present" as const), path });
	const { tree } = fc.letrec<{ tree: Filter }>((tie) => ({
		tree: fc.oneof(
			{ maxDepth: 4, depthSize: "small" },
			comparison,
			present,
			fc.record({
				kind: fc.constant("element" as const),
				path: fc.record({ name }),
				where: fc.oneof(comparison, present),
			}),
			fc.record({ kind: fc.constant("not" as const), term: tie("tree") }),
			fc.record({
				kind: fc.constantFrom("and" as const, "or" as const),
				terms: fc.array(tie("tree"), { minLength: 2, maxLength: 3 }),
			}),
		),
	}));

	test("written and parsed again is the same", () => {
		fc.assert(
			fc.property(tree, (filter) => {
				expect(parseFilter(formatFilter(filter))).toEqual(filter);
			}),
		);
	});

	test("of any text either parses or is refused, and never fails otherwise", () => {
		const piece = fc.oneof(
			fc.constantFrom(
				"(",
				")",
				"[",
				"]",
				" and ",
				" or ",
				"not ",
				" eq ",
				" pr",
				'"a"',
				"emails",
				".",
			),
			fc.string({ maxLength: 4 }),
		);
		fc.assert(
			fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
				try {
					parseFilter(pieces.join(""));
				} catch (error) {
					expect(error).toBeInstanceOf(ScimError);
				}
			}),
			{ numRuns: 500 },
		);
	});
});

describe("a path", () => {
	test.each([
		["active", { attribute: { name: "active" } }],
		["name.givenName", { attribute: { name: "name" }, sub: "givenName" }],
		[
			'emails[type eq "work"].value',
			{ attribute: { name: "emails" }, where: eq("type", "work"), sub: "value" },
		],
		['emails[type eq "work"]', { attribute: { name: "emails" }, where: eq("type", "work") }],
		[
			"urn:ietf:params:scim:schemas:core:2.0:User:active",
			{ attribute: { schema: "urn:ietf:params:scim:schemas:core:2.0:User", name: "active" } },
		],
	])("%s", (text, path) => {
		expect(parsePath(text)).toEqual(path);
	});

	test.each([
		"",
		"emails[type eq",
		'emails[type eq "work"',
		'emails[type eq "work"].',
		'emails[type eq "work"].a.b',
		'emails.value[type eq "work"]',
		'emails[type eq "work"] eq "a"',
		'emails[type eq "work"].__proto__',
		"__proto__.x",
		"constructor.prototype.polluted",
		"a b",
		"a,b",
	])("is refused: %s", (text) => {
		expect(() => parsePath(text)).toThrow(
			expect.objectContaining({ status: 400, scimType: "invalidPath" }),
		);
	});
});
