import type { Policy } from "./document";
import type { Reason } from "./reasons";

/** A role of the workspace. Ranks are unique: the higher outranks the lower. */
export type RoleFact = {
	key: string;
	name: string;
	rank: number;
	permissions: readonly string[];
};

/** A group of the workspace, and the role that holding it suggests. */
type GroupFact = { id: string; name: string; defaultRole: string | null };

/** What is known about one member. Only this part differs between members of a workspace. */
export type MemberFacts = {
	active: boolean;
	/** The role set by hand: kept beside what a directory gives. */
	roleByHand: string | null;
	/** The role an admin pinned on this member, with the reason given. */
	pinnedRole: string | null;
	pinnedReason: string | null;
	/** A role a hold keeps in effect, although its source is gone, until an admin decides. */
	heldRole?: string | null;
	/** Ids of the workspace groups held by hand. */
	groupsByHand: readonly string[];
	/** What the directory says, or null where no directory manages this member. */
	directory: {
		/** The values of the SCIM `roles` attribute, as sent. */
		roles: readonly string[];
		/** The directory groups held, by the ids that `policy.mappings` is keyed by. */
		groups: readonly { id: string; name: string }[];
	} | null;
};

/** Everything accessFor reads beside the policy. Roles and groups are the workspace's own. */
export type AccessFacts = {
	member: MemberFacts;
	roles: readonly RoleFact[];
	groups: readonly GroupFact[];
};

/** Where a role, or a claim to one, comes from. */
export type RoleSource =
	| { kind: "pinned"; reason: string | null }
	| { kind: "held" }
	| { kind: "directoryGroup"; id: string; name: string }
	| { kind: "workspaceGroup"; id: string; name: string }
	| { kind: "attribute"; value: string }
	| { kind: "hand" }
	| { kind: "default" };

/**
 * Why a candidate lost: another one ranks higher; another source already gives the same role; a
 * pinned role beats it, or one that a hold keeps; it counts only where nothing else gives a role; `rolesFrom` does not read
 * its source; the attribute may not grant it; the workspace has no such role.
 */
type LostBecause =
	| "lower"
	| "same"
	| "pinned"
	| "held"
	| "onlyIfNone"
	| "notRead"
	| "capped"
	| "unknownRole";

/** A role that did not win. `role` is a role's key, or the value as sent where none fits. */
type LosingCandidate = { role: string; source: RoleSource; because: LostBecause };

/** A workspace group held, and every source that gives it. It ends with the last one. */
type GroupHeld = {
	id: string;
	name: string;
	sources: ({ kind: "hand" } | { kind: "directoryGroup"; id: string; name: string })[];
};

/** What a member may be here. `reason` says why there is no role, and is null where there is one. */
export type Access = {
	role: string | null;
	source: RoleSource | null;
	groups: GroupHeld[];
	losing: LosingCandidate[];
	reason: Extract<Reason, "suspended" | "no_role"> | null;
};

/** The key of the built-in role that every permission belongs to. */
const admin = "admin";

/** Role names compare without case, spaces, hyphens and underscores: NormalUser is Normal User. */
const fold = (text: string) => text.toLowerCase().replace(/[\s_-]/g, "");

/** The role that a value of the SCIM `roles` attribute names, by key or by name. */
export function namedRole(roles: readonly RoleFact[], value: string): RoleFact | undefined {
	const wanted = fold(value);
	return (
		roles.find((role) => fold(role.key) === wanted) ??
		roles.find((role) => fold(role.name) === wanted)
	);
}

/** Whether the `roles` attribute may give this role. Without admin, nothing at or above its rank. */
export function attributeMayGrant(
	policy: Policy,
	roles: readonly RoleFact[],
	role: RoleFact,
): boolean {
	const may = policy.attributeMayGrant;
	if (may === "all") return true;
	if (may !== "allButAdmin") return may.includes(role.key);
	const top = roles.find(({ key }) => key === admin);
	return !top || role.rank < top.rank;
}

/** Candidates of a lower tier are asked only where no candidate of a higher one gives a role. */
const tiers = { pinned: 0, held: 1, read: 2, kept: 3, default: 4 } as const;

type Candidate = { role: string; rank: number; source: RoleSource } & (
	| { tier: (typeof tiers)[keyof typeof tiers] }
	| { because: LostBecause }
);

/**
 * Which role and workspace groups a member holds, from which source, with what lost and why.
 *
 * An inactive member holds nothing. Groups are the union over their sources. The role is the pinned
 * one, else the one a hold keeps, else the highest of what `rolesFrom` reads, else the one set by hand (which is how removing
 * a mapping restores it), else `defaultRole`. A member no directory manages has the role set by hand.
 */
export function accessFor(policy: Policy, facts: AccessFacts): Access {
	if (!facts.member.active)
		return { role: null, source: null, groups: [], losing: [], reason: "suspended" };
	const groups = groupsHeld(policy, facts);
	const candidates = candidatesFor(policy, facts, groups).sort(compare);
	const running = candidates.filter((candidate) => "tier" in candidate);
	const winner = running.toSorted((a, b) => a.tier - b.tier)[0];
	const losing = candidates
		.filter((candidate) => candidate !== winner)
		.map((candidate): LosingCandidate => {
			const { role, source } = candidate;
			if ("because" in candidate) return { role, source, because: candidate.because };
			return { role, source, because: lostTo(candidate, winner ?? candidate) };
		});
	return winner
		? { role: winner.role, source: winner.source, groups, losing, reason: null }
		: { role: null, source: null, groups, losing, reason: "no_role" };
}

type Running = Extract<Candidate, { tier: number }>;

function lostTo(candidate: Running, winner: Running): LostBecause {
	if (winner.tier === tiers.pinned) return "pinned";
	if (winner.tier === tiers.held) return "held";
	if (candidate.tier !== winner.tier) return "onlyIfNone";
	return candidate.role === winner.role ? "same" : "lower";
}

function groupsHeld(policy: Policy, { member, groups }: AccessFacts): GroupHeld[] {
	const mapped = (member.directory?.groups ?? []).flatMap((group) => {
		const to = policy.mappings[group.id]?.group;
		return to === undefined
			? []
			: [{ to, source: { kind: "directoryGroup", id: group.id, name: group.name } as const }];
	});
	return groups.flatMap(({ id, name }) => {
		const sources: GroupHeld["sources"] = [
			...(member.groupsByHand.includes(id) ? [{ kind: "hand" } as const] : []),
			...mapped.filter(({ to }) => to === id).map(({ source }) => source),
		];
		return sources.length > 0 ? [{ id, name, sources }] : [];
	});
}

function candidatesFor(policy: Policy, facts: AccessFacts, held: GroupHeld[]): Candidate[] {
	const { member, roles } = facts;
	const reads = member.directory ? policy.rolesFrom : "workspace";
	const claim = (
		role: RoleFact | undefined,
		given: string,
		source: RoleSource,
		counts: keyof typeof tiers | "notRead" | "capped",
	): Candidate => {
		const of = { role: role?.key ?? given, rank: role?.rank ?? -1, source };
		if (counts === "notRead" || (counts === "capped" && role)) return { ...of, because: counts };
		if (!role || counts === "capped") return { ...of, because: "unknownRole" };
		return { ...of, tier: tiers[counts] };
	};
	const byKey = (
		given: string | null | undefined,
		source: RoleSource,
		counts: keyof typeof tiers | "notRead",
	): Candidate[] => {
		if (given === null || given === undefined) return [];
		return [
			claim(
				roles.find(({ key }) => key === given),
				given,
				source,
				counts,
			),
		];
	};
	const fromGroups = reads === "groups" ? "read" : "notRead";
	return [
		...byKey(member.pinnedRole, { kind: "pinned", reason: member.pinnedReason }, "pinned"),
		...byKey(member.heldRole, { kind: "held" }, "held"),
		...(member.directory?.groups ?? []).flatMap(({ id, name }) =>
			byKey(policy.mappings[id]?.role, { kind: "directoryGroup", id, name }, fromGroups),
		),
		...held.flatMap(({ id, name }) =>
			byKey(
				facts.groups.find((group) => group.id === id)?.defaultRole,
				{ kind: "workspaceGroup", id, name },
				fromGroups,
			),
		),
		...(member.directory?.roles ?? []).map((value) => {
			const role = namedRole(roles, value);
			const source = { kind: "attribute", value } as const;
			if (reads !== "attribute") return claim(role, value, source, "notRead");
			const capped = role && !attributeMayGrant(policy, roles, role);
			return claim(role, value, source, capped ? "capped" : "read");
		}),
		...byKey(member.roleByHand, { kind: "hand" }, reads === "workspace" ? "read" : "kept"),
		...byKey(policy.defaultRole, { kind: "default" }, "default"),
	];
}

/** Highest rank first, then a fixed order, so that the order of the facts decides nothing. */
function compare(a: Candidate, b: Candidate): number {
	const [x, y] = [sortKey(a), sortKey(b)];
	return b.rank - a.rank || (x < y ? -1 : x > y ? 1 : 0);
}

const kinds = [
	"pinned",
	"held",
	"directoryGroup",
	"workspaceGroup",
	"attribute",
	"hand",
	"default",
];

function sortKey({ source }: Candidate): string {
	const id = "id" in source ? source.id : "value" in source ? source.value : "";
	return `${kinds.indexOf(source.kind)} ${id}`;
}
