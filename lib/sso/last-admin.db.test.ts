/** Acts on a connection keep an admin with a working way in (lib/members/last-admin). */
import { and, eq } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { type Db, transact, transactOrUndo } from "@/db/client";
import { connections, directoryUsers, identities, members, passwords, signIns } from "@/db/schema";
import { aMember, aWorkspace, freshDb, operator } from "@/db/testing";
import { applyHold, dismissHold, listHolds } from "@/lib/directory/holds";
import { findMember } from "@/lib/members/members";
import { personFacts } from "@/lib/members/person";
import { newId } from "@/lib/platform/ids";
import type { Policy } from "@/lib/policy/document";
import { aClient } from "@/lib/scim/testing";
import { activateConnection, pauseConnection, removeConnection } from "./connections";
import { removeDomain, verifiedDomains, vouchForDomain } from "./domains";
import { aConnection, keptCodes, linkTo } from "./testing-policy";

let db: Db;
const now = new Date();

beforeAll(async () => {
	db = await freshDb();
});

/** A workspace whose one admin holds what is said. */
async function aWorld(
	status: "tested" | "active",
	holds: { password?: boolean; identity?: boolean; codes?: boolean },
	policy: Partial<Policy> = {},
) {
	const workspace = await aWorkspace(db, { policy });
	const { id: workspaceId } = workspace;
	const admin = await aMember(db, workspace, { roleByHand: "admin" });
	const { id: memberId } = admin;
	const tested = holds.identity ? admin : null;
	const connectionId = await aConnection(db, workspace, { status, tested });
	if (holds.codes) await keptCodes(db, admin);
	if (holds.password) await db.insert(passwords).values({ workspaceId, memberId, hash: "x" });
	if (holds.identity) await linkTo(db, connectionId, admin);
	const run = (act: typeof pauseConnection) =>
		transactOrUndo(db, (tx) => act(tx, operator, workspace, connectionId));
	const state = async () => {
		const [row] = await db
			.select({ status: connections.status })
			.from(connections)
			.where(and(eq(connections.workspaceId, workspaceId), eq(connections.id, connectionId)));
		return row?.status;
	};
	return { run, state, workspace, memberId, connectionId };
}

/** Notes a test that the admin passed with the settings in use. */
async function passTest({ workspace, memberId, connectionId }: Awaited<ReturnType<typeof aWorld>>) {
	const [member] = await db.select().from(members).where(eq(members.id, memberId));
	await db.insert(signIns).values({
		workspaceId: workspace.id,
		id: newId(),
		code: `GH-${newId().slice(-8)}`,
		connectionId,
		settingsHash: connectionId,
		intent: "test",
		memberId,
		browserHash: newId(),
		codeVerifier: "sealed",
		startedAt: now,
		expiresAt: now,
		outcome: "link",
		email: member?.emailKey ?? null,
		trace: [],
	});
}

const enforced: Partial<Policy> = { enforceSso: { mode: "on" } };

describe("the only way in of the only admin", () => {
	test.each([
		["paused", pauseConnection],
		["removed", removeConnection],
	] as const)("is not %s", async (_, act) => {
		const { run, state } = await aWorld("active", { identity: true });
		expect(await run(act)).toMatchObject({ ok: false, reason: "last_admin" });
		expect(await state()).toBe("active");
	});

	test("is not closed by removing the domain under which it would be linked", async () => {
		const world = await aWorld("active", { password: true }, enforced);
		const { workspace } = world;
		await passTest(world);
		await transact(db, (tx) => vouchForDomain(tx, operator, workspace.id, "acme.test"));
		const remove = () =>
			transactOrUndo(db, (tx) => removeDomain(tx, operator, workspace.id, "acme.test"));
		expect(await remove()).toEqual({ ok: false, reason: "last_admin" });
		expect(await verifiedDomains(db, workspace.id)).toEqual(["acme.test"]);
		const identity = {
			issuer: "https://id.acme.test",
			subject: "x",
			connectionId: world.connectionId,
		};
		await db
			.insert(identities)
			.values({ workspaceId: workspace.id, memberId: world.memberId, ...identity });
		expect(await remove()).toEqual({ ok: true });
	});

	test("may be where a password opens again", async () => {
		const both = { identity: true, password: true };
		const { run, state } = await aWorld("active", both, enforced);
		expect(await run(pauseConnection)).toEqual({ ok: true });
		expect(await state()).toBe("paused");
	});

	test("is not closed by turning on what enforces SSO, until an admin can come by it", async () => {
		const closed = await aWorld("tested", { password: true }, enforced);
		expect(await closed.run(activateConnection)).toMatchObject({ reason: "needs_passed_test" });
		expect(await closed.state()).toBe("tested");
		const both = { password: true, identity: true };
		const without = await aWorld("tested", both, enforced);
		expect(await without.run(activateConnection)).toMatchObject({ reason: "needs_recovery_codes" });
		const open = await aWorld("tested", { ...both, codes: true }, enforced);
		expect(await open.run(activateConnection)).toEqual({ ok: true });
		const beside = await aWorld("tested", { password: true });
		expect(await beside.run(activateConnection)).toEqual({ ok: true });
	});
});

describe("an admin whom the workspace wants in its directory", () => {
	test("keeps the way in when the directory deletes the entry", async () => {
		const world = await aWorld(
			"active",
			{ identity: true },
			{ enforceSso: { mode: "on" }, requireProvisioning: "on" },
		);
		const { workspace, memberId } = world;
		const client = await aClient(db, workspace.id);
		const { directoryId } = client;
		await db.insert(directoryUsers).values({
			workspaceId: workspace.id,
			directoryId,
			id: memberId,
			userName: "admin",
			userNameKey: "admin",
			active: true,
			resource: { userName: "admin", active: true },
			memberId,
		});
		expect((await client.send("DELETE", `/Users/${memberId}`)).status).toBe(204);
		expect(await listHolds(db, workspace.id)).toMatchObject([
			{ reason: "last_admin", effect: "removed" },
		]);
		// The directory has them in effect, for as long as the hold stands.
		const member = await findMember(db, workspace.id, memberId);
		if (!member) throw new Error("the member is gone");
		expect(await transact(db, (tx) => personFacts(tx, member))).toMatchObject({
			isLastAdmin: true,
			directory: { active: true },
		});
		const [hold] = await listHolds(db, workspace.id);
		for (const decide of [applyHold, dismissHold])
			expect(
				await transactOrUndo(db, (tx) =>
					decide(tx, { actor: operator, fresh: true }, workspace.id, hold?.id ?? "", now),
				),
			).toEqual({ ok: false, reason: "last_admin" });
	});
});
