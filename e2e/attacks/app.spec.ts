/**
 * A1, A3 to A5, A9, A17, A18 and A29 of the attack catalogue, against the running product. A2 is in
 * ../domains.spec.ts, A25 in ../permissions.spec.ts, the others beside.
 */
import { createHash, randomBytes } from "node:crypto";
import { sessionCookie } from "@/lib/accounts/session-cookie";
import { expect, test } from "../fixtures";
import { Client } from "../fixtures/client";
import { attempt, expectIn, expectRefused, hostileClient, startHostile } from "../fixtures/hostile";
import type { HostileProvider } from "../idp/hostile";
import { builtActions } from "../permissions/call";
import { baseUrl } from "../settings";
import type { Credentials, World, WorldInput } from "../world";

let provider: HostileProvider;
// biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the first parameter
test.beforeAll(async ({}, info) => {
	provider = await startHostile(info.parallelIndex);
});
test.beforeEach(() => provider.say({}));
test.afterAll(() => provider.close());

type Fixtures = {
	newWorld: (input?: WorldInput) => Promise<World>;
	connect: (input: {
		workspaceId: string;
		issuer: string;
		client: typeof hostileClient;
	}) => Promise<string>;
};

/** A workspace connected to the provider, and a person there whom nobody here knows. */
async function connected({ newWorld, connect }: Fixtures, input: WorldInput = {}) {
	const world = await newWorld(input);
	const { issuer } = provider;
	const id = await connect({ workspaceId: world.workspace.id, issuer, client: hostileClient });
	const zoe = { sub: "zoe", email: `zoe@${world.domain}`, email_verified: true, name: "Zoe" };
	return { world, id, zoe };
}

/** Gives a password as the form does. @returns where that leads. */
async function givePassword(client: Client, { email, password }: Credentials): Promise<string> {
	const { headers } = await client.post("/login/password", { email, password });
	return headers.location ?? "";
}

async function signedIn(person: Credentials): Promise<Client> {
	const client = new Client();
	expect(await givePassword(client, person)).toContain("/w/");
	return client;
}

test("A1: a domain that was only claimed adds, links and leads nobody", async ({
	newWorld,
	connect,
	sql,
}) => {
	const { world, zoe } = await connected({ newWorld, connect }, { domain: false });
	await sql(`insert into domains (workspace_id, domain, state, proof_token)
		values ('${world.workspace.id}', '${world.domain}', 'pending', 'claimed')`);
	await expectRefused(
		await attempt(world, provider, { claims: zoe }),
		world,
		"domain_not_verified",
		sql,
	);
	const ben = { ...zoe, email: world.admin.email };
	await expectRefused(
		await attempt(world, provider, { claims: ben }),
		world,
		"domain_not_verified",
		sql,
	);
	const visitor = new Client();
	const { headers } = await visitor.post("/login", { email: zoe.email });
	expect(headers.location).toContain("/login/password");
});

test("A3, A5: a stranger stays out where newcomers or the directory say so", async ({
	newWorld,
	connect,
	sql,
}) => {
	const closed = await connected({ newWorld, connect }, { policy: { autoProvision: "off" } });
	await expectRefused(
		await attempt(closed.world, provider, { claims: closed.zoe }),
		closed.world,
		"unknown_person",
		sql,
	);
	const needs = { autoProvision: "off", requireProvisioning: "on" } as const;
	const synced = await connected({ newWorld, connect }, { policy: needs });
	await expectRefused(
		await attempt(synced.world, provider, { claims: synced.zoe }),
		synced.world,
		"not_in_directory",
		sql,
	);
	for (const { world } of [closed, synced]) {
		const people = await sql(`select 1 from members where workspace_id = '${world.workspace.id}'`);
		expect(people).toHaveLength(1);
	}
});

test("A4: the provider of one workspace reaches nobody of another", async ({
	newWorld,
	connect,
	sql,
}) => {
	const victim = await newWorld();
	const { world } = await connected({ newWorld, connect });
	const before = await sql(`select * from members where workspace_id = '${victim.workspace.id}'`);
	const claims = { sub: "x", email: victim.admin.email, email_verified: true };
	await expectRefused(
		await attempt(world, provider, { claims }),
		world,
		"domain_not_verified",
		sql,
	);
	// Where both have proved the domain, it is still a member of its own workspace that comes in.
	await sql(`insert into domains (workspace_id, domain, state, proof_token, verified_by)
		values ('${world.workspace.id}', '${victim.domain}', 'verified', 'x', 'Test operator')`);
	const inside = await attempt(world, provider, { claims });
	expectIn(inside, world);
	const { headers } = await inside.client.get(`/w/${victim.workspace.slug}`);
	expect(headers.location).toContain("/login");
	expect(await sql(`select * from members where workspace_id = '${victim.workspace.id}'`)).toEqual(
		before,
	);
});

test("A5, A29: whom the directory deactivates or deletes stays out", async ({
	newWorld,
	connect,
	request,
	sql,
}) => {
	const { world, zoe } = await connected({ newWorld, connect });
	const token = await directoryToken(sql, world);
	const scim = (method: string, path: string, data?: unknown) =>
		request.fetch(`/api/scim/v2${path}`, {
			method,
			headers: { authorization: `Bearer ${token}`, "content-type": "application/scim+json" },
			...(data ? { data: JSON.stringify(data) } : {}),
		});
	const created = await scim("POST", "/Users", {
		schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
		userName: zoe.email,
		externalId: "zoe-in-the-directory",
		emails: [{ value: zoe.email, primary: true }],
		active: true,
	});
	expect(created.status()).toBe(201);
	const { id } = (await created.json()) as { id: string };
	const inside = await attempt(world, provider, { claims: zoe });
	expectIn(inside, world);
	const deactivate = {
		schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
		Operations: [{ op: "replace", path: "active", value: false }],
	};
	expect((await scim("PATCH", `/Users/${id}`, deactivate)).status()).toBe(200);
	// The browser that is in already is out on its next request.
	const { headers } = await inside.client.get(`/w/${world.workspace.slug}`);
	expect(headers.location).toContain("/login");
	await expectRefused(
		await attempt(world, provider, { claims: zoe }),
		world,
		"not_active_in_directory",
		sql,
	);
	expect((await scim("DELETE", `/Users/${id}`)).status()).toBe(204);
	for (const claims of [zoe, { ...zoe, sub: "zoe again" }])
		await expectRefused(
			await attempt(world, provider, { claims }),
			world,
			"removed_by_directory",
			sql,
			claims.sub,
		);
});

/** Turns directory sync on and makes a token for it, as its page would. */
async function directoryToken(
	sql: (statement: string) => Promise<unknown>,
	{ workspace: { id } }: World,
): Promise<string> {
	const token = `ghd_${randomBytes(32).toString("base64url")}`;
	const hash = createHash("sha256").update(token).digest("base64url");
	await sql(`insert into directories (workspace_id, id, enabled) values ('${id}', '${id}', true)`);
	await sql(`insert into directory_tokens (workspace_id, id, directory_id, name, hash, prefix, created_by)
		values ('${id}', gen_random_uuid(), '${id}', 'Attack', '${hash}', 'ghd_', 'Test')`);
	return token;
}

test("A9: a page of another site may send nothing: 403 at every action and route", async ({
	newWorld,
}) => {
	const { admin, workspace } = await newWorld();
	const client = await signedIn(admin);
	const routes = ["/api/auth/signout", "/sso/confirm", "/login", `/w/${workspace.slug}/sso`];
	const actions = builtActions();
	expect(actions.length).toBeGreaterThan(50);
	const foreign: Record<string, string>[] = [
		{ origin: "https://evil.test" },
		{ origin: "null" },
		{ origin: baseUrl, "sec-fetch-site": "cross-site" },
	];
	for (const headers of foreign)
		for (const { id, route } of [...actions, ...routes.map((path) => ({ id: "", route: path }))]) {
			const path = route.replace("[workspace]", workspace.slug).replace(/\[\w+\]/g, "x");
			const sent = await client.send(path, { ...headers, ...(id ? { "next-action": id } : {}) });
			expect(sent.status, `${path} ${id}`).toBe(403);
		}
	// Nothing of it had an effect: the session is still there.
	expect((await client.get(`/w/${workspace.slug}`)).status).toBe(200);
});

test("A17: where SSO is enforced no other way opens", async ({ newWorld, connect, sql }) => {
	const { world, id } = await connected({ newWorld, connect }, { members: [{ name: "Ben" }] });
	const [ben] = world.members;
	if (!ben) throw new Error("nobody");
	await sql(`update policies set document = jsonb_set(document, '{enforceSso}', '{"mode":"on"}')
		where workspace_id = '${world.workspace.id}'`);
	for (const person of [ben, world.admin]) {
		const client = new Client();
		expect(await givePassword(client, person)).not.toContain(`/w/${world.workspace.slug}`);
		expect(client.cookie(sessionCookie)).toBe("");
	}
	// next-auth's own door takes no password at all.
	const direct = new Client();
	const csrf = await direct.get("/api/auth/csrf");
	expect(csrf.status).toBe(404);
	for (const path of ["/api/auth/callback/credentials", "/api/auth/signin/credentials"]) {
		const sent = await direct.send(path, { origin: baseUrl });
		expect(sent.status, path).toBeGreaterThanOrEqual(400);
		expect(direct.cookie(sessionCookie), path).toBe("");
	}
	expect((await direct.get("/api/v1/me")).status).toBe(401);
	const rows = await sql(
		`select 1 from sessions where workspace_id = '${world.workspace.id}' and connection_id is distinct from '${id}'`,
	);
	expect(rows).toEqual([]);
});

test("A18: turning SSO on or off ends the sessions that the policy says", async ({
	newWorld,
	connect,
	sql,
	request,
}) => {
	const { world, id } = await connected(
		{ newWorld, connect },
		{
			policy: { endSessionsOn: ["enabled", "disabled"] },
			members: [{ name: "Ben" }, { name: "Cem" }],
		},
	);
	await sql(`update connections set status = 'paused' where id = '${id}'`);
	const home = `/w/${world.workspace.slug}`;
	const action = builtActions().find(({ name }) => name.endsWith("actions.ts setEnabledAction"));
	if (!action) throw new Error("no such action");
	for (const on of [true, false]) {
		const open = await Promise.all([world.admin, ...world.members].map(signedIn));
		for (const client of open) expect((await client.get(home)).status).toBe(200);
		const [admin] = open;
		await request.fetch(`${home}/sso`, {
			method: "POST",
			maxRedirects: 0,
			headers: {
				cookie: admin?.cookies() ?? "",
				"next-action": action.id,
				origin: baseUrl,
				accept: "text/x-component",
			},
			data: JSON.stringify([world.workspace.slug, id, on]),
		});
		const [row] = await sql<{ status: string }>(
			`select status from connections where id = '${id}'`,
		);
		expect(row?.status).toBe(on ? "active" : "paused");
		for (const client of open)
			expect((await client.get(home)).headers.location ?? "", String(on)).toContain("/login");
	}
});
