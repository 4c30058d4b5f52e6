/**
 * What a change of rules would do to people: their facts, decided as things are and as they would
 * be. Loads and decides; writes nothing. Siblings: lib/policy decides, lib/members/access carries
 * out what is shown here.
 */
import type { Db, Tx } from "@/db/client";
import { decideOnce, loadRules } from "@/lib/members/access";
import { chunksOfMembers, type Who } from "@/lib/members/facts";
import { standingAs } from "@/lib/members/last-admin";
import { countLiveKeys } from "@/lib/members/live-keys";
import { labelOf } from "@/lib/members/members";
import type { Access, AccessFacts, MemberFacts, RoleSource } from "@/lib/policy/access";
import type { Policy } from "@/lib/policy/document";
import type { Reason } from "@/lib/policy/reasons";
import { isWorse } from "@/lib/policy/ways-in";
import { adminRole } from "@/lib/roles/permissions";
import { currentPolicy } from "@/lib/workspaces/policy";
import { closesWays, loadComers, loadWorld, stranded } from "./ways";

/** One person whose role or groups would be others. Roles and groups by name; null: no access. */
export type PersonChange = {
	id: string;
	name: string;
	before: string | null;
	after: string | null;
	/** Where the role after comes from; null where nothing gives one. */
	source: Access["source"];
	/** Names of the workspace groups that would be gained and lost. */
	joins: string[];
	leaves: string[];
	email: string | null;
	/** What gives the role afterwards: its kind, and the name of a group, a value or a reason. */
	because: { kind: RoleSource["kind"]; name: string } | null;
	/** Why no way in would be open any more, where one is now. */
	stranded: Reason | null;
	/** API keys that would stop working with the person's access. */
	keys: number;
};

export type Impact = {
	/** How many people were looked at. */
	people: number;
	changes: PersonChange[];
	/** Of those whose role changes, how many go up and down in rank. */
	up: number;
	down: number;
	/** Who keeps the role, from another source; they are not among the changes. */
	elsewhere: number;
	/**
	 * The workspace would have no admin who can come in any more: the names of those it would lose.
	 * Null: it keeps one. Such a change is refused.
	 */
	lastAdmin: string[] | null;
};

/** What would differ. What is left out stays as it is. */
export type Change = {
	policy?: Policy;
	roles?: AccessFacts["roles"];
	groups?: AccessFacts["groups"];
	/** What would differ in the facts of one member. */
	member?: (facts: MemberFacts, id: string) => MemberFacts;
	/** Whom it can touch at all; everyone unless said. */
	who?: Who;
};

/** Who would hold another role or other groups after a change. */
export async function impactOf(
	db: Db | Tx,
	workspaceId: string,
	change: Change,
	now = new Date(),
): Promise<Impact> {
	const { document } = await currentPolicy(db, workspaceId);
	const rules = await loadRules(db, workspaceId);
	const policy = change.policy ?? document;
	const rulesAfter = {
		roles: change.roles ?? rules.roles,
		groups: change.groups ?? rules.groups,
	};
	const decide = decideOnce(document, rules);
	const decideAfter = decideOnce(policy, rulesAfter);
	const names = new Map(
		[...rulesAfter.roles, ...rules.roles].map(({ key, name }) => [key, name] as const),
	);
	const roleName = (key: string | null) => (key === null ? null : (names.get(key) ?? key));
	const [adminsBefore, adminsAfter]: [string[], string[]] = [[], []];
	const changes: PersonChange[] = [];
	const mapped = Object.keys({ ...document.mappings, ...policy.mappings });
	const touches = change.who && change.who !== "everyone" ? new Set(change.who) : null;
	const ranks = new Map(rulesAfter.roles.map(({ key, rank }) => [key, rank] as const));
	const rankOf = (key: string | null) => (key === null ? -1 : (ranks.get(key) ?? 0));
	// Enforcing from a later day closes already what it will close then.
	const then = policy.enforceSso.mode === "onFrom" ? new Date(policy.enforceSso.from) : now;
	const atThen = then > now ? then : now;
	const world = closesWays(document, policy) ? await loadWorld(db, workspaceId) : null;
	let [people, up, down, elsewhere] = [0, 0, 0, 0];
	for await (const chunk of chunksOfMembers(db, workspaceId, "everyone", mapped)) {
		people += chunk.length;
		const ids = chunk.map(({ id }) => id);
		const comers = world ? await loadComers(db, workspaceId, ids) : null;
		for (const person of chunk) {
			const touched = touches === null || touches.has(person.id);
			const facts = touched ? (change.member?.(person.facts, person.id) ?? person.facts) : null;
			const was = decide(person.facts);
			const is = facts ? decideAfter(facts) : was;
			if (was.role === adminRole) adminsBefore.push(person.id);
			if (is.role === adminRole) adminsAfter.push(person.id);
			const [joins, leaves] = [gained(was, is), gained(is, was)];
			const comer = comers?.get(person.id);
			const closed =
				world && comer && is.role !== null && !stranded(document, world, comer, was.role, now)
					? stranded(policy, world, comer, is.role, atThen)
					: null;
			const same = was.role === is.role;
			if (same && is.role !== null && sourceKey(was) !== sourceKey(is)) elsewhere += 1;
			if (same && joins.length === 0 && leaves.length === 0 && !closed) continue;
			if (rankOf(is.role) > rankOf(was.role)) up += 1;
			if (rankOf(is.role) < rankOf(was.role)) down += 1;
			changes.push({
				id: person.id,
				name: labelOf(person),
				email: person.email,
				before: roleName(was.role),
				after: roleName(is.role),
				source: is.source,
				joins,
				leaves,
				because: same ? null : sourceOf(is),
				stranded: closed,
				keys: 0,
			});
		}
	}
	const losing = changes.filter(losesAccess);
	const keys = await countLiveKeys(
		db,
		workspaceId,
		losing.map(({ id }) => id),
		now,
	);
	for (const change of losing) change.keys = keys.get(change.id) ?? 0;
	const before = await standingAs(db, workspaceId, document, adminsBefore, now);
	const after = await standingAs(db, workspaceId, policy, adminsAfter, now);
	changes.sort((a, b) => a.name.localeCompare(b.name, "en"));
	const lastAdmin = isWorse(after, before) ? lostAdmins(changes, roleName(adminRole)) : null;
	return { people, changes, up, down, elsewhere, lastAdmin };
}

/** Who is an admin, and would not be one who can come in. */
const lostAdmins = (changes: readonly PersonChange[], admin: string | null) =>
	changes
		.filter(({ before, after, stranded }) => before === admin && (after !== admin || stranded))
		.map(({ name }) => name);

/** No access any more, by the role or by the way in. */
export const losesAccess = ({
	before,
	after,
	stranded,
}: Pick<PersonChange, "before" | "after"> & { stranded: unknown }) =>
	stranded !== null || (before !== null && after === null);

/** Which source it is, whatever it is called. */
const sourceKey = ({ source }: Access) =>
	source &&
	[source.kind, "id" in source ? source.id : "", "value" in source ? source.value : ""].join(" ");

function sourceOf({ source }: Access): PersonChange["because"] {
	if (!source) return null;
	const { kind } = source;
	if (kind === "attribute") return { kind, name: source.value };
	if (kind === "pinned") return { kind, name: source.reason ?? "" };
	return { kind, name: "name" in source ? source.name : "" };
}

/** Names of the groups held after, and not before. */
function gained(before: Access, after: Access): string[] {
	const held = new Set(before.groups.map(({ id }) => id));
	return after.groups.filter(({ id }) => !held.has(id)).map(({ name }) => name);
}

/** Who would hold another role or other groups if `after` were the policy. */
export function whatWouldChange(db: Db | Tx, workspaceId: string, after: Policy): Promise<Impact> {
	return impactOf(db, workspaceId, { policy: after });
}
