import { describe, expect, it } from "vitest";
import texts from "../../messages/en/profiles.json";
import { enforcesSso, policyFields, policySchema } from "./document";
import { defaultPolicy, type ProfileName, profiles } from "./profiles";

const names = Object.keys(profiles) as ProfileName[];

describe("the policy document", () => {
	it.each(names)("%s is a document, and plain JSON", (name) => {
		const { policy } = profiles[name];
		expect(policySchema.parse(JSON.parse(JSON.stringify(policy)))).toEqual(policy);
	});

	it.each<[string, object]>([
		["an unknown field", { extra: 1 }],
		["a value outside its list", { autoProvision: "maybe" }],
		["enforcement from a day that is none", { enforceSso: { mode: "onFrom", from: "2026-02-30" } }],
		["enforcement from a day not named", { enforceSso: { mode: "onFrom" } }],
		["a domain in capitals", { allowedDomains: ["Acme.test"] }],
		["a domain twice", { allowedDomains: ["acme.test", "acme.test"] }],
		["an empty role", { defaultRole: "" }],
		["a mapping to nothing", { mappings: { d1: {} } }],
		["a mapping to something else", { mappings: { d1: { admin: true } } }],
		["a brake that never holds", { brake: { count: 0, percent: 20, minutes: 10 } }],
		["half a minute", { sessionIdle: 0.5 }],
		["idling longer than lasting", { sessionIdle: 600, sessionMax: 60 }],
		["a second factor with no factor", { twoFactor: { ...defaultPolicy.twoFactor, factors: [] } }],
		["a pin on no field", { pinned: ["everything"] }],
	])("refuses %s", (_, change) => {
		expect(policySchema.safeParse({ ...defaultPolicy, ...change }).success).toBe(false);
	});

	it.each([...policyFields, "pinned"])("refuses a document without %s", (field) => {
		const { [field as "pinned"]: _, ...rest } = defaultPolicy;
		expect(policySchema.safeParse(rest).success).toBe(false);
	});
});

describe("enforcement", () => {
	const on = (enforceSso: Parameters<typeof enforcesSso>[0]["enforceSso"], now: string) =>
		enforcesSso({ ...defaultPolicy, enforceSso }, new Date(now));

	it("is on, off, or on from the start of a day in UTC", () => {
		expect(on({ mode: "on" }, "2026-01-01T00:00:00Z")).toBe(true);
		expect(on({ mode: "off" }, "2026-01-01T00:00:00Z")).toBe(false);
		const from = { mode: "onFrom", from: "2026-12-16" } as const;
		expect(on(from, "2026-12-15T23:59:59.999Z")).toBe(false);
		expect(on(from, "2026-12-16T00:00:00Z")).toBe(true);
	});
});

/** The table of the five profiles, as the guides have it. */
describe.each([
	["enforceSso", "on", "off", "off", "off", "on"],
	["autoProvision", "off", "on", "on", "on", "off"],
	["requireProvisioning", "off", "off", "off", "off", "off"],
	["activation", "switch", "switch", "switch", "switch", "proof"],
	["firstSignIn", "link", "link", "link", "replace", "link"],
	["provisionExisting", "link", "link", "link", "link", "conflict"],
	["rolesFrom", "attribute", "groups", "groups", "workspace", "workspace"],
	["defaultRole", null, "member", "viewer", "member", "member"],
	["membersManagedBy", "directory", "directory", "workspace", "workspace", "directory"],
	["directoryShows", "everyone", "managed", "managed", "everyone", "everyone"],
	["groupsSync", "on", "on", "on", "off", "off"],
	["directoryNeeds", "nothing", "nothing", "nothing", "activeConnection", "activeSaml"],
	["onProvision", "silent", "silent", "silent", "silent", "invite"],
	["afterSsoOff", "passwordSet", "passwordSet", "passwordSet", "blocked", "passwordSet"],
	["revokeTokensWithSso", "no", "no", "no", "yes", "no"],
	["google", "off", "off", "off", "off", "beside"],
	["emailMatch", "exact", "exact", "exact", "exact", "plusAliases"],
	["endSessionsOn", ["enforced"], [], [], [], ["enabled", "disabled", "enforced"]],
	["pinned", [], [], [], ["enforceSso"], []],
	["signInNeeds", [], [], [], ["name"], []],
	["directoryRequires", ["emails", "roles"], [], [], [], []],
] as const)("%s", (field, ...values) => {
	const order: ProfileName[] = ["push", "assist", "observity", "intelligence", "customer"];
	it.each(order.map((name, index) => [name, values[index]] as const))("of %s", (name, value) => {
		const held = profiles[name].policy[field];
		const plain = typeof held === "object" && held && "mode" in held ? held.mode : held;
		expect(plain).toEqual(value);
	});
});

describe("the other values of the profiles", () => {
	it("accepts a start at the provider for push alone", () => {
		expect(names.filter((name) => profiles[name].idpInitiated === "accept")).toEqual(["push"]);
	});
	it("lets the attribute give every role for push alone", () => {
		const all = names.filter((name) => profiles[name].policy.attributeMayGrant === "all");
		expect(all).toEqual(["push"]);
	});
	it("lets a second factor conflict with SSO for customer alone", () => {
		const conflict = names.filter((name) => profiles[name].policy.twoFactor.withSso === "conflict");
		expect(conflict).toEqual(["customer"]);
	});
	it("all have a name and a sentence", () => {
		expect(Object.keys(texts).sort()).toEqual([...names].sort());
	});
	it("starts from assist", () => expect(defaultPolicy).toBe(profiles.assist.policy));
});
