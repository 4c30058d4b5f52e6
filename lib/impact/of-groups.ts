/** What a change of a group would do to people, before it is made. Writes nothing. */
import type { Db, Tx } from "@/db/client";
import { holdersOf } from "@/lib/groups/list";
import { withoutGroup } from "@/lib/groups/mapped";
import { loadRules } from "@/lib/members/access";
import { currentPolicy } from "@/lib/workspaces/policy";
import { type Impact, impactOf } from "./what-would-change";

/** A group with another default role. */
export async function impactOfDefaultRole(
	db: Db | Tx,
	workspaceId: string,
	id: string,
	defaultRole: string | null,
): Promise<Impact> {
	const { groups } = await loadRules(db, workspaceId);
	return impactOf(db, workspaceId, {
		groups: groups.map((group) => (group.id === id ? { ...group, defaultRole } : group)),
		who: await holdersOf(db, { workspaceId, id }),
	});
}

/** A group gone, out of the mappings that give it too. */
export async function impactOfDeletingGroup(
	db: Db | Tx,
	workspaceId: string,
	id: string,
): Promise<Impact> {
	const { document } = await currentPolicy(db, workspaceId);
	const { groups } = await loadRules(db, workspaceId);
	return impactOf(db, workspaceId, {
		policy: withoutGroup(document, id),
		groups: groups.filter((group) => group.id !== id),
		who: await holdersOf(db, { workspaceId, id }),
	});
}

/** Members added to a group by hand, or taken out of it. */
export async function impactOfMembership(
	db: Db | Tx,
	workspaceId: string,
	id: string,
	memberIds: readonly string[],
	inGroup: boolean,
): Promise<Impact> {
	return impactOf(db, workspaceId, {
		who: memberIds,
		member: (facts) => {
			const others = facts.groupsByHand.filter((held) => held !== id);
			return { ...facts, groupsByHand: inGroup ? [...others, id] : others };
		},
	});
}
