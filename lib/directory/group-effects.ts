/**
 * What a change of a directory's group does to the members concerned. The group holds what the IdP
 * said; here its effect follows, in the same transaction, unless it is held: a group that grants
 * admin was emptied, or the last admin would lose the role.
 */
import { and, asc, eq, inArray, isNotNull, or, sql } from "drizzle-orm";
import type { Tx } from "@/db/client";
import { directoryUsers, holds, members } from "@/db/schema";
import {
	applyAccess,
	loadMemberFacts,
	loadRules,
	previewAccess,
	readRulesOnce,
} from "@/lib/members/access";
import { isActiveAdmin, type Member } from "@/lib/members/members";
import { mailNewAdmins } from "@/lib/members/new-admin";
import type { AccessFacts } from "@/lib/policy/access";
import type { Policy } from "@/lib/policy/document";
import { adminRole } from "@/lib/roles/permissions";
import { currentPolicy } from "@/lib/workspaces/policy";
import { Again, type Lock } from "./decide";
import type { DirectoryKey } from "./directory";
import { type Change, followRole } from "./effects";
import { hold } from "./holds";

/** Entries that came into a group and that left it, by id. */
export type GroupChange = {
	group: { id: string; displayName: string };
	joined: readonly string[];
	left: readonly string[];
	/** Nobody is in it any more, or it is gone. */
	emptied: boolean;
};

/**
 * Decides anew what the members behind these entries hold; a group that the policy maps to nothing
 * costs nothing. Admins, and those something is held for, are looked at one by one; everybody else
 * in a few statements, however many they are.
 * @param lock how the workspace is held. @throws Again to hold it alone where an admin is touched.
 */
export async function followGroupChange(
	tx: Tx,
	lock: Lock,
	change: Change,
	{ group, joined, left, emptied }: GroupChange,
): Promise<void> {
	const { directory, actor, now } = change;
	const { workspaceId } = directory;
	const entries = [...joined, ...left];
	if (entries.length === 0) return;
	await readRulesOnce(tx, workspaceId);
	const { document } = await currentPolicy(tx, workspaceId);
	if (!Object.hasOwn(document.mappings, group.id)) return;
	await lockBehind(tx, directory, entries);
	const singled = await singledOut(tx, directory, entries);
	if (lock !== "exclusive" && singled.some(isActiveAdmin)) throw new Again("exclusive");
	const { groups } = await loadRules(tx, workspaceId);
	const loses = emptied && grantsAdmin(document, groups, group.id);
	for (const member of singled) {
		const keeps = loses && isActiveAdmin(member) && (await wouldLose(tx, member));
		if (keeps) {
			const held = { effect: "role_changed", role: adminRole, cause: group.displayName } as const;
			await hold(tx, actor, directory, member, { ...held, reason: "brake" }, now);
		} else await followRole(tx, change, member);
	}
	const apart = new Set(singled.map(({ id }) => id));
	const others = (await behind(tx, directory, entries)).filter((id) => !apart.has(id));
	const { newAdmins } = await applyAccess(tx, actor, workspaceId, others);
	await mailNewAdmins(tx, workspaceId, newAdmins, actor.label, now);
}

/** Whether being in this group makes somebody an admin: by its role, or the group it gives. */
function grantsAdmin(policy: Policy, groups: AccessFacts["groups"], id: string): boolean {
	const to = policy.rolesFrom === "groups" ? policy.mappings[id] : undefined;
	const given = groups.find((group) => group.id === to?.group)?.defaultRole;
	return to?.role === adminRole || given === adminRole;
}

async function wouldLose(tx: Tx, { workspaceId, id }: Member): Promise<boolean> {
	const facts = (await loadMemberFacts(tx, workspaceId, [id])).get(id);
	return !facts || (await previewAccess(tx, workspaceId, facts)).role !== adminRole;
}

/**
 * Waits for whoever decides the same members: what another group's change gives them at this moment
 * is seen once it is committed, and not before. In the order of ids, so that two never wait for
 * each other.
 */
async function lockBehind(tx: Tx, directory: DirectoryKey, entries: string[]): Promise<void> {
	const ids = tx
		.select({ id: directoryUsers.memberId })
		.from(directoryUsers)
		.where(isBehind(directory, entries));
	await tx
		.select({ id: members.id })
		.from(members)
		.where(and(eq(members.workspaceId, directory.workspaceId), inArray(members.id, ids)))
		.orderBy(asc(members.id))
		.for("update");
}

/** The members behind these entries, by id. */
async function behind(tx: Tx, directory: DirectoryKey, entries: string[]): Promise<string[]> {
	const rows = await tx
		.select({ id: directoryUsers.memberId })
		.from(directoryUsers)
		.where(and(isBehind(directory, entries), isNotNull(directoryUsers.memberId)));
	return rows.flatMap(({ id }) => id ?? []);
}

/** Admins among them, and those for whom something is held. */
async function singledOut(tx: Tx, directory: DirectoryKey, entries: string[]): Promise<Member[]> {
	const standing = sql`exists (select 1 from ${holds} where ${holds.workspaceId} = ${members.workspaceId} and ${holds.memberId} = ${members.id} and ${holds.state} = 'held')`;
	const rows = await tx
		.select({ member: members })
		.from(directoryUsers)
		.innerJoin(
			members,
			and(
				eq(members.workspaceId, directoryUsers.workspaceId),
				eq(members.id, directoryUsers.memberId),
			),
		)
		.where(and(isBehind(directory, entries), or(eq(members.role, adminRole), standing)));
	return rows.map(({ member }) => member);
}

const isBehind = ({ workspaceId, id }: DirectoryKey, entries: string[]) =>
	and(
		eq(directoryUsers.workspaceId, workspaceId),
		eq(directoryUsers.directoryId, id),
		// One parameter, however many they are.
		sql`${directoryUsers.id} = any(${`{${entries.join(",")}}`}::uuid[])`,
	);
