/**
 * How long the log is kept. What has passed retention leaves by whole sealed batches, oldest first,
 * and that is itself an event. The seals stay, so the rest still verifies. A trigger lets no other
 * row go (db/migrations).
 */
import { and, asc, eq, gt, isNull, lt, lte, max } from "drizzle-orm";
import { type Db, type Tx, transact } from "@/db/client";
import { activity, activitySeals, refusals } from "@/db/schema";
import { record } from "./record";
import { type ActivitySeal, beginning, expirySealOf } from "./seal";

/** Batches that leave in one transaction. */
const batchesAtOnce = 20;

/**
 * Deletes what is older than so many days, and counted refusals with it.
 * @returns how many rows of the log left.
 */
export async function expireActivity(db: Db, now: Date, days: number): Promise<number> {
	const cutoff = new Date(now.getTime() - days * 86_400_000);
	await db.delete(refusals).where(lt(refusals.minute, cutoff));
	const due = await db
		.selectDistinct({ workspaceId: activitySeals.workspaceId })
		.from(activitySeals)
		.where(and(isNull(activitySeals.expiredAt), lt(activitySeals.until, cutoff)));
	let rows = 0;
	for (const { workspaceId } of due) {
		let left: number;
		do {
			left = await transact(db, (tx) => expireOldest(tx, workspaceId, cutoff, now, days));
			rows += left;
		} while (left > 0);
	}
	return rows;
}

async function expireOldest(
	tx: Tx,
	workspaceId: string,
	cutoff: Date,
	now: Date,
	days: number,
): Promise<number> {
	const kept = await tx
		.select()
		.from(activitySeals)
		.where(and(eq(activitySeals.workspaceId, workspaceId), isNull(activitySeals.expiredAt)))
		.orderBy(asc(activitySeals.number))
		.limit(batchesAtOnce);
	// From the oldest on without a gap: the first that must stay keeps all after it.
	const first = kept.findIndex(({ until }) => until >= cutoff);
	const leaving = first === -1 ? kept : kept.slice(0, first);
	const [oldest, newest] = [leaving[0], leaving.at(-1)];
	if (!oldest || !newest) return 0;
	for (const seal of leaving) await markExpired(tx, seal, now);
	const gone = await tx
		.delete(activity)
		.where(
			and(
				eq(activity.workspaceId, workspaceId),
				gt(activity.seq, await throughBefore(tx, oldest)),
				lte(activity.seq, newest.through),
			),
		)
		.returning({ id: activity.id });
	await record(
		tx,
		workspaceId,
		{ kind: "system", label: "Gatehouse" },
		{
			kind: "activity.expired",
			details: { count: gone.length, days, batches: [oldest.number, newest.number] },
		},
	);
	return gone.length;
}

async function markExpired(tx: Tx, seal: ActivitySeal, now: Date): Promise<void> {
	await tx
		.update(activitySeals)
		.set({ expiredAt: now, expirySeal: expirySealOf(seal) })
		.where(
			and(eq(activitySeals.workspaceId, seal.workspaceId), eq(activitySeals.number, seal.number)),
		);
}

async function throughBefore(tx: Tx, seal: ActivitySeal): Promise<number> {
	const [before] = await tx
		.select({ through: max(activitySeals.through) })
		.from(activitySeals)
		.where(
			and(eq(activitySeals.workspaceId, seal.workspaceId), lt(activitySeals.number, seal.number)),
		);
	return before?.through ?? beginning;
}
