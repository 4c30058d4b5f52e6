import { beforeAll, describe, expect, it } from "vitest";
import { type Db, transact } from "@/db/client";
import { aMember, aWorkspace, freshDb } from "@/db/testing";
import { endSessions, labelOf, type Member } from "@/lib/members/members";
import { currentPolicy } from "@/lib/workspaces/policy";
import type { Workspace } from "@/lib/workspaces/workspaces";
import { endOtherSessions, endSession, listSessions } from "./session-list";
import { findSession, startSession } from "./sessions";

let db: Db;
beforeAll(async () => {
	db = await freshDb();
});

const now = new Date();
const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0";

const actorOf = (member: Member) =>
	({ kind: "member", id: member.id, label: labelOf(member) }) as const;

function signIn(workspace: Workspace, member: Member) {
	return transact(db, async (tx) => {
		const { document: policy } = await currentPolicy(tx, workspace.id);
		return startSession(tx, {
			workspaceId: workspace.id,
			memberId: member.id,
			method: "password",
			policy,
			visitor: { browserId: null, address: "203.0.113.1", userAgent: firefox },
			now,
		});
	});
}

async function signedInTwice() {
	const workspace = await aWorkspace(db);
	const member = await aMember(db, workspace);
	const browsers = [await signIn(workspace, member), await signIn(workspace, member)];
	const find = (browser: string | undefined) =>
		findSession(db, { slug: workspace.slug }, browser ?? null, now);
	const [first, second] = [await find(browsers[0]), await find(browsers[1])];
	if (!first || !second) throw new Error("no sessions");
	return { workspace, member, first, second, find, browsers };
}

describe("the sessions of a member", () => {
	it("tell their device, way in and times, and are this member's alone", async () => {
		const { workspace, member, first } = await signedInTwice();
		const other = await aMember(db, workspace);
		await signIn(workspace, other);
		const listed = await listSessions(db, member, now);
		expect(listed).toHaveLength(2);
		expect(listed.find(({ id }) => id === first.id)).toMatchObject({
			device: { browser: "Firefox", system: "Linux" },
			method: "password",
			address: "203.0.113.1",
			createdAt: now,
			lastSeenAt: now,
		});
	});

	it("are not listed once they are over", async () => {
		const { workspace, member } = await signedInTwice();
		const later = new Date(now.getTime() + 400 * 24 * 3600_000);
		expect(await listSessions(db, member, later)).toEqual([]);
		await transact(db, (tx) => endSessions(tx, workspace.id, member.id));
		expect(await listSessions(db, member, now)).toEqual([]);
	});

	it("end one by one: the ended one is dead, the other lives", async () => {
		const { member, first, find, browsers } = await signedInTwice();
		await transact(db, (tx) => endSession(tx, actorOf(member), member, first.id));
		expect(await find(browsers[0])).toBeNull();
		expect(await find(browsers[1])).not.toBeNull();
	});

	it("end all but this one", async () => {
		const { member, second, find, browsers } = await signedInTwice();
		const ended = await transact(db, (tx) =>
			endOtherSessions(tx, actorOf(member), member, second.id),
		);
		expect(ended).toBe(1);
		expect(await find(browsers[0])).toBeNull();
		expect(await find(browsers[1])).not.toBeNull();
	});

	it("of somebody else cannot be ended by naming their id", async () => {
		const { workspace, first, find, browsers } = await signedInTwice();
		const other = await aMember(db, workspace);
		await transact(db, (tx) => endSession(tx, actorOf(other), other, first.id));
		expect(await find(browsers[0])).not.toBeNull();
	});
});
