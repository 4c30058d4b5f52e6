import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { assertOutsideTransaction, type Db, transact, transactOrUndo } from "@/db/client";
import { workspaces } from "@/db/schema";
import { aMember, aWorkspace, freshDb } from "@/db/testing";

let db: Db;
beforeAll(async () => {
	db = await freshDb();
});

describe("a transaction", () => {
	it("refuses the outer handle instead of waiting for ever or writing outside", async () => {
		const workspace = await aWorkspace(db);
		const inside = transact(db, async (tx) => {
			await tx.update(workspaces).set({ name: "Changed" }).where(eq(workspaces.id, workspace.id));
			await db.select().from(workspaces);
		});
		await expect(inside).rejects.toThrow();
		const [after] = await db.select().from(workspaces).where(eq(workspaces.id, workspace.id));
		expect(after?.name).toBe("Acme");
	});

	it("refuses network calls", async () => {
		await expect(
			transact(db, async () => assertOutsideTransaction("A network call")),
		).rejects.toThrow("A network call inside a transaction");
		expect(() => assertOutsideTransaction("A network call")).not.toThrow();
	});

	it("takes every write back where its result is a refusal", async () => {
		const workspace = await aWorkspace(db);
		const result = await transactOrUndo(db, async (tx) => {
			await tx.update(workspaces).set({ name: "Changed" }).where(eq(workspaces.id, workspace.id));
			return { ok: false, reason: "not today" } as const;
		});
		expect(result).toEqual({ ok: false, reason: "not today" });
		const [after] = await db.select().from(workspaces).where(eq(workspaces.id, workspace.id));
		expect(after?.name).toBe("Acme");
	});
});

describe("keys", () => {
	it("keep two workspaces apart: the same address may be in both, once in each", async () => {
		const one = await aWorkspace(db);
		const two = await aWorkspace(db);
		await aMember(db, one, { email: "Ada@acme.test" });
		await aMember(db, two, { email: "ada@acme.test" });
		await expect(aMember(db, one, { email: "ADA@acme.test" })).rejects.toThrow("email_taken");
	});
});
