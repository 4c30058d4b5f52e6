/** The groups a directory sent beside what the policy gives for them: the rows of Group mapping. */
import { and, asc, eq, sql } from "drizzle-orm";
import type { Db, Tx } from "@/db/client";
import { activity, directoryGroups } from "@/db/schema";
import type { Policy } from "@/lib/policy/document";

/** A group of the directory, or one that was mapped and is there no more. */
export type MappableGroup = {
	id: string;
	/** Of a vanished group, what it was called last. */
	name: string | null;
	people: number;
	changedAt: Date | null;
	gone: boolean;
	/** A group that came later and is likely the same: it can take the mapping over. */
	successor: { id: string; name: string } | null;
};

/** Every group there is to map, by name; those that vanished are last. */
export async function mappableGroups(
	db: Db | Tx,
	workspaceId: string,
	mappings: Policy["mappings"],
): Promise<MappableGroup[]> {
	const rows = await db
		.select({
			id: directoryGroups.id,
			name: directoryGroups.displayName,
			people: directoryGroups.memberCount,
			changedAt: directoryGroups.lastModifiedAt,
		})
		.from(directoryGroups)
		.where(eq(directoryGroups.workspaceId, workspaceId))
		.orderBy(asc(directoryGroups.nameKey));
	const there = new Map(rows.map((row) => [row.id, row]));
	const missing = Object.keys(mappings).filter((id) => !there.has(id));
	const names = await namesOfGone(db, workspaceId, missing);
	const byName = new Map(rows.map((row) => [row.name.toLowerCase(), row]));
	return [
		...rows.map((row) => ({ ...row, gone: false, successor: null })),
		...missing.map((id) => {
			const name = names.get(id) ?? null;
			const successor = (name && byName.get(name.toLowerCase())) || null;
			const free = successor && !Object.hasOwn(mappings, successor.id) ? successor : null;
			return {
				id,
				name,
				people: 0,
				changedAt: null,
				gone: true,
				successor: free && { id: free.id, name: free.name },
			};
		}),
	];
}

/** What the log calls groups that are gone. */
async function namesOfGone(
	db: Db | Tx,
	workspaceId: string,
	ids: readonly string[],
): Promise<Map<string, string>> {
	if (ids.length === 0) return new Map();
	const rows = await db
		.select({ id: activity.subjectId, label: activity.subjectLabel })
		.from(activity)
		.where(
			and(
				eq(activity.workspaceId, workspaceId),
				eq(activity.kind, "directory.group_deleted"),
				sql`${activity.subjectId} = any(${`{${ids.join(",")}}`}::text[])`,
			),
		);
	return new Map(rows.flatMap(({ id, label }) => (id && label ? [[id, label] as const] : [])));
}
