import { describe, expect, it } from "vitest";
import texts from "../../messages/en/standing.json";
import type { Policy } from "./document";
import { profiles } from "./profiles";
import { type Sentence, type StandingFacts, standing } from "./standing";

const now = new Date("2026-11-20T10:00:00Z");
const { policy } = profiles.assist;
const active = { provider: "Okta", state: "active" } as const;
const acme: StandingFacts = {
	workspace: "Acme",
	connection: active,
	domains: ["acme.test"],
	directoryOn: true,
	adminsWithCodes: 2,
};
const say = (change: Partial<Policy>, facts: Partial<StandingFacts> = {}) =>
	standing({ ...policy, ...change }, { ...acme, ...facts }, now);

describe("the standing", () => {
	it.each<[string, StandingFacts["connection"], string[]]>([
		["nothing set up", null, ["nothing"]],
		["half set up", { provider: "Okta", state: "draft" }, ["off"]],
		["tested", { provider: "Okta", state: "tested" }, ["off"]],
		["live", active, ["open", "people"]],
		["paused", { provider: "Okta", state: "paused", since: now }, ["paused"]],
		["not working", { provider: "Okta", state: "failing", since: now }, ["failing"]],
	])("%s", (_, connection, keys) => {
		expect(say({}, { connection }).map(({ key }) => key)).toEqual(keys);
	});

	it("says enforced from its day on, and announces the day before", () => {
		const on = (from: string) => say({ enforceSso: { mode: "onFrom", from } })[0];
		expect(on("2026-11-20")?.key).toBe("enforced");
		expect(on("2026-12-16")).toMatchObject({
			key: "open",
			values: { closing: "yes", from: new Date("2026-12-16T00:00:00Z") },
		});
	});

	it.each<[string[], string[], object]>([
		[[], [], { domains: "none" }],
		[["a.test"], [], { domains: "one", first: "a.test" }],
		[["a.test", "b.test"], [], { domains: "two", second: "b.test" }],
		[["a.test", "b.test", "c.test"], [], { domains: "many", first: "a.test", more: 2 }],
		[["a.test", "b.test"], ["b.test"], { domains: "one", first: "b.test" }],
	])("names the domains %j narrowed to %j", (domains, allowedDomains, values) => {
		expect(say({ allowedDomains }, { domains })[0]?.values).toMatchObject(values);
	});

	it.each<[Partial<Policy>, Partial<StandingFacts>, object, object]>([
		[{}, {}, { joining: "added", source: "unmapped" }, { roles: "mapping" }],
		[
			{ autoProvision: "off", mappings: { a: { role: "member" }, b: { group: "eng" } } },
			{},
			{ joining: "invited", source: "groups", groups: 1 },
			{ newcomers: "policy-autoProvision", roles: "mapping" },
		],
		[
			{ requireProvisioning: "on", rolesFrom: "attribute" },
			{},
			{ joining: "directory", source: "attribute" },
			{ newcomers: "policy-requireProvisioning", roles: "policy-rolesFrom" },
		],
		[{ rolesFrom: "attribute" }, { directoryOn: false }, { source: "workspace" }, {}],
	])("says who may join and what decides roles: %j", (change, facts, values, slots) => {
		const people = say(change, facts).at(-1);
		expect(people).toMatchObject({ key: "people", values, slots });
	});

	it("counts the admins who can still get in when nothing works", () => {
		const connection = { provider: "Okta", state: "failing", since: now } as const;
		expect(say({ enforceSso: { mode: "on" } }, { connection })[0]?.values).toMatchObject({
			enforced: "yes",
			admins: 2,
		});
	});
});

describe("its messages", () => {
	const everything = (): Sentence[] => {
		const connections: StandingFacts["connection"][] = [
			null,
			active,
			{ provider: "Okta", state: "draft" },
			{ provider: "Okta", state: "paused", since: now },
			{ provider: "Okta", state: "failing", since: now },
		];
		return Object.values(profiles).flatMap((profile) =>
			connections.flatMap((connection) =>
				[[], ["a.test"], ["a.test", "b.test"], ["a.test", "b.test", "c.test"]].flatMap(
					(domains) => {
						const said = standing(profile.policy, { ...acme, connection, domains }, now);
						expect(said.length).toBeLessThanOrEqual(2);
						expect(said.flatMap(({ slots }) => Object.keys(slots)).length).toBeLessThanOrEqual(6);
						return said;
					},
				),
			),
		);
	};

	it("are all used, and have a place for each slot", () => {
		const said = everything();
		expect(new Set(said.map(({ key }) => key))).toEqual(new Set(Object.keys(texts)));
		for (const { key, slots, values } of said) {
			for (const slot of Object.keys(slots)) expect(texts[key]).toContain(`<${slot}>`);
			for (const name of Object.keys(slots)) expect(values).not.toHaveProperty(name);
		}
	});

	it("have at most three sentences together", () => {
		const sentences = (key: Sentence["key"]) => texts[key].match(/\.( |$)/g)?.length ?? 0;
		for (const alone of ["nothing", "off", "paused", "failing"] as const)
			expect(sentences(alone)).toBeLessThanOrEqual(3);
		expect(sentences("enforced") + sentences("people")).toBeLessThanOrEqual(3);
		expect(sentences("open") + sentences("people")).toBeLessThanOrEqual(3);
	});
});
