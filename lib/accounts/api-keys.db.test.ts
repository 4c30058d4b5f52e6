import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { type Db, transact } from "@/db/client";
import { activity, apiKeys, members } from "@/db/schema";
import { aMember, aWorkspace, freshDb, operator } from "@/db/testing";
import { applyAccess } from "@/lib/members/access";
import { type Member, removeMember, suspendMember } from "@/lib/members/members";
import { builtInRoles, type Permission } from "@/lib/roles/permissions";
import {
	issueApiKey,
	listOthersKeys,
	listOwnKeys,
	maxLiveKeys,
	recogniseApiKey,
	revokeApiKey,
} from "./api-keys";

let db: Db;
beforeAll(async () => {
	db = await freshDb();
});

const now = new Date("2026-11-23T10:00:00Z");
const later = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
const all: readonly Permission[] = builtInRoles[0]?.permissions ?? [];

const actorOf = (member: Member) =>
	({ kind: "member", id: member.id, label: member.name }) as const;

function issue(
	member: Member,
	input: { name?: string; scopes?: string[]; days?: number } = {},
	held = all,
) {
	return transact(db, (tx) =>
		issueApiKey(
			tx,
			actorOf(member),
			member.workspaceId,
			held,
			{ name: "CI", scopes: ["me:read"], days: 90, ...input },
			now,
		),
	);
}

const callerOf = async (key: string, at: Date) => (await recogniseApiKey(db, key, at)).caller;

async function aKey(input: { roleByHand?: string } = {}) {
	const workspace = await aWorkspace(db);
	await aMember(db, workspace, { roleByHand: "admin" });
	const member = await aMember(db, workspace, { roleByHand: "member", ...input });
	const issued = await issue(member);
	if (!issued.ok) throw new Error(issued.reason);
	return { workspace, member, ...issued };
}

describe("making a key", () => {
	it("keeps a hash and a prefix, and nothing else of it", async () => {
		const { key, id } = await aKey();
		expect(key).toMatch(/^ghk_[\w-]{43}$/);
		const [row] = await db.select().from(apiKeys).where(eq(apiKeys.id, id));
		expect(row?.prefix).toBe(key.slice(0, 10));
		expect(JSON.stringify(row)).not.toContain(key.slice(11));
		const log = await db.select().from(activity).where(eq(activity.subjectId, id));
		expect(log).toMatchObject([{ kind: "api_key.created", subjectLabel: "CI" }]);
		expect(JSON.stringify(log)).not.toContain(key.slice(11));
	});

	it.each([
		["name_missing", { name: " \u0000" }],
		["scope_missing", { scopes: [] }],
		["scope_missing", { scopes: ["everything", "__proto__"] }],
		["lifetime", { days: 3650 }],
		["lifetime", { days: Number.NaN }],
	])("refuses %s", async (reason, input) => {
		const member = await aMember(db, await aWorkspace(db));
		expect(await issue(member, input)).toEqual({ ok: false, reason });
		expect(await listOwnKeys(db, member)).toEqual([]);
	});

	it("gives nobody a scope beyond their role, nor a key to whom has no permission for one", async () => {
		const member = await aMember(db, await aWorkspace(db));
		const refused = { ok: false, reason: "not_permitted" };
		expect(
			await issue(member, { scopes: ["me:read", "activity:read"] }, [
				"workspace.read",
				"api_keys.own",
			]),
		).toEqual(refused);
		expect(await issue(member, {}, ["workspace.read"])).toEqual(refused);
	});

	it("stops at a number that somebody can oversee", async () => {
		const member = await aMember(db, await aWorkspace(db));
		for (let i = 0; i < maxLiveKeys; i++) expect((await issue(member)).ok).toBe(true);
		expect(await issue(member)).toEqual({ ok: false, reason: "too_many" });
	});
});

describe("using a key", () => {
	it("says whom it speaks for, within its scopes", async () => {
		const { key, workspace, member } = await aKey({ roleByHand: "admin" });
		expect(await callerOf(key, now)).toMatchObject({
			workspace: { id: workspace.id, slug: workspace.slug },
			member: { id: member.id, email: member.email },
			role: { key: "admin", name: "Admin" },
			scopes: ["me:read"],
			permissions: ["workspace.read"],
		});
	});

	it("is noted at most once a minute", async () => {
		const { key, id } = await aKey();
		const used = async (at: Date) => {
			expect(await callerOf(key, at)).not.toBeNull();
			const [row] = await db.select().from(apiKeys).where(eq(apiKeys.id, id));
			return row?.lastUsedAt;
		};
		expect(await used(now)).toEqual(now);
		expect(await used(later(0.9))).toEqual(now);
		expect(await used(later(1))).toEqual(later(1));
	});

	it("ends with an unknown, revoked or expired key", async () => {
		const { key, id, member } = await aKey();
		expect(await callerOf(`${key}x`, now)).toBeNull();
		expect(await callerOf(key, later(90 * 24 * 60 - 1))).not.toBeNull();
		expect(await callerOf(key, later(90 * 24 * 60))).toBeNull();
		const revoke = () =>
			transact(db, (tx) =>
				revokeApiKey(tx, actorOf(member), member.workspaceId, id, member.id, now),
			);
		expect(await revoke()).toEqual({ ok: true });
		expect(await callerOf(key, now)).toBeNull();
		expect(await revoke()).toEqual({ ok: false, reason: "not_found" });
		expect(await listOwnKeys(db, member)).toEqual([]);
	});

	it("ends at once with the member's access, whatever took it", async () => {
		const suspended = await aKey();
		await transact(db, (tx) => suspendMember(tx, operator, suspended.member, "admin"));
		const removed = await aKey();
		await transact(db, (tx) => removeMember(tx, operator, removed.member));
		const demoted = await aKey();
		await setRole(demoted.member, "viewer");
		for (const { key } of [suspended, removed, demoted])
			expect(await callerOf(key, now)).toBeNull();
		await setRole(demoted.member, "member");
		expect(await callerOf(demoted.key, now)).not.toBeNull();
		expect(await db.$count(apiKeys, eq(apiKeys.memberId, removed.member.id))).toBe(0);
	});

	it("loses a scope with the permission, and keeps the rest", async () => {
		const { member } = await aKey({ roleByHand: "admin" });
		const issued = await issue(member, { scopes: ["me:read", "activity:read"] });
		if (!issued.ok) throw new Error(issued.reason);
		await setRole(member, "member");
		expect((await callerOf(issued.key, now))?.permissions).toEqual(["workspace.read"]);
	});
});

describe("the lists", () => {
	it("show each member their own, and pages of everybody else's, in one workspace", async () => {
		const { workspace, member } = await aKey();
		await aKey();
		const other = await aMember(db, workspace);
		for (let i = 0; i < 3; i++) await issue(other, { name: `key ${i}` });
		expect(await listOwnKeys(db, member)).toMatchObject([{ name: "CI" }]);
		const first = await listOthersKeys(db, member, { limit: 2, before: null });
		const rest = await listOthersKeys(db, member, { limit: 2, before: first.next });
		const names = [...first.keys, ...rest.keys].map(({ name }) => name);
		expect(names).toEqual(["key 2", "key 1", "key 0"]);
		expect(rest.next).toBeNull();
		expect(first.keys[0]?.owner).toMatchObject({ id: other.id, email: other.email });
	});

	it("let nobody revoke another's key, nor one of another workspace", async () => {
		const one = await aKey();
		const two = await aKey();
		const tried: [string, string | null][] = [
			[one.workspace.id, two.member.id],
			[two.workspace.id, null],
		];
		for (const [workspaceId, ownerId] of tried)
			expect(
				await transact(db, (tx) => revokeApiKey(tx, operator, workspaceId, one.id, ownerId, now)),
			).toEqual({ ok: false, reason: "not_found" });
		expect(await callerOf(one.key, now)).not.toBeNull();
	});
});

async function setRole(member: Member, role: string): Promise<void> {
	await transact(db, async (tx) => {
		await tx.update(members).set({ roleByHand: role }).where(eq(members.id, member.id));
		await applyAccess(tx, operator, member.workspaceId, [member.id]);
	});
}
