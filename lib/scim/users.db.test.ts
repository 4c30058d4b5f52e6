import { and, eq } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import type { Db } from "@/db/client";
import { directories, directoryUsers, members } from "@/db/schema";
import { aWorkspace, freshDb } from "@/db/testing";
import { newId } from "@/lib/platform/ids";
import { type Answer, aClient, type Client, coreUser, patchOp, person, request } from "./testing";

const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

let db: Db;
let client: Client;

beforeAll(async () => {
	db = await freshDb();
	client = await aClient(db, (await aWorkspace(db)).id);
});

const membersOf = (workspaceId: string) =>
	db.select().from(members).where(eq(members.workspaceId, workspaceId));

const memberOf = async (id: string) => {
	const [row] = await db
		.select({ member: members })
		.from(directoryUsers)
		.innerJoin(
			members,
			and(
				eq(members.workspaceId, directoryUsers.workspaceId),
				eq(members.id, directoryUsers.memberId),
			),
		)
		.where(eq(directoryUsers.id, id));
	return row?.member;
};

const create = async (userName = `${newId()}@acme.test`, more = {}) => {
	const made = await client.send("POST", "/Users", person(userName, more));
	expect(made.status).toBe(201);
	return made.body;
};

const find = (filter: string, own = client) =>
	own.send("GET", `/Users?filter=${encodeURIComponent(filter)}`);

function expectRefused(answer: Answer, status: number, scimType?: string) {
	expect(answer.status).toBe(status);
	expect(answer.headers.get("content-type")).toBe("application/scim+json");
	expect(answer.body).toMatchObject({ status: String(status), ...(scimType ? { scimType } : {}) });
}

describe.each(["", "with the workspace in the address"])("a person's life %s", (form) => {
	test("create, find, change, deactivate, reactivate, delete", async () => {
		const base = form ? `/${client.workspaceId}` : "";
		const userName = `Life.${newId()}@Acme.test`;
		const miss = await client.send("GET", `${base}/Users?filter=userName eq "${userName}"`);
		expect(miss.body).toEqual({
			schemas: ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
			totalResults: 0,
			startIndex: 1,
			itemsPerPage: 0,
			Resources: [],
		});

		const made = await client.send("POST", `${base}/Users`, person(userName));
		expect(made.status).toBe(201);
		expect(made.headers.get("location")).toBe(made.body.meta.location);
		expect(made.headers.get("etag")).toBe('W/"1"');
		expect(made.body).toMatchObject({
			schemas: [coreUser],
			id: expect.any(String),
			userName,
			active: true,
			meta: { resourceType: "User", version: 'W/"1"' },
		});
		expect(made.body.meta.created).toBe(made.body.meta.lastModified);
		const { id } = made.body;
		expect(await memberOf(id)).toMatchObject({
			email: userName,
			emailProof: "directory",
			createdBy: "directory",
			name: "Ada Byron",
			status: "active",
			role: "member",
		});

		const found = await client.send(
			"GET",
			`${base}/Users?filter=userName+eq+%22${encodeURIComponent(userName.toUpperCase())}%22&`,
		);
		expect(found.body).toMatchObject({ totalResults: 1, itemsPerPage: 1 });
		expect(found.body.Resources).toEqual([made.body]);
		expect((await client.send("GET", `${base}/Users/${id}`)).body).toEqual(made.body);

		const put = await client.send("PUT", `${base}/Users/${id}`, {
			...made.body,
			displayName: "Ada King",
			title: "Countess",
		});
		expect(put.status).toBe(200);
		expect(put.body).toMatchObject({ displayName: "Ada King", title: "Countess" });
		expect(put.body.meta.version).toBe('W/"2"');
		expect(put.body.meta.created).toBe(made.body.meta.created);
		expect(await memberOf(id)).toMatchObject({ name: "Ada King" });

		const off = await client.patch(id, { op: "replace", value: { active: false } });
		expect(off.status).toBe(200);
		expect(off.body.active).toBe(false);
		expect(await memberOf(id)).toMatchObject({ status: "suspended", suspendedBy: "directory" });
		expect((await find(`userName eq "${userName}"`)).body.Resources[0]?.active).toBe(false);

		const on = await client.patch(id, { op: "Replace", path: "active", value: "True" });
		expect(on.body).toMatchObject({ id, active: true });
		expect(await memberOf(id)).toMatchObject({ status: "active", suspendedBy: null });

		const gone = await client.send("DELETE", `${base}/Users/${id}`);
		expect(gone.status).toBe(204);
		expect(gone.body).toBeUndefined();
		expectRefused(await client.send("GET", `${base}/Users/${id}`), 404);
		expectRefused(await client.send("DELETE", `${base}/Users/${id}`), 404);
		expect((await find(`userName eq "${userName}"`)).body.totalResults).toBe(0);

		const again = await client.send("POST", `${base}/Users`, person(userName));
		expect(again.status).toBe(201);
		expect(again.body.id).not.toBe(id);
	});
});

describe("POST", () => {
	test("keeps what was sent, and never the password, the groups or a foreign id", async () => {
		const body = {
			...person(`kept-${newId()}@acme.test`),
			schemas: [enterprise, coreUser],
			id: "my-own-id",
			meta: { created: "1999-01-01T00:00:00Z" },
			externalId: newId(),
			password: "1mz050nq",
			groups: [],
			phoneNumbers: [{ type: "work", value: "tel:+1-555-555-5555", primary: true }],
			roles: [{ value: '{"id":"1","displayName":"Admin"}' }],
			[enterprise]: { department: "Tours", manager: { value: "nobody" } },
		};
		const made = await client.send("POST", "/Users", body);
		const { password: _password, groups: _groups, ...kept } = body;
		expect(made.body).toEqual({
			...kept,
			schemas: [coreUser, enterprise],
			id: made.body.id,
			meta: made.body.meta,
		});
		expect(made.body.id).not.toBe("my-own-id");
		expect(made.body.meta.created).not.toContain("1999");
		const rows = await db.select().from(directoryUsers).where(eq(directoryUsers.id, made.body.id));
		expect(JSON.stringify(rows)).not.toContain("1mz050nq");
	});

	test.each<[string, Record<string, unknown>, string | null]>([
		[
			"the primary address",
			{ emails: [{ value: "a@x.test" }, { value: "b@x.test", primary: true }] },
			"b@x.test",
		],
		[
			"the first for work",
			{
				emails: [
					{ value: "c@x.test", type: "home" },
					{ value: "d@x.test", type: "work" },
				],
			},
			"d@x.test",
		],
		["the first", { emails: [{ value: "e@x.test" }, { value: "f@x.test" }] }, "e@x.test"],
		["a userName that is one", { userName: "g@x.test", emails: [] }, "g@x.test"],
		["none", { userName: "just-a-name", emails: undefined }, null],
		[
			"none that cannot be one",
			{ userName: "just-a-word", emails: [{ value: "not an address" }] },
			null,
		],
	])("takes as the member's email %s", async (_, more, email) => {
		const made = await create(undefined, more);
		expect(await memberOf(made.id)).toMatchObject({ email });
	});

	test("of somebody inactive makes a member who cannot sign in", async () => {
		const made = await create(undefined, { active: "False" });
		expect(made.active).toBe(false);
		expect(await memberOf(made.id)).toMatchObject({ status: "suspended", role: null });
	});

	test("without active is active", async () => {
		expect((await create(undefined, { active: undefined })).active).toBe(true);
	});

	test("of a name, an externalId or an address that is taken is 409", async () => {
		const externalId = newId();
		const made = await create(undefined, { externalId });
		const other = () => person(`${newId()}@acme.test`);
		for (const body of [
			person(made.userName.toUpperCase()),
			{ ...other(), externalId },
			{ ...other(), emails: [{ value: made.userName.toUpperCase(), primary: true }] },
		])
			expectRefused(await client.send("POST", "/Users", body), 409, "uniqueness");
		expect((await find(`externalId eq "${externalId}"`)).body.totalResults).toBe(1);
		expect(
			(await client.send("POST", "/Users", { ...other(), externalId: `${externalId}X` })).status,
		).toBe(201);
	});

	test("leaves nothing behind when it is refused", async () => {
		const externalId = newId();
		await create(undefined, { externalId });
		const before = await membersOf(client.workspaceId);
		const refused = await client.send("POST", "/Users", person("left@acme.test", { externalId }));
		expectRefused(refused, 409, "uniqueness");
		expect(await membersOf(client.workspaceId)).toEqual(before);
	});

	test("20 times at once makes one person", async () => {
		for (const body of [
			person(`${newId()}@acme.test`),
			person(`plain-${newId()}`, { emails: [] }),
		]) {
			const answers = await Promise.all(
				Array.from({ length: 20 }, () => client.send("POST", "/Users", body)),
			);
			const statuses = answers.map(({ status }) => status).sort();
			expect(statuses).toEqual([201, ...Array(19).fill(409)]);
			for (const answer of answers)
				if (answer.status === 409) expectRefused(answer, 409, "uniqueness");
			expect((await find(`userName eq "${body.userName}"`)).body.totalResults).toBe(1);
			const rows = await db
				.select()
				.from(members)
				.where(and(eq(members.workspaceId, client.workspaceId), eq(members.name, "Ada Byron")));
			const email = body.emails[0] ? body.userName : null;
			if (email) expect(rows.filter((row) => row.email === email)).toHaveLength(1);
		}
	});

	test("20 times at once with one address and different names makes one person", async () => {
		const email = `${newId()}@acme.test`;
		const answers = await Promise.all(
			Array.from({ length: 20 }, (_, index) =>
				client.send(
					"POST",
					"/Users",
					person(`${newId()}-${index}`, { emails: [{ value: email }] }),
				),
			),
		);
		expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(19).fill(409)]);
	});
});

describe("PUT", () => {
	test("replaces, ignoring id, meta and groups; what is missing is gone", async () => {
		const made = await create(undefined, { title: "t", nickName: "n" });
		const put = await client.send("PUT", `/Users/${made.id}`, {
			...person(made.userName),
			id: "other",
			meta: { version: "x" },
			groups: [{ value: "g" }],
			displayNam: "typo",
		});
		expect(put.status).toBe(200);
		expect(put.body.id).toBe(made.id);
		expect(put.body).not.toHaveProperty("title");
		expect(put.body).not.toHaveProperty("groups");
	});

	test("without active keeps the person as they were", async () => {
		const made = await create();
		await client.patch(made.id, { op: "replace", path: "active", value: false });
		const body = person(made.userName, { active: undefined });
		expect((await client.send("PUT", `/Users/${made.id}`, body)).body.active).toBe(false);
		expect((await client.patch(made.id, { op: "remove", path: "active" })).body.active).toBe(false);
		expect(await memberOf(made.id)).toMatchObject({ status: "suspended" });
	});

	test("can deactivate, as Okta's own apps do", async () => {
		const made = await create();
		const put = await client.send(
			"PUT",
			`/Users/${made.id}`,
			person(made.userName, { active: false }),
		);
		expect(put.body.active).toBe(false);
		expect(await memberOf(made.id)).toMatchObject({ status: "suspended" });
	});

	test("never creates", async () => {
		expectRefused(await client.send("PUT", `/Users/${newId()}`, person("p@acme.test")), 404);
		expectRefused(await client.send("PUT", "/Users/x", person("p@acme.test")), 404);
	});

	test("without userName, or with one that is taken, changes nothing", async () => {
		const [one, two] = [await create(), await create()];
		const put = (body: unknown) => client.send("PUT", `/Users/${two.id}`, body);
		expectRefused(await put({ schemas: [coreUser] }), 400, "invalidValue");
		expectRefused(await put(person(one.userName.toUpperCase(), { emails: [] })), 409, "uniqueness");
		expectRefused(
			await put(person(two.userName, { emails: [{ value: one.userName }] })),
			409,
			"uniqueness",
		);
		expect((await client.send("GET", `/Users/${two.id}`)).body).toEqual(two);
	});

	test("of what was read changes nothing, with groups and a manager's address in it", async () => {
		const boss = await create();
		const schemas = [coreUser, enterprise];
		const made = await create(undefined, {
			schemas,
			[enterprise]: { manager: { value: boss.id } },
		});
		const group = { displayName: newId(), members: [{ value: made.id }] };
		const { id } = (await client.send("POST", "/Groups", group)).body;
		for (const strict of [false, true]) {
			await db.update(directories).set({ strict }).where(eq(directories.id, client.directoryId));
			for (const path of [`/Users/${made.id}`, `/Groups/${id}`]) {
				const { body } = await client.send("GET", path);
				const put = await client.send("PUT", path, body);
				expect(put).toMatchObject({ status: 200, body });
				expect((await client.send("GET", path)).body).toEqual(body);
			}
		}
		await db
			.update(directories)
			.set({ strict: false })
			.where(eq(directories.id, client.directoryId));
	});

	test("that says the same changes no version", async () => {
		const made = await create();
		const put = await client.send("PUT", `/Users/${made.id}`, made);
		expect(put.body).toEqual(made);
	});
});

describe("PATCH", () => {
	test("of Entra: six operations, one change", async () => {
		const made = await create();
		const email = `${newId()}@acme.test`;
		const answer = await client.patch(
			made.id,
			{ op: "Replace", path: "displayName", value: "Pvlo" },
			{ op: "Replace", path: 'emails[type eq "work"].value', value: email },
			{ op: "Replace", path: "name.givenName", value: "Gtfd" },
			{ op: "Replace", path: "name.familyName", value: "Pkqf" },
			{ op: "Replace", path: "externalId", value: newId() },
			{ op: "Replace", path: `${enterprise}:employeeNumber`, value: "Eqpj" },
		);
		expect(answer.status).toBe(200);
		expect(answer.body).toMatchObject({
			schemas: [coreUser, enterprise],
			displayName: "Pvlo",
			emails: [{ value: email, type: "work", primary: true }],
			name: { givenName: "Gtfd", familyName: "Pkqf" },
			[enterprise]: { employeeNumber: "Eqpj" },
			meta: { version: 'W/"2"' },
		});
		expect(await memberOf(made.id)).toMatchObject({ email, emailProof: null, name: "Pvlo" });
	});

	test("that changes nothing leaves the version", async () => {
		const made = await create();
		const answer = await client.patch(made.id, { op: "add", path: "emails", value: made.emails });
		expect(answer.body).toEqual(made);
	});

	test("is refused whole", async () => {
		const made = await create();
		const answer = await client.patch(
			made.id,
			{ op: "replace", path: "displayName", value: "Changed" },
			{ op: "replace", path: "id", value: "evil" },
		);
		expectRefused(answer, 400, "mutability");
		expect((await client.send("GET", `/Users/${made.id}`)).body).toEqual(made);
	});

	test("of an unknown id is 404, also with a bad body behind it", async () => {
		expectRefused(await client.patch(newId(), { op: "replace", path: "title", value: "t" }), 404);
		expectRefused(await client.patch("1", { op: "replace", path: "title", value: "t" }), 404);
	});

	test("takes only what was asked into the answer", async () => {
		const made = await create();
		const answer = await client.send("PATCH", `/Users/${made.id}?attributes=userName`, {
			schemas: [patchOp],
			Operations: [{ op: "replace", path: "title", value: "t" }],
		});
		expect(answer.body).toEqual({ schemas: [coreUser], id: made.id, userName: made.userName });
	});

	test("at once on different attributes loses none", async () => {
		const made = await create();
		const names = ["title", "nickName", "userType", "locale", "timezone"];
		await Promise.all(
			names.map((path) => client.patch(made.id, { op: "replace", path, value: `${path}-set` })),
		);
		const { body } = await client.send("GET", `/Users/${made.id}`);
		for (const name of names) expect(body[name]).toBe(`${name}-set`);
		expect(body.meta.version).toBe('W/"6"');
	});
});

describe("versions", () => {
	test("guard changes with If-Match, and answer 304 to If-None-Match", async () => {
		const made = await create();
		const path = `/Users/${made.id}`;
		const stale = { "if-match": 'W/"99"' };
		const body = { schemas: [patchOp], Operations: [{ op: "replace", path: "title", value: "t" }] };
		expectRefused(await client.send("PATCH", path, body, stale), 412);
		expectRefused(await client.send("PUT", path, person(made.userName), stale), 412);
		expectRefused(await client.send("DELETE", path, undefined, stale), 412);
		expect((await client.send("GET", path)).body).toEqual(made);
		const known = await client.send("GET", path, undefined, { "if-none-match": 'W/"1"' });
		expect(known.status).toBe(304);
		const fresh = await client.send("PATCH", path, body, { "if-match": 'W/"1"' });
		expect(fresh.headers.get("etag")).toBe('W/"2"');
		const changed = await client.send("GET", path, undefined, { "if-none-match": 'W/"1"' });
		expect(changed.status).toBe(200);
	});

	test("are conditions of every request (RFC 9110 §13.1)", async () => {
		const made = await create();
		const path = `/Users/${made.id}`;
		const body = { schemas: [patchOp], Operations: [{ op: "replace", path: "title", value: "t" }] };
		for (const known of ["*", 'W/"1"', '"7", W/"1"']) {
			const headers = { "if-none-match": known };
			expectRefused(await client.send("PATCH", path, body, headers), 412);
			expectRefused(await client.send("DELETE", path, undefined, headers), 412);
		}
		expect((await client.send("GET", path)).body).toEqual(made);
		expectRefused(await client.send("GET", path, undefined, { "if-match": 'W/"9"' }), 412);
		const read = await client.send("GET", path, undefined, { "if-match": 'W/"9", W/"1"' });
		expect(read.body).toEqual(made);
		const other = { "if-none-match": 'W/"9"', "if-match": "*" };
		expect((await client.send("PATCH", path, body, other)).body.title).toBe("t");
	});

	test("tell of groups too, which a change of the person need not know", async () => {
		const made = await create();
		const path = `/Users/${made.id}`;
		const group = await client.send("POST", "/Groups", { displayName: newId() });
		const at = `/Groups/${group.body.id}`;
		const members = (op: string) => {
			const operation = { op, path: "members", value: [{ value: made.id }] };
			return client.send("PATCH", at, { schemas: [patchOp], Operations: [operation] });
		};
		const tags: string[] = [made.meta.version];
		for (const change of [
			() => members("add"),
			() =>
				client.send("PUT", `/Groups/${group.body.id}`, {
					displayName: newId(),
					members: [{ value: made.id }],
				}),
			() => members("remove"),
		]) {
			await change();
			const known = { "if-none-match": tags.at(-1) ?? "" };
			const now = await client.send("GET", path, undefined, known);
			expect(now.status).toBe(200);
			expect(now.headers.get("etag")).toBe(now.body.meta.version);
			tags.push(now.body.meta.version);
			const again = { "if-none-match": now.body.meta.version };
			expect((await client.send("GET", path, undefined, again)).status).toBe(304);
		}
		// Out of all groups it is what it was.
		expect(tags.at(-1)).toBe(tags[0]);
		const body = { schemas: [patchOp], Operations: [{ op: "replace", path: "title", value: "t" }] };
		const fresh = await client.send("PATCH", path, body, { "if-match": tags[1] ?? "" });
		expect(fresh.headers.get("etag")).toBe('W/"2"');
	});
});

describe("lists", () => {
	let own: Client;
	const names = Array.from({ length: 7 }, (_, index) => `list-${index}@acme.test`);

	beforeAll(async () => {
		own = await aClient(db, (await aWorkspace(db)).id);
		for (const name of names)
			await own.send("POST", "/Users", {
				...person(name, { externalId: `Ext-${name}` }),
				emails: [
					{ value: `Home.${name}`, type: "home" },
					{ value: name, primary: true },
				],
			});
	});

	test("by page hold each person once, in one order, with true totals", async () => {
		const seen: string[] = [];
		for (let startIndex = 1; startIndex <= 7; startIndex += 3) {
			const { body } = await own.send("GET", `/Users?startIndex=${startIndex}&count=3`);
			expect(body).toMatchObject({ totalResults: 7, startIndex });
			expect(body.itemsPerPage).toBe(body.Resources.length);
			seen.push(...body.Resources.map(({ userName }: { userName: string }) => userName));
		}
		expect(seen).toEqual(names);
	});

	test.each([
		["startIndex=0&count=-5", 1, 0],
		["count=0", 1, 0],
		["startIndex=8", 8, 0],
		["startIndex=301&count=100", 301, 0],
		["count=100000", 1, 7],
		["startIndex=6", 6, 2],
		["count=", 1, 7],
	])("take %s", async (query, startIndex, length) => {
		const { status, body } = await own.send("GET", `/Users?${query}`);
		expect(status).toBe(200);
		expect(body).toMatchObject({ totalResults: 7, startIndex, itemsPerPage: length });
	});

	test.each(["startIndex=abc", "count=1.5", "count=1e3", "count=99999999999999999999"])(
		"refuse %s",
		async (query) => {
			expectRefused(await own.send("GET", `/Users?${query}`), 400, "invalidValue");
		},
	);

	test.each<[string, number]>([
		['userName eq "LIST-3@acme.TEST"', 1],
		['USERNAME EQ "list-3@acme.test"', 1],
		[`${coreUser}:userName eq "list-3@acme.test"`, 1],
		['externalId eq "Ext-list-3@acme.test"', 1],
		['externalId eq "ext-list-3@acme.test"', 0],
		['emails.value eq "list-3@ACME.test"', 1],
		['emails.value eq "home.list-3@acme.test"', 1],
		['email eq "list-3@acme.test"', 1],
		['emails.value eq "nobody@acme.test"', 0],
		['id eq "1"', 0],
		[`id eq "${newId()}"`, 0],
		[`userName eq "' OR 1=1 --"`, 0],
		['userName eq "%"', 0],
		['userName eq ""', 0],
	])("filter by %s", async (filter, total) => {
		const { status, body } = await find(filter, own);
		expect(status).toBe(200);
		expect(body.totalResults).toBe(total);
		expect(body.Resources).toHaveLength(total);
	});

	test("filter by id, and page what was found", async () => {
		const { body } = await find('userName eq "list-3@acme.test"', own);
		const id = body.Resources[0]?.id;
		expect((await find(`id eq "${id}"`, own)).body).toEqual(body);
		const beyond = await own.send("GET", `/Users?startIndex=2&filter=id eq "${id}"`);
		expect(beyond.body).toMatchObject({ totalResults: 1, startIndex: 2, Resources: [] });
	});

	test.each([
		"userName eq",
		'userName xx "a"',
		'userName pr "a"',
		"emails[]",
		'emails[nosuch eq "a"]',
		'userName[value eq "a"]',
		"active gt true",
		'active eq "maybe"',
		'meta.created gt "yesterday"',
		'password eq "x"',
		'name eq "Ada"',
		"displayName eq true",
		'userName eq "a" and',
		'nosuchattr eq "x"',
		'userName eq "a"; drop table users',
		`${"(".repeat(500)}userName eq "a"${")".repeat(500)}`,
		'userName eq "\\u0000"',
		'__proto__ eq "x"',
		'constructor eq "x"',
	])("refuse the filter %s", async (filter) => {
		expectRefused(await find(filter, own), 400, "invalidFilter");
	});

	test("project", async () => {
		const get = (query: string) => own.send("GET", `/Users?count=1&${query}`);
		const [some] = (await get("attributes=userName,EMAILS.value,nosuch")).body.Resources;
		expect(some).toEqual({
			schemas: [coreUser],
			id: some?.id,
			userName: names[0],
			emails: [{ value: `Home.${names[0]}` }, { value: names[0] }],
		});
		const [less] = (await get("excludedAttributes=id,userName,emails.value,meta")).body.Resources;
		expect(less).toMatchObject({ id: some?.id, emails: [{ type: "home" }, { primary: true }] });
		// Of what has none of the parts asked for nothing is left, nor an element without any.
		const parts = "emails.type,name.middleName,emails.display,addresses.country";
		const [part] = (await get(`attributes=${parts}`)).body.Resources;
		expect(part).toEqual({ schemas: [coreUser], id: some?.id, emails: [{ type: "home" }] });
		const cut = "emails.value,emails.type,name.givenName,name.familyName";
		const [rest] = (await get(`excludedAttributes=${cut}`)).body.Resources;
		expect(rest?.emails).toEqual([{ primary: true }]);
		expect(rest).not.toHaveProperty("name");
		expect(less).not.toHaveProperty("userName");
		expect(less).not.toHaveProperty("meta");
		expect((await get("attributes=password")).body.Resources[0]).toEqual({
			schemas: [coreUser],
			id: some?.id,
		});
		const both = await get("attributes=userName&excludedAttributes=emails");
		expectRefused(both, 400, "invalidValue");
	});

	test("are not changed by a request whose answer cannot be projected", async () => {
		const both = "attributes=userName&excludedAttributes=emails";
		const before = (await own.send("GET", "/Users?count=1")).body;
		const [first] = before.Resources;
		const body = { schemas: [patchOp], Operations: [{ op: "replace", path: "title", value: "t" }] };
		for (const [method, path, sent] of [
			["POST", "/Users", person("both@acme.test")],
			["PUT", `/Users/${first?.id}`, person("both@acme.test")],
			["PATCH", `/Users/${first?.id}`, body],
		] as const)
			expectRefused(await own.send(method, `${path}?${both}`, sent), 400, "invalidValue");
		expect((await own.send("GET", "/Users?count=1")).body).toEqual(before);
		const made = await own.send("POST", "/Groups", { displayName: "Both" });
		const rename = {
			schemas: [patchOp],
			Operations: [{ op: "replace", path: "displayName", value: "x" }],
		};
		for (const [method, path, sent] of [
			["POST", "/Groups", { displayName: "Another" }],
			["PUT", `/Groups/${made.body.id}`, { displayName: "Another" }],
			["PATCH", `/Groups/${made.body.id}`, rename],
		] as const)
			expectRefused(await own.send(method, `${path}?${both}`, sent), 400, "invalidValue");
		expect((await own.send("GET", "/Groups")).body.Resources).toEqual([made.body]);
	});

	test("need no User-Agent and no Content-Type", async () => {
		const headers = { authorization: `Bearer ${own.token}` };
		const answer = await request(db, "GET", '/Users?filter=userName eq "x"', undefined, headers);
		expect(answer.status).toBe(200);
	});
});
