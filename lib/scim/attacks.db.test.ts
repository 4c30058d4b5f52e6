/** The attacks on directory sync, by their ids, and two workspaces under random requests at once. */
import { and, eq } from "drizzle-orm";
import * as fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { type Db, transact } from "@/db/client";
import {
	apiKeys,
	directories,
	directoryGroups,
	directoryUsers,
	members,
	sessions,
} from "@/db/schema";
import { aMember, aWorkspace, freshDb } from "@/db/testing";
import { recogniseApiKey } from "@/lib/accounts/api-keys";
import { sealBrowserId, sessionCookie } from "@/lib/accounts/session-cookie";
import { startSession } from "@/lib/accounts/sessions";
import { hashToken, newToken } from "@/lib/platform/crypto";
import { newId } from "@/lib/platform/ids";
import { currentPolicy } from "@/lib/workspaces/policy";
import { aClient, type Client, patchOp, person, request } from "./testing";

let db: Db;

beforeAll(async () => {
	db = await freshDb();
});

const patch = (...Operations: unknown[]) => ({ schemas: [patchOp], Operations });

const memberOf = async (client: Client, id: string) =>
	(
		await db
			.select()
			.from(members)
			.where(and(eq(members.workspaceId, client.workspaceId), eq(members.id, id)))
	)[0];

test("A19: whoever SCIM deactivates or deletes has no session with the answer", async () => {
	const client = await aClient(db, (await aWorkspace(db)).id);
	for (const end of [
		(id: string) =>
			client.send(
				"PATCH",
				`/Users/${id}`,
				patch({ op: "Replace", path: "active", value: "False" }),
			),
		(id: string) => client.send("PUT", `/Users/${id}`, person("ada@acme.test", { active: false })),
		(id: string) => client.send("DELETE", `/Users/${id}`),
		(id: string) =>
			client.send("POST", "/Bulk", { Operations: [{ method: "DELETE", path: `/Users/${id}` }] }),
	]) {
		const made = await client.send("POST", "/Users", person("ada@acme.test"));
		const { id } = made.body;
		const member = await memberOf(client, id);
		const later = new Date(Date.now() + 3_600_000);
		await db.insert(sessions).values({
			workspaceId: client.workspaceId,
			id: newId(),
			memberId: id,
			browserHash: newId(),
			method: "sso",
			workspaceEpoch: 1,
			memberEpoch: member?.epoch ?? 1,
			authenticatedAt: new Date(),
			createdAt: new Date(),
			lastSeenAt: new Date(),
			idleUntil: later,
			expiresAt: later,
		});
		const key = newToken();
		await db.insert(apiKeys).values({
			workspaceId: client.workspaceId,
			id: newId(),
			memberId: id,
			name: "CI",
			hash: hashToken(key),
			prefix: key.slice(0, 10),
			scopes: ["me:read"],
		});
		expect((await recogniseApiKey(db, key, new Date())).caller).not.toBeNull();
		expect((await end(id)).status).toBeLessThan(300);
		expect((await recogniseApiKey(db, key, new Date())).caller).toBeNull();
		expect(await db.select().from(sessions).where(eq(sessions.memberId, id))).toEqual([]);
		const now = await memberOf(client, id);
		// A session about to be written is dead too.
		if (now) expect(now).toMatchObject({ status: "suspended", epoch: (member?.epoch ?? 0) + 1 });
		await client.send("DELETE", `/Users/${id}`);
	}
});

test("A21: a role that is unknown, unmapped, empty or not to be granted raises nobody", async () => {
	const workspace = await aWorkspace(db, {
		policy: { rolesFrom: "attribute", attributeMayGrant: "allButAdmin" },
	});
	const client = await aClient(db, workspace.id);
	const made = await client.send("POST", "/Users", person("ada@acme.test"));
	const before = (await memberOf(client, made.body.id))?.role;
	for (const value of [
		"Owner",
		"owner",
		"",
		[],
		null,
		"admin",
		"ADMIN",
		[{ value: "admin" }],
		[{ value: "Owner", primary: "True" }],
		[{ value: '{"value":"admin"}' }],
		[{ value: "admin\u0000" }],
		{ value: { toString: "admin" } },
		"__proto__",
	]) {
		const operation = { op: "replace", path: "roles", value };
		const answer = await client.send("PATCH", `/Users/${made.body.id}`, patch(operation));
		expect([200, 400], JSON.stringify(value)).toContain(answer.status);
		expect((await memberOf(client, made.body.id))?.role, JSON.stringify(value)).toBe(before);
	}
	for (const roles of ["Owner", ["admin"], [{ value: "admin" }]]) {
		const other = await client.send("POST", "/Users", person(`${newId()}@acme.test`, { roles }));
		expect([201, 400]).toContain(other.status);
		if (other.status === 201)
			expect((await memberOf(client, other.body.id))?.role).not.toBe("admin");
	}
});

describe("A22: a token", () => {
	test("on another workspace's address, revoked or missing is 401, of a directory that is off 403", async () => {
		const [a, b] = [
			await aClient(db, (await aWorkspace(db)).id),
			await aClient(db, (await aWorkspace(db)).id),
		];
		const paths = ["/Users", "/Groups", "/Bulk", "/.search", "/Schemas", "", `/Users/${newId()}`];
		for (const path of paths)
			for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"]) {
				const body = method === "GET" || method === "DELETE" ? undefined : {};
				const crossed = await a.send(method, `/${b.workspaceId}${path}`, body);
				expect(crossed.status, `${method} ${path}`).toBe(401);
				for (const headers of [{}, { authorization: "Bearer " }, { authorization: "Bearer  x" }]) {
					const answer = await request(db, method, path, body, headers as Record<string, string>);
					expect(answer.status, `${method} ${path}`).toBe(401);
					expect(answer.headers.get("www-authenticate")).toMatch(/^Bearer/);
				}
			}
		await db.update(directories).set({ enabled: false }).where(eq(directories.id, a.directoryId));
		for (const path of paths) expect((await a.send("GET", path)).status).toBe(403);
		expect((await b.send("GET", "/Users")).status).toBe(200);
	});

	test("is not what the live session of an admin's browser stands in for", async () => {
		const workspace = await aWorkspace(db);
		const client = await aClient(db, workspace.id);
		const admin = await aMember(db, workspace, { roleByHand: "admin" });
		const browserId = await transact(db, async (tx) =>
			startSession(tx, {
				workspaceId: workspace.id,
				memberId: admin.id,
				method: "password",
				policy: (await currentPolicy(tx, workspace.id)).document,
				visitor: { browserId: null, address: "192.0.2.1", userAgent: "" },
				now: new Date(),
			}),
		);
		const headers = { cookie: `${sessionCookie}=${await sealBrowserId(browserId)}` };
		for (const path of ["/Users", `/${workspace.id}/Users`])
			expect((await request(db, "POST", path, person("x@acme.test"), headers)).status).toBe(401);
		expect((await client.send("GET", "/Users")).body.totalResults).toBe(0);
	});

	test("missing is 401 however the path is written", async () => {
		for (const path of [
			"/%55sers",
			"/%2555sers",
			"//Users",
			"/Users//",
			"/./Users",
			"/%2e%2e/v2/Users",
			"/USERS",
			"/groups",
			"/Groups/%2e",
			"/Groups%2f1",
			"/%42ulk",
			"/Users;x=1",
			"/.search/",
			"/Users/.search",
		])
			for (const method of ["GET", "POST", "PATCH", "DELETE"])
				expect((await request(db, method, path, undefined, {})).status, path).toBe(401);
	});
});

describe("another workspace's people and groups", () => {
	test("are not there, whichever way they are asked for", async () => {
		const [a, b] = [
			await aClient(db, (await aWorkspace(db)).id),
			await aClient(db, (await aWorkspace(db)).id),
		];
		const ben = (await b.send("POST", "/Users", person("ben@acme.test"))).body;
		const group = (
			await b.send("POST", "/Groups", { displayName: "Secret", members: [{ value: ben.id }] })
		).body;
		const mine = (await a.send("POST", "/Groups", { displayName: "Mine" })).body;
		const add = { op: "add", path: "members", value: [{ value: ben.id }] };
		for (const [method, path, body] of [
			["GET", `/Groups/${group.id}`],
			["PUT", `/Groups/${group.id}`, { displayName: "Taken" }],
			["PATCH", `/Groups/${group.id}`, patch({ op: "remove", path: "members" })],
			["DELETE", `/Groups/${group.id}`],
			["GET", `/Users/${ben.id}`],
		] as const)
			expect((await a.send(method, path, body)).status, `${method} ${path}`).toBe(404);
		expect((await a.send("PATCH", `/Groups/${mine.id}`, patch(add))).status).toBe(204);
		expect((await a.send("GET", `/Groups/${mine.id}`)).body).not.toHaveProperty("members");
		for (const filter of [
			`groups.value eq "${group.id}"`,
			`groups.display eq "Secret"`,
			`id eq "${ben.id}"`,
			'emails[value co "ben"]',
			"not (userName eq null)",
		])
			expect(
				(await a.send("GET", `/Users?filter=${encodeURIComponent(filter)}`)).body.totalResults,
			).toBe(0);
		const inBulk = await a.send("POST", "/Bulk", {
			Operations: [
				{ method: "DELETE", path: `/Users/${ben.id}` },
				{ method: "DELETE", path: `/Groups/${group.id}` },
				{ method: "PATCH", path: `/${b.workspaceId}/Users/${ben.id}`, data: {} },
				{ method: "DELETE", path: `/../${b.workspaceId}/Users/${ben.id}` },
			],
		});
		expect(inBulk.body.Operations).toMatchObject(Array(4).fill({ status: "404" }));
		expect((await b.send("GET", `/Groups/${group.id}`)).body.members).toHaveLength(1);
		expect((await a.send("GET", "/?count=200")).body.totalResults).toBe(1);
	});
});

test("A23: random requests of two workspaces at once, and nothing is crossed", {
	timeout: 240_000,
}, async () => {
	const houses = [
		await aClient(db, (await aWorkspace(db)).id),
		await aClient(db, (await aWorkspace(db)).id),
	];
	/** The same names in both, so that whatever is looked up by one could be found in the other. */
	const who = fc.nat(5);
	const act = fc.record({ house: fc.nat(1), kind: fc.nat(6), who, also: who });
	const send = async ({
		house,
		kind,
		who,
		also,
	}: {
		house: number;
		kind: number;
		who: number;
		also: number;
	}) => {
		const client = houses[house] as Client;
		const find = async (n: number) =>
			(await client.send("GET", `/Users?filter=externalId eq "${n}"`)).body.Resources[0]?.id;
		const group = async () =>
			(await client.send("GET", `/Groups?filter=displayName eq "G"`)).body.Resources[0]?.id;
		const mark = `of-${house}`;
		if (kind === 0)
			return client.send(
				"POST",
				"/Users",
				person(`p${who}@acme.test`, { externalId: String(who), title: mark }),
			);
		if (kind === 1) return client.send("POST", "/Groups", { displayName: "G", externalId: mark });
		const id = await find(who);
		if (!id) return undefined;
		if (kind === 2)
			return client.send(
				"PATCH",
				`/Users/${id}`,
				patch({ op: "replace", path: "nickName", value: mark }),
			);
		if (kind === 3)
			return client.send(
				"PUT",
				`/Users/${id}`,
				person(`p${also}@acme.test`, { externalId: String(who), title: mark }),
			);
		if (kind === 4) return client.send("DELETE", `/Users/${id}`);
		const groupId = await group();
		if (!groupId) return undefined;
		const value = [{ value: id }, { value: (await find(also)) ?? "nobody" }];
		return client.send(
			"PATCH",
			`/Groups/${groupId}`,
			patch({ op: kind === 5 ? "add" : "remove", path: "members", value }),
		);
	};
	await fc.assert(
		fc.asyncProperty(fc.array(act, { minLength: 10, maxLength: 30 }), async (acts) => {
			const answers = await Promise.all(acts.map(send));
			for (const answer of answers)
				if (answer)
					expect([200, 201, 204, 404, 409], JSON.stringify(answer.body)).toContain(answer.status);
		}),
		{ numRuns: 8 },
	);
	for (const [house, client] of houses.entries()) {
		const mark = `of-${house}`;
		const rows = await db
			.select()
			.from(directoryUsers)
			.where(eq(directoryUsers.directoryId, client.directoryId));
		for (const { workspaceId, resource } of rows) {
			expect(workspaceId).toBe(client.workspaceId);
			expect(resource.title).toBe(mark);
			expect([undefined, mark]).toContain(resource.nickName);
		}
		const groups = await db
			.select()
			.from(directoryGroups)
			.where(eq(directoryGroups.directoryId, client.directoryId));
		const ids = new Set(rows.map(({ id }) => id));
		for (const group of groups) {
			expect(group.externalId).toBe(mark);
			const shown = (await client.send("GET", `/Groups/${group.id}`)).body;
			const inside = (shown.members ?? []) as { value: string }[];
			expect(inside.every(({ value }) => ids.has(value))).toBe(true);
			// The number that is kept beside is the number there is.
			expect(inside).toHaveLength(group.memberCount);
		}
	}
});

test("a value that is an address is kept as a text, and never fetched", async () => {
	const client = await aClient(db, (await aWorkspace(db)).id);
	const sent = {
		photos: [{ value: "http://169.254.169.254/" }],
		profileUrl: "javascript:alert(1)",
		displayName: '=HYPERLINK("http://x")',
	};
	const made = await client.send("POST", "/Users", person("<img src=x onerror=alert(1)>", sent));
	expect(made.body).toMatchObject(sent);
	expect(made.headers.get("content-type")).toBe("application/scim+json");
});
