/**
 * The brake: an IdP that takes many people's access within minutes is more often misconfigured than
 * right, so what goes beyond the policy's measure is held (./holds) instead of done. Owns counting.
 */
import { lte, type SQL, sql } from "drizzle-orm";
import type { Db, Tx } from "@/db/client";
import { writing } from "@/db/once";
import { departures, directoryUsers, members } from "@/db/schema";
import { statement } from "@/db/statement";
import { newId } from "@/lib/platform/ids";
import type { Policy } from "@/lib/policy/document";
import { currentPolicy } from "@/lib/workspaces/policy";
import type { DirectoryKey } from "./directory";

/**
 * Farther than this below the policy's count nobody has to wait for anybody: so many requests are
 * never under way at once, each holding a connection of the database.
 */
const mostAtOnce = 1_000;

/**
 * Counts one more person whose access the directory takes.
 * @returns whether that is more than count and percent within the policy's minutes: it must be held
 * then, and is not counted, because it did not happen.
 */
export async function passesBrake(tx: Tx, directory: DirectoryKey, now: Date): Promise<boolean> {
	const { workspaceId } = directory;
	const { document } = await currentPolicy(tx, workspaceId);
	const { count } = document.brake;
	if (count > mostAtOnce && (await leaves(tx, directory, document.brake, count - mostAtOnce, now)))
		return true;
	// One at a time in a workspace, so that parallel requests cannot pass together. What they left is
	// only seen by a statement that begins after it.
	const key = `brake ${workspaceId}`;
	await tx.execute(writing(sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`));
	return leaves(tx, directory, document.brake, count, now, true);
}

/**
 * Writes one more departure, where fewer than `count` have left within the minutes.
 * @param orFew or where it is not more than the percentage.
 */
async function leaves(
	tx: Tx,
	{ workspaceId, id: directoryId }: DirectoryKey,
	{ percent, minutes }: Policy["brake"],
	count: number,
	now: Date,
	orFew = false,
): Promise<boolean> {
	const since = new Date(now.getTime() - minutes * 60_000).toISOString();
	const at = now.toISOString();
	const values = { workspaceId, directoryId, id: newId(), at, since, count };
	const left = orFew
		? await leaveWithinEither(tx, { ...values, percent })
		: await leaveWithinCount(tx, values);
	return left.length > 0;
}

type Placeholders = Record<
	"workspaceId" | "directoryId" | "id" | "at" | "since" | "count",
	unknown
>;

const goneSince = ({ workspaceId, since }: Placeholders) =>
	sql`from ${departures} where workspace_id = ${workspaceId} and at > ${since}::timestamptz`;

/** No more are counted than the count asks for, until it says that the rest matter. */
const leave = (on: Db, at: Placeholders, otherwise: SQL) =>
	on
		.insert(departures)
		.select(
			sql`select ${at.workspaceId}::uuid, ${at.id}::uuid, ${at.directoryId}::uuid, ${at.at}::timestamptz
				from (select count(*) as gone from (select 1 ${goneSince(at)} limit ${at.count}::int) some_gone) recent
				where case when gone < ${at.count}::int then true else ${otherwise} end`,
		)
		.returning({ id: departures.id });

const usual = ["workspaceId", "directoryId", "id", "at", "since", "count"] as const;

const leaveWithinCount = statement(usual, (on, at) => leave(on, at, sql`false`), [departures]);

const leaveWithinEither = statement(
	[...usual, "percent"],
	(on, at) => {
		// People of the directory who have access now: counted only once the count says it matters.
		const active = sql`(select count(*) from ${members} m
			where m.workspace_id = ${at.workspaceId} and m.status = 'active' and exists (
				select 1 from ${directoryUsers} u where u.workspace_id = m.workspace_id
					and u.directory_id = ${at.directoryId} and u.member_id = m.id))`;
		const few = sql`(select (gone + 1) * 100 <= (${active} + gone) * ${at.percent}::int
			from (select count(*) as gone ${goneSince(at)}) all_recent)`;
		return leave(on, at, few);
	},
	[departures],
);

/** The longest time a policy can make the brake look back (lib/policy/document). */
const longestMs = 7 * 86_400_000;

/** Forgets what no brake counts any more. */
export async function forgetDepartures(db: Db, now: Date): Promise<void> {
	const before = new Date(now.getTime() - longestMs);
	await db.delete(departures).where(lte(departures.at, before));
}
