import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { type Db, transact } from "@/db/client";
import { members, passwords } from "@/db/schema";
import { aMember, aWorkspace, freshDb, operator } from "@/db/testing";
import { memberOf, suspendMember } from "@/lib/members/members";
import { currentPolicy } from "@/lib/workspaces/policy";
import { verifyPassword } from "./passwords";
import { recoverAdmin } from "./recovery";

let db: Db;
beforeAll(async () => {
	db = await freshDb();
});

const actor = { kind: "operator", label: "Test operator" } as const;
const password = "a password made for this test";

async function passwordOf(memberId: string): Promise<string | null> {
	const [row] = await db.select().from(passwords).where(eq(passwords.memberId, memberId));
	return row?.hash ?? null;
}

describe("recovery by the operator", () => {
	test("lets a locked-out admin in and stops enforcing SSO", async () => {
		const workspace = await aWorkspace(db, { policy: { enforceSso: { mode: "on" } } });
		const admin = await aMember(db, workspace, { roleByHand: "admin" });
		const email = admin.email ?? "";
		const result = await transact(db, (tx) =>
			recoverAdmin(tx, actor, workspace.id, email.toUpperCase(), password),
		);
		expect(result).toMatchObject({ ok: true, enforcementEnded: true, member: { id: admin.id } });
		expect(await verifyPassword(await passwordOf(admin.id), password)).toBe(true);
		const { document } = await currentPolicy(db, workspace.id);
		expect(document.enforceSso).toEqual({ mode: "off" });
		const after = await transact(db, (tx) => memberOf(tx, workspace.id, admin.id));
		expect(after.epoch).toBeGreaterThan(admin.epoch);
		expect(after.pinnedRole).toBeNull();
	});

	test("makes a suspended member an active admin, by a pinned role", async () => {
		const workspace = await aWorkspace(db);
		const member = await aMember(db, workspace, { roleByHand: "viewer" });
		await transact(db, (tx) => suspendMember(tx, operator, member, "directory"));
		await transact(db, (tx) => recoverAdmin(tx, actor, workspace.id, member.email ?? "", password));
		const [after] = await db.select().from(members).where(eq(members.id, member.id));
		expect(after).toMatchObject({ status: "active", role: "admin", pinnedRole: "admin" });
		expect(after?.roleByHand).toBe("viewer");
	});

	test("refuses an address of nobody here, and changes nothing", async () => {
		const workspace = await aWorkspace(db, { policy: { enforceSso: { mode: "on" } } });
		const elsewhere = await aMember(db, await aWorkspace(db));
		const result = await transact(db, (tx) =>
			recoverAdmin(tx, actor, workspace.id, elsewhere.email ?? "", password),
		);
		expect(result).toEqual({ ok: false, reason: "no_member" });
		expect(await passwordOf(elsewhere.id)).toBeNull();
		const { document } = await currentPolicy(db, workspace.id);
		expect(document.enforceSso).toEqual({ mode: "on" });
	});
});
