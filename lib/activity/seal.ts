/**
 * Sealing the log. The rows of a workspace are gathered in batches, in the order they were written,
 * and each batch is sealed together with the seal before it (HMAC-SHA-256, with a key that is not
 * in the database). So whoever changes the database by hand cannot change, add or remove what is
 * sealed without ./verify finding it; and whoever kept the newest seal, which is in every export,
 * finds it even if the log was cut off or made anew. Rows leave by ./retention.
 */
import { createHash, createHmac } from "node:crypto";
import { and, asc, desc, eq, gt, lte, sql } from "drizzle-orm";
import { type Db, type Tx, transact } from "@/db/client";
import { activity, activitySeals } from "@/db/schema";
import { derivedKey } from "@/lib/platform/crypto";

export type ActivitySeal = typeof activitySeals.$inferSelect;
type ActivityRow = typeof activity.$inferSelect;

const batchRows = 1_000;

/** Before every row: also before one that somebody gave a number below the first. */
export const beginning = Number.MIN_SAFE_INTEGER;

/** Writers are kept waiting no longer than this, far less than any deadlock takes to be noticed. */
const lockMs = 200;

/**
 * Seals what every workspace has written. Two processes may do it at once: of two equal batches one
 * is kept.
 * @returns how many rows were sealed; null when writers were too busy, to be tried again soon.
 */
export async function sealActivity(db: Db, now: Date): Promise<number | null> {
	const settled = await settledThrough(db);
	if (settled === null) return null;
	const waiting = (await db.execute(sql`
		select w.id from workspaces w where exists (
			select 1 from activity a where a.workspace_id = w.id and a.seq <= ${settled} and a.seq > (
				select coalesce(max(s.through), 0) from activity_seals s where s.workspace_id = w.id
			)
		)`)) as unknown as { rows: { id: string }[] };
	let rows = 0;
	for (const { id } of waiting.rows) rows += await sealUpTo(db, id, settled, now);
	return rows;
}

/**
 * Seals one workspace's log as it is, and answers with its newest seal: null where nothing has
 * been sealed yet.
 */
export async function sealNow(
	db: Db,
	workspaceId: string,
	now: Date,
): Promise<ActivitySeal | null> {
	const settled = (await settledThrough(db)) ?? (await settledThrough(db));
	if (settled !== null) await sealUpTo(db, workspaceId, settled, now);
	return newestSeal(db, workspaceId);
}

/** The newest seal of a workspace: it stands for everything sealed before. */
export async function newestSeal(db: Db | Tx, workspaceId: string): Promise<ActivitySeal | null> {
	const [seal] = await db
		.select()
		.from(activitySeals)
		.where(eq(activitySeals.workspaceId, workspaceId))
		.orderBy(desc(activitySeals.number))
		.limit(1);
	return seal ?? null;
}

/**
 * The number up to which the order is final. A transaction that is under way holds numbers that
 * nobody sees yet, so this waits for all that have written to the log: a lock that conflicts with
 * writing is granted once they are over, and numbers are given under the writer's lock.
 */
async function settledThrough(db: Db): Promise<number | null> {
	try {
		return await transact(db, async (tx) => {
			await tx.execute(sql.raw(`set local lock_timeout = '${lockMs}ms'`));
			await tx.execute(sql`lock table activity in share mode`);
			const { rows } = (await tx.execute(
				sql`select last_value as last from activity_seq_seq`,
			)) as unknown as { rows: { last: string | number }[] };
			return Number(rows[0]?.last ?? 0);
		});
	} catch (error) {
		if (isLockTimeout(error)) return null;
		throw error;
	}
}

function isLockTimeout(error: unknown): boolean {
	const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } };
	return (cause?.code ?? code) === "55P03";
}

async function sealUpTo(db: Db, workspaceId: string, settled: number, now: Date): Promise<number> {
	let total = 0;
	for (;;) {
		const last = await newestSeal(db, workspaceId);
		const rows = await rowsBetween(db, workspaceId, last?.through ?? beginning, settled, batchRows);
		const newest = rows.at(-1);
		if (!newest) return total;
		const { id: keyId, key } = derivedKey(purpose);
		const unsealed = {
			workspaceId,
			number: (last?.number ?? 0) + 1,
			through: newest.seq,
			rows: rows.length,
			until: new Date(Math.max(...rows.map(({ at }) => at.getTime()))),
			digest: digestOf(rows),
			keyId,
			sealedAt: now,
		};
		const seal = sealOf(unsealed, last?.seal ?? "", key);
		const kept = await db
			.insert(activitySeals)
			.values({ ...unsealed, seal })
			.onConflictDoNothing()
			.returning({ number: activitySeals.number });
		if (kept.length > 0) total += rows.length;
	}
}

/** The rows after one number up to another, in order. */
export async function rowsBetween(
	db: Db | Tx,
	workspaceId: string,
	after: number,
	through: number,
	limit: number,
): Promise<ActivityRow[]> {
	return db
		.select()
		.from(activity)
		.where(
			and(
				eq(activity.workspaceId, workspaceId),
				gt(activity.seq, after),
				lte(activity.seq, through),
			),
		)
		.orderBy(asc(activity.seq))
		.limit(limit);
}

const purpose = "activity.seal";

/** What a batch's rows come down to. */
export function digestOf(rows: readonly ActivityRow[]): string {
	const hash = createHash("sha256");
	// Each row is a line of JSON, which has no line break inside, so rows cannot run into another.
	for (const { seq: _, ...row } of rows) hash.update(`${canonical(row)}\n`);
	return hash.digest("base64url");
}

/** The seal that a batch must have after the one before. @throws when its key is gone. */
export function expectedSeal(batch: ActivitySeal, before: string): string {
	return sealOf(batch, before, derivedKey(purpose, batch.keyId).key);
}

/** What marks a batch's rows as gone by retention. */
export function expirySealOf({ seal, keyId }: Pick<ActivitySeal, "seal" | "keyId">): string {
	return hmac(derivedKey(purpose, keyId).key, ["expired", seal]);
}

function sealOf(
	batch: Omit<ActivitySeal, "seal" | "expiredAt" | "expirySeal">,
	before: string,
	key: Buffer,
): string {
	const { workspaceId, number, through, rows, until, digest, sealedAt } = batch;
	const when = [until.toISOString(), sealedAt.toISOString()];
	return hmac(key, ["batch", before, workspaceId, number, through, rows, ...when, digest]);
}

function hmac(key: Buffer, parts: readonly (string | number)[]): string {
	return createHmac("sha256", key).update(JSON.stringify(parts)).digest("base64url");
}

/** JSON with the names of objects in order: a database may give them back in another. */
function canonical(value: unknown): string {
	return JSON.stringify(value, (_, part: unknown) =>
		typeof part === "object" && part !== null && !Array.isArray(part)
			? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
			: part,
	);
}
