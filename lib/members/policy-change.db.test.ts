/** Rules an admin sets about the directory: previewed, kept, recorded, and in effect. */
import { and, eq } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { type Db, transact, transactOrUndo } from "@/db/client";
import { activity, outbox, roles } from "@/db/schema";
import { aMember, aWorkspace, freshDb } from "@/db/testing";
import { setPassword } from "@/lib/accounts/passwords";
import { listHolds } from "@/lib/directory/holds";
import { createGroup } from "@/lib/groups/groups";
import { whatWouldChange } from "@/lib/impact/what-would-change";
import type { Policy } from "@/lib/policy/document";
import type { ProfileName } from "@/lib/policy/profiles";
import { aClient, patchOp, person } from "@/lib/scim/testing";
import { vouchForDomain } from "@/lib/sso/domains";
import { aConnection, keptCodes, linkTo } from "@/lib/sso/testing-policy";
import { currentPolicy } from "@/lib/workspaces/policy";
import { setRole } from "./manage-role";
import { findMember, type Member } from "./members";
import { changePolicy } from "./policy-change";

let db: Db;
beforeAll(async () => {
	db = await freshDb();
});

const as = ({ id, name }: Member) => ({
	actor: { kind: "member", id, label: name } as const,
	fresh: true,
});

/** A workspace with its directory on, and an admin with a password who changes its rules. */
async function aWorld(profile: ProfileName, policy: Partial<Policy> = {}) {
	const workspace = await aWorkspace(db, { profile, policy });
	const ada = await aMember(db, workspace, { name: "Ada", roleByHand: "admin" });
	await transact(db, (tx) => setPassword(tx, workspace.id, ada.id, "a password of Ada"));
	const client = await aClient(db, workspace.id);
	const change = async (changes: Partial<Policy>, reason = "a test") => {
		const { revision } = await currentPolicy(db, workspace.id);
		return transactOrUndo(db, (tx) =>
			changePolicy(tx, as(ada), workspace.id, revision, changes, reason),
		);
	};
	const preview = async (changes: Partial<Policy>) => {
		const { document } = await currentPolicy(db, workspace.id);
		return whatWouldChange(db, workspace.id, { ...document, ...changes });
	};
	const add = async (name: string, more: Record<string, unknown> = {}) =>
		client.send("POST", "/Users", person(`${name}@acme.test`, more));
	const saved = async () => {
		const rows = await db
			.select()
			.from(activity)
			.where(and(eq(activity.workspaceId, workspace.id), eq(activity.kind, "policy.saved")))
			.orderBy(activity.seq);
		return rows.map(({ actorLabel, details }) => ({ by: actorLabel, ...details }));
	};
	return { workspace, ada, client, change, preview, add, saved };
}

describe("the default role", () => {
	it("is kept, recorded, and given to whom the directory brings without a mapped group", async () => {
		const { workspace, change, preview, add, saved } = await aWorld("observity", {
			defaultRole: "member",
		});
		const ben = String((await add("ben")).body.id);
		expect((await findMember(db, workspace.id, ben))?.role).toBe("member");
		const { changes } = await preview({ defaultRole: "viewer" });
		expect(changes).toMatchObject([{ id: ben, before: "Member", after: "Viewer" }]);
		expect(await change({ defaultRole: "viewer" })).toMatchObject({ ok: true });
		expect((await findMember(db, workspace.id, ben))?.role).toBe("viewer");
		expect((await saved()).at(-1)).toMatchObject({
			by: "Ada",
			changed: [{ field: "defaultRole", before: "member", after: "viewer" }],
		});
	});

	it("is none where the directory decides: nobody is given a role that was not sent", async () => {
		const { workspace, ada, add, client } = await aWorld("push", {
			enforceSso: { mode: "off" },
		});
		expect((await currentPolicy(db, workspace.id)).document.defaultRole).toBeNull();
		const roleless = await add("none");
		expect(roleless).toMatchObject({ status: 400, body: { scimType: "invalidValue" } });
		expect((await add("empty", { roles: [] })).status).toBe(400);
		const sent = await add("sent", { roles: [{ value: "viewer" }] });
		expect(sent.status).toBe(201);
		const id = String(sent.body.id);
		expect((await findMember(db, workspace.id, id))?.role).toBe("viewer");
		// Who holds which role is set there alone.
		const byHand = await transactOrUndo(db, (tx) =>
			setRole(tx, as(ada), workspace, id, "admin", new Date()),
		);
		expect(byHand).toEqual({ ok: false, reason: "managed_by_directory" });
		await client.patch(id, { op: "replace", path: "roles", value: [{ value: "member" }] });
		expect((await findMember(db, workspace.id, id))?.role).toBe("member");
	});
});

describe("requiring provisioning", () => {
	it("waits for somebody active, names whom it shuts out, and never takes the last admin's way in", async () => {
		const { workspace, ada, change, preview, add, saved } = await aWorld("observity");
		const on = { requireProvisioning: "on" } as const;
		// Before the pilot has synced it cannot be turned on.
		expect(await change(on)).toMatchObject({ ok: false, reason: "needs_active_people" });
		await transact(db, (tx) =>
			vouchForDomain(tx, { kind: "operator", label: "Test" }, workspace.id, "acme.test"),
		);
		const connectionId = await aConnection(db, workspace, { tested: ada });
		await linkTo(db, connectionId, ada);
		const zoe = await aMember(db, workspace, { name: "Zoe" });
		await linkTo(db, connectionId, zoe);
		await add("ben");
		const { changes } = await preview(on);
		expect(changes.find(({ id }) => id === zoe.id)?.stranded).toBe("not_in_directory");
		// Ada has a password, and keeps it; nobody of the directory is shut out.
		expect(changes.map(({ name }) => name)).toEqual(["Zoe"]);
		expect(await change(on)).toMatchObject({ ok: true });
		expect((await saved()).at(-1)).toMatchObject({
			changed: [{ field: "requireProvisioning", before: "off", after: "on" }],
		});

		// Where only SSO is left to her, it would be hers: refused.
		const other = await aWorld("observity", { enforceSso: { mode: "on" } });
		await transact(db, (tx) =>
			vouchForDomain(tx, { kind: "operator", label: "Test" }, other.workspace.id, "acme.test"),
		);
		const theirs = await aConnection(db, other.workspace, { tested: other.ada });
		await linkTo(db, theirs, other.ada);
		await keptCodes(db, other.ada);
		await other.add("ben");
		expect(await other.change(on)).toMatchObject({ ok: false, reason: "last_admin" });
		expect((await other.preview(on)).lastAdmin).toEqual(["Ada"]);
	});
});

describe("the brake", () => {
	it("holds by the numbers that are set, from the next request", async () => {
		const { workspace, client, change, add, saved } = await aWorld("observity");
		const ids: string[] = [];
		for (const name of ["a", "b", "c"]) ids.push(String((await add(name)).body.id));
		const off = (id = "") => client.patch(id, { op: "replace", path: "active", value: false });
		await off(ids[0]);
		expect(await listHolds(db, workspace.id)).toEqual([]);
		const brake = { count: 1, percent: 1, minutes: 10 };
		expect(await change({ brake })).toMatchObject({ ok: true });
		expect((await saved()).at(-1)).toMatchObject({
			changed: [{ field: "brake", before: { count: 50, percent: 20, minutes: 10 }, after: brake }],
		});
		await off(ids[1]);
		expect((await listHolds(db, workspace.id)).map(({ memberId }) => memberId)).toEqual([ids[1]]);
		await change({ brake: { count: 50, percent: 20, minutes: 10 } });
		await off(ids[2]);
		expect(await listHolds(db, workspace.id)).toHaveLength(1);
	});
});

describe("a mapping", () => {
	it("into a group gives the role of that group: not above one's own, and admin only by who is fresh", async () => {
		const { workspace, ada, client } = await aWorld("observity", { rolesFrom: "groups" });
		const made = await transactOrUndo(db, (tx) =>
			createGroup(tx, as(ada), workspace.id, { name: "Owners", defaultRole: "admin" }),
		);
		if (!made.ok) throw new Error(made.reason);
		const [zoe, leads] = [
			await client.send("POST", "/Users", person("zoe@acme.test")),
			await client.send("POST", "/Groups", { displayName: "Leads" }),
		];
		const path = `/Groups/${leads.body.id}`;
		const add = { op: "add", path: "members", value: [{ value: zoe.body.id }] };
		await client.send("PATCH", path, { schemas: [patchOp], Operations: [add] });
		await db.insert(roles).values({
			workspaceId: workspace.id,
			key: "rules",
			name: "Rules",
			rank: 120,
			permissions: ["policy.manage"],
		});
		const pia = await aMember(db, workspace, { name: "Pia", roleByHand: "rules" });
		const mapped = { mappings: { [String(leads.body.id)]: { group: made.id } } };
		const { revision } = await currentPolicy(db, workspace.id);
		const by = (acting: { actor: ReturnType<typeof as>["actor"]; fresh: boolean }) =>
			transactOrUndo(db, (tx) =>
				changePolicy(tx, acting, workspace.id, revision, mapped, "a test"),
			);
		expect(await by(as(pia))).toMatchObject({ ok: false, reason: "role_above_own" });
		expect(await by({ ...as(ada), fresh: false })).toMatchObject({
			ok: false,
			reason: "needs_fresh_sign_in",
		});
		expect((await findMember(db, workspace.id, String(zoe.body.id)))?.role).not.toBe("admin");
		expect(await by(as(ada))).toMatchObject({ ok: true });
		expect((await findMember(db, workspace.id, String(zoe.body.id)))?.role).toBe("admin");
		// Whom the rules made an admin, all admins hear of.
		const told = await db
			.select()
			.from(outbox)
			.where(eq(outbox.to, ada.email ?? ""));
		expect(told.map(({ subject }) => subject).join()).toContain("admin");
	});
});
