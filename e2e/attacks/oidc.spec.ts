/**
 * O1 to O15 of the attack catalogue, against the running product, by a provider that lies and a
 * browser that is a script. After the table: the scenarios of the OpenID Foundation's conformance
 * suite for relying parties, by their names there.
 */
import { expect, test } from "../fixtures";
import { Client } from "../fixtures/client";
import {
	attempt,
	begin,
	bring,
	expectIn,
	expectRefused,
	hostileClient,
	startHostile,
} from "../fixtures/hostile";
import { type Answers, type HostileProvider, startHostileProvider } from "../idp/hostile";
import type { World } from "../world";

let provider: HostileProvider;
// biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the first parameter
test.beforeAll(async ({}, info) => {
	provider = await startHostile(info.parallelIndex);
});
test.beforeEach(() => provider.say({}));
test.afterAll(() => provider.close());

/** A workspace connected to it, and a person there. */
const connected = async (
	newWorld: (input?: object) => Promise<World>,
	connect: (input: {
		workspaceId: string;
		issuer: string;
		client: typeof hostileClient;
		values?: Record<string, unknown>;
	}) => Promise<string>,
	discovery: Record<string, unknown> = {},
) => {
	const world = await newWorld();
	provider.say({ discovery });
	const connection = await connect({
		workspaceId: world.workspace.id,
		issuer: provider.issuer,
		client: hostileClient,
	});
	const eve = { sub: "eve", email: `eve@${world.domain}`, email_verified: true };
	return { world, connection, eve };
};

test("O1: alg none, HS256 with the client secret, and a wrong signature are refused", async ({
	newWorld,
	connect,
	sql,
}) => {
	const everything = { id_token_signing_alg_values_supported: ["RS256", "HS256", "none"] };
	const { world, eve } = await connected(newWorld, connect, everything);
	const forged: Answers[] = [{ alg: "none" }, { alg: "HS256" }, { foreignKey: true }];
	for (const answers of forged)
		await expectRefused(
			await attempt(world, provider, { claims: eve, ...answers }),
			world,
			"signature_invalid",
			sql,
			JSON.stringify(answers),
		);
	expectIn(await attempt(world, provider, { claims: eve }), world);
});

test("O2: a wrong iss, aud, azp or exp, a missing sub or iat are refused", async ({
	newWorld,
	connect,
	sql,
}) => {
	const { world, eve } = await connected(newWorld, connect);
	const cases: [claims: Record<string, unknown>, reason: string][] = [
		[{ iss: "https://other.test" }, "issuer_differs"],
		[{ iss: `${provider.issuer}/` }, "issuer_differs"],
		[{ iss: undefined }, "issuer_differs"],
		[{ aud: "another client" }, "audience_differs"],
		[{ aud: undefined }, "audience_differs"],
		[{ aud: [] }, "audience_differs"],
		[{ aud: [hostileClient.id, "another"] }, "audience_differs"],
		[{ azp: "another client" }, "audience_differs"],
		[{ exp: Math.floor(Date.now() / 1000) - 600 }, "clock"],
		[{ exp: undefined }, "token_malformed"],
		[{ nbf: Math.floor(Date.now() / 1000) + 600 }, "clock"],
		[{ iat: undefined }, "token_malformed"],
		[{ sub: undefined }, "subject_missing"],
		[{ sub: "" }, "subject_missing"],
		[{ sub: 7 }, "subject_missing"],
	];
	for (const [claims, reason] of cases)
		await expectRefused(
			await attempt(world, provider, { claims: { ...eve, ...claims } }),
			world,
			reason,
			sql,
			JSON.stringify(claims),
		);
});

test("O3: a wrong or missing nonce, and an id_token of an earlier sign-in are refused", async ({
	newWorld,
	connect,
	sql,
}) => {
	const { world, eve } = await connected(newWorld, connect);
	expectIn(await attempt(world, provider, { claims: eve }), world);
	const old = { claims: eve, idToken: provider.lastToken() };
	const nonces = [{ nonce: "another" }, { nonce: undefined }, { nonce: null }];
	for (const answers of [old, ...nonces.map((nonce) => ({ claims: { ...eve, ...nonce } }))])
		await expectRefused(
			await attempt(world, provider, answers),
			world,
			"nonce_differs",
			sql,
			JSON.stringify(answers.claims),
		);
});

test("O4: a state that is missing, from another browser, or used is refused", async ({
	newWorld,
	connect,
	sql,
}) => {
	const { world, eve } = await connected(newWorld, connect);
	for (const state of ["", "guessed"]) {
		const tried = await attempt(world, provider, { claims: eve }, (answer) => ({
			...answer,
			state,
		}));
		expect(tried.location).toContain("why=state_unknown");
		expect(tried.client.cookie("__Host-gatehouse.session")).toBe("");
	}
	// What an attacker's browser began, brought by the victim's.
	const { url } = await begin(world);
	provider.say({ claims: eve });
	const victim = await bring(world, new Client(), provider.answerTo(url));
	await expectRefused(victim, world, "other_browser", sql);
	const once = await begin(world);
	const answer = provider.answerTo(once.url);
	expectIn(await bring(world, once.client, answer), world);
	const again = await bring(world, new Client(), answer);
	expect(again.location).toContain("/sso/refused");
	expect(again.client.cookie("__Host-gatehouse.session")).toBe("");
});

test("O5: mix-up: another iss, or the code of one provider in the flow of another, are refused", async ({
	newWorld,
	connect,
	sql,
}) => {
	const saysIss = { authorization_response_iss_parameter_supported: true };
	const { world, eve } = await connected(newWorld, connect, saysIss);
	const other = await connected(newWorld, connect);
	for (const iss of ["https://honest.test", "", undefined]) {
		const before = provider.requests.length;
		await expectRefused(
			await attempt(world, provider, { claims: eve }, (answer) => ({
				...answer,
				...(iss === undefined ? {} : { iss }),
			})),
			world,
			"issuer_differs",
			sql,
			String(iss),
		);
		// The code went nowhere.
		expect(provider.requests.slice(before)).toEqual([]);
	}
	const { client, url } = await begin(world);
	const mixed = await bring(other.world, client, provider.answerTo(url));
	expect(mixed.location).toContain("why=state_unknown");
	const right = { iss: provider.issuer };
	expectIn(
		await attempt(world, provider, { claims: eve }, (answer) => ({ ...answer, ...right })),
		world,
	);
});

test("O8: an unverified email is refused; one of which nothing is said needs a proved domain", async ({
	newWorld,
	connect,
	sql,
}) => {
	const { world, eve } = await connected(newWorld, connect);
	for (const verified of [false, "false", 0, "yes"])
		await expectRefused(
			await attempt(world, provider, { claims: { ...eve, email_verified: verified } }),
			world,
			"email_not_verified",
			sql,
			String(verified),
		);
	const unsaid = { ...eve, email_verified: undefined };
	await expectRefused(
		await attempt(world, provider, { claims: { ...unsaid, email: "eve@else.test" } }),
		world,
		"domain_not_verified",
		sql,
	);
	expectIn(await attempt(world, provider, { claims: unsaid }), world);
});

test("O6: a document whose issuer is not the Issuer URL is refused at save", async ({
	newWorld,
	connect,
}) => {
	const { workspace } = await newWorld();
	const input = { workspaceId: workspace.id, issuer: provider.issuer, client: hostileClient };
	for (const issuer of ["https://accounts.google.com", `${provider.issuer}/`, "", undefined]) {
		provider.say({ discovery: { issuer } });
		await expect(connect(input), String(issuer)).rejects.toThrow(/discovery_/);
	}
});

test("O7, O9: a foreign email links nobody, and userinfo of another subject is refused", async ({
	newWorld,
	connect,
	sql,
}) => {
	const { world, eve } = await connected(newWorld, connect);
	const theirs = { ...eve, sub: "mallory", email: world.admin.email };
	await expectRefused(
		await attempt(world, provider, { claims: theirs }),
		world,
		"admin_must_prove",
		sql,
	);
	await expectRefused(
		await attempt(world, provider, { claims: eve, userinfo: { sub: "another" } }),
		world,
		"subject_differs",
		sql,
	);
	const linked = await sql(`select 1 from identities where workspace_id = '${world.workspace.id}'`);
	expect(linked).toEqual([]);
});

test("O10: a rotated key works, an unknown one is asked for once and refused", async ({
	newWorld,
	connect,
	sql,
}) => {
	const { world, eve } = await connected(newWorld, connect);
	expectIn(await attempt(world, provider, { claims: eve }), world);
	for (const keepOld of [true, false]) {
		provider.rotate({ keepOld });
		expectIn(await attempt(world, provider, { claims: eve }), world);
	}
	const before = provider.requests.length;
	await expectRefused(
		await attempt(world, provider, { claims: eve, kid: "unknown", foreignKey: true }),
		world,
		"signature_invalid",
		sql,
	);
	const asked = provider.requests.slice(before).filter((path) => path === "/keys");
	expect(asked.length).toBeLessThanOrEqual(2);
});

test("O11: no address of a provider leads inside, at save or at a sign-in", async ({
	newWorld,
	connect,
	sql,
}) => {
	const { workspace } = await newWorld();
	const input = { workspaceId: workspace.id, issuer: provider.issuer, client: hostileClient };
	for (const inside of [
		"http://localhost:9",
		"https://localhost",
		"https://127.0.0.1",
		"https://[::1]",
		"https://0x7f000001",
		"https://10.0.0.7",
		"https://169.254.169.254",
	]) {
		const endpoint = { discoveryEndpoint: `${inside}/.well-known/openid-configuration` };
		await expect(connect({ ...input, issuer: inside }), inside).rejects.toThrow(
			"discovery_blocked",
		);
		await expect(connect({ ...input, values: endpoint }), inside).rejects.toThrow(
			"discovery_blocked",
		);
	}
	// What the document names is asked for at a sign-in, whatever its names led to before.
	const hidden = await startHostileProvider(hostileClient);
	for (const endpoint of ["token_endpoint", "jwks_uri", "userinfo_endpoint"])
		for (const address of [`${hidden.issuer}/x`, hidden.issuer.replace("http:", "https:")]) {
			const { world, eve } = await connected(newWorld, connect, { [endpoint]: address });
			await expectRefused(
				await attempt(world, provider, { claims: eve }),
				world,
				"provider_blocked",
				sql,
				`${endpoint} ${address}`,
			);
		}
	expect(hidden.requests).toEqual([]);
	await hidden.close();
});

test("O12: an answer that does not come, or does not end, is given up within five seconds", async ({
	newWorld,
	connect,
	sql,
}) => {
	const { world, eve } = await connected(newWorld, connect);
	for (const fault of ["silent", "endless"] as const) {
		const began = Date.now();
		await expectRefused(
			await attempt(world, provider, { claims: eve, faults: { "/token": fault } }),
			world,
			"provider_unreachable",
			sql,
			fault,
		);
		expect(Date.now() - began).toBeLessThan(15_000);
	}
});

test("O13: what a provider says of an error is escaped, wherever it is read", async ({
	newWorld,
	connect,
	sql,
}) => {
	const { world } = await connected(newWorld, connect);
	const script = "<script>alert(1)</script>";
	await expectRefused(
		await attempt(world, provider, {}, ({ state = "" }) => ({
			state,
			error: script,
			error_description: script,
			error_uri: `javascript:${script}`,
		})),
		world,
		"provider_error",
		sql,
	);
	const admin = new Client();
	await admin.post("/login/password", { email: world.admin.email, password: world.admin.password });
	for (const page of ["activity", "sso", "activity/export?format=json"]) {
		const read = await admin.get(`/w/${world.workspace.slug}/${page}`);
		expect(read.status, page).toBe(200);
		if (!page.includes("export")) expect(read.body, page).not.toContain("<script>alert");
		else expect(read.headers["content-type"], page).toMatch(/json/);
	}
});

test("O14: the client secret stands in no page and no answer", async ({ newWorld, connect }) => {
	const { world, connection } = await connected(newWorld, connect);
	const admin = new Client();
	await admin.post("/login/password", { email: world.admin.email, password: world.admin.password });
	const home = `/w/${world.workspace.slug}`;
	// The second as Next's own router asks: without the parameter it would be led to it first.
	const ways: { query: string; headers: Record<string, string> }[] = [
		{ query: "", headers: {} },
		{ query: "?_rsc", headers: { rsc: "1" } },
	];
	for (const path of ["/sso", `/sso/connection/${connection}`, "/activity"])
		for (const { query, headers } of ways) {
			const { status, body } = await admin.get(home + path + query, headers);
			expect(status, path).toBe(200);
			expect(body, path).not.toContain(hostileClient.secret);
		}
});

test("O15: somebody comes in at our own origin, whatever the link to it said", async ({
	newWorld,
	connect,
}) => {
	const { world, eve } = await connected(newWorld, connect);
	const elsewhere = ["https://evil.test", "//evil.test", "/\\evil.test", "/\t/evil.test"];
	for (const next of elsewhere) {
		const { client, url } = await begin(world, new Client(), `&next=${encodeURIComponent(next)}`);
		provider.say({ claims: eve });
		const { location } = await bring(world, client, provider.answerTo(url));
		expect(new URL(location, "http://localhost").pathname, next).toBe(`/w/${world.workspace.slug}`);
		expect(location, next).not.toContain("evil.test");
	}
});

/**
 * The relying party's scenarios of the OpenID Foundation's conformance suite (Basic and Config),
 * each with what it asks of us.
 */
const conformance: [scenario: string, answers: Answers, asks: "in" | string][] = [
	["oidcc-client-test", {}, "in"],
	["oidcc-client-test-nonce-invalid", { claims: { nonce: "invalid" } }, "nonce_differs"],
	["oidcc-client-test-scope-userinfo-claims", { userinfo: { name: "Eve" } }, "in"],
	["oidcc-client-test-kid-absent-single-jwks", { kid: null }, "in"],
	["oidcc-client-test-missing-iat", { claims: { iat: undefined } }, "token_malformed"],
	["oidcc-client-test-missing-aud", { claims: { aud: undefined } }, "audience_differs"],
	["oidcc-client-test-invalid-aud", { claims: { aud: "invalid" } }, "audience_differs"],
	["oidcc-client-test-invalid-iss", { claims: { iss: "https://invalid.test" } }, "issuer_differs"],
	["oidcc-client-test-missing-sub", { claims: { sub: undefined } }, "subject_missing"],
	["oidcc-client-test-invalid-sig-rs256", { foreignKey: true }, "signature_invalid"],
	["oidcc-client-test-idtoken-sig-none", { alg: "none" }, "signature_invalid"],
	["oidcc-client-test-userinfo-invalid-sub", { userinfo: { sub: "invalid" } }, "subject_differs"],
];

test("a sign-in that a provider has begun is one of ours, by GET and by a form of its site", async ({
	newWorld,
	connect,
}) => {
	const { world, connection, eve } = await connected(newWorld, connect);
	const path = `/api/sso/initiate/${connection}`;
	const said = { iss: provider.issuer, login_hint: eve.email, other: "left out" };
	const client = new Client("127.0.0.92");
	const posted = await client.postFrom(provider.issuer, path, said, false);
	// No cookie came with it, so none is replaced.
	expect(posted.headers["set-cookie"]).toBeUndefined();
	const onward = new URL(posted.headers.location ?? "");
	expect([posted.status, onward.pathname]).toEqual([303, path]);
	expect([...onward.searchParams.keys()]).toEqual(["iss", "login_hint"]);
	const begun = await client.get(onward.pathname + onward.search);
	const url = begun.headers.location ?? "";
	expect(url).toContain(`${provider.issuer}/authorize?`);
	const answer = provider.answerTo(url);
	provider.say({ claims: eve });
	expectIn(await bring(world, client, answer), world);

	for (const [asked, query] of [
		[connection, { iss: "https://other.test" }],
		[connection, { target_link_uri: "https://evil.test/" }],
		[world.workspace.id, {}],
		["nothing", {}],
	] as const) {
		const refused = await client.get(`/api/sso/initiate/${asked}?${new URLSearchParams(query)}`);
		expect(refused.headers.location).toMatch(/\/sso\/refused\?why=initiation_refused$/);
	}
});

test("conformance: the scenarios for relying parties", async ({ newWorld, connect, sql }) => {
	const { world, eve } = await connected(newWorld, connect);
	for (const [scenario, answers, asks] of conformance) {
		const said = { ...answers, claims: { ...eve, ...answers.claims } };
		const tried = await attempt(world, provider, said);
		if (asks === "in") expectIn(tried, world);
		else await expectRefused(tried, world, asks, sql, scenario);
	}
	// oidcc-client-test-kid-absent-multiple-jwks: the suite lets a client try all keys, or refuse.
	provider.rotate({ keepOld: true });
	await expectRefused(
		await attempt(world, provider, { claims: eve, kid: null }),
		world,
		"signature_invalid",
		sql,
		"oidcc-client-test-kid-absent-multiple-jwks",
	);
	// oidcc-client-test-signing-key-rotation and -just-before-signing
	provider.rotate();
	expectIn(await attempt(world, provider, { claims: eve }), world);
});

for (const [methods, how] of [
	[["client_secret_post"], "post"],
	[["client_secret_basic"], "basic"],
	// What a provider means that says nothing (OpenID Connect Discovery §3).
	[undefined, "basic"],
] as const)
	test(`conformance: oidcc-client-test-client-secret-${how}, announced as ${methods ?? "nothing"}`, async ({
		newWorld,
		connect,
	}) => {
		const announced = { token_endpoint_auth_methods_supported: methods };
		const { world, eve } = await connected(newWorld, connect, announced);
		const before = provider.seen.length;
		expectIn(await attempt(world, provider, { claims: eve }), world);
		const asked = provider.seen.slice(before).find(({ path }) => path === "/token");
		const inBody = new URLSearchParams(asked?.body).get("client_secret");
		const { id, secret } = hostileClient;
		const form = (text: string) => new URLSearchParams({ "": text }).toString().slice(1);
		const basic = `Basic ${Buffer.from(`${form(id)}:${form(secret)}`).toString("base64")}`;
		expect(inBody).toBe(how === "post" ? secret : null);
		expect(asked?.authorization).toBe(how === "basic" ? basic : "");
	});
