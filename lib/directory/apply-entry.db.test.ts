/** What an admin decided otherwise, made as the directory says. */
import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { type Db, transact, transactOrUndo } from "@/db/client";
import { apiKeys, members, outbox } from "@/db/schema";
import { aMember, aWorkspace, freshDb, operator, setPolicy } from "@/db/testing";
import { listActivity } from "@/lib/activity/list";
import { listDrift } from "@/lib/impact/drift";
import { impactOf } from "@/lib/impact/what-would-change";
import { findMember, memberOf, suspendMember } from "@/lib/members/members";
import { newId } from "@/lib/platform/ids";
import { aClient, person } from "@/lib/scim/testing";
import { applyEntry } from "./apply-entry";

let db: Db;
beforeAll(async () => {
	db = await freshDb();
});

const now = new Date();

/** A workspace whose members the directory manages, and Zoe, whom it has sent. */
async function aWorld() {
	const workspace = await aWorkspace(db, {
		policy: { membersManagedBy: "directory", rolesFrom: "workspace", defaultRole: "member" },
	});
	const admin = await aMember(db, workspace, { roleByHand: "admin" });
	const client = await aClient(db, workspace.id);
	const sent = await client.send("POST", "/Users", person("zoe@acme.test"));
	const id = String(sent.body.id);
	const zoe = () => transact(db, (tx) => memberOf(tx, workspace.id, id));
	const apply = (
		about: "access" | "email",
		actor = operator as Parameters<typeof applyEntry>[1]["actor"],
	) =>
		transactOrUndo(db, (tx) => applyEntry(tx, { actor, fresh: true }, workspace, id, about, now));
	const drift = async () => (await listDrift(db, workspace.id, 10)).map(({ about }) => about);
	return { workspace, admin, client, id, zoe, apply, drift };
}

describe("what the directory says, applied", () => {
	it("gives access back that an admin took, and is recorded", async () => {
		const { workspace, zoe, apply, drift } = await aWorld();
		const before = await zoe();
		await transact(db, (tx) => suspendMember(tx, operator, before, "admin"));
		expect(await drift()).toEqual(["access"]);
		expect(await apply("access")).toEqual({ ok: true });
		expect(await zoe()).toMatchObject({ status: "active", role: "member" });
		expect(await drift()).toEqual([]);
		const { rows } = await listActivity(db, workspace.id, { limit: 5, before: null });
		expect(rows[0]).toMatchObject({ kind: "member.reactivated", actor: operator.label });
		// They say the same by now.
		expect(await apply("access")).toEqual({ ok: false, reason: "stale" });
	});

	it("takes access away that was kept, with the API keys that the preview named", async () => {
		const { workspace, id, client, zoe, apply, drift } = await aWorld();
		await client.patch(id, { op: "replace", path: "active", value: false });
		await db
			.update(members)
			.set({ status: "active", suspendedBy: null, role: "member" })
			.where(eq(members.id, id));
		for (const [hash, revokedAt] of [
			["works", null],
			["revoked", now],
		] as const)
			await db.insert(apiKeys).values({
				workspaceId: workspace.id,
				id: newId(),
				memberId: id,
				name: hash,
				hash: `${id} ${hash}`,
				prefix: "ghk_",
				scopes: [],
				revokedAt,
			});
		expect(await drift()).toEqual(["access"]);
		const { changes } = await impactOf(db, workspace.id, {
			who: [id],
			member: (facts) => ({ ...facts, active: false }),
		});
		expect(changes).toMatchObject([{ id, after: null, keys: 1 }]);
		expect(await apply("access")).toEqual({ ok: true });
		expect(await zoe()).toMatchObject({ status: "suspended", suspendedBy: "directory" });
		const alive = await db.select().from(apiKeys).where(eq(apiKeys.memberId, id));
		expect(alive.filter(({ revokedAt }) => revokedAt === null)).toEqual([]);
		// The directory lifts what was its own to impose.
		await client.patch(id, { op: "replace", path: "active", value: true });
		expect((await zoe()).status).toBe("active");
	});

	it("brings the address back, without a proof, and tells the other one", async () => {
		const { workspace, id, zoe, apply, drift } = await aWorld();
		await db
			.update(members)
			.set({ email: "z@acme.test", emailKey: "z@acme.test", emailProof: "operator" })
			.where(eq(members.id, id));
		expect(await drift()).toEqual(["email"]);
		expect(await apply("email")).toEqual({ ok: true });
		expect(await zoe()).toMatchObject({ email: "zoe@acme.test", emailProof: null });
		const mails = await db.select().from(outbox).where(eq(outbox.workspaceId, workspace.id));
		expect(mails.map(({ to }) => to)).toEqual(["z@acme.test"]);
		expect(await drift()).toEqual([]);
	});

	it("lets nobody in who has not accepted the invitation yet", async () => {
		const { workspace, client, drift } = await aWorld();
		await transact(db, (tx) => setPolicy(tx, workspace.id, { onProvision: "invite" }));
		const { body } = await client.send("POST", "/Users", person("ida@acme.test"));
		const waits = { status: "suspended", suspendedBy: "invitation" };
		expect(await findMember(db, workspace.id, body.id)).toMatchObject(waits);
		expect(await drift()).toEqual(["access"]);
		const applied = await transactOrUndo(db, (tx) =>
			applyEntry(tx, { actor: operator, fresh: true }, workspace, body.id, "access", now),
		);
		expect(applied).toEqual({ ok: false, reason: "stale" });
		expect(await findMember(db, workspace.id, body.id)).toMatchObject(waits);
	});

	it("is for whom may manage members, and of this workspace alone", async () => {
		const { workspace, id, zoe, apply } = await aWorld();
		const viewer = await aMember(db, workspace, { roleByHand: "viewer" });
		const before = await zoe();
		await transact(db, (tx) => suspendMember(tx, operator, before, "admin"));
		const actor = { kind: "member", id: viewer.id, label: "Vic" } as const;
		expect(await apply("access", actor)).toEqual({ ok: false, reason: "not_permitted" });
		const other = await aWorkspace(db);
		await aMember(db, other, { roleByHand: "admin" });
		const elsewhere = await transactOrUndo(db, (tx) =>
			applyEntry(tx, { actor: operator, fresh: true }, other, id, "access", now),
		);
		expect(elsewhere).toEqual({ ok: false, reason: "stale" });
		expect((await findMember(db, workspace.id, id))?.status).toBe("suspended");
	});
});
