/** A mapping is applied as it was shown, or refused where what decides has moved since. */
import { eq } from "drizzle-orm";
import { beforeAll, expect, test } from "vitest";
import { type Db, transactOrUndo } from "@/db/client";
import { activity } from "@/db/schema";
import { aMember, aWorkspace, freshDb, operator } from "@/db/testing";
import { findMember } from "@/lib/members/members";
import { changePolicy } from "@/lib/members/policy-change";
import { aClient, patchOp, person } from "@/lib/scim/testing";
import { currentPolicy } from "@/lib/workspaces/policy";
import { asShown, fingerprintOf } from "./as-shown";
import { whatWouldChange } from "./what-would-change";

let db: Db;
beforeAll(async () => {
	db = await freshDb();
});

/** Zoe and Ben from the directory, Zoe in its group; the group is about to give the role Member. */
async function aWorld() {
	const workspace = await aWorkspace(db, {
		policy: { rolesFrom: "groups", groupsSync: "on", defaultRole: "viewer" },
	});
	await aMember(db, workspace, { roleByHand: "admin", emailProof: "setup" });
	const client = await aClient(db, workspace.id);
	const add = async (name: string) =>
		(await client.send("POST", "/Users", person(`${name}@acme.test`))).body.id;
	const [zoe, ben] = [await add("zoe"), await add("ben")];
	const pushed = await client.send("POST", "/Groups", {
		schemas: ["urn:ietf:params:scim:schemas:core:2.0:Group"],
		displayName: "engineering",
		members: [{ value: zoe }],
	});
	const group = pushed.body.id;
	const mappings = { [group]: { role: "member" } };
	const { document, revision } = await currentPolicy(db, workspace.id);
	const look = () => whatWouldChange(db, workspace.id, { ...document, mappings });
	const apply = (seen: string) =>
		transactOrUndo(db, (tx) =>
			asShown(tx, workspace.id, { mappings }, seen, () =>
				changePolicy(
					tx,
					{ actor: operator, fresh: true },
					workspace.id,
					revision,
					{ mappings },
					null,
				),
			),
		);
	const join = (id: string) =>
		client.send("PATCH", `/Groups/${group}`, {
			schemas: [patchOp],
			Operations: [{ op: "add", path: "members", value: [{ value: id }] }],
		});
	const state = async () => ({
		policy: await currentPolicy(db, workspace.id),
		roles: await Promise.all(
			[zoe, ben].map(async (id) => (await findMember(db, workspace.id, id))?.role),
		),
		events: await db.$count(activity, eq(activity.workspaceId, workspace.id)),
	});
	return { zoe, ben, client, look, apply, join, state };
}

test("what was shown is applied while nothing has moved", async () => {
	const { zoe, look, apply, state } = await aWorld();
	const shown = await look();
	expect(shown.changes).toMatchObject([{ id: zoe, before: "Viewer", after: "Member" }]);
	expect(await apply(fingerprintOf(shown))).toMatchObject({ ok: true });
	expect((await state()).roles).toEqual(["member", "viewer"]);
});

test("who joins the group meanwhile makes it stale: nothing changes, and they are shown", async () => {
	const { zoe, ben, look, apply, join, state } = await aWorld();
	const seen = fingerprintOf(await look());
	expect([200, 204]).toContain((await join(ben)).status);
	const before = await state();
	const refused = await apply(seen);
	expect(refused).toMatchObject({ ok: false, reason: "stale" });
	expect(await state()).toEqual(before);
	expect(before.roles).toEqual(["viewer", "viewer"]);
	if (refused.ok || !("moved" in refused)) throw new Error("it does not say what moved");
	expect(refused.moved.changes.map(({ id }) => id).sort()).toEqual([zoe, ben].sort());
	// What is shown then can be applied.
	expect(await apply(fingerprintOf(refused.moved))).toMatchObject({ ok: true });
	expect((await state()).roles).toEqual(["member", "member"]);
});

test("somebody new, whom it would not touch, makes it stale too", async () => {
	const { client, look, apply, state } = await aWorld();
	const seen = fingerprintOf(await look());
	await client.send("POST", "/Users", person("new@acme.test"));
	const before = await state();
	expect(await apply(seen)).toMatchObject({ ok: false, reason: "stale" });
	expect(await state()).toEqual(before);
});
