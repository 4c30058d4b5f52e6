import { eq, type SQL, sql } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { type Db, transact } from "@/db/client";
import { activity, activitySeals } from "@/db/schema";
import { aWorkspace, freshDb, isPostgres, operator } from "@/db/testing";
import { record } from "./record";
import { expireActivity } from "./retention";
import { newestSeal, sealActivity, sealNow } from "./seal";
import { verifyActivity } from "./verify";

let db: Db;
beforeAll(async () => {
	db = await freshDb();
});

const now = new Date();
const days = (count: number) => new Date(now.getTime() + count * 86_400_000);

const write = (workspaceId: string, details: Record<string, unknown> = {}) =>
	transact(db, (tx) => record(tx, workspaceId, operator, { kind: "sign_out", details }));

/** A workspace whose log has three sealed batches of some rows each. */
async function aSealedLog(): Promise<string> {
	const { id } = await aWorkspace(db);
	for (let batch = 0; batch < 3; batch++) {
		for (let row = 0; row < 3; row++) await write(id, { batch, row, z: [1, { b: 1, a: "é" }] });
		await sealActivity(db, now);
	}
	return id;
}

const triggers = (state: "disable" | "enable") =>
	Promise.all(
		["activity", "activity_seals"].map((table) =>
			db.execute(sql.raw(`alter table ${table} ${state} trigger user`)),
		),
	);

/** What somebody could do who owns the database, but not the installation's key. */
async function tamper(statement: SQL): Promise<void> {
	await triggers("disable");
	await db.execute(statement);
	await triggers("enable");
}

async function failure(work: Promise<unknown>): Promise<string> {
	const error = await work.then(
		() => null,
		(thrown: Error & { cause?: Error }) => thrown.cause ?? thrown,
	);
	return error?.message ?? "nothing";
}

describe("A27: an edited chain is detected", () => {
	it("verifies what was written, sealed or not yet", async () => {
		const id = await aSealedLog();
		await write(id);
		expect(await verifyActivity(db, id)).toMatchObject({
			head: { number: 3 },
			intact: 3,
			expired: 0,
			changed: [],
			unsealed: 1,
		});
	});

	/** The middle row of the second batch. */
	const middle = (id: string) =>
		sql`workspace_id = ${id} and details ->> 'batch' = '1' and details ->> 'row' = '1'`;

	const changes: [string, number, (id: string) => SQL][] = [
		[
			"an edited detail",
			2,
			(id) => sql`update activity set details = details || '{"row": 7}' where ${middle(id)}`,
		],
		["another actor", 2, (id) => sql`update activity set actor_label = 'Eve' where ${middle(id)}`],
		[
			"another time",
			2,
			(id) => sql`update activity set at = at - interval '1 hour' where ${middle(id)}`,
		],
		["a row that is gone", 2, (id) => sql`delete from activity where ${middle(id)}`],
		[
			"a row that was slipped in",
			1,
			(id) => sql`insert into activity (workspace_id, id, seq, at, kind, outcome, actor_kind,
					actor_label, details) overriding system value
				select workspace_id, gen_random_uuid(), -seq, at, kind, outcome, actor_kind,
					actor_label, details from activity where ${middle(id)}`,
		],
		[
			"two rows that changed places",
			2,
			(id) => sql`update activity set details = jsonb_set(details, '{row}',
					to_jsonb(3 - (details ->> 'row')::int))
				where workspace_id = ${id} and details ->> 'batch' = '1' and details ->> 'row' in ('1', '2')`,
		],
		[
			"a seal that was made anew",
			2,
			(id) => sql`update activity_seals set digest = 'x' where workspace_id = ${id} and number = 2`,
		],
	];

	it.each(changes)("%s", async (_, number, change) => {
		const id = await aSealedLog();
		await tamper(change(id));
		const { changed, intact } = await verifyActivity(db, id);
		expect(changed.map((batch) => batch.number)).toEqual([number]);
		expect(intact).toBe(2);
	});

	it("rows deleted and called expired by hand", async () => {
		const id = await aSealedLog();
		await tamper(sql`delete from activity where workspace_id = ${id}
			and seq <= (select through from activity_seals where workspace_id = ${id} and number = 1)`);
		await tamper(sql`update activity_seals set expired_at = now(), expiry_seal = seal
			where workspace_id = ${id} and number = 1`);
		const { changed, expired } = await verifyActivity(db, id);
		expect(changed.map(({ number }) => number)).toEqual([1]);
		expect(expired).toBe(0);
	});

	it("seals taken out of the middle", async () => {
		const id = await aSealedLog();
		await tamper(sql`delete from activity_seals where workspace_id = ${id} and number = 2`);
		expect((await verifyActivity(db, id)).changed.map(({ number }) => number)).toEqual([3]);
	});

	it("a log cut short verifies by itself, but its newest seal is another", async () => {
		const id = await aSealedLog();
		const kept = await newestSeal(db, id);
		await tamper(sql`delete from activity where workspace_id = ${id}
			and seq > (select through from activity_seals where workspace_id = ${id} and number = 2)`);
		await tamper(sql`delete from activity_seals where workspace_id = ${id} and number = 3`);
		const { head, changed } = await verifyActivity(db, id);
		expect(changed).toEqual([]);
		expect(head?.seal).not.toBe(kept?.seal);
	});
});

describe("A27: seals", () => {
	it.each([
		"update activity_seals set digest = 'x'",
		"update activity_seals set expired_at = now(), rows = 0",
		"delete from activity_seals",
		"truncate activity_seals",
	])("stay: %s", async (statement) => {
		await aSealedLog();
		expect(await failure(db.execute(sql.raw(statement)))).toBe("seals of the activity log stay");
	});
});

describe("sealing", () => {
	it("takes each row once, in the order of writing, however often and by whoever it is asked", async () => {
		const { id } = await aWorkspace(db);
		for (let i = 0; i < 4; i++) await write(id, { i });
		await Promise.all([sealActivity(db, now), sealNow(db, id, now), sealActivity(db, now)]);
		await sealActivity(db, now);
		const seals = await db.select().from(activitySeals).where(eq(activitySeals.workspaceId, id));
		const rows = await db.$count(activity, eq(activity.workspaceId, id));
		expect(seals.reduce((sum, seal) => sum + seal.rows, 0)).toBe(rows);
		expect(await verifyActivity(db, id)).toMatchObject({ changed: [], unsealed: 0 });
	});

	// The embedded database has one connection, and so nothing under way beside it.
	it.runIf(isPostgres)("waits for what is not committed yet", async () => {
		const { id } = await aWorkspace(db);
		let finish = () => {};
		const held = new Promise<void>((resolve) => {
			finish = resolve;
		});
		let written = () => {};
		const isWritten = new Promise<void>((resolve) => {
			written = resolve;
		});
		const late = transact(db, async (tx) => {
			// Written when the inner transaction ends, and not committed before the outer one is.
			await tx.transaction((inner) =>
				record(inner, id, operator, { kind: "sign_out", details: { late: true } }),
			);
			written();
			await held;
		});
		await isWritten;
		await write(id, { late: false });
		expect(await sealActivity(db, now)).toBeNull();
		expect((await verifyActivity(db, id)).intact).toBe(0);
		finish();
		await late;
		await sealActivity(db, now);
		expect(await verifyActivity(db, id)).toMatchObject({ intact: 1, changed: [], unsealed: 0 });
	});
});

describe("retention", () => {
	it("lets whole old batches go, tells of it, and what stays still verifies", async () => {
		const id = await aSealedLog();
		await write(id, { young: true });
		await tamper(sql`update activity set at = at + interval '350 days'
			where workspace_id = ${id} and details ->> 'young' = 'true'`);
		await sealActivity(db, now);
		expect(await expireActivity(db, days(300), 400)).toBe(0);
		await expireActivity(db, days(401), 400);
		const left = await db.select().from(activity).where(eq(activity.workspaceId, id));
		expect(left.map(({ kind }) => kind).sort()).toEqual(["activity.expired", "sign_out"]);
		const told = left.find(({ kind }) => kind === "activity.expired");
		expect(told).toMatchObject({ actorKind: "system", details: { days: 400, batches: [1, 3] } });
		expect(await verifyActivity(db, id)).toMatchObject({
			intact: 1,
			expired: 3,
			changed: [],
			unsealed: 1,
		});
		await sealActivity(db, days(401));
		expect(await verifyActivity(db, id)).toMatchObject({ intact: 2, expired: 3, changed: [] });
	});

	it("is the only way out: a row of a batch that is kept cannot be deleted", async () => {
		const id = await aSealedLog();
		const mine = eq(activity.workspaceId, id);
		expect(await failure(db.delete(activity).where(mine))).toBe("activity is append-only");
		expect(await failure(transact(db, (tx) => tx.delete(activity).where(mine)))).toBe(
			"activity is append-only",
		);
	});

	it("never takes what is not sealed yet", async () => {
		const { id } = await aWorkspace(db);
		await write(id);
		const before = await db.$count(activity, eq(activity.workspaceId, id));
		await expireActivity(db, days(5_000), 400);
		expect(await db.$count(activity, eq(activity.workspaceId, id))).toBe(before);
	});
});
