import { eq } from "drizzle-orm";
import { beforeAll, expect, test } from "vitest";
import { type Db, transact, transactOrUndo } from "@/db/client";
import { directoryUsers, members, passwords } from "@/db/schema";
import { aMember, aWorkspace, freshDb, operator } from "@/db/testing";
import { dismissHold, listHolds } from "@/lib/directory/holds";
import { pinRole } from "@/lib/members/manage-role";
import { memberOf, reactivateMember } from "@/lib/members/members";
import { type Answer, aClient, type Client, person } from "@/lib/scim/testing";
import { listDrift } from "./drift";

let db: Db;
beforeAll(async () => {
	db = await freshDb();
});

const acting = { actor: operator, fresh: true };

test("what differs is told with its reason, and nothing else is", async () => {
	const workspace = await aWorkspace(db, {
		policy: { rolesFrom: "attribute", attributeMayGrant: ["member"], defaultRole: "viewer" },
	});
	const admin = await aMember(db, workspace, { roleByHand: "admin" });
	await db
		.insert(passwords)
		.values({ workspaceId: workspace.id, memberId: admin.id, hash: "hash" });
	const client = await aClient(db, workspace.id);
	const add = async (name: string, more: Record<string, unknown> = {}) => {
		const sent = person(`${name}@acme.test`, { displayName: name, ...more });
		return (await client.send("POST", "/Users", sent)).body.id;
	};
	await add("same", { roles: [{ value: "member" }] });
	await add("capped", { roles: [{ value: "admin" }] });
	const pinned = await add("pinned", { roles: [{ value: "member" }] });
	await transactOrUndo(db, (tx) =>
		pinRole(tx, acting, workspace, pinned, { role: "viewer", reason: "Trial" }, new Date()),
	);
	const out = await add("out");
	await db
		.update(members)
		.set({ status: "suspended", suspendedBy: "admin", role: null })
		.where(eq(members.id, out));
	const moved = await add("moved");
	await db
		.update(members)
		.set({ email: "new@acme.test", emailKey: "new@acme.test" })
		.where(eq(members.id, moved));
	const gone = await add("gone");
	await db.update(directoryUsers).set({ memberId: null }).where(eq(directoryUsers.id, gone));
	await db.delete(members).where(eq(members.id, gone));

	const found = await listDrift(db, workspace.id, 100);
	const told = found.map(({ name, about, says, inEffect, why }) => [
		name,
		about,
		says,
		inEffect,
		why,
	]);
	expect(told.sort()).toEqual([
		["capped", "role", "Admin", "Viewer", "cap"],
		["gone", "member", "active", null, "removedHere"],
		["moved", "email", "moved@acme.test", "new@acme.test", "changedHere"],
		["out", "access", "active", "inactive", "byAdmin"],
		["pinned", "role", "Member", "Viewer", "pin"],
	]);
	expect(await listDrift(db, workspace.id, 2)).toHaveLength(2);
	const other = await aWorkspace(db);
	expect(await listDrift(db, other.id, 100)).toEqual([]);
});

test("who has not accepted yet waits for that, and for no admin", async () => {
	const workspace = await aWorkspace(db, { policy: { onProvision: "invite" } });
	const client = await aClient(db, workspace.id);
	await client.send("POST", "/Users", person("zoe@acme.test"));
	expect(await listDrift(db, workspace.id, 10)).toMatchObject([
		{ about: "access", says: "active", inEffect: "inactive", why: "invitation" },
	]);
});

/** A workspace whose brake lets one person go; the second waits in a hold. */
async function aBraked(takesAway: (client: Client, id: string) => Promise<Answer>) {
	const workspace = await aWorkspace(db, {
		policy: { brake: { count: 1, percent: 1, minutes: 10 } },
	});
	await aMember(db, workspace, { roleByHand: "admin", emailProof: "setup" });
	const client = await aClient(db, workspace.id);
	const add = async (displayName: string) => {
		const sent = person(`${displayName}@acme.test`, { displayName });
		return (await client.send("POST", "/Users", sent)).body.id;
	};
	const ids = { first: await add("first"), second: await add("second") };
	await takesAway(client, ids.first);
	await takesAway(client, ids.second);
	const [hold] = await listHolds(db, workspace.id);
	if (hold?.memberId !== ids.second) throw new Error("the second is not held");
	const dismiss = () =>
		transactOrUndo(db, (tx) => dismissHold(tx, acting, workspace.id, hold.id, new Date()));
	return { workspace, client, ids, hold, dismiss };
}

test("a removal that is held is told, though the entry is gone", async () => {
	const { workspace, client, ids, hold, dismiss } = await aBraked((client, id) =>
		client.send("DELETE", `/Users/${id}`),
	);
	expect(await listDrift(db, workspace.id, 10)).toEqual([
		{
			memberId: ids.second,
			name: "second",
			about: "access",
			says: "removed",
			inEffect: "active",
			why: "hold",
			holdId: hold.id,
		},
	]);
	const other = await aWorkspace(db);
	expect(await listDrift(db, other.id, 10)).toEqual([]);
	// Made again, switched off: what the directory says now is told, once.
	const off = person("second@acme.test", { displayName: "second", active: false });
	expect((await client.send("POST", "/Users", off)).status).toBe(201);
	const ofAccess = async () =>
		(await listDrift(db, workspace.id, 10)).filter(({ about }) => about === "access");
	expect(await ofAccess()).toMatchObject([
		{ name: "second", says: "inactive", why: "hold", holdId: hold.id },
	]);
	expect(await dismiss()).toEqual({ ok: true });
	expect(await ofAccess()).toMatchObject([{ why: "dismissed", holdId: null }]);
});

test("a deactivation is dismissed where a hold of it was; else an admin lifted it", async () => {
	const { workspace, ids, dismiss } = await aBraked((client, id) =>
		client.patch(id, { op: "replace", path: "active", value: false }),
	);
	expect(await dismiss()).toEqual({ ok: true });
	await transact(db, async (tx) =>
		reactivateMember(tx, operator, await memberOf(tx, workspace.id, ids.first), "admin"),
	);
	const told = (await listDrift(db, workspace.id, 10)).map(({ name, why }) => [name, why]);
	expect(told.sort()).toEqual([
		["first", "byAdmin"],
		["second", "dismissed"],
	]);
});
