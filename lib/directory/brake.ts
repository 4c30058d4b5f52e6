/**
 * The brake: an IdP that takes many people's access within minutes is more often misconfigured than
 * right, so what goes beyond the policy's measure is held (./holds) instead of done. Owns counting.
 */
import { and, eq, gt, lte, sql } from "drizzle-orm";
import type { Db, Tx } from "@/db/client";
import { departures, directoryUsers, members } from "@/db/schema";
import { newId } from "@/lib/platform/ids";
import { currentPolicy } from "@/lib/workspaces/policy";
import type { DirectoryKey } from "./directory";

/**
 * Counts one more person whose access the directory takes.
 * @returns whether that is more than count and percent within the policy's minutes: it must be held
 * then, and is not counted, because it did not happen.
 */
export async function passesBrake(tx: Tx, directory: DirectoryKey, now: Date): Promise<boolean> {
	const { workspaceId } = directory;
	// One at a time in a workspace, so that parallel requests cannot pass together.
	await tx.execute(
		sql`select pg_advisory_xact_lock(hashtextextended(${`brake ${workspaceId}`}, 0))`,
	);
	const { document } = await currentPolicy(tx, workspaceId);
	const { count, percent, minutes } = document.brake;
	const since = new Date(now.getTime() - minutes * 60_000);
	const [recent] = await tx
		.select({ count: sql<number>`count(*)::int` })
		.from(departures)
		.where(and(eq(departures.workspaceId, workspaceId), gt(departures.at, since)));
	const gone = recent?.count ?? 0;
	if (gone >= count) {
		const before = (await activePeople(tx, directory)) + gone;
		if ((gone + 1) * 100 > before * percent) return false;
	}
	await tx.insert(departures).values({
		workspaceId,
		id: newId(),
		directoryId: directory.id,
		at: now,
	});
	return true;
}

/** People of the directory who have access now. */
async function activePeople(tx: Tx, { workspaceId, id }: DirectoryKey): Promise<number> {
	const [row] = await tx
		.select({ count: sql<number>`count(*)::int` })
		.from(members)
		.where(
			and(
				eq(members.workspaceId, workspaceId),
				eq(members.status, "active"),
				sql`exists (select 1 from ${directoryUsers} where ${directoryUsers.workspaceId} = ${members.workspaceId} and ${directoryUsers.directoryId} = ${id} and ${directoryUsers.memberId} = ${members.id})`,
			),
		);
	return row?.count ?? 0;
}

/** The longest time a policy can make the brake look back (lib/policy/document). */
const longestMs = 7 * 86_400_000;

/** Forgets what no brake counts any more. */
export async function forgetDepartures(db: Db, now: Date): Promise<void> {
	const before = new Date(now.getTime() - longestMs);
	await db.delete(departures).where(lte(departures.at, before));
}
