/**
 * PATCH against a reference so simple that it can be read at once: a person as three texts and a set
 * of addresses by type. Random requests must leave what the reference says, or be refused whole.
 */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { ScimError } from "./errors";
import { applyPatch } from "./patch";
import { isRecord, type Resource } from "./schema";
import { userType } from "./user-schema";

const names = ["title", "nickName", "displayName"] as const;
const types = ["work", "home"] as const;

type Name = (typeof names)[number];
type Type = (typeof types)[number];
type Model = { texts: Partial<Record<Name, string>>; addresses: Partial<Record<Type, string>> };

const word = fc.constantFrom("a", "b", "C d");
const letters = (text: string) =>
	fc.constantFrom(text, text.toUpperCase(), `${text[0]?.toUpperCase()}${text.slice(1)}`);

/** One operation as clients write it, and what the reference makes of it. */
type Step = { operation: Record<string, unknown>; apply: (model: Model) => void };

const setText: fc.Arbitrary<Step> = fc.constantFrom(...names).chain((name) =>
	fc
		.record({
			op: fc.constantFrom("add", "replace", "Add", "Replace"),
			path: letters(name),
			value: word,
			pathless: fc.boolean(),
		})
		.map(({ op, path, value, pathless }) => ({
			operation: pathless ? { op, value: { [path]: value } } : { op, path, value },
			apply: (model: Model) => {
				model.texts[name] = value;
			},
		})),
);

const clearText: fc.Arbitrary<Step> = fc.constantFrom(...names).chain((name) =>
	fc
		.constantFrom(
			{ op: "remove", path: name },
			{ op: "Remove", path: name },
			{ op: "replace", path: name, value: null },
			{ op: "replace", value: { [name]: null } },
		)
		.map((operation) => ({
			operation,
			apply: (model: Model) => {
				delete model.texts[name];
			},
		})),
);

const setAddress: fc.Arbitrary<Step> = fc
	.record({ type: fc.constantFrom(...types), value: word, op: fc.constantFrom("add", "replace") })
	.map(({ type, value, op }) => ({
		operation: { op, path: `addresses[type eq "${type}"].locality`, value },
		apply: (model: Model) => {
			model.addresses[type] = value;
		},
	}));

const clearAddress: fc.Arbitrary<Step> = fc.constantFrom(...types).map((type) => ({
	operation: { op: "remove", path: `addresses[type eq "${type}"]` },
	apply: (model: Model) => {
		delete model.addresses[type];
	},
}));

const clearAddresses: fc.Arbitrary<Step> = fc.constant({
	operation: { op: "remove", path: "addresses" },
	apply: (model: Model) => {
		model.addresses = {};
	},
});

const step = fc.oneof(setText, clearText, setAddress, clearAddress, clearAddresses);

/** What nobody may do: each is refused, and with it the whole request. */
const refused = fc.constantFrom(
	{ op: "replace", path: "id", value: "x" },
	{ op: "remove", path: "userName" },
	{ op: "remove" },
	{ op: "move", path: "title", value: "x" },
	{ op: "add", path: "__proto__.x", value: "x" },
	{ op: "replace", path: "active", value: "perhaps" },
	{ op: "replace", path: "emails[type eq", value: "x" },
);

function modelOf(resource: Resource): Model {
	const model: Model = { texts: {}, addresses: {} };
	for (const name of names) {
		const value = resource[name];
		if (typeof value === "string") model.texts[name] = value;
	}
	const addresses = Array.isArray(resource.addresses) ? resource.addresses.filter(isRecord) : [];
	for (const { type, locality } of addresses) model.addresses[type as Type] = String(locality);
	// No kind of address is there twice.
	expect(Object.keys(model.addresses)).toHaveLength(addresses.length);
	return model;
}

const patch = (current: Resource, operations: unknown[]) =>
	applyPatch(userType, current, { Operations: operations }, { strict: false });

test("leaves what the reference says", () => {
	fc.assert(
		fc.property(fc.array(fc.array(step, { maxLength: 5 }), { maxLength: 5 }), (requests) => {
			let current: Resource = { userName: "ada" };
			const model: Model = { texts: {}, addresses: {} };
			for (const steps of requests) {
				const before = structuredClone(current);
				const next = patch(
					current,
					steps.map(({ operation }) => operation),
				);
				// Nothing is changed in place.
				expect(current).toEqual(before);
				for (const { apply } of steps) apply(model);
				expect(modelOf(next)).toEqual(model);
				expect(next.userName).toBe("ada");
				current = next;
			}
		}),
		{ numRuns: 200 },
	);
});

test("said twice is said once", () => {
	fc.assert(
		fc.property(fc.array(step, { maxLength: 5 }), (steps) => {
			const operations = steps.map(({ operation }) => operation);
			const once = patch({ userName: "ada" }, operations);
			expect(modelOf(patch(once, operations))).toEqual(modelOf(once));
		}),
	);
});

test("is refused whole", () => {
	fc.assert(
		fc.property(fc.array(step, { maxLength: 3 }), refused, fc.nat(3), (steps, bad, at) => {
			const operations: unknown[] = steps.map(({ operation }) => operation);
			operations.splice(at, 0, bad);
			const current: Resource = { userName: "ada", title: "before" };
			expect(() => patch(current, operations)).toThrow(ScimError);
			expect(current).toEqual({ userName: "ada", title: "before" });
			expect(({} as Record<string, unknown>).x).toBeUndefined();
		}),
	);
});
