import { eq } from "drizzle-orm";
import { beforeAll, expect, it } from "vitest";
import { currentPolicy, savePolicy } from "@/lib/workspaces/policy";
import { type Db, lockWorkspace, type Tx, transact } from "./client";
import { oncePer } from "./once";
import { workspaces } from "./schema";
import { aWorkspace, freshDb } from "./testing";

let db: Db;
beforeAll(async () => {
	db = await freshDb();
});

/** Reads the names of workspaces through the memory, and counts how often the database was asked. */
function reader() {
	let asked = 0;
	const read = (on: Db | Tx) =>
		oncePer(on, "names", [workspaces], async () => {
			asked += 1;
			return on.select({ name: workspaces.name }).from(workspaces);
		});
	return { read, asked: () => asked };
}

it("reads once a transaction, and each time outside of one", async () => {
	const { read, asked } = reader();
	await transact(db, async (tx) => expect(await read(tx)).toEqual(await read(tx)));
	expect(asked()).toBe(1);
	await transact(db, read);
	expect(asked()).toBe(2);
	await read(db);
	await read(db);
	expect(asked()).toBe(4);
});

it("reads again after a write to what was read, a lock, and an inner transaction, kept or not", async () => {
	const { id } = await aWorkspace(db);
	const { read, asked } = reader();
	const names = async (tx: Tx) => (await read(tx)).map(({ name }) => name);
	const rename = (tx: Tx, name: string) =>
		tx.update(workspaces).set({ name }).where(eq(workspaces.id, id));
	await transact(db, async (tx) => {
		await names(tx);
		await rename(tx, "One");
		expect(await names(tx)).toContain("One");
		await tx.transaction(async (inner) => {
			expect(await names(inner)).toContain("One");
			await rename(inner, "Two");
			expect(await names(inner)).toContain("Two");
		});
		expect(await names(tx)).toContain("Two");
		const undone = tx.transaction(async (inner) => {
			await rename(inner, "Three");
			expect(await names(inner)).toContain("Three");
			throw new Error("taken back");
		});
		await expect(undone).rejects.toThrow("taken back");
		expect(await names(tx)).toContain("Two");
		const before = asked();
		await lockWorkspace(tx, id, "shared");
		await names(tx);
		expect(asked()).toBe(before + 1);
	});
});

it("shows a policy that the transaction itself saves", async () => {
	const { id } = await aWorkspace(db);
	await transact(db, async (tx) => {
		const { revision, document } = await currentPolicy(tx, id);
		const next = document.autoProvision === "on" ? "off" : "on";
		const actor = { kind: "operator", label: "Test operator" } as const;
		await savePolicy(tx, actor, id, revision, { autoProvision: next }, null);
		expect((await currentPolicy(tx, id)).document.autoProvision).toBe(next);
	});
});
