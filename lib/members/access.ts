/**
 * The role in effect: decides by `accessFor` on what ./facts loads, and writes what differs. The
 * only place that writes `members.role`, but for who comes or comes back (./members) and
 * who is suspended (./endings). Groups in effect follow from the same decision and are
 * not stored: those by hand are, in lib/groups.
 */
import { and, eq, inArray } from "drizzle-orm";
import type { Db, Tx } from "@/db/client";
import { members } from "@/db/schema";
import type { Actor } from "@/lib/activity/actor";
import { record } from "@/lib/activity/record";
import { type Access, type AccessFacts, accessFor, type MemberFacts } from "@/lib/policy/access";
import type { Policy } from "@/lib/policy/document";
import { adminRole } from "@/lib/roles/permissions";
import { currentPolicy } from "@/lib/workspaces/policy";
import { chunksOfMembers, loadGroups, loadRoles, type Who } from "./facts";

export { loadGroups, loadRoles, readMemberAndRules, readRulesOnce } from "./facts";

/** What decides the access of each of these members. */
export async function loadMemberFacts(
	db: Db | Tx,
	workspaceId: string,
	memberIds: readonly string[],
): Promise<Map<string, MemberFacts>> {
	const found = new Map<string, MemberFacts>();
	for await (const chunk of chunksOfMembers(db, workspaceId, memberIds))
		for (const { id, facts } of chunk) found.set(id, facts);
	return found;
}

/** What a person would hold under these facts: for tests and pages, without writing. */
export async function previewAccess(
	db: Db | Tx,
	workspaceId: string,
	member: MemberFacts,
): Promise<Access> {
	const { document } = await currentPolicy(db, workspaceId);
	return accessFor(document, { member, ...(await loadRules(db, workspaceId)) });
}

/** The facts that are the same for every member of a workspace. */
export async function loadRules(
	db: Db | Tx,
	workspaceId: string,
): Promise<Omit<AccessFacts, "member">> {
	return {
		roles: await loadRoles(db, workspaceId),
		groups: await loadGroups(db, workspaceId),
	};
}

/** So many decisions are kept at a time: where everybody's facts are their own, keeping helps nobody. */
const mostKept = 10_000;

/** Decides once for each distinct set of facts: the members of a workspace share few. */
export function decideOnce(
	policy: Policy,
	rules: Omit<AccessFacts, "member">,
): (member: MemberFacts) => Access {
	const decided = new Map<string, Access>();
	return (member) => {
		const key = JSON.stringify(member);
		const known = decided.get(key) ?? accessFor(policy, { member, ...rules });
		if (decided.size >= mostKept) decided.clear();
		decided.set(key, known);
		return known;
	};
}

type RoleChange = { id: string; label: string; before: string | null; after: string | null };

/** More changes than this are one event with the people in it, instead of an event each. */
const mostEvents = 20;

/**
 * Decides the access of members anew and writes where it differs. What one act changes for many is
 * one event, with counts and every name.
 * @param options.silent the caller's own event already tells of it (a creation, a suspension).
 * @returns who became an admin by it.
 */
export async function applyAccess(
	tx: Tx,
	actor: Actor,
	workspaceId: string,
	who: Who,
	options: { silent?: boolean } = {},
): Promise<{ newAdmins: string[] }> {
	const { document } = await currentPolicy(tx, workspaceId);
	const decide = decideOnce(document, await loadRules(tx, workspaceId));
	const mapped = Object.keys(document.mappings);
	const changes: RoleChange[] = [];
	for await (const chunk of chunksOfMembers(tx, workspaceId, who, mapped)) {
		const differ = chunk.flatMap(({ id, name, email, role, facts }) => {
			const after = decide(facts).role;
			const label = name || email || "Unnamed member";
			return after === role ? [] : [{ id, label, before: role, after }];
		});
		for (const [role, ids] of idsByRole(differ))
			await tx
				.update(members)
				.set({ role })
				.where(and(eq(members.workspaceId, workspaceId), inArray(members.id, ids)));
		changes.push(...differ);
	}
	if (!options.silent) await tell(tx, actor, workspaceId, changes);
	return { newAdmins: changes.filter(({ after }) => after === adminRole).map(({ id }) => id) };
}

function idsByRole(changes: readonly RoleChange[]): Map<string | null, string[]> {
	const found = new Map<string | null, string[]>();
	for (const { id, after } of changes) {
		const ids = found.get(after);
		if (ids) ids.push(id);
		else found.set(after, [id]);
	}
	return found;
}

async function tell(
	tx: Tx,
	actor: Actor,
	workspaceId: string,
	changes: readonly RoleChange[],
): Promise<void> {
	if (changes.length > mostEvents) {
		const moves = new Map<string, { before: string | null; after: string | null; count: number }>();
		for (const { before, after } of changes) {
			const key = `${before} ${after}`;
			const move = moves.get(key) ?? { before, after, count: 0 };
			move.count += 1;
			moves.set(key, move);
		}
		await record(tx, workspaceId, actor, {
			kind: "members.roles_changed",
			details: { count: changes.length, moves: [...moves.values()], people: changes },
		});
		return;
	}
	for (const { id, label, before, after } of changes)
		await record(tx, workspaceId, actor, {
			kind: "member.role_changed",
			subject: { kind: "member", id, label },
			details: { before, after },
		});
}
