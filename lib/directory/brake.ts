/**
 * The brake: an IdP that takes many people's access within minutes is more often misconfigured than
 * right, so what goes beyond the policy's measure is held (./holds) instead of done. Owns counting.
 */
import { lte, sql } from "drizzle-orm";
import type { Db, Tx } from "@/db/client";
import { writing } from "@/db/once";
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
	// One at a time in a workspace, so that parallel requests cannot pass together. What they left is
	// only seen by a statement that begins after it.
	const key = `brake ${workspaceId}`;
	await tx.execute(writing(sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`));
	const { document } = await currentPolicy(tx, workspaceId);
	const { count, percent, minutes } = document.brake;
	const since = new Date(now.getTime() - minutes * 60_000).toISOString();
	// People of the directory who have access now: counted only once the count says it matters.
	const active = sql`(select count(*) from ${members} m
		where m.workspace_id = ${workspaceId} and m.status = 'active' and exists (
			select 1 from ${directoryUsers} u where u.workspace_id = m.workspace_id
				and u.directory_id = ${directory.id} and u.member_id = m.id))`;
	const gone = sql`from ${departures} where workspace_id = ${workspaceId} and at > ${since}::timestamptz`;
	const { rows } = (await tx.execute(
		writing(
			// No more are counted than the count asks for, until it says that the rest matter.
			sql`with recent as (
					select count(*) as gone from (select 1 ${gone} limit ${count}::int) few
				), all_recent as (
					select count(*) as gone ${gone}
				)
				insert into ${departures} (workspace_id, id, directory_id, at)
				select ${workspaceId}::uuid, ${newId()}::uuid, ${directory.id}::uuid,
					${now.toISOString()}::timestamptz
				from recent
				where case when gone < ${count}::int then true else (
					select (gone + 1) * 100 <= (${active} + gone) * ${percent}::int from all_recent) end
				returning id`,
			departures,
		),
	)) as unknown as { rows: unknown[] };
	return rows.length > 0;
}

/** The longest time a policy can make the brake look back (lib/policy/document). */
const longestMs = 7 * 86_400_000;

/** Forgets what no brake counts any more. */
export async function forgetDepartures(db: Db, now: Date): Promise<void> {
	const before = new Date(now.getTime() - longestMs);
	await db.delete(departures).where(lte(departures.at, before));
}
