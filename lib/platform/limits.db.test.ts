import { sql } from "drizzle-orm";
import { beforeAll, expect, it } from "vitest";
import { type Db, transact } from "@/db/client";
import { rateLimits } from "@/db/schema";
import { freshDb } from "@/db/testing";
import { consume, reset, sweepLimits } from "./limits";

let db: Db;
beforeAll(async () => {
	db = await freshDb();
});

const limit = { name: "password", points: 3, seconds: 60 };

/** What is in the table, so that time can be moved by ageing rows. */
const age = (ms: number) => db.execute(sql`update rate_limits set expire = expire - ${ms}::bigint`);

it("allows so many tries, then says how long to wait", async () => {
	for (let tries = 0; tries < 3; tries++)
		expect(await consume(db, limit, "ada@acme.test")).toEqual({ ok: true });
	const refused = await consume(db, limit, "ada@acme.test");
	expect(refused.ok).toBe(false);
	const wait = refused.ok ? 0 : refused.retryAfterSeconds;
	expect(wait).toBeGreaterThan(50);
	expect(wait).toBeLessThanOrEqual(60);
});

it("keeps keys and limits apart", async () => {
	for (let tries = 0; tries < 4; tries++) await consume(db, limit, "apart");
	expect((await consume(db, limit, "apart")).ok).toBe(false);
	expect((await consume(db, limit, "apart2")).ok).toBe(true);
	expect((await consume(db, { ...limit, name: "code" }, "apart")).ok).toBe(true);
});

it("allows again when the span is over, and at once after a success", async () => {
	for (let tries = 0; tries < 4; tries++) await consume(db, limit, "again");
	expect((await consume(db, limit, "again")).ok).toBe(false);
	await age(61_000);
	expect((await consume(db, limit, "again")).ok).toBe(true);
	for (let tries = 0; tries < 4; tries++) await consume(db, limit, "again");
	await reset(db, limit, "again");
	expect((await consume(db, limit, "again")).ok).toBe(true);
});

it("counts tries made at once, wherever they come from", async () => {
	const results = await Promise.all(
		Array.from({ length: 20 }, () => consume(db, limit, "all at once")),
	);
	expect(results.filter(({ ok }) => ok)).toHaveLength(3);
});

it("keeps nobody's key readable, and sweeps what is over", async () => {
	await consume(db, limit, "hidden@acme.test");
	const rows = await db.select().from(rateLimits);
	expect(JSON.stringify(rows)).not.toContain("hidden");
	await sweepLimits(db, new Date());
	expect((await consume(db, { ...limit, points: 1 }, "hidden@acme.test")).ok).toBe(false);
	await sweepLimits(db, new Date(Date.now() + 61_000));
	expect(await db.$count(rateLimits)).toBe(0);
});

it("refuses to count inside a transaction, where it could be rolled back", async () => {
	await expect(transact(db, () => consume(db, limit, "inside"))).rejects.toThrow();
});
