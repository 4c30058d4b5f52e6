/** Reading directory users for answers. Which and in what order is lib/scim's to say. */
import { and, eq, getTableColumns, type SQL, sql } from "drizzle-orm";
import type { Db, Tx } from "@/db/client";
import { directoryGroupMembers, directoryGroups, directoryUsers } from "@/db/schema";
import { statement } from "@/db/statement";
import { isId } from "@/lib/platform/ids";
import { foldKey } from "@/lib/platform/text";
import type { DirectoryKey } from "./directory";

export type DirectoryUser = Omit<typeof directoryUsers.$inferSelect, "search">;

const { search: _onlyForFilters, ...columns } = getTableColumns(directoryUsers);

/** An entry without the copy that only filters look at. */
const entryColumns = columns;

/** The groups of an entry, by name, as a column of a select from `directory_users`. */
export const groupsColumn = sql<{ id: string; displayName: string }[] | null>`(
	select json_agg(json_build_object('id', dg.id, 'displayName', dg.display_name) order by dg.name_key)
	from ${directoryGroupMembers} dgm
	join ${directoryGroups} dg on dg.workspace_id = dgm.workspace_id
		and dg.directory_id = dgm.directory_id and dg.id = dgm.group_id
	where dgm.workspace_id = directory_users.workspace_id
		and dgm.directory_id = directory_users.directory_id
		and dgm.user_id = directory_users.id)`;

/** The columns of an entry that an answer is made of. */
export const listedColumns = {
	id: directoryUsers.id,
	resource: directoryUsers.resource,
	version: directoryUsers.version,
	createdAt: directoryUsers.createdAt,
	lastModifiedAt: directoryUsers.lastModifiedAt,
};

/** An entry as it is answered: with the groups it is in. */
export type ListedUser = Pick<DirectoryUser, keyof typeof listedColumns> & {
	groups: { id: string; displayName: string }[];
};

/** What entries can be found by. externalId compares exactly, the others without case. */
export type Lookup = { by: "id" | "userName" | "externalId" | "email"; value: string };

/** The most resources one answer holds. */
export const maxPage = 200;

/** The entry of an id, locked until the transaction ends. */
export async function lockEntry(
	tx: Tx,
	directory: DirectoryKey,
	id: string,
): Promise<DirectoryUser | null> {
	if (!isId(id)) return null;
	const { workspaceId, id: directoryId } = directory;
	const [entry] = await lockById(tx, { workspaceId, directoryId, id });
	return entry ?? null;
}

const lockById = statement(["workspaceId", "directoryId", "id"], (on, at) =>
	on
		.select(entryColumns)
		.from(directoryUsers)
		.where(
			and(
				eq(directoryUsers.workspaceId, at.workspaceId),
				eq(directoryUsers.directoryId, at.directoryId),
				eq(directoryUsers.id, at.id),
			),
		)
		.for("update"),
);

/** The entry that stands behind a member, or null where no directory knows them. */
export async function entryBehind(
	db: Db | Tx,
	member: { workspaceId: string; id: string },
): Promise<DirectoryUser | null> {
	const [entry] = await db
		.select(entryColumns)
		.from(directoryUsers)
		.where(
			and(
				eq(directoryUsers.workspaceId, member.workspaceId),
				eq(directoryUsers.memberId, member.id),
			),
		);
	return entry ?? null;
}

/** These entries, in no order. */
export async function readEntries(
	db: Db | Tx,
	directory: DirectoryKey,
	ids: readonly string[],
): Promise<ListedUser[]> {
	if (ids.length === 0) return [];
	const { workspaceId, id: directoryId } = directory;
	const rows = await listedByIds(db, { workspaceId, directoryId, ids: `{${ids.join(",")}}` });
	return rows.map((row) => ({ ...row, groups: row.groups ?? [] }));
}

const listedByIds = statement(["workspaceId", "directoryId", "ids"], (on, at) =>
	on
		.select({ ...listedColumns, groups: groupsColumn })
		.from(directoryUsers)
		.where(
			and(
				eq(directoryUsers.workspaceId, at.workspaceId),
				eq(directoryUsers.directoryId, at.directoryId),
				sql`${directoryUsers.id} = any(${at.ids}::uuid[])`,
			),
		),
);

/** The condition of a lookup. @param value a placeholder in a prepared statement. */
export function matching(lookup: Lookup, value: unknown = keyOf(lookup)): SQL {
	switch (lookup.by) {
		case "id":
			return sql`${directoryUsers.id} = ${value}`;
		case "userName":
			return sql`${directoryUsers.userNameKey} = ${value}`;
		case "externalId":
			return sql`${directoryUsers.externalId} = ${value}`;
		case "email":
			return sql`${directoryUsers.emailKeys} @> array[${value}]::text[]`;
	}
}

/** What a lookup's value is compared as; null where no entry can have it. */
export function keyOf({ by, value }: Lookup): string | null {
	if (by === "id") return isId(value) ? value : null;
	return by === "externalId" ? value : foldKey(value);
}

export const ofDirectory = ({ workspaceId, id }: DirectoryKey) =>
	and(eq(directoryUsers.workspaceId, workspaceId), eq(directoryUsers.directoryId, id));
