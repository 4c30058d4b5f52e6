import { eq, sql } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { currentPolicy, savePolicy } from "@/lib/workspaces/policy";
import { type Db, lockWorkspace, type Tx, transact } from "./client";
import { atEnd, oncePer, writing } from "./once";
import { domains, workspaces } from "./schema";
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

describe("what is written at the end", () => {
	/** Writes names of workspaces' domains, and remembers how many went at once. */
	function writer(workspaceId: string) {
		const batches: string[][] = [];
		const write = async (on: Db | Tx, names: string[]) => {
			batches.push(names);
			await on.insert(domains).values(
				names.map((domain) => ({
					workspaceId,
					domain,
					state: "pending" as const,
					proofToken: domain,
				})),
			);
		};
		return { batches, put: (on: Db | Tx, name: string) => atEnd(on, "names", name, write) };
	}
	const namesOf = async (workspaceId: string) =>
		(await db.select().from(domains).where(eq(domains.workspaceId, workspaceId)))
			.map(({ domain }) => domain)
			.sort();

	it("goes together, in its order; outside of a transaction at once", async () => {
		const { id } = await aWorkspace(db);
		const { batches, put } = writer(id);
		await transact(db, async (tx) => {
			await put(tx, "a.test");
			await put(tx, "b.test");
			expect(batches).toEqual([]);
		});
		await put(db, "c.test");
		expect(batches).toEqual([["a.test", "b.test"], ["c.test"]]);
		expect(await namesOf(id)).toEqual(["a.test", "b.test", "c.test"]);
	});

	it("goes with its transaction: undone with it, and undoing it where it cannot be written", async () => {
		const { id } = await aWorkspace(db);
		const { batches, put } = writer(id);
		await transact(db, async (tx) => {
			await put(tx, "before.test");
			const inner = tx.transaction(async (within) => {
				await put(within, "undone.test");
				throw new Error("taken back");
			});
			await expect(inner).rejects.toThrow("taken back");
			await tx.transaction((within) => put(within, "inner.test"));
			await put(tx, "after.test");
		});
		expect(batches).toEqual([["before.test"], ["inner.test"], ["after.test"]]);
		const failing = transact(db, async (tx) => {
			await tx.update(workspaces).set({ name: "Never" }).where(eq(workspaces.id, id));
			await put(tx, "before.test");
		});
		await expect(failing).rejects.toThrow();
		expect(await namesOf(id)).toEqual(["after.test", "before.test", "inner.test"]);
		const [workspace] = await db.select().from(workspaces).where(eq(workspaces.id, id));
		expect(workspace?.name).not.toBe("Never");
	});

	it("forgets by a raw statement only what that says it writes to", async () => {
		const { read, asked } = reader();
		await transact(db, async (tx) => {
			await read(tx);
			await tx.execute(writing(sql`select 1`, domains));
			await read(tx);
			expect(asked()).toBe(1);
			await tx.execute(writing(sql`select 1`, workspaces));
			await read(tx);
			expect(asked()).toBe(2);
		});
	});
});
