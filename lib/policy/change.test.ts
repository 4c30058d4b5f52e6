import { describe, expect, it } from "vitest";
import { type ChangeFacts, differences, forbidden, refusals, unavailable } from "./change";
import type { Policy } from "./document";
import { defaultPolicy, profiles } from "./profiles";

const ready: ChangeFacts = {
	connection: { active: true, passedTest: true },
	adminsWithCodes: 1,
	verifiedDomains: 1,
	directoryOn: true,
	activePeople: 3,
	groups: 2,
	peopleWithRoles: 1,
};
const changed = (change: Partial<Policy>): Policy => ({ ...defaultPolicy, ...change });

describe("differences", () => {
	it("finds none between a document and itself, in any order of keys and lists", () => {
		const { autoProvision, ...rest } = defaultPolicy;
		const a = changed({
			endSessionsOn: ["enabled", "disabled"],
			allowedDomains: ["a.test", "b.test"],
		});
		const b = {
			...rest,
			endSessionsOn: ["disabled" as const, "enabled" as const],
			allowedDomains: ["b.test", "a.test"],
			brake: { minutes: 10, percent: 20, count: 50 },
			autoProvision,
		};
		expect(differences(a, b)).toEqual([]);
	});

	it("names each field with before and after, in the order of the document", () => {
		const after = changed({ mappings: { d1: { role: "admin" } }, autoProvision: "off" });
		expect(differences(defaultPolicy, after)).toEqual([
			{ field: "autoProvision", before: "on", after: "off" },
			{ field: "mappings", before: {}, after: { d1: { role: "admin" } } },
		]);
	});

	it("tells a word from a list of it", () => {
		const a = changed({ attributeMayGrant: "all" });
		expect(differences(a, changed({ attributeMayGrant: ["all"] }))).toHaveLength(1);
	});
});

describe("pinned fields", () => {
	const { policy } = profiles.intelligence;
	it("cannot be changed, nor the pin lifted", () => {
		const after: Policy = { ...policy, enforceSso: { mode: "on" }, pinned: [] };
		expect(forbidden(policy, after)).toEqual(["enforceSso", "pinned"]);
	});
	it("let the others change, and a pin be added", () => {
		const after: Policy = { ...policy, autoProvision: "off", pinned: ["enforceSso", "google"] };
		expect(forbidden(policy, after)).toEqual([]);
	});
});

describe("what cannot be chosen, and why", () => {
	it.each<[string, Partial<Policy>, Partial<ChangeFacts>, keyof Policy, string, string[]]>([
		["nothing connected", {}, { connection: null }, "enforceSso", "on", ["needs_connection"]],
		[
			"no passed test",
			{},
			{ connection: { active: true, passedTest: false } },
			"enforceSso",
			"on",
			["needs_passed_test"],
		],
		[
			"no codes, no domain",
			{},
			{ adminsWithCodes: 0, verifiedDomains: 0 },
			"enforceSso",
			"on",
			["needs_recovery_codes", "needs_verified_domain"],
		],
		[
			"no active people",
			{},
			{ activePeople: 0 },
			"requireProvisioning",
			"on",
			["needs_active_people"],
		],
		[
			"provisioning required",
			{ requireProvisioning: "on" },
			{},
			"autoProvision",
			"on",
			["provisioning_required"],
		],
		["no groups", {}, { groups: 0 }, "rolesFrom", "groups", ["needs_groups"]],
		["no role values", {}, { peopleWithRoles: 0 }, "rolesFrom", "attribute", ["needs_role_values"]],
		[
			"mapped groups",
			{ mappings: { d: { role: "member" } } },
			{},
			"groupsSync",
			"off",
			["mappings_in_use"],
		],
		[
			"directory off",
			{},
			{ directoryOn: false },
			"membersManagedBy",
			"directory",
			["needs_directory"],
		],
		[
			"SSO on, and the policy lets them exclude each other",
			{ twoFactor: { ...defaultPolicy.twoFactor, withSso: "conflict" } },
			{},
			"twoFactor",
			"required",
			["two_factor_conflict"],
		],
		["no passwords", { enforceSso: { mode: "on" } }, {}, "twoFactor", "required", ["no_passwords"]],
		["pinned", { pinned: ["google"] }, {}, "google", "any", ["pinned"]],
	])("%s", (_, change, facts, field, value, reasons) => {
		const rows = unavailable(changed(change), { ...ready, ...facts })[field] ?? [];
		expect(rows.filter((row) => row.value === value).map((row) => row.reason)).toEqual(reasons);
	});

	it("is nothing when all is ready", () => expect(unavailable(defaultPolicy, ready)).toEqual({}));
});

describe("refusals of a save", () => {
	it("look at what changes alone", () => {
		const facts = { ...ready, groups: 0, directoryOn: false };
		expect(refusals(defaultPolicy, changed({ autoProvision: "off" }), facts)).toEqual([]);
	});

	it("name the field and the first reason, for enforcement from a day too", () => {
		const facts = { ...ready, adminsWithCodes: 0, verifiedDomains: 0 };
		for (const enforceSso of [{ mode: "on" }, { mode: "onFrom", from: "2027-01-01" }] as const)
			expect(refusals(defaultPolicy, changed({ enforceSso }), facts)).toEqual([
				{ field: "enforceSso", reason: "needs_recovery_codes" },
			]);
	});

	it("never stand in the way of turning enforcement off", () => {
		const facts = { ...ready, connection: null, adminsWithCodes: 0 };
		expect(refusals(changed({ enforceSso: { mode: "on" } }), defaultPolicy, facts)).toEqual([]);
	});

	it("judge the new document as a whole", () => {
		const before = changed({ requireProvisioning: "on", autoProvision: "off" });
		expect(refusals(before, defaultPolicy, ready)).toEqual([]);
		expect(refusals(before, { ...before, autoProvision: "on" }, ready)).toEqual([
			{ field: "autoProvision", reason: "provisioning_required" },
		]);
	});

	it("name what is pinned", () => {
		const { policy } = profiles.intelligence;
		expect(refusals(policy, { ...policy, enforceSso: { mode: "on" } }, ready)).toEqual([
			{ field: "enforceSso", reason: "pinned" },
		]);
	});
});
