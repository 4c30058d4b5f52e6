import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	type AccessFacts,
	accessFor,
	attributeMayGrant,
	type MemberFacts,
	namedRole,
	type RoleFact,
} from "./access";
import { type Policy, policySchema } from "./document";
import { defaultPolicy, type ProfileName, profiles } from "./profiles";

const role = (key: string, name: string, rank: number): RoleFact => ({
	key,
	name,
	rank,
	permissions: [],
});
const roles = [
	role("viewer", "Viewer", 100),
	role("admin", "Admin", 300),
	role("member", "Member", 200),
	role("owner", "Owner", 400),
	role("normal-user", "Normal User", 150),
];
const groups = [
	{ id: "eng", name: "Engineering", defaultRole: "member" },
	{ id: "ops", name: "Operations", defaultRole: null },
];
const somebody: MemberFacts = {
	active: true,
	roleByHand: null,
	pinnedRole: null,
	pinnedReason: null,
	groupsByHand: [],
	directory: null,
};
const sent = (of: Partial<NonNullable<MemberFacts["directory"]>> = {}) => ({
	directory: { roles: [], groups: [], ...of },
});
const dEng = { id: "d1", name: "IdP engineers" };
const dAdmins = { id: "d2", name: "IdP admins" };

const decide = (policy: Partial<Policy>, member: Partial<MemberFacts>) =>
	accessFor({ ...defaultPolicy, ...policy }, { member: { ...somebody, ...member }, roles, groups });

describe("accessFor, step by step", () => {
	it.each<[string, Partial<Policy>, Partial<MemberFacts>, string | null, string | null]>([
		["inactive: nothing", {}, { active: false, pinnedRole: "admin" }, null, null],
		["unmanaged: by hand", { rolesFrom: "groups" }, { roleByHand: "admin" }, "admin", "hand"],
		["unmanaged, nothing by hand: default", {}, {}, "member", "default"],
		[
			"unmanaged: groups held by hand give no role",
			{ rolesFrom: "groups", defaultRole: "viewer" },
			{ groupsByHand: ["eng"] },
			"viewer",
			"default",
		],
		["no default: nothing", { defaultRole: null }, {}, null, null],
		["a default role that is gone gives nothing", { defaultRole: "gone" }, {}, null, null],
		[
			"groups: the mapped role",
			{ mappings: { d1: { role: "viewer" } } },
			sent({ groups: [dEng] }),
			"viewer",
			"directoryGroup",
		],
		[
			"groups: the highest of several",
			{ mappings: { d1: { role: "viewer" }, d2: { role: "admin" } } },
			sent({ groups: [dEng, dAdmins] }),
			"admin",
			"directoryGroup",
		],
		[
			"groups: the default role of a workspace group held by mapping",
			{ mappings: { d1: { group: "eng" } }, defaultRole: "viewer" },
			sent({ groups: [dEng] }),
			"member",
			"workspaceGroup",
		],
		[
			"groups: the default role of a workspace group held by hand",
			{ defaultRole: "viewer" },
			{ ...sent(), groupsByHand: ["eng"] },
			"member",
			"workspaceGroup",
		],
		[
			"groups: a mapped role beats the one set by hand, even a higher one",
			{ mappings: { d1: { role: "viewer" } } },
			{ ...sent({ groups: [dEng] }), roleByHand: "admin" },
			"viewer",
			"directoryGroup",
		],
		[
			"groups: without a mapping the role set by hand is back",
			{},
			{ ...sent({ groups: [dEng] }), roleByHand: "admin" },
			"admin",
			"hand",
		],
		[
			"groups: the roles attribute is not read",
			{},
			sent({ roles: ["Admin"] }),
			"member",
			"default",
		],
		[
			"attribute: what the directory says",
			{ rolesFrom: "attribute", attributeMayGrant: "all" },
			sent({ roles: ["Viewer", "aDMIN"] }),
			"admin",
			"attribute",
		],
		[
			"attribute: all but admin, and what ranks above it",
			{ rolesFrom: "attribute" },
			sent({ roles: ["Admin", "Owner", "NormalUser"] }),
			"normal-user",
			"attribute",
		],
		[
			"attribute: a list of role keys",
			{ rolesFrom: "attribute", attributeMayGrant: ["viewer"] },
			sent({ roles: ["Member", "Viewer"] }),
			"viewer",
			"attribute",
		],
		[
			"attribute: groups are not read",
			{ rolesFrom: "attribute", mappings: { d1: { role: "admin" } } },
			sent({ groups: [dEng] }),
			"member",
			"default",
		],
		[
			"workspace: by hand, whatever the directory says",
			{ rolesFrom: "workspace", mappings: { d1: { role: "admin" } } },
			{ ...sent({ groups: [dEng], roles: ["Admin"] }), roleByHand: "viewer" },
			"viewer",
			"hand",
		],
		[
			"a pinned role beats a higher one",
			{ mappings: { d1: { role: "admin" } } },
			{ ...sent({ groups: [dEng] }), pinnedRole: "viewer", pinnedReason: "Contractor" },
			"viewer",
			"pinned",
		],
		[
			"a pinned role that is gone counts for nothing",
			{},
			{ pinnedRole: "gone" },
			"member",
			"default",
		],
		[
			"a mapping to a role that is gone counts for nothing",
			{ mappings: { d1: { role: "gone" } } },
			sent({ groups: [dEng] }),
			"member",
			"default",
		],
		[
			"a group id that names an object's own machinery maps nothing",
			{},
			sent({ groups: [{ id: "constructor", name: "c" }] }),
			"member",
			"default",
		],
	])("%s", (_, policy, member, key, source) => {
		const access = decide(policy, member);
		expect(access.role).toBe(key);
		expect(access.source?.kind ?? null).toBe(source);
		expect(access.reason === null).toBe(key !== null);
	});

	it("tells why there is nothing", () => {
		expect(decide({}, { active: false }).reason).toBe("suspended");
		expect(decide({ defaultRole: null }, {}).reason).toBe("no_role");
	});

	it("names every losing candidate with what it lost to", () => {
		const access = decide(
			{ mappings: { d1: { role: "viewer" }, d2: { role: "admin" }, d3: { role: "gone" } } },
			{
				...sent({
					groups: [dEng, dAdmins, { id: "d3", name: "Three" }],
					roles: ["Admin"],
				}),
				roleByHand: "admin",
			},
		);
		expect(access.role).toBe("admin");
		expect(access.losing.map(({ role, source, because }) => [role, source.kind, because])).toEqual([
			["admin", "attribute", "notRead"],
			["admin", "hand", "onlyIfNone"],
			["member", "default", "onlyIfNone"],
			["viewer", "directoryGroup", "lower"],
			["gone", "directoryGroup", "unknownRole"],
		]);
	});

	it("shows what the attribute may not grant as capped, what gives the same, and what a pin beat", () => {
		const policy = { rolesFrom: "attribute" } as const;
		const because = (member: Partial<MemberFacts>) =>
			decide(policy, member).losing.map((lost) => lost.because);
		expect(because(sent({ roles: ["Admin", "Member", "member"] }))).toEqual([
			"capped",
			"same",
			"onlyIfNone",
		]);
		expect(because({ ...sent({ roles: ["Member"] }), pinnedRole: "viewer" })).toEqual([
			"pinned",
			"pinned",
		]);
	});

	it("holds a workspace group until its last source is gone", () => {
		const mappings = { d1: { group: "ops" }, d2: { group: "ops" } };
		const held = (member: Partial<MemberFacts>) =>
			decide({ mappings, rolesFrom: "workspace" }, member).groups;
		expect(held({ ...sent({ groups: [dEng, dAdmins] }), groupsByHand: ["ops"] })).toEqual([
			{
				id: "ops",
				name: "Operations",
				sources: [
					{ kind: "hand" },
					{ kind: "directoryGroup", ...dEng },
					{ kind: "directoryGroup", ...dAdmins },
				],
			},
		]);
		expect(held(sent({ groups: [dAdmins] }))).toHaveLength(1);
		expect(held(sent())).toEqual([]);
	});
});

describe("role names of the roles attribute", () => {
	it.each(["Normal User", "normal-user", "NormalUser", "NORMAL_USER"])(
		"%s is one role",
		(value) => {
			expect(namedRole(roles, value)?.key).toBe("normal-user");
		},
	);
	it("knows no others", () => {
		expect(namedRole(roles, "Root")).toBeUndefined();
		expect(namedRole(roles, "")).toBeUndefined();
	});
});

// Properties

const roleKeys = [...roles.map(({ key }) => key), "gone"];
const anyRole = fc.constantFrom(...roleKeys);
const directoryGroups = ["d1", "d2", "d3"].map((id) => ({ id, name: id.toUpperCase() }));
const anyPolicy: fc.Arbitrary<Policy> = fc
	.record({
		profile: fc.constantFrom(...(Object.keys(profiles) as ProfileName[])),
		rolesFrom: fc.constantFrom("groups", "attribute", "workspace"),
		defaultRole: fc.option(anyRole),
		attributeMayGrant: fc.oneof(
			fc.constantFrom("all" as const, "allButAdmin" as const),
			fc.uniqueArray(anyRole),
		),
		mappings: fc.dictionary(
			fc.constantFrom("d1", "d2", "d3"),
			fc.oneof(
				fc.record({ role: anyRole }),
				fc.record({ group: fc.constantFrom("eng", "ops", "gone") }),
			),
		),
	} satisfies Record<string, fc.Arbitrary<unknown>>)
	.map(({ profile, ...fields }) => ({ ...profiles[profile].policy, ...fields }) as Policy);
const anyMember: fc.Arbitrary<MemberFacts> = fc.record({
	active: fc.boolean(),
	roleByHand: fc.option(anyRole),
	pinnedRole: fc.option(anyRole, { freq: 2 }),
	pinnedReason: fc.constant(null),
	groupsByHand: fc.subarray(["eng", "ops"]),
	directory: fc.option(
		fc.record({
			roles: fc.array(fc.constantFrom("Admin", "member", "NormalUser", "Root", "owner")),
			groups: fc.subarray(directoryGroups),
		}),
	),
});
const anyFacts: fc.Arbitrary<AccessFacts> = anyMember.map((member) => ({ member, roles, groups }));
const rank = (key: string | null) => roles.find((each) => each.key === key)?.rank ?? -1;

describe("accessFor, always", () => {
	const always = (holds: (policy: Policy, facts: AccessFacts) => void) =>
		fc.assert(fc.property(anyPolicy, anyFacts, holds), { numRuns: 500 });

	it("generates policies that are policies", () =>
		always((policy) => {
			expect(policySchema.safeParse(policy).error).toBeUndefined();
		}));

	it("gives a role of the workspace with its source, or a reason", () =>
		always((policy, facts) => {
			const { role: key, source, reason } = accessFor(policy, facts);
			if (key === null) expect([source, reason !== null]).toEqual([null, true]);
			else expect([rank(key) > 0, source !== null, reason]).toEqual([true, true, null]);
		}));

	it("gives the inactive nothing", () =>
		always((policy, { member }) => {
			const access = accessFor(policy, { member: { ...member, active: false }, roles, groups });
			expect([access.role, access.groups]).toEqual([null, []]);
		}));

	it("lets a pinned role beat everything", () =>
		always((policy, { member }) => {
			const pinned = { ...member, active: true, pinnedRole: "viewer" };
			expect(accessFor(policy, { member: pinned, roles, groups }).role).toBe("viewer");
		}));

	it("never lets a candidate of the winner's kind outrank the winner", () =>
		always((policy, facts) => {
			const access = accessFor(policy, facts);
			for (const { role: key, because } of access.losing)
				if (because === "lower") expect(rank(key)).toBeLessThan(rank(access.role));
		}));

	it("never lowers the role by one more directory group, once the directory decides it", () =>
		fc.assert(
			fc.property(
				anyPolicy,
				anyFacts,
				fc.constantFrom(...directoryGroups),
				(policy, facts, extra) => {
					const { member } = facts;
					const before = accessFor(policy, facts);
					const decided = ["pinned", "directoryGroup", "workspaceGroup", "attribute"];
					if (!member.directory || !before.source || !decided.includes(before.source.kind)) return;
					const others = member.directory.groups.filter(({ id }) => id !== extra.id);
					const directory = { ...member.directory, groups: [...others, extra] };
					const after = accessFor(policy, { ...facts, member: { ...member, directory } });
					expect(rank(after.role)).toBeGreaterThanOrEqual(rank(before.role));
				},
			),
			{ numRuns: 1000 },
		));

	it("gives the role set by hand back when every mapping is removed", () =>
		always((policy, { member }) => {
			const mapped = { ...policy, rolesFrom: "groups", mappings: {} } as const;
			const kept = {
				...member,
				active: true,
				pinnedRole: null,
				roleByHand: "admin",
				groupsByHand: [],
			};
			expect(accessFor(mapped, { member: kept, roles, groups }).role).toBe("admin");
		}));

	it("never grants by attribute what it may not", () =>
		always((policy, facts) => {
			const access = accessFor(policy, facts);
			const won = roles.find(({ key }) => key === access.role);
			if (access.source?.kind === "attribute" && won)
				expect(attributeMayGrant(policy, roles, won)).toBe(true);
		}));

	it("does not depend on the order of the facts, nor change them", () =>
		always((policy, facts) => {
			const before = structuredClone({ policy, facts });
			const { member } = facts;
			const turned = {
				member: {
					...member,
					directory: member.directory && {
						roles: member.directory.roles.toReversed(),
						groups: member.directory.groups.toReversed(),
					},
				},
				roles: roles.toReversed(),
				groups,
			};
			const [a, b] = [accessFor(policy, facts), accessFor(policy, turned)];
			expect([b.role, b.source]).toEqual([a.role, a.source]);
			expect({ policy, facts }).toEqual(before);
			expect(accessFor(policy, facts)).toEqual(a);
		}));
});
