import { setTimeout as wait } from "node:timers/promises";
import { beforeAll, beforeEach, expect, it } from "vitest";
import { type Db, transact } from "@/db/client";
import { jobs } from "@/db/schema";
import { freshDb } from "@/db/testing";
import { enqueue, type Handler, type Payload, runDueJobs, startJobs } from "./jobs";

let db: Db;
beforeAll(async () => {
	db = await freshDb();
});
beforeEach(() => db.delete(jobs));

const now = new Date("2030-01-01T12:00:00Z");
const later = (ms: number) => new Date(now.getTime() + ms);
const waiting = () => db.select().from(jobs);

/** A handler that remembers what it was given. */
function recorder(answer: (attempt: number) => Date | undefined = () => undefined) {
	const seen: Payload[] = [];
	const handle: Handler = async (payload, { attempt }) => {
		seen.push(payload);
		return answer(attempt);
	};
	return { seen, handle };
}

it("runs what is due once, the earliest first, and leaves the rest", async () => {
	const { seen, handle } = recorder();
	await enqueue(db, "note", { n: 2 }, { dueAt: now });
	await enqueue(db, "note", { n: 1 }, { dueAt: later(-1000) });
	await enqueue(db, "note", { n: 3 }, { dueAt: later(1000) });
	await enqueue(db, "other", { n: 4 }, { dueAt: now });
	expect(await runDueJobs(db, { note: handle }, now)).toBe(2);
	expect(seen).toEqual([{ n: 1 }, { n: 2 }]);
	expect(await runDueJobs(db, { note: handle }, now)).toBe(0);
	expect((await waiting()).map(({ payload }) => payload.n).sort()).toEqual([3, 4]);
});

it("belongs to the transaction that asked for it", async () => {
	const failing = transact(db, async (tx) => {
		await enqueue(tx, "note", {}, { dueAt: now });
		throw new Error("no");
	});
	await expect(failing).rejects.toThrow("no");
	expect(await waiting()).toEqual([]);
});

it("runs handlers outside of a transaction", async () => {
	await enqueue(db, "note", {}, { dueAt: now });
	const handle: Handler = async () => {
		await db.select().from(jobs); // throws inside one, and waits for ever on PGlite
		return undefined;
	};
	await runDueJobs(db, { note: handle }, now);
	expect(await waiting()).toEqual([]);
});

it("tries again after a failure, waiting twice as long each time up to six hours", async () => {
	await enqueue(db, "note", {}, { dueAt: now });
	const handle: Handler = async () => {
		throw new Error("not today: https://idp.example/?token=s3cret");
	};
	let time = now;
	const waits: number[] = [];
	for (let attempt = 1; attempt <= 13; attempt++) {
		expect(await runDueJobs(db, { note: handle }, time)).toBe(1);
		const [job] = await waiting();
		if (!job) throw new Error("gone");
		expect(job.attempts).toBe(attempt);
		expect(job.lastError).toContain("not today");
		expect(job.lastError).not.toContain("s3cret");
		waits.push((job.dueAt.getTime() - time.getTime()) / 1000);
		expect(await runDueJobs(db, { note: handle }, time)).toBe(0);
		time = job.dueAt;
	}
	expect(waits.slice(0, 4)).toEqual([30, 60, 120, 240]);
	expect(waits.at(-1)).toBe(6 * 3600);
});

it("keeps a row that recurs, and forgets its failures", async () => {
	await enqueue(db, "note", {}, { dueAt: now, uniqueKey: "daily" });
	const { handle } = recorder(() => later(86_400_000));
	await runDueJobs(db, { note: handle }, now);
	expect(await waiting()).toMatchObject([
		{ dueAt: later(86_400_000), attempts: 0, leasedUntil: null, uniqueKey: "daily" },
	]);
});

it("has one waiting row a unique key, at the earlier time with the newer payload", async () => {
	const ask = (n: number, ms: number) =>
		enqueue(db, "note", { n }, { dueAt: later(ms), uniqueKey: "once" });
	await ask(1, 2000);
	await ask(2, 5000);
	await ask(3, 1000);
	expect(await waiting()).toMatchObject([{ payload: { n: 3 }, dueAt: later(1000) }]);
	await enqueue(db, "note", {}, { dueAt: now });
	await enqueue(db, "note", {}, { dueAt: now });
	expect(await waiting()).toHaveLength(3);
});

it("runs once more when it is asked for while it runs", async () => {
	const ask = (n: number) => enqueue(db, "note", { n }, { dueAt: now, uniqueKey: "once" });
	const seen: unknown[] = [];
	const handle: Handler = async (payload) => {
		seen.push(payload.n);
		if (payload.n === 1) await ask(2);
		return undefined;
	};
	await ask(1);
	expect(await runDueJobs(db, { note: handle }, now)).toBe(2);
	expect(seen).toEqual([1, 2]);
	expect(await waiting()).toEqual([]);
});

it("runs each job once where several processes look", async () => {
	for (let n = 0; n < 20; n++) await enqueue(db, "note", { n }, { dueAt: now });
	const { seen, handle } = recorder();
	const ran = await Promise.all(
		Array.from({ length: 4 }, () => runDueJobs(db, { note: handle }, now)),
	);
	expect(ran.reduce((sum, count) => sum + count)).toBe(20);
	expect(new Set(seen.map(({ n }) => n)).size).toBe(20);
});

it("gives a job of a process that died to another when the lease ends", async () => {
	await enqueue(db, "note", { n: 1 }, { dueAt: now });
	let release = () => {};
	const hanging: Handler = () =>
		new Promise((resolve) => {
			release = () => resolve(undefined);
		});
	const dead = runDueJobs(db, { note: hanging }, now, AbortSignal.timeout(0));
	await wait(100);
	const { seen, handle } = recorder(() => later(9_000_000));
	expect(await runDueJobs(db, { note: handle }, later(60_000))).toBe(0);
	expect(await runDueJobs(db, { note: handle }, later(5 * 60_000))).toBe(1);
	expect(seen).toEqual([{ n: 1 }]);
	// The first one wakes up after all: what it says about the job no longer counts.
	release();
	await dead;
	expect(await waiting()).toMatchObject([{ dueAt: later(9_000_000) }]);
});

it("starts, notices new jobs, and stops after the one that is running", async () => {
	const seen: string[] = [];
	const handle: Handler = async () => {
		seen.push("begun");
		await wait(200);
		seen.push("ended");
		return undefined;
	};
	const runner = startJobs(db, { note: handle }, { intervalMs: 20 });
	await enqueue(db, "note", {}, { dueAt: new Date(0) });
	await enqueue(db, "note", {}, { dueAt: new Date(1) });
	while (seen.length === 0) await wait(10);
	await runner.stop();
	expect(seen).toEqual(["begun", "ended"]);
	expect(await waiting()).toHaveLength(1);
});
