/**
 * How often something may be tried. The counters are rows, so every process of the installation
 * counts together and a restart forgets nothing. Keys are hashed: the table tells nobody which
 * emails and addresses were tried.
 */
import { createHash } from "node:crypto";
import { type SQL, sql } from "drizzle-orm";
import { RateLimiterPostgres, type RateLimiterRes } from "rate-limiter-flexible";
import type { Db } from "@/db/client";

/** At most `points` tries of one key in each span of `seconds`, which begins with the first. */
export interface Limit {
	name: string;
	points: number;
	seconds: number;
}

export type Consumed = { ok: true } | { ok: false; retryAfterSeconds: number };

/**
 * Counts one try, outside of any transaction: one that is rolled back must stay counted.
 * @param key what is counted: an account, or a sender (see senderOf in ./addresses).
 * @returns `ok: false` with the seconds to wait once the limit is passed.
 */
export async function consume(db: Db, limit: Limit, key: string): Promise<Consumed> {
	try {
		await limiter(db, limit).consume(hashed(key));
		return { ok: true };
	} catch (refusal) {
		if (refusal instanceof Error) throw refusal;
		const { msBeforeNext } = refusal as RateLimiterRes;
		return { ok: false, retryAfterSeconds: Math.max(1, Math.ceil(msBeforeNext / 1000)) };
	}
}

/** Takes one try off again, after one that succeeded; the others of the key stay counted. */
export async function refund(db: Db, limit: Limit, key: string): Promise<void> {
	await limiter(db, limit).reward(hashed(key));
}

/** Forgets the tries of a key, after one that succeeded. */
export async function reset(db: Db, limit: Limit, key: string): Promise<void> {
	await limiter(db, limit).delete(hashed(key));
}

/** Deletes the counters that are over. A job calls it. */
export async function sweepLimits(db: Db, now: Date): Promise<void> {
	await db.execute(sql`delete from rate_limits where expire < ${now.getTime()}`);
}

function hashed(key: string): string {
	return createHash("sha256").update(key).digest("base64url");
}

function limiter(db: Db, { name, points, seconds }: Limit): RateLimiterPostgres {
	return new RateLimiterPostgres({
		// Its Drizzle store writes dates where its Postgres store, and our table, have a bigint. So
		// it is given something that looks like a pg client and works on either engine.
		storeClient: { query: ({ text, values }: Query) => db.execute(statement(text, values)) },
		storeType: "client",
		tableName: "rate_limits",
		tableCreated: true,
		clearExpiredByTimeout: false,
		keyPrefix: name,
		points,
		duration: seconds,
	});
}

type Query = { text: string; values: unknown[] };

/** A statement with $1, $2 ... as Drizzle's. */
function statement(text: string, values: unknown[]): SQL {
	const parts = text.split(/\$(\d+)/);
	return sql.join(
		parts.map((part, index) =>
			index % 2 === 0 ? sql.raw(part) : sql`${values[Number(part) - 1] ?? null}`,
		),
	);
}
