/**
 * The groups an identity provider sent, and who is in them: what was said, kept as said. What
 * follows for members is ./group-effects. A group's members are never loaded to change them: each
 * change is a statement over the ids it names, so that one person added to a group of fifty
 * thousand writes one row. A `tx` here comes from `decide`, which holds the workspace's lock.
 */
import { isDeepStrictEqual } from "node:util";
import { and, asc, eq, type SQL, sql } from "drizzle-orm";
import type { Db, Tx } from "@/db/client";
import { writing } from "@/db/once";
import { directoryGroupMembers, directoryGroups, directoryUsers } from "@/db/schema";
import { record } from "@/lib/activity/record";
import { isId, newId } from "@/lib/platform/ids";
import { foldKey } from "@/lib/platform/text";
import type { Lock } from "./decide";
import type { DirectoryKey } from "./directory";
import { followGroupChange } from "./group-effects";
import { differing } from "./person";
import { noteChanged } from "./request-notes";
import type { Change, Refused } from "./users";

export type DirectoryGroup = typeof directoryGroups.$inferSelect;

/** What an IdP says of a group, but for its members. */
export type GroupAttributes = {
	displayName: string;
	externalId: string | null;
	/** Everything else it sent. */
	resource: Record<string, unknown>;
};

/** Who comes and who goes. `replaceAll` names everybody who is in afterwards. */
export type Membership =
	| { replaceAll: readonly string[] }
	| { add?: readonly string[]; remove?: readonly string[] };

/** A change of members. `unknown` are ids to add that are nobody's in this directory: left out. */
export type MembersWritten = { ok: true; group: DirectoryGroup; unknown: string[] };

/** The most names of people that one event of the log holds. */
const mostNames = 200;

/**
 * Adds a group without members. Refused: `group_name_taken`, `external_id_taken` (found by the
 * constraints, see ./decide).
 */
export async function createGroup(
	tx: Tx,
	{ directory, actor, now }: Change,
	attributes: GroupAttributes,
): Promise<{ ok: true; group: DirectoryGroup }> {
	const [group] = await tx
		.insert(directoryGroups)
		.values({
			...attributes,
			workspaceId: directory.workspaceId,
			directoryId: directory.id,
			id: newId(),
			nameKey: foldKey(attributes.displayName),
			createdAt: now,
			lastModifiedAt: now,
		})
		.returning();
	if (!group) throw new Error("the group was not written");
	await record(tx, directory.workspaceId, actor, {
		kind: "directory.group_created",
		subject: subjectOf(group),
	});
	noteChanged(differing({}, allOf(attributes)));
	return { ok: true, group };
}

/**
 * Changes what a group is called to what `change` makes of it. An equal result writes nothing.
 * @param change pure; what it throws undoes everything.
 * Refused: `not_found`, `group_name_taken`, `external_id_taken`.
 */
export async function updateGroup(
	tx: Tx,
	{ directory, actor, now }: Change,
	id: string,
	change: (current: DirectoryGroup) => GroupAttributes,
): Promise<{ ok: true; group: DirectoryGroup } | Refused> {
	const current = await lockGroup(tx, directory, id);
	if (!current) return { ok: false, reason: "not_found" };
	const attributes = change(current);
	const { displayName, externalId, resource } = current;
	if (isDeepStrictEqual(attributes, { displayName, externalId, resource }))
		return { ok: true, group: current };
	const [group] = await tx
		.update(directoryGroups)
		.set({
			...attributes,
			nameKey: foldKey(attributes.displayName),
			lastModifiedAt: now,
			version: sql`${directoryGroups.version} + 1`,
		})
		.where(isGroup(directory, id))
		.returning();
	if (!group) throw new Error("the group vanished inside its transaction");
	await record(tx, directory.workspaceId, actor, {
		kind: "directory.group_updated",
		subject: subjectOf(group),
		details: { before: displayName, after: group.displayName },
	});
	noteChanged(differing(allOf(current), allOf(attributes)));
	return { ok: true, group };
}

const allOf = ({ displayName, externalId, resource }: GroupAttributes) => ({
	...resource,
	displayName,
	externalId: externalId ?? undefined,
});

/**
 * Changes who is in a group. The version moves only when somebody came or went.
 * @param of its id, or the group as this transaction has made, changed or locked it.
 * Refused: `not_found`.
 */
export async function changeMembers(
	tx: Tx,
	lock: Lock,
	change: Change,
	of: string | DirectoryGroup,
	membership: Membership,
): Promise<MembersWritten | Refused> {
	const { directory, actor, now } = change;
	const current = typeof of === "string" ? await lockGroup(tx, directory, of) : of;
	if (!current) return { ok: false, reason: "not_found" };
	const { id } = current;
	const all = "replaceAll" in membership;
	const wanted = [...new Set(all ? membership.replaceAll : membership.add)];
	const ids = wanted.filter(isId).sort();
	const left = all
		? await take(tx, directory, id, sql`m.user_id not in (select unnest(${idsOf(ids)}))`)
		: await remove(tx, directory, id, membership.remove ?? []);
	const { joined, unknown } = await put(tx, directory, id, ids);
	const result = { unknown: [...wanted.filter((each) => !isId(each)), ...unknown] };
	if (joined.length + left.length === 0) return { ok: true, group: current, ...result };
	const [group] = await tx
		.update(directoryGroups)
		.set({
			memberCount: sql`${directoryGroups.memberCount} + ${joined.length - left.length}`,
			lastModifiedAt: now,
			version: sql`${directoryGroups.version} + 1`,
		})
		.where(isGroup(directory, id))
		.returning();
	if (!group) throw new Error("the group vanished inside its transaction");
	await record(tx, directory.workspaceId, actor, {
		kind: "directory.group_members_changed",
		subject: subjectOf(group),
		details: {
			joined: joined.length,
			left: left.length,
			unknown: result.unknown.length,
			people: { joined: namesOf(joined), left: namesOf(left) },
		},
	});
	noteChanged(["members"]);
	await followGroupChange(tx, lock, change, {
		group,
		joined: joined.map(toId),
		left: left.map(toId),
		emptied: group.memberCount === 0,
	});
	return { ok: true, group, ...result };
}

/**
 * Deletes a group and its memberships.
 * @param check looks at the group first; what it throws undoes everything.
 * Refused: `not_found`.
 */
export async function deleteGroup(
	tx: Tx,
	lock: Lock,
	change: Change,
	id: string,
	check: (group: DirectoryGroup) => void = () => {},
): Promise<{ ok: true } | Refused> {
	const { directory, actor } = change;
	const group = await lockGroup(tx, directory, id);
	if (!group) return { ok: false, reason: "not_found" };
	check(group);
	const left = await take(tx, directory, id, sql`true`);
	await tx.delete(directoryGroups).where(isGroup(directory, id));
	await record(tx, directory.workspaceId, actor, {
		kind: "directory.group_deleted",
		subject: subjectOf(group),
		details: { left: left.length, people: { joined: [], left: namesOf(left) } },
	});
	const gone = { group, joined: [], left: left.map(toId), emptied: true };
	await followGroupChange(tx, lock, change, gone);
	return { ok: true };
}

/** Takes somebody who is about to be deleted out of every group, whose versions move. */
export async function leaveGroups(
	tx: Tx,
	directory: DirectoryKey,
	userId: string,
	now: Date,
): Promise<void> {
	await tx.execute(sql`
		with left_groups as (
			delete from ${directoryGroupMembers} m
			where m.workspace_id = ${directory.workspaceId} and m.directory_id = ${directory.id}
				and m.user_id = ${userId}
			returning m.group_id
		)
		update ${directoryGroups} g
		set member_count = g.member_count - 1, version = g.version + 1,
			last_modified_at = ${now.toISOString()}::timestamptz
		from left_groups
		where g.workspace_id = ${directory.workspaceId} and g.directory_id = ${directory.id}
			and g.id = left_groups.group_id`);
}

/** The group of an id, locked until the transaction ends. */
async function lockGroup(
	tx: Tx,
	directory: DirectoryKey,
	id: string,
): Promise<DirectoryGroup | null> {
	if (!isId(id)) return null;
	// Not "for update": that would wait for whoever adds the row of a member.
	const [group] = await tx
		.select()
		.from(directoryGroups)
		.where(isGroup(directory, id))
		.for("no key update");
	return group ?? null;
}

/** The group of an id. */
export async function readGroup(
	db: Db | Tx,
	directory: DirectoryKey,
	id: string,
): Promise<DirectoryGroup | null> {
	if (!isId(id)) return null;
	const [group] = await db.select().from(directoryGroups).where(isGroup(directory, id));
	return group ?? null;
}

/** These groups, in no order. */
export async function readGroups(
	db: Db | Tx,
	directory: DirectoryKey,
	ids: readonly string[],
): Promise<DirectoryGroup[]> {
	if (ids.length === 0) return [];
	return db
		.select()
		.from(directoryGroups)
		.where(and(isIn(directory), sql`${directoryGroups.id} = any(${idsOf(ids)})`));
}

/** Every group of a directory, by name. */
export async function listGroups(db: Db | Tx, directory: DirectoryKey): Promise<DirectoryGroup[]> {
	return db
		.select()
		.from(directoryGroups)
		.where(isIn(directory))
		.orderBy(asc(directoryGroups.nameKey));
}

/** Somebody in a group. */
export type GroupMember = { groupId: string; id: string; label: string };

/** Who is in these groups. */
export async function membersOf(
	db: Db | Tx,
	directory: DirectoryKey,
	groupIds: readonly string[],
): Promise<GroupMember[]> {
	if (groupIds.length === 0) return [];
	const { rows } = await rowsOf<GroupMember>(
		db,
		sql`select m.group_id as "groupId", m.user_id as "id",
				coalesce(u.display_name, u.user_name) as "label"
			from ${directoryGroupMembers} m
			join ${directoryUsers} u on u.workspace_id = m.workspace_id
				and u.directory_id = m.directory_id and u.id = m.user_id
			where m.workspace_id = ${directory.workspaceId} and m.directory_id = ${directory.id}
				and m.group_id = any(${idsOf(groupIds)})
			order by m.group_id, m.user_id`,
	);
	return rows;
}

type Person = { id: string; label: string };

/** Puts people into a group who are not. Ids that are nobody's are told apart. */
async function put(
	tx: Tx,
	directory: DirectoryKey,
	groupId: string,
	ids: string[],
): Promise<{ joined: Person[]; unknown: string[] }> {
	if (ids.length === 0) return { joined: [], unknown: [] };
	const { rows } = await rowsOf<{ id: string; label: string | null; isNew: boolean }>(
		tx,
		// In the order of ids, so that two changes with the same people never wait for each other.
		sql`with wanted as (
				select id from unnest(${idsOf(ids)}) as id
			), known as (
				select u.id, coalesce(u.display_name, u.user_name) as label
				from ${directoryUsers} u join wanted on wanted.id = u.id
				where u.workspace_id = ${directory.workspaceId} and u.directory_id = ${directory.id}
				-- Somebody who is deleted at this moment is unknown, once that is committed.
				for key share of u
			), added as (
				insert into ${directoryGroupMembers} (workspace_id, directory_id, group_id, user_id)
				select ${directory.workspaceId}::uuid, ${directory.id}::uuid, ${groupId}::uuid, known.id
				from known order by known.id
				on conflict do nothing
				returning user_id
			)
			select wanted.id, known.label, added.user_id is not null as "isNew"
			from wanted
			left join known on known.id = wanted.id
			left join added on added.user_id = wanted.id
			where known.id is null or added.user_id is not null`,
	);
	const joined = rows.flatMap(({ id, label, isNew }) =>
		isNew ? [{ id, label: label ?? id }] : [],
	);
	return { joined, unknown: rows.filter(({ label }) => label === null).map(toId) };
}

async function remove(tx: Tx, directory: DirectoryKey, groupId: string, ids: readonly string[]) {
	const known = ids.filter(isId);
	if (known.length === 0) return [];
	return take(tx, directory, groupId, sql`m.user_id = any(${idsOf(known)})`);
}

/** Takes the members out that a condition on `m` names. */
async function take(
	tx: Tx,
	directory: DirectoryKey,
	groupId: string,
	which: SQL,
): Promise<Person[]> {
	const { rows } = await rowsOf<Person>(
		tx,
		sql`with taken as (
				delete from ${directoryGroupMembers} m
				where m.workspace_id = ${directory.workspaceId} and m.directory_id = ${directory.id}
					and m.group_id = ${groupId} and ${which}
				returning m.user_id
			)
			select u.id, coalesce(u.display_name, u.user_name) as "label"
			from taken join ${directoryUsers} u on u.workspace_id = ${directory.workspaceId}
				and u.directory_id = ${directory.id} and u.id = taken.user_id`,
	);
	return rows;
}

/** Ids as one parameter, however many there are. */
const idsOf = (ids: readonly string[]) => sql`${`{${ids.join(",")}}`}::uuid[]`;

/** Both drivers answer a raw statement with an object that has the rows. Here all write to members. */
async function rowsOf<T>(db: Db | Tx, statement: SQL): Promise<{ rows: T[] }> {
	return (await db.execute(writing(statement, directoryGroupMembers))) as unknown as { rows: T[] };
}

const isIn = ({ workspaceId, id }: DirectoryKey) =>
	and(eq(directoryGroups.workspaceId, workspaceId), eq(directoryGroups.directoryId, id));

const isGroup = (directory: DirectoryKey, id: string) =>
	and(isIn(directory), eq(directoryGroups.id, id));

const toId = ({ id }: { id: string }) => id;

const namesOf = (people: Person[]) => people.slice(0, mostNames).map(({ label }) => label);

const subjectOf = (group: DirectoryGroup) => ({
	kind: "directory_group",
	id: group.id,
	label: group.displayName,
});
