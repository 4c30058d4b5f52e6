import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { type Db, transact } from "@/db/client";
import { refusals } from "@/db/schema";
import { aWorkspace, freshDb, operator } from "@/db/testing";
import { listActivity } from "./list";
import { countRefusal, record } from "./record";

let db: Db;
beforeAll(async () => {
	db = await freshDb();
});

describe("A27: the activity log", () => {
	it.each([["update activity set kind = 'x'"], ["delete from activity"], ["truncate activity"]])(
		"is append-only: %s",
		async (statement) => {
			const workspace = await aWorkspace(db);
			await transact(db, (tx) => record(tx, workspace.id, operator, { kind: "sign_out" }));
			const tried = db.execute(sql.raw(statement)).catch((error: { cause?: Error }) => {
				throw error.cause ?? error;
			});
			await expect(tried).rejects.toThrow("activity is append-only");
		},
	);
});

describe("refusals without a credential", () => {
	it("are one row a minute and sender, however many come", async () => {
		const { id } = await aWorkspace(db);
		const now = new Date();
		for (let i = 0; i < 5; i++)
			await countRefusal(db, id, "sign_in.wrong_password", "203.0.113.9", now);
		await countRefusal(db, null, "scim.unknown_token", "203.0.113.9", now);
		await countRefusal(db, null, "scim.unknown_token", "203.0.113.9", now);
		const { rows } = await listActivity(db, id, { limit: 10, before: null });
		expect(rows.filter(({ kind }) => kind === "sign_in.wrong_password")).toMatchObject([
			{ outcome: "refused", actor: "203.0.113.9", details: { count: 5 } },
		]);
		const all = await db.select().from(refusals);
		expect(all.filter(({ workspaceId }) => workspaceId === null)).toMatchObject([{ count: 2 }]);
	});
});

describe("the list", () => {
	it("pages from the newest back, and shows one workspace alone", async () => {
		const one = await aWorkspace(db);
		const two = await aWorkspace(db);
		for (let i = 0; i < 5; i++)
			await transact(db, (tx) =>
				record(tx, one.id, operator, { kind: "sign_out", details: { i } }),
			);
		await transact(db, (tx) => record(tx, two.id, operator, { kind: "sign_out" }));
		const first = await listActivity(db, one.id, { limit: 3, before: null });
		const rest = await listActivity(db, one.id, { limit: 3, before: first.next });
		const numbers = [...first.rows, ...rest.rows].map(({ details }) => details.i);
		expect(numbers).toEqual([4, 3, 2, 1, 0, undefined]);
		expect(rest.next).toBeNull();
	});
});
