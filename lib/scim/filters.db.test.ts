/**
 * Filters as SQL say the same as filters in memory: random filters over random people, each asked
 * of the endpoint and of the plain reading of RFC 7644 §3.4.2.2 below.
 */
import * as fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import type { Db } from "@/db/client";
import { aWorkspace, freshDb } from "@/db/testing";
import { foldText } from "@/lib/directory/person";
import { type AttributePath, type Comparison, type Filter, formatFilter } from "./filter";
import { type Attribute, isRecord, partOf, type Resource, resolve } from "./schema";
import { aClient, type Client, coreUser } from "./testing";
import { userType } from "./user-schema";
import { booleanOf } from "./values";

const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
let db: Db;
let client: Client;
let people: Resource[] = [];

/** Few texts, so that they meet: cases, wildcards, quotes, blanks, other scripts. */
const texts = [
	"a",
	"A",
	"ab",
	"Abc",
	"b%",
	"_c",
	"100%_x",
	'q"\\',
	"straße",
	"Ünï",
	"ﬁ",
	" x ",
	"日本",
];
const word = fc.constantFrom(...texts);
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });

const somebody = fc.record({
	externalId: maybe(word),
	title: maybe(word),
	displayName: maybe(word),
	profileUrl: maybe(word),
	active: fc.boolean(),
	name: maybe(fc.record({ familyName: maybe(word), givenName: maybe(word) })),
	emails: fc.array(
		fc.record({
			value: word,
			type: maybe(fc.constantFrom("work", "Home")),
			primary: maybe(fc.boolean()),
		}),
		{ maxLength: 3 },
	),
	photos: fc.array(fc.record({ value: word, type: maybe(fc.constantFrom("photo", "Thumb")) }), {
		maxLength: 2,
	}),
	[enterprise]: maybe(
		fc.record({ department: maybe(word), manager: maybe(fc.record({ value: word })) }),
	),
});

const operators = ["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"] as const;

const onText = (...paths: AttributePath[]): fc.Arbitrary<Filter> =>
	fc.oneof(
		fc.record({
			kind: fc.constant("compare" as const),
			path: fc.constantFrom(...paths),
			op: fc.constantFrom(...operators),
			value: word,
		}),
		fc.record({
			kind: fc.constant("compare" as const),
			path: fc.constantFrom(...paths),
			op: fc.constantFrom("eq" as const, "ne" as const),
			value: fc.constant(null),
		}),
		fc.record({ kind: fc.constant("present" as const), path: fc.constantFrom(...paths) }),
	);

const onFlag = (path: AttributePath): fc.Arbitrary<Filter> =>
	fc.record({
		kind: fc.constant("compare" as const),
		path: fc.constant(path),
		op: fc.constantFrom("eq" as const, "ne" as const),
		value: fc.constantFrom(true, false, "True"),
	});

const joinedOf = (term: fc.Arbitrary<Filter>): fc.Arbitrary<Filter> =>
	fc.oneof(
		fc.record({
			kind: fc.constantFrom("and" as const, "or" as const),
			terms: fc.array(term, { minLength: 2, maxLength: 3 }),
		}),
		fc.record({ kind: fc.constant("not" as const), term }),
	);

const part = fc.oneof(onText({ name: "value" }, { name: "TYPE" }), onFlag({ name: "primary" }));
const partOfName = onText({ name: "familyName" }, { name: "GIVENNAME" });
const partOfManager = onText({ name: "value" });
const leaf = fc.oneof(
	onText(
		{ name: "title" },
		{ name: "displayName" },
		{ name: "externalId" },
		{ name: "profileUrl" },
		{ name: "name", sub: "familyName" },
		{ name: "Name", sub: "GIVENNAME" },
		{ schema: enterprise, name: "department" },
		{ name: "manager" },
		{ name: "emails", sub: "value" },
		{ name: "emails", sub: "type" },
		{ name: "photos", sub: "value" },
	),
	onFlag({ name: "active" }),
	onFlag({ name: "emails", sub: "primary" }),
	fc.record({
		kind: fc.constant("element" as const),
		path: fc.constant({ name: "emails" }),
		where: fc.oneof(part, joinedOf(part)),
	}),
	fc.record({
		kind: fc.constant("element" as const),
		path: fc.constant({ name: "name" }),
		where: fc.oneof(partOfName, joinedOf(partOfName)),
	}),
	fc.record({
		kind: fc.constant("element" as const),
		path: fc.constant({ schema: enterprise, name: "manager" }),
		where: fc.oneof(partOfManager, joinedOf(partOfManager)),
	}),
);
const filters = fc.oneof(leaf, joinedOf(leaf), joinedOf(fc.oneof(leaf, joinedOf(leaf))));

/** The plain reading of a filter: what it says of a resource as it is answered. */
function holds(filter: Filter, resource: Resource): boolean {
	switch (filter.kind) {
		case "and":
			return filter.terms.every((term) => holds(term, resource));
		case "or":
			return filter.terms.some((term) => holds(term, resource));
		case "not":
			return !holds(filter.term, resource);
		case "element": {
			const { attribute, whole } = valueAt(filter.path, resource);
			const elements = attribute.multiValued ? elementsOf(whole) : elementsOf([whole]);
			return elements.some((element) => holdsOf(filter.where, attribute, element));
		}
		default: {
			const { attribute, sub, value } = valueAt(filter.path, resource);
			if (!attribute.multiValued) return leafHolds(filter, sub ?? attribute, value);
			const of = sub ?? (partOf(attribute, "value") as Attribute);
			const values = elementsOf(value).map((element) => element[of.name]);
			if (filter.kind === "compare" && filter.value === null) {
				const some = values.some((each) => each !== undefined);
				return filter.op === "eq" ? !some : some;
			}
			return values.some((each) => leafHolds(filter, of, each));
		}
	}
}

function holdsOf(filter: Filter, attribute: Attribute, element: Resource): boolean {
	switch (filter.kind) {
		case "and":
			return filter.terms.every((term) => holdsOf(term, attribute, element));
		case "or":
			return filter.terms.some((term) => holdsOf(term, attribute, element));
		case "not":
			return !holdsOf(filter.term, attribute, element);
		case "element":
			throw new Error("brackets do not nest");
		default: {
			const of = partOf(attribute, filter.path.name) as Attribute;
			return leafHolds(filter, of, element[of.name]);
		}
	}
}

function leafHolds(
	filter: Extract<Filter, { kind: "compare" | "present" }>,
	attribute: Attribute,
	value: unknown,
): boolean {
	if (filter.kind === "present") return value !== undefined;
	if (filter.value === null) return (filter.op === "eq") === (value === undefined);
	if (filter.op === "ne") return !leafHolds({ ...filter, op: "eq" }, attribute, value);
	if (value === undefined) return false;
	if (attribute.type === "boolean") return value === booleanOf(filter.value);
	const fold = (text: unknown) => (attribute.caseExact ? String(text) : foldText(String(text)));
	return compares(fold(value), filter.op, fold(filter.value));
}

function compares(a: string, op: Comparison, b: string): boolean {
	const order = Buffer.compare(Buffer.from(a), Buffer.from(b));
	if (op === "co") return a.includes(b);
	if (op === "sw") return a.startsWith(b);
	if (op === "ew") return a.endsWith(b);
	if (op === "eq") return order === 0;
	if (op === "gt") return order > 0;
	if (op === "ge") return order >= 0;
	return op === "lt" ? order < 0 : order <= 0;
}

function valueAt(path: AttributePath, resource: Resource) {
	const { extension, attribute, sub } = resolve(userType, path) ?? {};
	if (!attribute) throw new Error(`no attribute ${path.name}`);
	const holder = extension ? resource[extension.id] : resource;
	const whole = isRecord(holder) ? holder[attribute.name] : undefined;
	if (attribute.multiValued) return { attribute, sub, whole, value: whole };
	const of = sub ?? (attribute.type === "complex" ? partOf(attribute, "value") : undefined);
	return {
		attribute,
		sub: of,
		whole,
		value: of ? (isRecord(whole) && whole[of.name]) || undefined : whole,
	};
}

const elementsOf = (value: unknown): Resource[] =>
	Array.isArray(value) ? value.filter(isRecord) : [];

beforeAll(async () => {
	db = await freshDb();
	client = await aClient(db, (await aWorkspace(db)).id);
	const others = await aClient(db, (await aWorkspace(db)).id);
	const bodies = [{ active: true, emails: [{ value: " x " }] }, ...fc.sample(somebody, 24)];
	const seen = new Set<unknown>();
	for (const [n, { externalId, ...body }] of (bodies as Resource[]).entries()) {
		const own = externalId !== undefined && !seen.has(externalId) ? { externalId } : {};
		seen.add(externalId);
		const sent = { schemas: [coreUser], userName: `p${n}`, ...body, ...own };
		const made = await client.send("POST", "/Users", JSON.parse(JSON.stringify(sent)));
		if (made.status === 201) people.push(made.body);
		// The same people in another workspace, who must never be found here.
		await others.send("POST", "/Users", JSON.parse(JSON.stringify(sent)));
	}
	people = people.filter(Boolean);
});

/** No index answers below `not`, so the value is compared in the list: blanks and all. */
const blanksBelowNot: Filter = {
	kind: "element",
	path: { name: "emails" },
	where: {
		kind: "not",
		term: { kind: "compare", path: { name: "value" }, op: "ne", value: " x " },
	},
};

/** Whoever has no name has none with parts, whatever they are not. */
const inOneThatIsNoList: Filter = {
	kind: "element",
	path: { name: "name" },
	where: {
		kind: "not",
		term: { kind: "compare", path: { name: "givenName" }, op: "eq", value: "ab" },
	},
};

test("SQL finds whom the plain reading finds", { timeout: 240_000 }, async () => {
	expect(people.length).toBeGreaterThan(10);
	await fc.assert(
		fc.asyncProperty(filters, async (filter) => {
			const text = formatFilter(filter);
			const path = `/Users?count=200&attributes=userName&filter=${encodeURIComponent(text)}`;
			const answer = await client.send("GET", path);
			expect(answer.status, `${text}\n${JSON.stringify(answer.body)}`).toBe(200);
			const found = answer.body.Resources.map(({ userName }) => userName);
			const expected = people.filter((person) => holds(filter, person));
			expect(found, text).toEqual(expected.map(({ userName }) => userName));
			expect(answer.body.totalResults).toBe(expected.length);
		}),
		{ numRuns: 150, examples: [[blanksBelowNot], [inOneThatIsNoList]] },
	);
});
