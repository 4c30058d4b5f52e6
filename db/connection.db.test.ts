/** What goes together to Postgres, and that it fails as it would one by one. */
import type { Writable } from "node:stream";
import { eq, sql } from "drizzle-orm";
import type pg from "pg";
import { beforeAll, describe, expect, it } from "vitest";
import { type Db, lockWorkspace, openPostgres, type Tx, transact } from "@/db/client";
import { atEnd } from "@/db/once";
import { workspaces } from "@/db/schema";
import { together, withoutWaiting } from "@/db/sent";
import { statement, toSet } from "@/db/statement";
import { aWorkspace, freshDb, isPostgres } from "@/db/testing";

let db: Db;
let workspaceId: string;
beforeAll(async () => {
	db = await freshDb();
	workspaceId = (await aWorkspace(db)).id;
});

const nameNow = async (on: Db | Tx = db) => {
	const [row] = await on.select().from(workspaces).where(eq(workspaces.id, workspaceId));
	return row?.name;
};
const rename = (on: Db | Tx, name: string) =>
	on.update(workspaces).set({ name }).where(eq(workspaces.id, workspaceId));
const nameOf = statement(["workspaceId"], (on, at) =>
	on.select({ name: workspaces.name }).from(workspaces).where(eq(workspaces.id, at.workspaceId)),
);
const named = statement(
	["workspaceId", "name"],
	(on, { workspaceId, name }) =>
		on.update(workspaces).set(toSet({ name })).where(eq(workspaces.id, workspaceId)),
	[workspaces],
);
/** Names the workspace at the end of a transaction. */
const renameLast = (tx: Tx, name: string) =>
	atEnd(tx as Db | Tx, "names", name, (on, names) => rename(on, names.join()));

describe("a last statement with its commit", () => {
	it("is done when the transaction is", async () => {
		await transact(db, (tx) => renameLast(tx, "Last"));
		expect(await nameNow()).toBe("Last");
	});

	it("undoes all where it fails, and leaves a connection that works", async () => {
		await transact(db, (tx) => rename(tx, "Before"));
		for (let time = 0; time < 12; time++) {
			const failing = transact(db, async (tx) => {
				await rename(tx, "Never");
				await atEnd(tx as Db | Tx, "failing", 0, (on) => on.execute(sql`select 1 / ${0}::int`));
			});
			await expect(failing).rejects.toMatchObject({ cause: { code: "22012" } });
		}
		expect(await nameNow()).toBe("Before");
		await transact(db, (tx) => renameLast(tx, "After"));
		expect(await nameNow()).toBe("After");
	});

	it("undoes all where it is never sent", async () => {
		await transact(db, (tx) => rename(tx, "Before"));
		const failing = transact(db, async (tx) => {
			await rename(tx, "Never");
			await atEnd(tx as Db | Tx, "unsent", 0, () => Promise.reject(new Error("not sent")));
		});
		await expect(failing).rejects.toThrow("not sent");
		const alone = transact(db, (tx) =>
			atEnd(tx as Db | Tx, "unsent", 0, () => Promise.reject(new Error("not sent"))),
		);
		await expect(alone).rejects.toThrow("not sent");
		expect(await nameNow()).toBe("Before");
		await transact(db, async (tx) => {
			await rename(tx, "After");
			await rename(tx, "At last");
		});
		expect(await nameNow()).toBe("At last");
	});

	it("is not announced for more than one statement takes", async () => {
		await transact(db, async (tx) => {
			const names = Array.from({ length: 501 }, (_, index) => String(index));
			const write = async (on: Db | Tx, items: string[]) => {
				await rename(on, "First");
				await rename(on, items.at(-1) ?? "");
			};
			for (const name of names) await atEnd(tx as Db | Tx, "names", name, write);
		});
		expect(await nameNow()).toBe("500");
	});
});

describe("a statement that nobody waits for", () => {
	const dividing = statement(["by"], (on, { by }) =>
		on.select({ one: sql`1 / ${by}::int` }).from(workspaces),
	);
	const notPossible = { cause: { code: "22012" } };

	it("is done when the transaction is, behind what was sent before", async () => {
		await transact(db, async (tx) => {
			withoutWaiting(tx, () => named(tx, { workspaceId, name: "First" }));
			expect(await nameNow(tx)).toBe("First");
			withoutWaiting(tx, () => named(tx, { workspaceId, name: "Second" }));
		});
		expect(await nameNow()).toBe("Second");
	});

	it("undoes all where it fails, and is what is told, whatever came after it", async () => {
		await transact(db, (tx) => rename(tx, "Before"));
		const failing = (after: (tx: Tx) => Promise<unknown>) =>
			transact(db, async (tx) => {
				await rename(tx, "Never");
				withoutWaiting(tx, () => dividing(tx, { by: 0 }));
				await after(tx);
			});
		const afterwards: ((tx: Tx) => Promise<unknown>)[] = [
			async () => {},
			(tx) => rename(tx, "Never"),
			(tx) => renameLast(tx, "Never"),
			(tx) => tx.transaction((inner) => rename(inner, "Never")),
			() => Promise.reject(new Error("our own")),
		];
		for (const after of afterwards) {
			await expect(failing(after)).rejects.toMatchObject(notPossible);
			expect(await nameNow()).toBe("Before");
		}
	});

	it("goes with an inner transaction, and leaves the outer one to go on", async () => {
		await transact(db, async (tx) => {
			await rename(tx, "Outer");
			const inner = tx.transaction(async (within) => {
				withoutWaiting(within, () => dividing(within, { by: 0 }));
			});
			await expect(inner).rejects.toMatchObject(notPossible);
			expect(await nameNow(tx)).toBe("Outer");
		});
		expect(await nameNow()).toBe("Outer");
	});

	it("is sent once, also where Drizzle would send it each time it is asked", async () => {
		let built = 0;
		await transact(db, async (tx) => {
			const query = tx.update(workspaces).set({ plan: "enterprise" });
			const execute = query.execute.bind(query);
			query.execute = (...values) => {
				built += 1;
				return execute(...values);
			};
			withoutWaiting(tx, () => query.where(eq(workspaces.id, workspaceId)));
		});
		expect(built).toBe(1);
	});

	it("is for transactions alone", () => {
		expect(() => withoutWaiting(db, () => rename(db, "Never"))).toThrow("outside of a transaction");
	});
});

describe.runIf(isPostgres)("a connection to Postgres", () => {
	const poolOf = (of: Db) => (of as unknown as { $client: pg.Pool }).$client;

	/** A pool of one connection to this file's database. */
	function another(options = "") {
		const url = new URL(poolOf(db).options.connectionString ?? "");
		if (options) url.searchParams.set("options", options);
		return openPostgres(url.href, 1);
	}

	/** A transaction that has the workspace's lock until it is told to end. */
	async function holding(): Promise<() => Promise<void>> {
		let end = () => {};
		const told = new Promise<void>((resolve) => {
			end = resolve;
		});
		let ended: Promise<void> | undefined;
		await new Promise<void>((locked) => {
			ended = transact(db, async (tx) => {
				await lockWorkspace(tx, workspaceId, "exclusive");
				await rename(tx, "Locked");
				locked();
				await told;
				await rename(tx, "Free");
			});
		});
		return async () => {
			end();
			await ended;
		};
	}

	it("sends a lock with the first statement and a commit with the last, and nothing for nothing", async () => {
		const { db, close } = another();
		const client = (await poolOf(db).connect()) as pg.PoolClient & {
			connection: { stream: Writable };
		};
		client.release();
		const { stream } = client.connection;
		const writev = stream._writev?.bind(stream);
		const sizes: number[] = [];
		stream._writev = (chunks, done) => {
			sizes.push(chunks.length);
			writev?.(chunks, done);
		};
		const change = transact(db, async (tx) => {
			await lockWorkspace(tx, workspaceId, "shared");
			await nameNow(tx);
			await renameLast(tx, "Twice");
		});
		await change;
		expect(sizes).toHaveLength(2);
		const failing = transact(db, async (tx) => {
			await lockWorkspace(tx, workspaceId, "exclusive");
			throw new Error("no statement");
		});
		await expect(failing).rejects.toThrow("no statement");
		expect(sizes).toHaveLength(2);
		expect(await nameNow(db)).toBe("Twice");
		await close();
	});

	it("does not keep the plans of a table that was small", async () => {
		const { db, close } = another();
		const client = await poolOf(db).connect();
		client.release();
		await db.execute(sql`create table growing (a int, b int) with (autovacuum_enabled = false)`);
		await db.execute(sql`create index growing_a on growing (a)`);
		await db.execute(sql`insert into growing values (0, 0)`);
		await db.execute(sql`analyze growing`);
		const find = () => db.execute(sql`select b from growing where a = ${1}`);
		for (let time = 0; time < 20; time++) await find();
		await db.execute(sql`insert into growing select i, i from generate_series(1, 50000) i`);
		const planOf = async () => {
			const { rows: names } = await client.query(
				"select name from pg_prepared_statements where statement like '%from growing%'",
			);
			const { rows } = await client.query(`explain execute ${names[0].name}(1)`);
			return rows.map((row) => row["QUERY PLAN"]).join();
		};
		expect(await planOf()).toContain("Seq Scan");
		(client as unknown as { plannedAt: number }).plannedAt = 0;
		await find();
		expect(await planOf()).toContain("growing_a");
		await close();
	});

	it("lets nothing be seen before the lock is there", async () => {
		const { db: other, close } = another();
		const end = await holding();
		const seen = transact(other, async (tx) => {
			await lockWorkspace(tx, workspaceId, "shared");
			return nameNow(tx);
		});
		await new Promise((resolve) => setTimeout(resolve, 100));
		await end();
		expect(await seen).toBe("Free");
		await close();
	});

	it("tells of the lock that could not be had, and begins anew after it", async () => {
		const { db: other, close } = another("-c lock_timeout=50");
		const end = await holding();
		const waiting = transact(other, async (tx) => {
			await lockWorkspace(tx, workspaceId, "shared");
			await rename(tx, "Never");
		});
		await expect(waiting).rejects.toMatchObject({ cause: { code: "55P03" } });
		const several = transact(other, async (tx) => {
			await lockWorkspace(tx, workspaceId, "shared");
			await together([nameOf(tx, { workspaceId }), nameOf(tx, { workspaceId })]);
		});
		await expect(several).rejects.toMatchObject({ cause: { code: "55P03" } });
		await end();
		await transact(other, (tx) => rename(tx, "Anew"));
		expect(await nameNow()).toBe("Anew");
		await close();
	});

	it("does not commit at once behind values that the driver has yet to encode", async () => {
		const toPostgres = () => {
			throw new Error("not encoded");
		};
		const failing = transact(db, async (tx) => {
			await rename(tx, "Never");
			await atEnd(tx as Db | Tx, "encoded", 0, (on) => on.execute(sql`select ${{ toPostgres }}`));
		});
		await expect(failing).rejects.toMatchObject({ cause: new Error("not encoded") });
		expect(await nameNow()).not.toBe("Never");
		const unawaited = transact(db, async (tx) => {
			withoutWaiting(tx, () => tx.execute(sql`select ${{ toPostgres }}`));
			await renameLast(tx, "Never");
		});
		await expect(unawaited).rejects.toMatchObject({ cause: new Error("not encoded") });
		const incomplete = transact(db, async (tx) => {
			withoutWaiting(tx, () => named(tx, { workspaceId } as never));
			await renameLast(tx, "Never");
		});
		await expect(incomplete).rejects.toThrow('No value for placeholder "name"');
		expect(await nameNow()).not.toBe("Never");
	});

	it("lets the driver encode outside of a transaction", async () => {
		const answer = await db.execute(
			sql`select extract(year from ${new Date(86_400_000)}::timestamptz)::int as year`,
		);
		expect(answer).toMatchObject({ rows: [{ year: 1970 }] });
	});

	it("refuses a statement after the last", async () => {
		const failing = transact(db, (tx) =>
			atEnd(tx as Db | Tx, "two", 0, async (on) => {
				await on.execute(sql`select 1`);
				await on.execute(sql`select 2`);
			}),
		);
		await expect(failing).rejects.toMatchObject({
			cause: new Error("a statement after the last of its transaction"),
		});
		await transact(db, (tx) => rename(tx, "Works"));
		expect(await nameNow()).toBe("Works");
	});
});
