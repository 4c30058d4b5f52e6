/** Reminders of what is about to end, from the job to the mails. */
import { and, eq } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { type Db, transact } from "@/db/client";
import { connections, outbox } from "@/db/schema";
import { aMember, aWorkspace, freshDb, operator } from "@/db/testing";
import { listActivity } from "@/lib/activity/list";
import { newId } from "@/lib/platform/ids";
import { changePlan, type Workspace } from "@/lib/workspaces/workspaces";
import { expiryJobs, sendExpiryNotices } from "./expiry-notices";

let db: Db;
beforeAll(async () => {
	db = await freshDb();
});

const dayMs = 86_400_000;
const end = new Date("2026-12-16T00:00:00Z");
const ahead = (days: number) => new Date(end.getTime() - days * dayMs);

/** A workspace with two admins and a connection whose secret ends. */
async function aWorld(
	status: "active" | "paused" = "active",
	secretExpiresOn: string | null = "2026-12-16",
) {
	const workspace = await aWorkspace(db);
	const admins = [
		await aMember(db, workspace, { roleByHand: "admin" }),
		await aMember(db, workspace, { roleByHand: "admin" }),
	];
	await aMember(db, workspace);
	const id = newId();
	const url = "https://id.test";
	await db.insert(connections).values({
		workspaceId: workspace.id,
		id,
		name: "Okta",
		provider: "okta",
		protocol: "oidc",
		status,
		issuer: url,
		clientId: "client",
		clientSecret: "sealed",
		secretSetAt: new Date(),
		secretSetBy: "Ada",
		secretExpiresOn,
		metadata: {
			issuer: url,
			authorization_endpoint: url,
			token_endpoint: url,
			jwks_uri: url,
			userinfo_endpoint: url,
		},
		idpInitiated: "page",
		settingsHash: "hash",
	});
	return { workspace, id, admins: admins.map(({ email }) => email ?? "").sort() };
}

/** Runs the job as at a moment. @returns the mails of a workspace since the last look. */
async function mailsAt(
	now: Date,
	workspace: Workspace,
): Promise<{ to: string; subject: string }[]> {
	await expiryJobs(db)["connections.expiry"]?.({}, { now, attempt: 1 });
	const mails = await db
		.delete(outbox)
		.where(eq(outbox.workspaceId, workspace.id))
		.returning({ to: outbox.to, subject: outbox.subject });
	return mails.sort((a, b) => (a.to < b.to ? -1 : 1));
}

describe("a secret that ends", () => {
	it("is told to every admin 30, 7 and 1 days before, once each", async () => {
		const { workspace, admins } = await aWorld();
		const told = (words: string) =>
			admins.map((to) => ({ to, subject: `The Okta client secret expires ${words}` }));
		expect(await mailsAt(ahead(31), workspace)).toEqual([]);
		expect(await mailsAt(ahead(30), workspace)).toEqual(told("in 30 days"));
		expect(await mailsAt(ahead(29), workspace)).toEqual([]);
		expect(await mailsAt(ahead(7), workspace)).toEqual(told("in 7 days"));
		expect(await mailsAt(ahead(6.5), workspace)).toEqual([]);
		expect(await mailsAt(ahead(1), workspace)).toEqual(told("tomorrow"));
		expect(await mailsAt(ahead(0.5), workspace)).toEqual([]);
		expect(await mailsAt(ahead(-1), workspace)).toEqual([]);
		const { rows } = await listActivity(db, workspace.id, { limit: 20, before: null });
		expect(rows.filter(({ kind }) => kind === "connection.expiring")).toHaveLength(3);
	});

	it("is told once by whoever comes in late", async () => {
		const { workspace } = await aWorld();
		expect(await mailsAt(ahead(5), workspace)).toHaveLength(2);
		expect(await mailsAt(ahead(4), workspace)).toEqual([]);
		expect(await mailsAt(ahead(1), workspace)).toHaveLength(2);
	});

	it("is told anew when another takes its place", async () => {
		const { workspace, id } = await aWorld();
		expect(await mailsAt(ahead(30), workspace)).toHaveLength(2);
		await db
			.update(connections)
			.set({ secretExpiresOn: "2026-12-20" })
			.where(and(eq(connections.workspaceId, workspace.id), eq(connections.id, id)));
		expect(await mailsAt(ahead(26), workspace)).toHaveLength(2);
		expect(await mailsAt(ahead(26), workspace)).toEqual([]);
	});

	it("matters to nobody where nothing is known, or nobody signs in with it", async () => {
		const paused = await aWorld("paused");
		const unknown = await aWorld("active", null);
		const free = await aWorld();
		await transact(db, (tx) => changePlan(tx, operator, free.workspace, "free"));
		for (const { workspace } of [paused, unknown, free])
			expect(await mailsAt(ahead(7), workspace)).toEqual([]);
		expect(await sendExpiryNotices(db, ahead(7))).toBe(0);
		await transact(db, (tx) =>
			changePlan(tx, operator, { ...free.workspace, plan: "free" }, "enterprise"),
		);
		expect(await mailsAt(ahead(6), free.workspace)).toHaveLength(2);
	});
});
