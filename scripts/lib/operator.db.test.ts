/** The operator's commands on a directory. */
import { and, eq } from "drizzle-orm";
import { beforeAll, expect, test } from "vitest";
import type { Db } from "@/db/client";
import { activity } from "@/db/schema";
import { aWorkspace, freshDb } from "@/db/testing";
import { findDirectory } from "@/lib/directory/directory";
import { aClient } from "@/lib/scim/testing";
import type { Workspace } from "@/lib/workspaces/workspaces";
import { limitDirectory } from "./operator";

let db: Db;
let workspace: Workspace;

beforeAll(async () => {
	db = await freshDb();
	workspace = await aWorkspace(db);
});

const limit = async () => (await findDirectory(db, workspace.id))?.rateLimit;

test("a directory's limit is set, taken back and recorded", async () => {
	const { slug } = workspace;
	expect(await limitDirectory(db, slug, "600")).toMatchObject({
		ok: false,
		text: expect.stringContaining("never turned on"),
	});
	const now = new Date();
	const client = await aClient(db, workspace.id, { now: () => now });
	for (const wrong of ["", "0", "-5", "1.5", "1e3", "many", "2147483648"])
		expect(await limitDirectory(db, slug, wrong), wrong).toMatchObject({ ok: false });
	expect(await limitDirectory(db, "nowhere", "600")).toMatchObject({ ok: false });
	expect(await limit()).toBeNull();

	expect(await limitDirectory(db, slug, "10")).toMatchObject({
		ok: true,
		text: expect.stringContaining("10 requests a minute"),
	});
	expect((await client.send("GET", "/Users")).status).toBe(200);
	expect((await client.send("GET", "/Users")).status).toBe(429);
	expect(await limitDirectory(db, slug, "10")).toMatchObject({ ok: true });
	expect(await limitDirectory(db, slug, "usual")).toMatchObject({ ok: true });
	expect(await limit()).toBeNull();

	const told = await db
		.select({ details: activity.details, label: activity.actorLabel })
		.from(activity)
		.where(and(eq(activity.workspaceId, workspace.id), eq(activity.kind, "directory.rate_changed")))
		.orderBy(activity.id);
	expect(told).toEqual([
		{ details: { before: null, after: 10 }, label: "Operator" },
		{ details: { before: 10, after: null }, label: "Operator" },
	]);
});
