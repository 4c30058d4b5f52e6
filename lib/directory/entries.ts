/** Reading directory users for answers. Always in the order they were added, then by id. */
import { and, asc, eq, type SQL, sql } from "drizzle-orm";
import type { Db, Tx } from "@/db/client";
import { directoryUsers } from "@/db/schema";
import { isId } from "@/lib/platform/ids";
import { foldKey } from "@/lib/platform/text";
import type { DirectoryKey } from "./directory";

export type DirectoryUser = typeof directoryUsers.$inferSelect;

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
	const [entry] = await tx
		.select()
		.from(directoryUsers)
		.where(and(ofDirectory(directory), eq(directoryUsers.id, id)))
		.for("update");
	return entry ?? null;
}

/** The entry that stands behind a member, or null where no directory knows them. */
export async function entryBehind(
	db: Db | Tx,
	member: { workspaceId: string; id: string },
): Promise<DirectoryUser | null> {
	const [entry] = await db
		.select()
		.from(directoryUsers)
		.where(
			and(
				eq(directoryUsers.workspaceId, member.workspaceId),
				eq(directoryUsers.memberId, member.id),
			),
		);
	return entry ?? null;
}

/** One page of entries, and how many there are. @param offset how many to pass over. */
export async function listEntries(
	db: Db | Tx,
	directory: DirectoryKey,
	page: { offset: number; limit: number; lookup?: Lookup },
): Promise<{ entries: DirectoryUser[]; total: number }> {
	const condition = page.lookup ? matching(page.lookup) : undefined;
	const wanted = and(ofDirectory(directory), condition);
	const [counted] = await db
		.select({ total: sql<number>`count(*)::int` })
		.from(directoryUsers)
		.where(wanted);
	const total = counted?.total ?? 0;
	if (page.limit === 0 || page.offset >= total) return { entries: [], total };
	const entries = await db
		.select()
		.from(directoryUsers)
		.where(wanted)
		.orderBy(asc(directoryUsers.createdAt), asc(directoryUsers.id))
		.offset(page.offset)
		.limit(page.limit);
	return { entries, total };
}

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
