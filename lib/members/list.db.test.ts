import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { type Db, transact } from "@/db/client";
import {
	directories,
	directoryUsers,
	groupMembers,
	groups,
	invitations,
	members,
} from "@/db/schema";
import { aMember, aWorkspace, freshDb, operator } from "@/db/testing";
import { newId } from "@/lib/platform/ids";
import type { Workspace } from "@/lib/workspaces/workspaces";
import { countMembers, listMembers, type MemberFilter, type MemberSort } from "./list";
import { suspendMember } from "./members";

let db: Db;
beforeAll(async () => {
	db = await freshDb();
});

/** Every page from the first, by `next`; each must fit its size. */
async function walk(workspace: Workspace, filter: MemberFilter, sort: MemberSort, limit: number) {
	const pages = [];
	for (let after: string | null = null; ; ) {
		const at: { after: string } | null = after === null ? null : { after };
		const page = await listMembers(db, workspace.id, filter, { sort, at, limit });
		pages.push(page);
		if (!page.next) return pages;
		after = page.next;
	}
}

const named = async (workspace: Workspace, filter: MemberFilter, sort: MemberSort = "name") =>
	(await listMembers(db, workspace.id, filter, { sort, at: null, limit: 50 })).rows.map(
		({ name }) => name,
	);

describe("paging", () => {
	it.each<MemberSort>(["name", "newest", "seen"])(
		"by %s shows everyone once, forward and back",
		async (sort) => {
			const workspace = await aWorkspace(db);
			// Equal names and times are parted by the id alone.
			for (let i = 0; i < 11; i++) await aMember(db, workspace, { name: `Person ${i % 3}` });
			const seen = new Date("2026-01-05T10:00:00Z");
			const some = await db.select().from(members);
			for (const member of some
				.filter(({ workspaceId }) => workspaceId === workspace.id)
				.slice(0, 4))
				await transact(db, (tx) =>
					tx.update(members).set({ lastSignInAt: seen }).where(eq(members.id, member.id)),
				);
			const pages = await walk(workspace, {}, sort, 4);
			expect(pages.map(({ rows }) => rows.length)).toEqual([4, 4, 3]);
			const ids = pages.flatMap(({ rows }) => rows.map(({ id }) => id));
			expect(new Set(ids).size).toBe(11);
			expect(pages[0]?.previous).toBeNull();
			if (sort === "seen")
				expect(pages[0]?.rows.every(({ lastSignInAt }) => lastSignInAt !== null)).toBe(true);

			const before = pages[2]?.previous ?? "";
			const back = await listMembers(db, workspace.id, {}, { sort, at: { before }, limit: 4 });
			expect(back.rows.map(({ id }) => id)).toEqual(ids.slice(4, 8));
			const first = await listMembers(
				db,
				workspace.id,
				{},
				{ sort, at: { before: back.previous ?? "" }, limit: 4 },
			);
			expect(first.rows.map(({ id }) => id)).toEqual(ids.slice(0, 4));
			expect(first.previous).toBeNull();
		},
	);

	it.each(["", "%00", "bm8", Buffer.from('["x","y"]').toString("base64url"), "null"])(
		"begins at the first page for a key that is none: %j",
		async (after) => {
			const workspace = await aWorkspace(db);
			await aMember(db, workspace, { name: "Only" });
			for (const sort of ["name", "seen"] as const) {
				const page = await listMembers(db, workspace.id, {}, { sort, at: { after }, limit: 4 });
				expect(page.rows).toHaveLength(1);
			}
			const bad = Buffer.from(JSON.stringify(["2026-99", newId()])).toString("base64url");
			const at = { after: bad };
			const page = await listMembers(db, workspace.id, {}, { sort: "seen", at, limit: 4 });
			expect(page.rows).toHaveLength(1);
		},
	);
});

describe("filters", () => {
	it("finds a part of name or email without regard to case, and takes wildcards as text", async () => {
		const workspace = await aWorkspace(db);
		await aMember(db, workspace, { name: "Ada Lovelace", email: "Countess@acme.test" });
		await aMember(db, workspace, { name: "Ben 100% O'Neil", email: "ben@acme.test" });
		expect(await named(workspace, { search: " love" })).toEqual(["Ada Lovelace"]);
		expect(await named(workspace, { search: "COUNT" })).toEqual(["Ada Lovelace"]);
		expect(await named(workspace, { search: "0%" })).toEqual(["Ben 100% O'Neil"]);
		expect(await named(workspace, { search: "_" })).toEqual([]);
		expect(await named(workspace, { search: "o'n\0" })).toEqual(["Ben 100% O'Neil"]);
	});

	it("narrows by role, status, source and group, and stays in its workspace", async () => {
		const workspace = await aWorkspace(db);
		const other = await aWorkspace(db);
		await aMember(db, other, { name: "Elsewhere", roleByHand: "admin" });
		const ada = await aMember(db, workspace, { name: "Ada", roleByHand: "admin" });
		const ben = await aMember(db, workspace, { name: "Ben", createdBy: "invitation" });
		const cleo = await aMember(db, workspace, { name: "Cleo", createdBy: "sso" });
		await transact(db, (tx) => suspendMember(tx, operator, ben, "admin"));
		const directoryId = newId();
		await db
			.insert(directories)
			.values({ workspaceId: workspace.id, id: directoryId, enabled: true });
		await db.insert(directoryUsers).values({
			workspaceId: workspace.id,
			directoryId,
			id: cleo.id,
			userName: "cleo",
			userNameKey: "cleo",
			active: true,
			resource: {},
			memberId: cleo.id,
		});
		const group = newId();
		await db
			.insert(groups)
			.values({ workspaceId: workspace.id, id: group, name: "On call", nameKey: "on call" });
		await db
			.insert(groupMembers)
			.values({ workspaceId: workspace.id, groupId: group, memberId: ada.id });

		expect(await named(workspace, { role: "admin" })).toEqual(["Ada"]);
		expect(await named(workspace, { status: "deactivated" })).toEqual(["Ben"]);
		expect(await named(workspace, { status: "active" })).toEqual(["Ada", "Cleo"]);
		expect(await named(workspace, { source: "directory" })).toEqual(["Cleo"]);
		expect(await named(workspace, { source: "sso" })).toEqual([]);
		expect(await named(workspace, { source: "invitation" })).toEqual(["Ben"]);
		expect(await named(workspace, { group })).toEqual(["Ada"]);
		const page = await listMembers(db, workspace.id, {}, { sort: "name", at: null, limit: 9 });
		expect(page.rows.map(({ source, groups: held }) => [source, held])).toEqual([
			["operator", ["On call"]],
			["invitation", []],
			["directory", []],
		]);
		expect(await countMembers(db, workspace.id)).toEqual({
			active: 2,
			deactivated: 1,
			invited: 0,
		});
		await db.insert(invitations).values({
			workspaceId: workspace.id,
			id: newId(),
			email: "zoe@acme.test",
			emailKey: "zoe@acme.test",
			role: "member",
			tokenHash: newId(),
			invitedBy: "Ada",
			expiresAt: new Date(),
		});
		expect(await countMembers(db, workspace.id)).toMatchObject({ invited: 1 });
	});
});
