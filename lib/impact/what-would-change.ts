/**
 * What a change of rules would do to people: their facts, decided as things are and as they would
 * be. Loads and decides; writes nothing. Siblings: lib/policy decides, lib/members/access carries
 * out what is shown here.
 */
import type { Db, Tx } from "@/db/client";
import { decideOnce, loadRules } from "@/lib/members/access";
import { chunksOfMembers, type Who } from "@/lib/members/facts";
import { standingAs } from "@/lib/members/last-admin";
import { labelOf } from "@/lib/members/members";
import type { Access, AccessFacts, MemberFacts } from "@/lib/policy/access";
import type { Policy } from "@/lib/policy/document";
import { isWorse } from "@/lib/policy/ways-in";
import { adminRole } from "@/lib/roles/permissions";
import { currentPolicy } from "@/lib/workspaces/policy";

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
};

export type Impact = {
	/** How many people were looked at. */
	people: number;
	changes: PersonChange[];
	/** The workspace would lose its last admin who can come in. Such a change is refused. */
	lastAdmin: boolean;
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
	let people = 0;
	for await (const chunk of chunksOfMembers(db, workspaceId, "everyone", mapped)) {
		people += chunk.length;
		for (const person of chunk) {
			const touched = touches === null || touches.has(person.id);
			const facts = touched ? (change.member?.(person.facts, person.id) ?? person.facts) : null;
			const now = decide(person.facts);
			const then = facts ? decideAfter(facts) : now;
			if (now.role === adminRole) adminsBefore.push(person.id);
			if (then.role === adminRole) adminsAfter.push(person.id);
			const [joins, leaves] = [gained(now, then), gained(then, now)];
			if (now.role === then.role && joins.length === 0 && leaves.length === 0) continue;
			changes.push({
				id: person.id,
				name: labelOf(person),
				before: roleName(now.role),
				after: roleName(then.role),
				source: then.source,
				joins,
				leaves,
			});
		}
	}
	const before = await standingAs(db, workspaceId, document, adminsBefore, now);
	const after = await standingAs(db, workspaceId, policy, adminsAfter, now);
	changes.sort((a, b) => a.name.localeCompare(b.name, "en"));
	return { people, changes, lastAdmin: isWorse(after, before) };
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
