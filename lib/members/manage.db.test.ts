import { and, desc, eq } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { type Db, transact, transactOrUndo } from "@/db/client";
import {
	activity,
	apiKeys,
	directories,
	directoryUsers,
	mailLinks,
	members,
	outbox,
	roles,
	sessions,
} from "@/db/schema";
import { aMember, aWorkspace, freshDb, setPolicy } from "@/db/testing";
import { setPassword } from "@/lib/accounts/passwords";
import { startSession } from "@/lib/accounts/sessions";
import { newId } from "@/lib/platform/ids";
import type { Acting } from "@/lib/roles/granter";
import { currentPolicy } from "@/lib/workspaces/policy";
import type { Workspace } from "@/lib/workspaces/workspaces";
import type { Managed } from "./case";
import { editMember, endAllSessions, reactivate, remove, suspend } from "./manage";
import { pinRole, setRole, unpinRole } from "./manage-role";
import { findMember, type Member } from "./members";

let db: Db;
beforeAll(async () => {
	db = await freshDb();
});

const now = new Date();
const run = (act: (tx: Parameters<Parameters<typeof transact>[1]>[0]) => Promise<Managed>) =>
	transactOrUndo(db, act);
const by = (member: Member, fresh = true): Acting => ({
	actor: { kind: "member", id: member.id, label: member.name },
	fresh,
});

/** A workspace with an admin who can sign in, a member and somebody who manages members. */
async function aTeam(policy: Parameters<typeof setPolicy>[2] = {}) {
	const workspace = await aWorkspace(db, { profile: "customer", policy });
	await db.insert(roles).values({
		workspaceId: workspace.id,
		key: "people",
		name: "People team",
		rank: 250,
		permissions: ["workspace.read", "members.read", "members.manage"],
	});
	const ada = await anAdmin(workspace, "Ada");
	const ben = await aMember(db, workspace, { name: "Ben", roleByHand: "member" });
	const pia = await aMember(db, workspace, { name: "Pia", roleByHand: "people" });
	return { workspace, ada, ben, pia };
}

async function anAdmin(workspace: Workspace, name: string): Promise<Member> {
	const admin = await aMember(db, workspace, { name, roleByHand: "admin" });
	await transact(db, (tx) => setPassword(tx, workspace.id, admin.id, "a password of an admin"));
	return admin;
}

async function present({ workspaceId, id }: Member): Promise<Member> {
	const member = await findMember(db, workspaceId, id);
	if (!member) throw new Error("gone");
	return member;
}

/** Sync is on, and this member stands in the directory. */
async function inDirectory(workspace: Workspace, member: Member) {
	const directoryId = newId();
	await db
		.insert(directories)
		.values({ workspaceId: workspace.id, id: directoryId, enabled: true });
	await db.insert(directoryUsers).values({
		workspaceId: workspace.id,
		directoryId,
		id: member.id,
		userName: member.name,
		userNameKey: member.name,
		active: true,
		resource: {},
		memberId: member.id,
	});
}

async function lastEvent(workspace: Workspace) {
	const [event] = await db
		.select()
		.from(activity)
		.where(eq(activity.workspaceId, workspace.id))
		.orderBy(desc(activity.id))
		.limit(1);
	return event;
}

const mailsTo = (email: string | null) =>
	db
		.select()
		.from(outbox)
		.where(eq(outbox.to, email ?? ""));

async function aSession(member: Member) {
	await transact(db, async (tx) => {
		const { document: policy } = await currentPolicy(tx, member.workspaceId);
		await startSession(tx, {
			workspaceId: member.workspaceId,
			memberId: member.id,
			method: "password",
			policy,
			visitor: { browserId: null, address: "192.0.2.1", userAgent: "" },
			now,
		});
	});
}

describe("editing", () => {
	it("changes name and email, clears the proof, ends mail links and tells the old address", async () => {
		const { workspace, ada, ben } = await aTeam();
		await db.insert(mailLinks).values({
			workspaceId: workspace.id,
			id: newId(),
			memberId: ben.id,
			kind: "reset",
			tokenHash: newId(),
			expiresAt: now,
		});
		const email = `new-${newId()}@acme.test`;
		const input = { name: "Benjamin", email };
		expect(await run((tx) => editMember(tx, by(ada), workspace, ben.id, input, now))).toEqual({
			ok: true,
		});
		expect(await present(ben)).toMatchObject({ name: "Benjamin", email, emailProof: null });
		expect(await db.select().from(mailLinks).where(eq(mailLinks.memberId, ben.id))).toEqual([]);
		expect(await mailsTo(ben.email)).toHaveLength(1);
		expect(await lastEvent(workspace)).toMatchObject({
			kind: "member.updated",
			actorLabel: "Ada",
			details: { before: { name: "Ben" }, after: { name: "Benjamin", email } },
		});
	});

	it("refuses one's own email, a malformed one and one that is taken", async () => {
		const { workspace, ada, ben, pia } = await aTeam();
		const edit = (who: Member, email: string) =>
			run((tx) => editMember(tx, by(ada), workspace, who.id, { name: "Any", email }, now));
		expect(await edit(ada, "other@acme.test")).toMatchObject({ reason: "own_email" });
		expect(await edit(ben, "no address")).toMatchObject({ reason: "email_malformed" });
		expect(await edit(ben, (pia.email ?? "").toUpperCase())).toMatchObject({
			reason: "email_taken",
		});
		expect(await present(ben)).toMatchObject({ name: "Ben", email: ben.email });
		// One's own name is one's own to change.
		const own = { name: "Ada L.", email: ada.email ?? "" };
		expect(await run((tx) => editMember(tx, by(ada), workspace, ada.id, own, now))).toEqual({
			ok: true,
		});
	});
});

describe("roles", () => {
	it("are set by hand, and admins are told of a new admin", async () => {
		const { workspace, ada, ben } = await aTeam();
		const set = (role: string | null) =>
			run((tx) => setRole(tx, by(ada), workspace, ben.id, role, now));
		expect(await set("admin")).toEqual({ ok: true });
		expect((await present(ben)).role).toBe("admin");
		expect(await mailsTo(ben.email)).toHaveLength(1);
		expect(await mailsTo(ada.email)).toHaveLength(1);
		expect(await lastEvent(workspace)).toMatchObject({
			kind: "member.role_changed",
			details: { before: "member", after: "admin" },
		});
		expect(await set("viewer")).toEqual({ ok: true });
		expect((await present(ben)).role).toBe("viewer");
		expect(await mailsTo(ben.email)).toHaveLength(1);
	});

	it("need a recent sign-in for admin, and must exist", async () => {
		const { workspace, ada, ben } = await aTeam();
		const set = (role: string, fresh: boolean) =>
			run((tx) => setRole(tx, by(ada, fresh), workspace, ben.id, role, now));
		expect(await set("admin", false)).toMatchObject({ reason: "needs_fresh_sign_in" });
		expect(await set("viewer", false)).toEqual({ ok: true });
		expect(await set("owner", true)).toMatchObject({ reason: "role_unknown" });
		expect((await present(ben)).role).toBe("viewer");
	});

	it("are not given above one's own, and whoever outranks one is not touched", async () => {
		const { workspace, ada, ben, pia } = await aTeam();
		const acts: Record<string, () => Promise<Managed>> = {
			give: () => run((tx) => setRole(tx, by(pia), workspace, ben.id, "admin", now)),
			pin: () =>
				run((tx) => pinRole(tx, by(pia), workspace, ben.id, { role: "admin", reason: "why" }, now)),
			own: () => run((tx) => setRole(tx, by(pia), workspace, pia.id, "admin", now)),
		};
		for (const act of Object.values(acts))
			expect(await act()).toEqual({ ok: false, reason: "role_above_own" });
		const above: (() => Promise<Managed>)[] = [
			() => run((tx) => setRole(tx, by(pia), workspace, ada.id, "viewer", now)),
			() => run((tx) => suspend(tx, by(pia), workspace, ada.id)),
			() => run((tx) => remove(tx, by(pia), workspace, ada.id)),
			() => run((tx) => endAllSessions(tx, by(pia), workspace, ada.id)),
			() =>
				run((tx) =>
					editMember(tx, by(pia), workspace, ada.id, { name: "X", email: "x@x.test" }, now),
				),
		];
		for (const act of above) expect(await act()).toEqual({ ok: false, reason: "member_outranks" });
		// A suspended admin is still above: bringing them back would give admin.
		const cem = await anAdmin(workspace, "Cem");
		await run((tx) => suspend(tx, by(ada), workspace, cem.id));
		expect(await run((tx) => reactivate(tx, by(pia), workspace, cem.id, now))).toMatchObject({
			reason: "member_outranks",
		});
		expect(await run((tx) => reactivate(tx, by(ada, false), workspace, cem.id, now))).toMatchObject(
			{ reason: "needs_fresh_sign_in" },
		);
	});

	it("are judged by the role the acting member has at that moment", async () => {
		const { workspace, ada, ben, pia } = await aTeam();
		await run((tx) => setRole(tx, by(ada), workspace, pia.id, "viewer", now));
		expect(await run((tx) => suspend(tx, by(pia), workspace, ben.id))).toMatchObject({
			reason: "not_permitted",
		});
	});

	it("can be pinned with a reason above every other source, and unpinned", async () => {
		const { workspace, ada, ben } = await aTeam();
		const pin = (reason: string) =>
			run((tx) => pinRole(tx, by(ada), workspace, ben.id, { role: "viewer", reason }, now));
		expect(await pin("  ")).toMatchObject({ reason: "malformed" });
		expect(await pin("on leave")).toEqual({ ok: true });
		expect(await present(ben)).toMatchObject({ role: "viewer", pinnedReason: "on leave" });
		expect(await lastEvent(workspace)).toMatchObject({
			kind: "member.role_pinned",
			details: { before: "member", after: "viewer", why: "on leave" },
		});
		expect(await run((tx) => unpinRole(tx, by(ada), workspace, ben.id, now))).toEqual({ ok: true });
		expect(await present(ben)).toMatchObject({ role: "member", pinnedRole: null });
	});

	it("set beside a pin are kept, and recorded as not in effect", async () => {
		const { workspace, ada, ben } = await aTeam();
		await run((tx) =>
			pinRole(tx, by(ada), workspace, ben.id, { role: "viewer", reason: "on leave" }, now),
		);
		await run((tx) => setRole(tx, by(ada), workspace, ben.id, "people", now));
		expect(await present(ben)).toMatchObject({ role: "viewer", roleByHand: "people" });
		expect(await lastEvent(workspace)).toMatchObject({
			kind: "member.role_set",
			details: { before: "member", after: "people" },
		});
	});
});

describe("A20: the last admin", () => {
	it("is not demoted, pinned down, suspended or removed", async () => {
		const { workspace, ada } = await aTeam();
		const acts: (() => Promise<Managed>)[] = [
			() => run((tx) => setRole(tx, by(ada), workspace, ada.id, "member", now)),
			() => run((tx) => setRole(tx, by(ada), workspace, ada.id, null, now)),
			() =>
				run((tx) =>
					pinRole(tx, by(ada), workspace, ada.id, { role: "viewer", reason: "why" }, now),
				),
			() => run((tx) => suspend(tx, by(ada), workspace, ada.id)),
			() => run((tx) => remove(tx, by(ada), workspace, ada.id)),
		];
		for (const act of acts) expect(await act()).toEqual({ ok: false, reason: "last_admin" });
		expect(await present(ada)).toMatchObject({ role: "admin", status: "active", pinnedRole: null });
	});

	it("stays when two admins demote each other at once", async () => {
		const { workspace, ada } = await aTeam();
		const cem = await anAdmin(workspace, "Cem");
		const both = await Promise.all([
			run((tx) => setRole(tx, by(ada), workspace, cem.id, "member", now)),
			run((tx) => setRole(tx, by(cem), workspace, ada.id, "member", now)),
		]);
		expect(both.filter(({ ok }) => ok)).toHaveLength(1);
		const admins = await db
			.select()
			.from(members)
			.where(and(eq(members.workspaceId, workspace.id), eq(members.role, "admin")));
		expect(admins).toHaveLength(1);
	});
});

describe("taking access away", () => {
	it("ends sessions, API keys and mail links; giving it back restores the role", async () => {
		const { workspace, ada, ben } = await aTeam();
		await aSession(ben);
		await db.insert(apiKeys).values({
			workspaceId: workspace.id,
			id: newId(),
			memberId: ben.id,
			name: "key",
			hash: newId(),
			prefix: "ghk_",
			scopes: [],
		});
		expect(await run((tx) => suspend(tx, by(ada), workspace, ben.id))).toEqual({ ok: true });
		expect(await present(ben)).toMatchObject({
			status: "suspended",
			suspendedBy: "admin",
			role: null,
		});
		expect(await db.select().from(sessions).where(eq(sessions.memberId, ben.id))).toEqual([]);
		const [key] = await db.select().from(apiKeys).where(eq(apiKeys.memberId, ben.id));
		expect(key?.revokedAt).not.toBeNull();
		expect(await lastEvent(workspace)).toMatchObject({
			kind: "member.suspended",
			details: { sessionsEnded: 1, keysEnded: 1 },
		});
		expect(await run((tx) => reactivate(tx, by(ada), workspace, ben.id, now))).toEqual({
			ok: true,
		});
		expect(await present(ben)).toMatchObject({ status: "active", role: "member" });
	});

	it("for good removes the row, what hangs on it, and what the directory said", async () => {
		const { workspace, ada, ben } = await aTeam();
		await inDirectory(workspace, ben);
		await transact(db, (tx) => setPolicy(tx, workspace.id, { membersManagedBy: "workspace" }));
		await aSession(ben);
		expect(await run((tx) => remove(tx, by(ada), workspace, ben.id))).toEqual({ ok: true });
		expect(await findMember(db, workspace.id, ben.id)).toBeNull();
		expect(await db.select().from(sessions).where(eq(sessions.memberId, ben.id))).toEqual([]);
		expect(
			await db.select().from(directoryUsers).where(eq(directoryUsers.workspaceId, workspace.id)),
		).toEqual([]);
		expect(await run((tx) => remove(tx, by(ada), workspace, ben.id))).toMatchObject({
			reason: "stale",
		});
	});
});

describe("what the directory manages", () => {
	it("is locked but for the end of sessions and a pin", async () => {
		const { workspace, ada, ben } = await aTeam({
			membersManagedBy: "directory",
			rolesFrom: "groups",
		});
		await inDirectory(workspace, ben);
		const locked: (() => Promise<Managed>)[] = [
			() =>
				run((tx) =>
					editMember(tx, by(ada), workspace, ben.id, { name: "X", email: "x@x.test" }, now),
				),
			() => run((tx) => setRole(tx, by(ada), workspace, ben.id, "viewer", now)),
			() => run((tx) => suspend(tx, by(ada), workspace, ben.id)),
			() => run((tx) => reactivate(tx, by(ada), workspace, ben.id, now)),
			() => run((tx) => remove(tx, by(ada), workspace, ben.id)),
		];
		for (const act of locked)
			expect(await act()).toEqual({ ok: false, reason: "managed_by_directory" });
		expect(await run((tx) => endAllSessions(tx, by(ada), workspace, ben.id))).toEqual({ ok: true });
		const pin = { role: "viewer", reason: "exception" };
		expect(await run((tx) => pinRole(tx, by(ada), workspace, ben.id, pin, now))).toEqual({
			ok: true,
		});
		// Named as an exception, or with sync off, it is open again.
		await transact(db, (tx) => setPolicy(tx, workspace.id, { managedHere: [ben.id] }));
		expect(await run((tx) => suspend(tx, by(ada), workspace, ben.id))).toEqual({ ok: true });
	});

	it("leaves the role here where roles come from the workspace, and everything where sync is off", async () => {
		const { workspace, ada, ben } = await aTeam({
			membersManagedBy: "directory",
			rolesFrom: "workspace",
		});
		await inDirectory(workspace, ben);
		expect(await run((tx) => setRole(tx, by(ada), workspace, ben.id, "viewer", now))).toEqual({
			ok: true,
		});
		expect(await run((tx) => suspend(tx, by(ada), workspace, ben.id))).toMatchObject({
			reason: "managed_by_directory",
		});
		await db
			.update(directories)
			.set({ enabled: false })
			.where(eq(directories.workspaceId, workspace.id));
		expect(await run((tx) => suspend(tx, by(ada), workspace, ben.id))).toEqual({ ok: true });
	});

	it("ends at the border of the workspace", async () => {
		const { workspace, ada } = await aTeam();
		const { ben: stranger } = await aTeam();
		expect(await run((tx) => suspend(tx, by(ada), workspace, stranger.id))).toMatchObject({
			reason: "stale",
		});
		expect((await present(stranger)).status).toBe("active");
	});
});
