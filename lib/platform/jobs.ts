/**
 * Work outside the request that asked for it. A job is a row written in the transaction that wants
 * it, so there is no job for a change that did not happen, and none is lost with a process. Every
 * process of the installation runs what is due; a lease keeps two from running the same at once,
 * and one that dies gives its jobs back when its lease ends. So a job may run twice: handlers must
 * bear it. Owns when jobs run and run again, not what they do.
 */
import { and, asc, eq, inArray, isNull, lte, or, sql } from "drizzle-orm";
import type { Db, Tx } from "@/db/client";
import { jobs } from "@/db/schema";
import { newId } from "./ids";
import { log, redact } from "./log";

const LEASE_MS = 5 * 60_000;
const FIRST_RETRY_MS = 30_000;
const LONGEST_RETRY_MS = 6 * 3_600_000;

export type Payload = Record<string, unknown>;

/**
 * Does one kind of job, outside of any transaction. A throw means again later, for as long as it
 * throws; a handler that wants to give up looks at `attempt` (1 for the first).
 * @returns when to run again, for work that recurs; nothing when it is done.
 */
export type Handler = (
	payload: Payload,
	context: { now: Date; attempt: number },
) => Promise<Date | undefined>;

export type Handlers = Readonly<Record<string, Handler>>;

/**
 * Asks for a job, in the transaction of the change that needs it.
 * @param options.dueAt not before this time; at once if not given.
 * @param options.uniqueKey at most one job with this key waits: asking again moves it to the
 * earlier time and takes the new payload. If it is running, it runs once more.
 */
export async function enqueue(
	tx: Db | Tx,
	kind: string,
	payload: Payload,
	options: { dueAt?: Date; uniqueKey?: string } = {},
): Promise<void> {
	const dueAt = options.dueAt ?? new Date();
	await tx
		.insert(jobs)
		.values({ id: newId(), kind, payload, dueAt, uniqueKey: options.uniqueKey ?? null })
		.onConflictDoUpdate({
			target: jobs.uniqueKey,
			set: {
				payload,
				dueAt: sql`case when ${jobs.leasedUntil} is null then least(${jobs.dueAt}, excluded.due_at) else excluded.due_at end`,
				// Takes the row from a run that is under way: that one was asked before this change.
				leasedUntil: null,
				attempts: 0,
			},
		});
}

/**
 * Runs what is due, one after the other, until nothing is.
 * @returns how many ran, whether well or not.
 */
export async function runDueJobs(
	db: Db,
	handlers: Handlers,
	now: Date,
	signal?: AbortSignal,
): Promise<number> {
	let ran = 0;
	while (!signal?.aborted) {
		const job = await lease(db, Object.keys(handlers), now);
		if (!job) break;
		ran++;
		await run(db, job, handlers[job.kind], now);
	}
	return ran;
}

/**
 * Runs what is due every so often, until stopped.
 * @returns `stop`, which waits for the job that is running.
 */
export function startJobs(
	db: Db,
	handlers: Handlers,
	{ intervalMs }: { intervalMs: number },
): { stop: () => Promise<void> } {
	const stopping = new AbortController();
	let running: Promise<unknown> = Promise.resolve();
	let isRunning = false;
	const timer = setInterval(() => {
		if (isRunning) return;
		isRunning = true;
		running = runDueJobs(db, handlers, new Date(), stopping.signal)
			.catch((error: unknown) => log().error({ err: error }, "Jobs could not be read"))
			.finally(() => {
				isRunning = false;
			});
	}, intervalMs);
	return {
		async stop() {
			clearInterval(timer);
			stopping.abort();
			await running;
		},
	};
}

type Job = typeof jobs.$inferSelect;

async function lease(db: Db, kinds: string[], now: Date): Promise<Job | undefined> {
	const next = db
		.select({ id: jobs.id })
		.from(jobs)
		.where(
			and(
				lte(jobs.dueAt, now),
				or(isNull(jobs.leasedUntil), lte(jobs.leasedUntil, now)),
				inArray(jobs.kind, kinds),
			),
		)
		.orderBy(asc(jobs.dueAt), asc(jobs.id))
		.limit(1)
		.for("update", { skipLocked: true });
	const [job] = await db
		.update(jobs)
		.set({
			leasedUntil: new Date(now.getTime() + LEASE_MS),
			attempts: sql`${jobs.attempts} + 1`,
		})
		.where(eq(jobs.id, next))
		.returning();
	return job;
}

async function run(db: Db, job: Job, handle: Handler | undefined, now: Date): Promise<void> {
	// Without the lease the row is no longer this run's: it took too long, or was asked for again.
	const mine = and(eq(jobs.id, job.id), eq(jobs.leasedUntil, job.leasedUntil ?? now));
	try {
		const again = await handle?.(job.payload, { now, attempt: job.attempts });
		if (again)
			await db
				.update(jobs)
				.set({ dueAt: again, leasedUntil: null, attempts: 0, lastError: null })
				.where(mine);
		else await db.delete(jobs).where(mine);
	} catch (error) {
		const wait = Math.min(FIRST_RETRY_MS * 2 ** (job.attempts - 1), LONGEST_RETRY_MS);
		log().warn({ err: error, kind: job.kind, job: job.id, attempt: job.attempts }, "A job failed");
		await db
			.update(jobs)
			.set({
				dueAt: new Date(now.getTime() + wait),
				leasedUntil: null,
				lastError: JSON.stringify(redact(error)).slice(0, 1_000),
			})
			.where(mine);
	}
}
