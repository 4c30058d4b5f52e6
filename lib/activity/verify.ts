/** Checks a workspace's log against its seals (./seal), batch by batch. */
import { and, asc, eq, gt } from "drizzle-orm";
import type { Db } from "@/db/client";
import { activity, activitySeals } from "@/db/schema";
import {
	type ActivitySeal,
	beginning,
	digestOf,
	expectedSeal,
	expirySealOf,
	rowsBetween,
} from "./seal";

export type Verification = {
	/** The newest seal. Compare it with one kept elsewhere: a log cut short verifies by itself. */
	head: { number: number; seal: string; sealedAt: Date } | null;
	/** Batches whose rows are what was sealed. */
	intact: number;
	/** Batches whose rows retention has deleted. */
	expired: number;
	/** Batches that are not what was sealed: edited, added to, or missing rows. */
	changed: { number: number; until: Date }[];
	/** Rows that wait for the next sealing. */
	unsealed: number;
};

/**
 * Verifies the whole log of a workspace.
 * @throws when a key that sealed it is gone from the configuration.
 */
export async function verifyActivity(db: Db, workspaceId: string): Promise<Verification> {
	const result: Verification = { head: null, intact: 0, expired: 0, changed: [], unsealed: 0 };
	let before: ActivitySeal | null = null;
	for (;;) {
		const seals: ActivitySeal[] = await sealsAfter(db, workspaceId, before?.number ?? 0);
		for (const seal of seals) {
			const state = await stateOf(db, seal, before);
			if (state === "changed") result.changed.push({ number: seal.number, until: seal.until });
			else result[state]++;
			before = seal;
		}
		if (seals.length === 0) break;
	}
	if (before) result.head = { number: before.number, seal: before.seal, sealedAt: before.sealedAt };
	const after = and(
		eq(activity.workspaceId, workspaceId),
		gt(activity.seq, before?.through ?? beginning),
	);
	result.unsealed = await db.$count(activity, after);
	return result;
}

async function stateOf(
	db: Db,
	seal: ActivitySeal,
	before: ActivitySeal | null,
): Promise<"intact" | "expired" | "changed"> {
	const follows = seal.number === (before?.number ?? 0) + 1;
	if (!follows || seal.seal !== expectedSeal(seal, before?.seal ?? "")) return "changed";
	// One more than there should be, so that an added row is seen.
	const { workspaceId, through } = seal;
	const rows = await rowsBetween(
		db,
		workspaceId,
		before?.through ?? beginning,
		through,
		seal.rows + 1,
	);
	if (seal.expiredAt !== null)
		return rows.length === 0 && seal.expirySeal === expirySealOf(seal) ? "expired" : "changed";
	return digestOf(rows) === seal.digest ? "intact" : "changed";
}

function sealsAfter(db: Db, workspaceId: string, number: number): Promise<ActivitySeal[]> {
	return db
		.select()
		.from(activitySeals)
		.where(and(eq(activitySeals.workspaceId, workspaceId), gt(activitySeals.number, number)))
		.orderBy(asc(activitySeals.number))
		.limit(200);
}
