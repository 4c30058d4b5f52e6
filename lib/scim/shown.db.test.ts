/** Whom a directory is shown (policy `directoryShows`), and whose requests with an old token are logged. */
import { and, eq } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { type Db, transact } from "@/db/client";
import { activity, directoryTokens, directoryUsers, domains, members } from "@/db/schema";
import { aMember, aWorkspace, freshDb } from "@/db/testing";
import { record } from "@/lib/activity/record";
import type { RequestEntry } from "@/lib/directory/request-log";
import { newId } from "@/lib/platform/ids";
import { aClient, coreUser, person } from "./testing";

let db: Db;
beforeAll(async () => {
	db = await freshDb();
});

type Policy = NonNullable<NonNullable<Parameters<typeof aWorkspace>[1]>["policy"]>;

/** Ada and Ben by hand, Zoe by the directory, and somebody in another workspace. */
async function aHouse(policy: Policy = {}) {
	const workspace = await aWorkspace(db, { policy });
	await db.insert(domains).values({
		workspaceId: workspace.id,
		domain: "acme.test",
		state: "verified",
		proofToken: newId(),
	});
	const ada = await aMember(db, workspace, { email: "Ada@acme.test", name: "Ben Ada Ångström" });
	const ben = await aMember(db, workspace, { email: "ben@acme.test", name: "Ben" });
	await aMember(db, await aWorkspace(db), { email: "eve@acme.test", name: "Eve" });
	const client = await aClient(db, workspace.id);
	const zoe = (await client.send("POST", "/Users", person("zoe@acme.test"))).body;
	return { workspace, client, ada, ben, zoe };
}

const names = (resources: { userName: string }[]) => resources.map(({ userName }) => userName);

describe("directoryShows: everyone", () => {
	test("lists every member of the workspace once, page by page", async () => {
		const { client, zoe } = await aHouse({ directoryShows: "everyone" });
		const all = (await client.send("GET", "/Users")).body;
		expect(all.totalResults).toBe(3);
		expect(names(all.Resources).sort()).toEqual([
			"Ada@acme.test",
			"ben@acme.test",
			"zoe@acme.test",
		]);
		const pages = [1, 2, 3].map((start) =>
			client.send("GET", `/Users?startIndex=${start}&count=1`),
		);
		const one = (await Promise.all(pages)).flatMap(({ body }) => body.Resources);
		expect(names(one)).toEqual(names(all.Resources));
		const cursor = (await client.send("GET", "/Users?cursor&count=2")).body;
		const rest = await client.send("GET", `/Users?cursor=${cursor.nextCursor}&count=2`);
		expect(names([...cursor.Resources, ...rest.body.Resources])).toEqual(names(all.Resources));
		expect((await client.send("GET", `/Users/${zoe.id}`)).status).toBe(200);
	});

	test("finds somebody unmanaged by what is shown of them, and reads them by id", async () => {
		const { client, ada } = await aHouse({ directoryShows: "everyone" });
		for (const filter of [
			'userName eq "ada@ACME.test"',
			'emails.value eq "ada@acme.test"',
			'emails[primary eq true].value eq "ada@acme.test"',
			'displayName sw "BEN A"',
			`id eq "${ada.id}"`,
		]) {
			const path = `/Users?filter=${encodeURIComponent(filter)}`;
			const { Resources } = (await client.send("GET", path)).body;
			expect(Resources, filter).toMatchObject([{ id: ada.id, displayName: "Ben Ada Ångström" }]);
		}
		const read = (await client.send("GET", `/Users/${ada.id}`)).body;
		expect(read).toMatchObject({
			schemas: [coreUser],
			id: ada.id,
			userName: "Ada@acme.test",
			active: true,
			emails: [{ value: "Ada@acme.test", primary: true }],
		});
	});

	test("a change of somebody unmanaged takes them over by the rules of linking", async () => {
		const { client, ada, ben } = await aHouse({ directoryShows: "everyone" });
		const off = { op: "replace", path: "active", value: false };
		expect((await client.patch(ada.id, off)).body).toMatchObject({ id: ada.id, active: false });
		const [after] = await db.select().from(members).where(eq(members.id, ada.id));
		expect(after).toMatchObject({ status: "suspended", email: "Ada@acme.test" });
		const [entry] = await db.select().from(directoryUsers).where(eq(directoryUsers.id, ada.id));
		expect(entry).toMatchObject({ memberId: ada.id, createdMember: false });
		// Naming another address in the same breath does not give it to the member.
		const body = { ...person("mallory@evil.test"), id: ben.id };
		expect((await client.send("PUT", `/Users/${ben.id}`, body)).status).toBe(200);
		const [same] = await db.select().from(members).where(eq(members.id, ben.id));
		expect(same?.email).toBe("ben@acme.test");
		expect((await client.send("GET", "/Users")).body.totalResults).toBe(3);
	});

	test("nobody is taken over where the policy or the domain says no, and nobody deleted", async () => {
		const kept = await aHouse({ directoryShows: "everyone", provisionExisting: "conflict" });
		const off = { op: "replace", path: "active", value: false };
		expect((await kept.client.patch(kept.ben.id, off)).status).toBe(409);
		expect((await kept.client.send("DELETE", `/Users/${kept.ben.id}`)).status).toBe(404);
		const open = await aHouse({ directoryShows: "everyone" });
		await db
			.update(domains)
			.set({ state: "pending" })
			.where(eq(domains.workspaceId, open.workspace.id));
		expect((await open.client.patch(open.ben.id, off)).status).toBe(409);
		for (const { ben } of [kept, open]) {
			const [after] = await db.select().from(members).where(eq(members.id, ben.id));
			expect(after?.status).toBe("active");
		}
	});
});

test("directoryShows: managed lists, finds and changes only whom the directory brought", async () => {
	const { client, ada } = await aHouse({ directoryShows: "managed" });
	expect((await client.send("GET", "/Users")).body.totalResults).toBe(1);
	expect((await client.send("GET", `/Users/${ada.id}`)).status).toBe(404);
	const off = { op: "replace", path: "active", value: false };
	expect((await client.patch(ada.id, off)).status).toBe(404);
});

describe("a token that was good once", () => {
	async function aLoggedClient() {
		const logged: RequestEntry[] = [];
		const client = await aClient(db, (await aWorkspace(db)).id, {
			note: (one) => logged.push(one),
		});
		return { client, logged };
	}
	const actor = { kind: "operator", label: "Test operator" } as const;

	test("revoked when SSO was turned off: refused as ever, and its directory's log says why", async () => {
		const { client, logged } = await aLoggedClient();
		await transact(db, async (tx) => {
			await tx
				.update(directoryTokens)
				.set({ revokedAt: new Date("2026-11-20T10:00:00Z") })
				.where(eq(directoryTokens.id, client.tokenId));
			await record(tx, client.workspaceId, actor, {
				kind: "token.revoked",
				subject: { kind: "token", id: client.tokenId, label: "IdP" },
				details: { because: "sso_off" },
			});
		});
		const answers = [await client.send("GET", "/Users"), await client.send("GET", "/Users")];
		expect(answers.map(({ status }) => status)).toEqual([401, 401]);
		expect(JSON.stringify(answers)).not.toMatch(/SSO was turned off/);
		// The second comes too soon after the first to be worth a line.
		expect(logged).toMatchObject([
			{
				status: 401,
				tokenName: "IdP",
				directory: { workspaceId: client.workspaceId, id: client.directoryId },
				notes: [
					"The token was revoked when SSO was turned off, on 2026-11-20. Make a new token and give it to the provider.",
				],
			},
		]);
		const events = and(
			eq(activity.workspaceId, client.workspaceId),
			eq(activity.kind, "token.revoked"),
		);
		expect(await db.$count(activity, events)).toBe(1);
	});

	test("an unknown one belongs to no log", async () => {
		const { client, logged } = await aLoggedClient();
		const headers = { authorization: "Bearer ghd_nobody" };
		expect((await client.send("GET", "/Users", undefined, headers)).status).toBe(401);
		expect(logged).toEqual([]);
	});
});
