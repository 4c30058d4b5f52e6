import { and, eq } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { type Db, transact } from "@/db/client";
import {
	connections,
	directories,
	directoryTokens,
	directoryUsers,
	refusals,
	workspaces,
} from "@/db/schema";
import { aWorkspace, freshDb, operator, setPolicy } from "@/db/testing";
import { disableDirectory, enableDirectory } from "@/lib/directory/directory";
import { revokeToken, rotateToken } from "@/lib/directory/tokens";
import { newId } from "@/lib/platform/ids";
import { type Answer, aClient, aConnection, type Client, person, request } from "./testing";

let db: Db;
let client: Client;

beforeAll(async () => {
	db = await freshDb();
	client = await aClient(db, (await aWorkspace(db)).id);
});

/** Every refusal has the protocol's own form (RFC 7644 §3.12). */
function expectError(answer: Answer, status: number, scimType?: string) {
	expect(answer.status).toBe(status);
	expect(answer.headers.get("content-type")).toBe("application/scim+json");
	expect(answer.headers.get("cache-control")).toBe("no-store");
	expect(answer.body).toEqual({
		schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"],
		status: String(status),
		...(scimType ? { scimType } : {}),
		detail: expect.stringMatching(/\S/),
	});
}

const countUsers = async () =>
	(await db.select().from(directoryUsers).where(eq(directoryUsers.workspaceId, client.workspaceId)))
		.length;

describe("the token", () => {
	const bearer = () => `Bearer ${client.token}`;

	test.each([
		["none", {}],
		["an empty one", { authorization: "Bearer " }],
		["the scheme alone", { authorization: "Bearer" }],
		["a wrong one", { authorization: "Bearer ghd_wrong" }],
		["no scheme", { authorization: "non-token" }],
		["another scheme", { authorization: "Basic Z2hkOng=" }],
		["a NUL-like one", { authorization: "Bearer %00" }],
		["a session cookie", { cookie: "next-auth.session-token=x" }],
		["one that is far too long", { authorization: `Bearer ${"a".repeat(5000)}` }],
	])("%s is 401", async (_, headers) => {
		const answer = await request(db, "GET", "/Users", undefined, headers);
		expectError(answer, 401);
		expect(answer.headers.get("www-authenticate")).toMatch(/^Bearer/);
	});

	test("may be named by its scheme in any case", async () => {
		const headers = { authorization: bearer().replace("Bearer", "bearer") };
		expect((await request(db, "GET", "/Users", undefined, headers)).status).toBe(200);
	});

	test("cut or with more behind it is 401", async () => {
		for (const authorization of [bearer().slice(0, -1), `${bearer()}x`, `${bearer()}, ${bearer()}`])
			expectError(await request(db, "GET", "/Users", undefined, { authorization }), 401);
	});

	// Security case: a proxy or router that reads paths otherwise must not find a way around.
	test.each([
		"",
		"/",
		"/Users",
		"/users",
		"/USERS",
		"/%55sers",
		"/Users/",
		"//Users",
		"/Users//",
		"/./Users",
		"/%2e/Users",
		"/x/../Users",
		"/x/%2e%2e/Users",
		"/Users%2f1",
		"/Users%00",
		"/Users/%",
		"/Users?filter=(((",
		"/Users?startIndex=abc",
		"/ServiceProviderConfig",
		"/Schemas",
		"/ResourceTypes",
		"/Bulk",
		"/Me",
		"/.search",
		"/nothing/here",
		"/../../api/scim/v2/Users",
	])("missing is 401 for every method at %s", async (path) => {
		for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
			expectError(await request(db, method, path, undefined, {}), 401);
	});

	test("missing is 401 whatever the body", async () => {
		for (const body of ["not json", "x".repeat(2_000_000)])
			expectError(await request(db, "POST", "/Users", body, {}), 401);
	});

	test("revoked, expired or rotated is 401 at once", async () => {
		const workspace = await aWorkspace(db);
		const own = await aClient(db, workspace.id);
		const directory = { workspaceId: workspace.id, id: own.directoryId };
		expect((await own.send("GET", "/Users")).status).toBe(200);

		const rotated = await transact(db, (tx) =>
			rotateToken(tx, operator, directory, own.tokenId, "none", new Date()),
		);
		if (!rotated.ok) throw new Error(rotated.reason);
		expectError(await own.send("GET", "/Users"), 401);
		const authorization = `Bearer ${rotated.token}`;
		expect((await request(db, "GET", "/Users", undefined, { authorization })).status).toBe(200);

		await db
			.update(directoryTokens)
			.set({ expiresAt: new Date(Date.now() - 1000) })
			.where(eq(directoryTokens.id, rotated.stored.id));
		expectError(await request(db, "GET", "/Users", undefined, { authorization }), 401);

		await db
			.update(directoryTokens)
			.set({ expiresAt: null })
			.where(eq(directoryTokens.id, rotated.stored.id));
		await transact(db, (tx) => revokeToken(tx, operator, directory, rotated.stored.id, new Date()));
		expectError(await request(db, "GET", "/Users", undefined, { authorization }), 401);
	});

	test("is kept as a hash, and its use is noted at most once a minute", async () => {
		const workspace = await aWorkspace(db);
		let now = new Date("2030-01-01T00:00:00Z");
		const own = await aClient(db, workspace.id, { now: () => now });
		const noted = async () => {
			const [token] = await db
				.select()
				.from(directoryTokens)
				.where(eq(directoryTokens.id, own.tokenId));
			const [directory] = await db
				.select()
				.from(directories)
				.where(eq(directories.id, own.directoryId));
			expect(JSON.stringify(token)).not.toContain(own.token);
			expect(directory?.lastRequestAt).toEqual(token?.lastUsedAt);
			return token?.lastUsedAt?.toISOString() ?? null;
		};
		expect(await noted()).toBeNull();
		await own.send("GET", "/Users");
		expect(await noted()).toBe("2030-01-01T00:00:00.000Z");
		now = new Date("2030-01-01T00:00:59Z");
		await own.send("GET", "/Users");
		expect(await noted()).toBe("2030-01-01T00:00:00.000Z");
		now = new Date("2030-01-01T00:01:00Z");
		await own.send("GET", "/Users");
		expect(await noted()).toBe("2030-01-01T00:01:00.000Z");
	});

	test("refusals are counted, not logged one by one", async () => {
		const headers = { "x-gatehouse-address": "192.0.2.77", authorization: "Bearer nope" };
		for (let i = 0; i < 5; i++) await request(db, "GET", "/Users", undefined, headers);
		const rows = await db.select().from(refusals).where(eq(refusals.address, "192.0.2.77"));
		expect(rows.length).toBeLessThan(3);
		expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(5);
		expect(rows[0]).toMatchObject({ kind: "scim.unknown_token", workspaceId: null });
	});
});

describe("the workspace in the address", () => {
	test("that is the token's own works, and is used in locations", async () => {
		const base = `/${client.workspaceId}`;
		const made = await client.send("POST", `${base}/Users`, person("loc@acme.test"));
		expect(made.status).toBe(201);
		const location = `https://gatehouse.test/api/scim/v2${base}/Users/${made.body.id}`;
		expect(made.headers.get("location")).toBe(location);
		expect(made.body.meta.location).toBe(location);
		const read = await client.send("GET", `/Users/${made.body.id}`);
		expect(read.body.meta.location).toBe(location.replace(base, ""));
		const upper = await client.send("GET", `${base.toUpperCase()}/Users/${made.body.id}`);
		expect(upper.status).toBe(200);
	});

	test("that is another's is answered like an unknown token", async () => {
		const other = await aWorkspace(db);
		await aClient(db, other.id);
		for (const id of [other.id, newId()]) {
			const foreign = await client.send("GET", `/${id}/Users`);
			const unknown = await request(db, "GET", "/Users", undefined, {
				authorization: "Bearer ghd_unknown",
			});
			expectError(foreign, 401);
			expect(foreign.body).toEqual(unknown.body);
			const post = await client.send("POST", `/${id}/Users`, person("x@acme.test"));
			expectError(post, 401);
		}
		expect(
			await db.select().from(directoryUsers).where(eq(directoryUsers.workspaceId, other.id)),
		).toEqual([]);
	});

	test("that is malformed is 404", async () => {
		expectError(await client.send("GET", "/not-an-id/Users"), 404);
		expectError(await client.send("GET", "/123/Users"), 404);
	});
});

describe("a directory that does not answer", () => {
	test("is 403 while it is off, and answers again with the same token", async () => {
		const workspace = await aWorkspace(db);
		const own = await aClient(db, workspace.id);
		const [directory] = await db
			.select()
			.from(directories)
			.where(eq(directories.id, own.directoryId));
		if (!directory) throw new Error("no directory");
		await transact(db, (tx) => disableDirectory(tx, operator, directory));
		const off = await own.send("POST", "/Users", person("a@acme.test"));
		expectError(off, 403);
		expect(off.body.detail).toContain("SCIM is disabled");
		expectError(await own.send("GET", "/nothing"), 403);
		await transact(db, (tx) => enableDirectory(tx, operator, workspace.id, new Date()));
		expect((await own.send("GET", "/Users")).body.totalResults).toBe(0);
	});

	test("is 403 on a plan without SCIM", async () => {
		const workspace = await aWorkspace(db);
		const own = await aClient(db, workspace.id);
		await db.update(workspaces).set({ plan: "free" }).where(eq(workspaces.id, workspace.id));
		const answer = await own.send("GET", "/Users");
		expectError(answer, 403);
		expect(answer.body.detail).toContain("plan");
	});

	test("is 403 without the connection the policy asks for", async () => {
		const workspace = await aWorkspace(db, { policy: { directoryNeeds: "activeConnection" } });
		const id = newId();
		await db.insert(connections).values(aConnection(workspace.id, id));
		const own = await aClient(db, workspace.id);
		expect((await own.send("GET", "/Users")).status).toBe(200);
		await db.update(connections).set({ status: "paused" }).where(eq(connections.id, id));
		const answer = await own.send("GET", "/Users");
		expectError(answer, 403);
		expect(answer.body.detail).toContain("active SSO connection");
		await db.update(connections).set({ status: "active" }).where(eq(connections.id, id));
		await transact(db, (tx) => setPolicy(tx, workspace.id, { directoryNeeds: "activeSaml" }));
		expectError(await own.send("GET", "/Users"), 403);
	});

	test("cannot be turned on without what the policy asks for", async () => {
		const workspace = await aWorkspace(db, { policy: { directoryNeeds: "activeConnection" } });
		await expect(aClient(db, workspace.id)).rejects.toThrow("connection_needed");
		const free = await aWorkspace(db, { plan: "free" });
		await expect(aClient(db, free.id)).rejects.toThrow("plan_needed");
	});
});

describe("a path", () => {
	test.each([
		"/users",
		"/Usersx",
		"/Users/1/2",
		"//Users",
		"/Users//",
		"/Users%2f1",
		"/Users/a%2fb",
		"/Users/a%5cb",
		"/Users/%zz",
		"/Users/%00",
		"/Users/%2555",
		"/nothing",
		"/x/../../v3/Users",
		"/Schemas/urn:unknown",
		"/ResourceTypes/Robot",
		"/Groups/x",
	])("that leads nowhere is 404: %s", async (path) => {
		expectError(await client.send("GET", path), 404);
	});

	test.each(["/Users/", "/%55sers", "/Users?", "/Users?startIndex=1&", "/Users?aadOptscim062020"])(
		"may be written as %s",
		async (path) => {
			expect((await client.send("GET", path)).status).toBe(200);
		},
	);

	test.each([
		["DELETE", "/Users", "GET, HEAD, POST"],
		["PUT", "/Users", "GET, HEAD, POST"],
		["POST", "/Users/1", "GET, HEAD, PUT, PATCH, DELETE"],
		["GET", "/Bulk", "POST"],
		["HEAD", "/Bulk", "POST"],
		["HEAD", "/.search", "POST"],
		["POST", "/ServiceProviderConfig", "GET, HEAD"],
		["PATCH", "/Schemas", "GET, HEAD"],
		["OPTIONS", "/Users", "GET, HEAD, POST"],
	])("does not take %s at %s", async (method, path, allow) => {
		const answer = await client.send(method, path);
		expectError(answer, 405);
		expect(answer.headers.get("allow")).toBe(allow);
	});

	test("answers HEAD as it answers GET (RFC 9110 §9.3.2)", async () => {
		const { body: made } = await client.send("POST", "/Users", person("head@acme.test"));
		for (const path of [
			`/Users/${made.id}`,
			"/Users/1",
			'/Users?filter=userName eq "head@acme.test"',
			"/Users?filter=(((",
			"/Groups",
			"/Schemas",
			"/Me",
			"/nothing",
		])
			expect(await client.send("HEAD", path)).toEqual(await client.send("GET", path));
		const known = { "if-none-match": made.meta.version };
		expect((await client.send("HEAD", `/Users/${made.id}`, undefined, known)).status).toBe(304);
		expectError(await request(db, "HEAD", "/Users", undefined, {}), 401);
	});

	test.each([
		["GET", "/Me"],
		["POST", "/Me"],
		["PATCH", "/Me"],
	])("is not implemented: %s %s", async (method, path) => {
		expectError(await client.send(method, path, method === "GET" ? undefined : {}), 501);
	});
});

describe("a body", () => {
	const post = (body: unknown, headers?: Record<string, string>) =>
		client.send("POST", "/Users", body, headers);

	test.each([
		["that is not JSON", "not json", 400, "invalidSyntax"],
		["that is empty", "", 400, "invalidSyntax"],
		["that is half", '{"userName":', 400, "invalidSyntax"],
		["that is a list", "[]", 400, "invalidSyntax"],
		["that is null", "null", 400, "invalidSyntax"],
		["that is deep", "[".repeat(200_000), 400, "invalidSyntax"],
		["without userName", "{}", 400, "invalidValue"],
		["of another schema", '{"schemas":["urn:x"],"userName":"a"}', 400, "invalidSyntax"],
		["of another type", '{"userName":["a","b"]}', 400, "invalidValue"],
		["with a NUL", '{"userName":"a\\u0000b"}', 400, "invalidValue"],
		["with half a surrogate", '{"userName":"\\ud800"}', 400, "invalidValue"],
		["with a long userName", `{"userName":"${"a".repeat(2000)}"}`, 400, "invalidValue"],
		[
			"with a long externalId",
			`{"userName":"a","externalId":"${"é".repeat(600)}"}`,
			400,
			"invalidValue",
		],
		["that reaches for a prototype", '{"userName":"a","__proto__":{"x":1}}', 400, "invalidPath"],
	])("%s changes nothing", async (_, body, status, scimType) => {
		const before = await countUsers();
		expectError(await post(body), status, scimType);
		expect(await countUsers()).toBe(before);
	});

	test("that is too long is 413, whatever its declared length", async () => {
		const long = JSON.stringify(person("long@acme.test", { title: "x".repeat(1024 * 1024) }));
		expectError(await post(long), 413);
		expectError(await post(`"${"x".repeat(10 * 1024 * 1024)}"`), 413);
		const declared = { "content-length": String(2 ** 31) };
		expectError(await post(person("long@acme.test"), declared), 413);
		const own = await aClient(db, client.workspaceId, { maxBody: 64 });
		expectError(await own.send("POST", "/Users", person("long@acme.test")), 413);
	});

	test.each(["text/xml", "text/plain", "application/x-www-form-urlencoded", "application/jsonx"])(
		"of type %s is 415",
		async (type) => {
			expectError(await post(person("type@acme.test"), { "content-type": type }), 415);
		},
	);

	test("that is compressed is 415", async () => {
		const headers = { "content-encoding": "gzip" };
		expectError(await post(person("gzip@acme.test"), headers), 415);
	});

	test.each(["application/json", "application/scim+json; charset=utf-8", "Application/JSON"])(
		"of type %s is read",
		async (type) => {
			const userName = `type-${newId()}@acme.test`;
			expect((await post(person(userName), { "content-type": type })).status).toBe(201);
		},
	);
});

describe("a fault of ours", () => {
	test("is 500 in the protocol's form and says nothing of the cause", async () => {
		const seen: unknown[] = [];
		const now = () => {
			throw new Error("connect ECONNREFUSED postgres://secret");
		};
		const answer = await request(
			db,
			"GET",
			"/Users",
			undefined,
			{},
			{
				now,
				onError: (error) => seen.push(error),
			},
		);
		expectError(answer, 500);
		expect(JSON.stringify(answer.body)).not.toContain("secret");
		expect(seen).toHaveLength(1);
	});
});

describe("discovery", () => {
	test("says what is served, and all of it can be read", async () => {
		const config = await client.send("GET", "/ServiceProviderConfig");
		expect(config.status).toBe(200);
		expect(config.body).toMatchObject({
			schemas: ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
			patch: { supported: true },
			bulk: { supported: true, maxOperations: 1000, maxPayloadSize: 4 * 1024 * 1024 },
			filter: { supported: true, maxResults: 200 },
			sort: { supported: true },
			pagination: { cursor: true, index: true, defaultPaginationMethod: "index" },
			etag: { supported: true },
			changePassword: { supported: false },
		});
		for (const path of ["/Schemas", "/ResourceTypes"]) {
			const list = await client.send("GET", path);
			expect(list.body.totalResults).toBe(list.body.Resources.length);
			for (const item of list.body.Resources)
				expect((await client.send("GET", `${path}/${item.id}`)).body).toEqual(item);
			expect(JSON.stringify(list.body)).not.toContain("null");
		}
		const types = await client.send("GET", "/ResourceTypes");
		expect(types.body.Resources.map(({ id }: { id: string }) => id)).toEqual(["User", "Group"]);
	});

	test("is not searched", async () => {
		expectError(await client.send("GET", '/Schemas?filter=id eq "x"'), 403);
	});

	test("has no groups, which lets connection tests pass", async () => {
		const groups = await client.send("GET", "/Groups?startIndex=1&count=100");
		expect(groups.status).toBe(200);
		expect(groups.body).toMatchObject({ totalResults: 0, Resources: [] });
	});
});

test("two tokens of one directory see the same, and one can end alone", async () => {
	const second = await aClient(db, client.workspaceId);
	await transact(db, (tx) =>
		revokeToken(
			tx,
			operator,
			{ workspaceId: client.workspaceId, id: client.directoryId },
			second.tokenId,
			new Date(),
		),
	);
	expectError(await second.send("GET", "/Users"), 401);
	expect((await client.send("GET", "/Users")).status).toBe(200);
	const [row] = await db
		.select()
		.from(directoryTokens)
		.where(
			and(
				eq(directoryTokens.workspaceId, client.workspaceId),
				eq(directoryTokens.id, client.tokenId),
			),
		);
	expect(row?.revokedAt).toBeNull();
});
