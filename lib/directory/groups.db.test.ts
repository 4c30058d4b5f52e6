/** Groups as an IdP sends them: what is kept, what moves, and what it costs. */
import { and, eq } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import type { Db, Tx } from "@/db/client";
import { transact } from "@/db/client";
import { activity, directoryGroups } from "@/db/schema";
import { aWorkspace, freshDb, isPostgres } from "@/db/testing";
import type { Actor } from "@/lib/activity/actor";
import { newId } from "@/lib/platform/ids";
import { decide, type Lock } from "./decide";
import { enableDirectory } from "./directory";
import { readEntries } from "./entries";
import {
	changeMembers,
	createGroup,
	deleteGroup,
	listGroups,
	type Membership,
	membersOf,
	readGroup,
	updateGroup,
} from "./groups";
import { type Change, createUser, deleteUser, type Refused, updateUser } from "./users";

const actor: Actor = { kind: "operator", label: "IdP" };
let db: Db;

beforeAll(async () => {
	db = await freshDb();
});

/** A directory with people, by number, and a group. */
async function aDirectory(people: number) {
	const workspace = await aWorkspace(db);
	const enabled = await transact(db, (tx) => enableDirectory(tx, actor, workspace.id, new Date()));
	if (!enabled.ok) throw new Error(enabled.reason);
	const change: Change = { directory: enabled.directory, actor, now: new Date() };
	const run = <T extends { ok: true }>(work: (tx: Tx, lock: Lock) => Promise<T | Refused>) =>
		decide(db, workspace.id, work);
	const ids: string[] = [];
	for (let n = 0; n < people; n++) {
		const made = await run((tx, lock) =>
			createUser(tx, lock, change, { userName: `p${n}@acme.test`, active: true }),
		);
		ids.push(expectOk(made).user.id);
	}
	const { group } = expectOk(await run((tx) => createGroup(tx, change, named("Engineering"))));
	const members = (membership: Membership) =>
		run((tx, lock) => changeMembers(tx, lock, change, group.id, membership));
	const inGroup = async () =>
		(await membersOf(db, change.directory, [group.id])).map(({ id }) => id).sort();
	return { change, run, ids, group, members, inGroup };
}

function expectOk<T extends { ok: true }>(outcome: T | Refused): T {
	if (!outcome.ok) throw new Error(outcome.reason);
	return outcome;
}

const named = (displayName: string, externalId: string | null = null) => ({
	displayName,
	externalId,
	resource: {},
});

describe("a group", () => {
	test("is kept by name without case and external id exactly", async () => {
		const { change, run, group } = await aDirectory(0);
		const create = (displayName: string, externalId?: string) =>
			run((tx) => createGroup(tx, change, named(displayName, externalId)));
		expect(await create("ENGINEERING")).toEqual({ ok: false, reason: "group_name_taken" });
		expect(await create("Sales", "a")).toMatchObject({ ok: true });
		expect(await create("Ops", "a")).toEqual({ ok: false, reason: "external_id_taken" });
		expect(await create("Ops", "A")).toMatchObject({ ok: true });
		const names = (await listGroups(db, change.directory)).map((each) => each.displayName);
		expect(names).toEqual(["Engineering", "Ops", "Sales"]);
		const rename = (to: string) => run((tx) => updateGroup(tx, change, group.id, () => named(to)));
		expect(await rename("Sales")).toEqual({ ok: false, reason: "group_name_taken" });
		expect(await rename("Engineering")).toMatchObject({ group: { version: 1 } });
		expect(await rename("engineering")).toMatchObject({ group: { version: 2 } });
	});

	test("of another directory is not there", async () => {
		const [one, other] = [await aDirectory(1), await aDirectory(1)];
		const { directory } = other.change;
		expect(await readGroup(db, directory, one.group.id)).toBeNull();
		expect(
			await other.run((tx, lock) =>
				changeMembers(tx, lock, other.change, one.group.id, { replaceAll: [] }),
			),
		).toEqual({ ok: false, reason: "not_found" });
		expect(await other.members({ add: one.ids })).toMatchObject({ unknown: one.ids });
		expect(await one.inGroup()).toEqual([]);
	});
});

describe("members", () => {
	test("come and go, and the version moves only with them", async () => {
		const { ids, members, inGroup } = await aDirectory(3);
		const [a = "", b = "", c = ""] = ids;
		expect(await members({ add: [a, b, a] })).toMatchObject({
			group: { version: 2, memberCount: 2 },
			unknown: [],
		});
		expect(await members({ add: [a] })).toMatchObject({ group: { version: 2 } });
		expect(await members({ remove: [c] })).toMatchObject({ group: { version: 2 } });
		expect(await members({ replaceAll: [b, c] })).toMatchObject({
			group: { version: 3, memberCount: 2 },
		});
		expect(await inGroup()).toEqual([b, c].sort());
		expect(await members({ add: [a], remove: [b] })).toMatchObject({ group: { memberCount: 2 } });
		expect(await members({ replaceAll: [] })).toMatchObject({ group: { memberCount: 0 } });
		expect(await inGroup()).toEqual([]);
	});

	test("who are nobody's are left out and told", async () => {
		const { ids, members, inGroup } = await aDirectory(1);
		const stranger = newId();
		expect(await members({ add: [...ids, stranger, "1"] })).toMatchObject({
			unknown: ["1", stranger],
			group: { memberCount: 1 },
		});
		expect(await inGroup()).toEqual(ids);
	});

	test.runIf(isPostgres)(
		"who join while they are changed are answered with the group",
		async () => {
			const { run, change, ids, group } = await aDirectory(1);
			let commit = () => {};
			const told = new Promise<void>((resolve) => {
				commit = resolve;
			});
			let joining: Promise<unknown> | undefined;
			await new Promise<void>((joined) => {
				joining = run(async (tx, lock) => {
					const outcome = await changeMembers(tx, lock, change, group.id, { add: ids });
					joined();
					await told;
					return outcome;
				});
			});
			const changing = run((tx, lock) =>
				updateUser(tx, lock, change, ids[0] ?? "", ({ resource }) => ({
					...resource,
					title: "Lead",
				})),
			);
			// Long enough for the change to wait at the person's entry.
			await new Promise((resolve) => setTimeout(resolve, 200));
			commit();
			await joining;
			expect(await changing).toMatchObject({ user: { groups: [{ id: group.id }] } });
		},
	);

	test("who are deleted leave their groups, whose versions move", async () => {
		const { run, change, ids, members, group } = await aDirectory(2);
		const [gone = "", stays = ""] = ids;
		await members({ add: ids });
		expect(await readEntries(db, change.directory, [gone])).toMatchObject([
			{ groups: [{ id: group.id, displayName: "Engineering" }] },
		]);
		await run((tx, lock) => deleteUser(tx, lock, change, gone, () => {}));
		expect(await membersOf(db, change.directory, [group.id])).toMatchObject([{ id: stays }]);
		expect(await readGroup(db, change.directory, group.id)).toMatchObject({
			memberCount: 1,
			version: 3,
		});
	});

	test("go with the group, and the log has who", async () => {
		const { change, run, ids, members, group, inGroup } = await aDirectory(2);
		await members({ add: ids });
		await run((tx, lock) => deleteGroup(tx, lock, change, group.id));
		expect(await inGroup()).toEqual([]);
		const [row] = await db
			.select({ details: activity.details })
			.from(activity)
			.where(and(eq(activity.subjectId, group.id), eq(activity.kind, "directory.group_deleted")));
		expect(row?.details).toEqual({
			left: 2,
			people: { joined: [], left: expect.arrayContaining(["p0@acme.test", "p1@acme.test"]) },
		});
		expect(await db.select().from(directoryGroups).where(eq(directoryGroups.id, group.id))).toEqual(
			[],
		);
	});
});
