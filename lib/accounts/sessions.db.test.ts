import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { type Db, transact } from "@/db/client";
import { sessions } from "@/db/schema";
import { aMember, aWorkspace, freshDb, operator } from "@/db/testing";
import { endSessions, type Member, suspendMember } from "@/lib/members/members";
import { currentPolicy } from "@/lib/workspaces/policy";
import { endAllSessions, type Workspace } from "@/lib/workspaces/workspaces";
import { endBrowserSessions, findSession, findSessions, startSession } from "./sessions";

let db: Db;
beforeAll(async () => {
	db = await freshDb();
});

const now = new Date();
const visitor = (browserId: string | null) => ({
	browserId,
	address: "203.0.113.1",
	userAgent: "t",
});

async function signIn(workspace: Workspace, member: Member, browserId: string | null = null) {
	return transact(db, async (tx) => {
		const { document: policy } = await currentPolicy(tx, workspace.id);
		return startSession(tx, {
			workspaceId: workspace.id,
			memberId: member.id,
			method: "password",
			policy,
			visitor: visitor(browserId),
			now,
		});
	});
}

async function signedIn() {
	const workspace = await aWorkspace(db);
	await aMember(db, workspace, { roleByHand: "admin" });
	const member = await aMember(db, workspace);
	const browserId = await signIn(workspace, member);
	const look = (at = now) => findSession(db, { slug: workspace.slug }, browserId, at);
	return { workspace, member, browserId, look };
}

describe("a session", () => {
	it("is found by its browser in its workspace, and nowhere else", async () => {
		const { member, look, browserId } = await signedIn();
		expect(await look()).toMatchObject({ member: { id: member.id }, role: { key: "member" } });
		const other = await aWorkspace(db);
		expect(await findSession(db, { slug: other.slug }, browserId, now)).toBeNull();
		expect(await findSession(db, { slug: other.slug }, null, now)).toBeNull();
	});

	it("ends when idle too long, and at its last hour", async () => {
		const { look, browserId } = await signedIn();
		expect(await look(new Date(now.getTime() + 9 * 3600_000))).toBeNull();
		await db
			.update(sessions)
			.set({ idleUntil: new Date(now.getTime() + 100 * 3600_000) })
			.where(eq(sessions.method, "password"));
		expect(await look(new Date(now.getTime() + 23 * 3600_000))).not.toBeNull();
		expect(await look(new Date(now.getTime() + 25 * 3600_000))).toBeNull();
		expect(browserId).toHaveLength(43);
	});

	it("A6: the browser id is renewed at sign-in, and the one before is dead", async () => {
		const { workspace, member, browserId, look } = await signedIn();
		const renewed = await signIn(workspace, member, browserId);
		expect(renewed).not.toBe(browserId);
		expect(await look()).toBeNull();
		expect(await findSession(db, { slug: workspace.slug }, renewed, now)).not.toBeNull();
	});

	it("moves along to the new browser id in the browser's other workspaces", async () => {
		const { browserId } = await signedIn();
		const second = await aWorkspace(db);
		const there = await aMember(db, second);
		const renewed = await signIn(second, there, browserId);
		expect(await findSessions(db, renewed, now)).toHaveLength(2);
		expect(await findSessions(db, browserId, now)).toHaveLength(0);
	});

	it("A19: is dead on the next request once its member is suspended", async () => {
		const { member, look } = await signedIn();
		await transact(db, (tx) => suspendMember(tx, operator, member, "admin"));
		expect(await look()).toBeNull();
	});

	it("ends with its member's epoch, and A18: with its workspace's", async () => {
		const one = await signedIn();
		await transact(db, (tx) => endSessions(tx, one.workspace.id, one.member.id));
		expect(await one.look()).toBeNull();
		const two = await signedIn();
		await transact(db, (tx) => endAllSessions(tx, two.workspace.id));
		expect(await two.look()).toBeNull();
	});

	it("ends in one workspace by signing out there, and goes on in the other", async () => {
		const { workspace, browserId } = await signedIn();
		const second = await aWorkspace(db);
		const renewed = await signIn(second, await aMember(db, second), browserId);
		await transact(db, (tx) => endBrowserSessions(tx, renewed, second.id));
		expect(await findSession(db, { slug: second.slug }, renewed, now)).toBeNull();
		expect(await findSession(db, { slug: workspace.slug }, renewed, now)).not.toBeNull();
	});

	it("does not wait in a circle when two tabs sign in, and an admin suspends meanwhile", async () => {
		const { workspace, member, browserId } = await signedIn();
		const second = await aWorkspace(db);
		const there = await aMember(db, second);
		let browser = await signIn(second, there, browserId);
		for (let round = 0; round < 20; round++) {
			const [renewed] = await Promise.all([
				signIn(workspace, member, browser),
				signIn(second, there, browser),
				transact(db, (tx) => endSessions(tx, workspace.id, member.id)),
				transact(db, (tx) => endSessions(tx, second.id, there.id)),
			]);
			browser = await signIn(second, there, renewed);
		}
	});
});
