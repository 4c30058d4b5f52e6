import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Db, transact } from "@/db/client";
import { aMember, aWorkspace, freshDb, operator } from "@/db/testing";
import { type OidcProvider, startOidcProvider, subjectOf } from "@/e2e/idp/oidc";
import { findSession } from "@/lib/accounts/sessions";
import { newToken } from "@/lib/platform/crypto";
import { guardedFetch } from "@/lib/platform/egress";
import type { Workspace } from "@/lib/workspaces/workspaces";
import { forget, redirectUri } from "./broker";
import {
	activateConnection,
	type Connection,
	findConnection,
	pauseConnection,
} from "./connections";
import { discover } from "./discovery";
import { vouchForDomain } from "./domains";
import { mappingFields, type OidcDraft } from "./draft";
import { finishSignIn } from "./finish";
import { saveConnection } from "./save";
import { readyDraft } from "./settings";
import { acceptAnswer, beginSignIn, type FlowVisitor, findSignIn } from "./sign-in";
import { findOffer, offerSignOut, providerSessionOf, signedOutUri, takeOffer } from "./sign-out";

const people = [
	{ email: "maya@acme.test", password: "maya at the provider", givenName: "Maya", familyName: "L" },
	{ email: "aiko@acme.test", password: "aiko at the provider", givenName: "Aiko", familyName: "T" },
	{ email: "eve@else.test", password: "eve at the provider", givenName: "Eve", familyName: "E" },
	{
		email: "unproved@acme.test",
		emailVerified: false,
		password: "unproved at the provider",
		givenName: "U",
		familyName: "P",
	},
];
const client = { id: "gatehouse", secret: "the client secret of the tests" };

let db: Db;
let provider: OidcProvider;
beforeAll(async () => {
	db = await freshDb();
	const port = await freePort();
	provider = await startOidcProvider({
		port,
		people,
		clients: [{ ...client, redirectUris: [redirectUri("*")] }],
	});
	await forget(db, { id: "none" }); // loads the engine, which takes its time
});
afterAll(() => provider.close());

async function freePort(): Promise<number> {
	const { createServer } = await import("node:net");
	return new Promise((resolve) => {
		const server = createServer().listen(0, "127.0.0.1", () => {
			const address = server.address();
			server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
		});
	});
}

const reader: typeof discover = (issuer, endpoint) =>
	discover(issuer, endpoint, (address) =>
		guardedFetch(address, { allow: [new URL(provider.issuer).host] }),
	);

const draft = (): OidcDraft => ({
	protocol: "oidc",
	name: "Okta",
	provider: "okta",
	issuer: provider.issuer,
	clientId: client.id,
	clientSecret: client.secret,
	secretExpiresOn: "",
	discoveryEndpoint: "",
	scopes: "",
	claimMapping: mappingFields(null),
});

const aBrowser = (): FlowVisitor => ({
	browserId: null,
	flowId: newToken(),
	address: "203.0.113.9",
	userAgent: "test",
});

/** A browser at the provider: signs in there and stops at our callback, as its query. */
async function signInAtProvider(url: string, email: string): Promise<Record<string, string>> {
	const jar = new Map<string, string>();
	const go = async (address: string, init: RequestInit = {}) => {
		const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
		const answer = await fetch(address, {
			...init,
			redirect: "manual",
			headers: { cookie, ...init.headers },
		});
		for (const line of answer.headers.getSetCookie()) {
			const [pair = ""] = line.split(";");
			jar.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
		}
		return answer;
	};
	let next = url;
	for (let hops = 0; hops < 10; hops++) {
		if (next.startsWith(redirectUri(""))) return Object.fromEntries(new URL(next).searchParams);
		const page = await go(next);
		const location = page.headers.get("location");
		if (location) {
			next = new URL(location, next).href;
			continue;
		}
		const password = people.find((person) => person.email === email)?.password ?? "";
		const posted = await go(next, {
			method: "POST",
			headers: { "content-type": "application/x-www-form-urlencoded" },
			body: new URLSearchParams({ email, password }).toString(),
		});
		next = new URL(posted.headers.get("location") ?? "", next).href;
	}
	throw new Error("the provider went in circles");
}

async function connected(policy = {}): Promise<{ workspace: Workspace; connection: Connection }> {
	const workspace = await aWorkspace(db, { policy });
	const saved = await saveConnection(db, operator, workspace, null, draft(), reader);
	if (!saved.ok) throw new Error(saved.reason);
	await transact(db, async (tx) => {
		await vouchForDomain(tx, operator, workspace.id, "acme.test");
		await activateConnection(tx, operator, workspace, saved.connection.id);
	});
	const connection = await findConnection(db, workspace.id, saved.connection.id);
	if (!connection) throw new Error("gone");
	return { workspace, connection };
}

async function signIn(
	{ workspace, connection }: { workspace: Workspace; connection: Connection },
	email: string,
	browser = aBrowser(),
) {
	const started = await beginSignIn(db, {
		workspace,
		connection,
		settings: null,
		intent: "login",
		memberId: null,
		email,
		returnTo: null,
		visitor: browser,
		now: new Date(),
	});
	const answer = await signInAtProvider(started.url, email);
	const accepted = await acceptAnswer(db, workspace.id, answer, browser, new Date());
	if (!accepted.ok) return { accepted, answer, browser, started };
	const finished = await finishSignIn(db, accepted.ticket, browser, false, new Date());
	return { accepted, finished, answer, browser, started };
}

describe("a sign-in through a real provider", () => {
	it("adds a stranger of the domain, and welcomes them the next time", async () => {
		const world = await connected();
		const first = await signIn(world, "aiko@acme.test");
		expect(first.finished).toMatchObject({ ok: true, kind: "session" });
		const browserId =
			first.finished?.ok && first.finished.kind === "session" ? first.finished.browserId : "";
		const session = await findSession(db, { slug: world.workspace.slug }, browserId, new Date());
		expect(session?.member).toMatchObject({
			email: "aiko@acme.test",
			role: "member",
			name: "Aiko T",
		});
		const again = await signIn(world, "aiko@acme.test");
		expect(again.finished).toMatchObject({ ok: true, kind: "session" });
		const row = await findSignIn(db, world.workspace.id, again.started.id);
		expect(row).toMatchObject({ outcome: "welcome", subject: subjectOf(people[1] as never) });
	});

	it("refuses a stranger where nobody is added, and says so in the trace", async () => {
		const world = await connected({ autoProvision: "off" });
		const { finished, started } = await signIn(world, "aiko@acme.test");
		expect(finished).toMatchObject({ ok: false, reason: "unknown_person" });
		const row = await findSignIn(db, world.workspace.id, started.id);
		expect(row?.trace.at(-1)).toMatchObject({ step: "newcomers", ok: false });
	});

	it("refuses an email outside the proved domains", async () => {
		const { finished } = await signIn(await connected(), "eve@else.test");
		expect(finished).toMatchObject({ ok: false, reason: "domain_not_verified" });
	});

	it("refuses an email the provider calls unverified", async () => {
		const { finished } = await signIn(await connected(), "unproved@acme.test");
		expect(finished).toMatchObject({ ok: false, reason: "email_not_verified" });
	});

	it("takes an answer once, and a ticket once", async () => {
		const world = await connected();
		const { answer, browser, accepted } = await signIn(world, "aiko@acme.test");
		const replayed = await acceptAnswer(db, world.workspace.id, answer, browser, new Date());
		expect(replayed).toMatchObject({ ok: false, reason: "answer_used" });
		const ticket = accepted.ok ? accepted.ticket : "";
		const again = await finishSignIn(db, ticket, browser, false, new Date());
		expect(again).toMatchObject({ ok: false, reason: "ticket_used" });
	});

	it("refuses an answer carried into another browser, and an unknown state", async () => {
		const world = await connected();
		const victim = aBrowser();
		const started = await beginSignIn(db, {
			...world,
			settings: null,
			intent: "login",
			memberId: null,
			email: null,
			returnTo: null,
			visitor: victim,
			now: new Date(),
		});
		const answer = await signInAtProvider(started.url, "aiko@acme.test");
		const stolen = await acceptAnswer(db, world.workspace.id, answer, aBrowser(), new Date());
		expect(stolen).toMatchObject({ ok: false, reason: "other_browser" });
		const unknown = await acceptAnswer(
			db,
			world.workspace.id,
			{ state: "made up", code: "x" },
			victim,
			new Date(),
		);
		expect(unknown).toMatchObject({ ok: false, reason: "state_unknown", signIn: null });
	});

	it("refuses a sign-in whose connection was paused meanwhile", async () => {
		const world = await connected();
		const browser = aBrowser();
		const started = await beginSignIn(db, {
			...world,
			settings: null,
			intent: "login",
			memberId: null,
			email: null,
			returnTo: null,
			visitor: browser,
			now: new Date(),
		});
		const answer = await signInAtProvider(started.url, "aiko@acme.test");
		await transact(db, (tx) => pauseConnection(tx, operator, world.workspace, world.connection.id));
		const late = await acceptAnswer(db, world.workspace.id, answer, browser, new Date());
		expect(late).toMatchObject({ ok: false, reason: "connection_paused" });
	});

	it("refuses an answer that names another issuer, and passes on what the provider refuses", async () => {
		const world = await connected();
		const begin = async () => {
			const browser = aBrowser();
			const started = await beginSignIn(db, {
				...world,
				settings: null,
				intent: "login",
				memberId: null,
				email: null,
				returnTo: null,
				visitor: browser,
				now: new Date(),
			});
			return { browser, state: new URL(started.url).searchParams.get("state") ?? "" };
		};
		const one = await begin();
		const mixedUp = await acceptAnswer(
			db,
			world.workspace.id,
			{ state: one.state, code: "c", iss: "https://other.test" },
			one.browser,
			new Date(),
		);
		expect(mixedUp).toMatchObject({ ok: false, reason: "issuer_differs" });
		const two = await begin();
		const denied = await acceptAnswer(
			db,
			world.workspace.id,
			{ state: two.state, error: "access_denied" },
			two.browser,
			new Date(),
		);
		expect(denied).toMatchObject({ ok: false, reason: "provider_denied" });
	});

	it("refuses where the provider refuses our secret", async () => {
		const workspace = await aWorkspace(db);
		const saved = await saveConnection(
			db,
			operator,
			workspace,
			null,
			{ ...draft(), clientSecret: "not the secret" },
			reader,
		);
		if (!saved.ok) throw new Error(saved.reason);
		await transact(db, (tx) => activateConnection(tx, operator, workspace, saved.connection.id));
		const connection = await findConnection(db, workspace.id, saved.connection.id);
		if (!connection) throw new Error("gone");
		const { accepted } = await signIn({ workspace, connection }, "aiko@acme.test");
		expect(accepted).toMatchObject({ ok: false, reason: "token_refused" });
	});
});

describe("a test sign-in", () => {
	it("decides, keeps the verdict, makes no session, and proves settings that are saved later", async () => {
		const workspace = await aWorkspace(db, { policy: { activation: "proof" } });
		const admin = await aMember(db, workspace, { email: "maya@acme.test", roleByHand: "admin" });
		await transact(db, (tx) => vouchForDomain(tx, operator, workspace.id, "acme.test"));
		const ready = await readyDraft(workspace, draft(), null, reader);
		if (!ready.ok) throw new Error(ready.reason);
		const browser = aBrowser();
		const started = await beginSignIn(db, {
			workspace,
			connection: null,
			settings: ready.settings,
			intent: "test",
			memberId: admin.id,
			email: null,
			returnTo: null,
			visitor: browser,
			now: new Date(),
		});
		const answer = await signInAtProvider(started.url, "maya@acme.test");
		const accepted = await acceptAnswer(db, workspace.id, answer, browser, new Date());
		if (!accepted.ok) throw new Error(accepted.reason);
		const finished = await finishSignIn(db, accepted.ticket, browser, false, new Date());
		expect(finished).toMatchObject({ ok: true, kind: "tested" });
		const row = await findSignIn(db, workspace.id, started.id);
		expect(row).toMatchObject({
			outcome: "link",
			verdict: {
				admission: { outcome: "link", memberId: admin.id },
				access: { role: "admin" },
				shown: { email: "maya@acme.test", given_name: "Maya" },
			},
		});
		expect(JSON.stringify(row)).not.toContain(client.secret);

		const saved = await saveConnection(db, operator, workspace, null, draft(), reader);
		if (!saved.ok) throw new Error(saved.reason);
		expect(saved.connection).toMatchObject({ status: "tested", testedRevision: 1 });
		const other = await saveConnection(
			db,
			operator,
			workspace,
			saved.connection.id,
			{ ...draft(), clientSecret: "another secret" },
			reader,
		);
		expect(other).toMatchObject({ ok: true, connection: { status: "draft", revision: 2 } });
		const refused = await transact(db, (tx) =>
			activateConnection(tx, operator, workspace, saved.connection.id),
		);
		expect(refused).toMatchObject({ ok: false, reason: "needs_passed_test" });
	});
});

describe("saving a connection", () => {
	it("refuses what the provider does not confirm, and stores nothing", async () => {
		const workspace = await aWorkspace(db);
		const wrong = [
			[{ issuer: `${provider.issuer}/` }, "discovery_issuer_differs"],
			[{ issuer: "https://login.microsoftonline.com/common/v2.0" }, "issuer_shared"],
			[{ issuer: "http://localhost:1" }, "discovery_blocked"],
			[{ clientSecret: "" }, "secret_missing"],
		] as const;
		for (const [change, reason] of wrong) {
			const saved = await saveConnection(
				db,
				operator,
				workspace,
				null,
				{ ...draft(), ...change },
				reader,
			);
			expect(saved).toMatchObject({ ok: false, reason });
		}
		provider.misbehave({ at: "discovery", how: "anotherIssuer", issuer: "https://other.test" });
		const foreign = await saveConnection(db, operator, workspace, null, draft(), reader);
		provider.misbehave();
		expect(foreign).toMatchObject({
			ok: false,
			reason: "discovery_issuer_differs",
			received: "https://other.test",
		});
	});

	it("keeps a secret only for the issuer and client it was entered for", async () => {
		const { workspace, connection } = await connected();
		const same = await saveConnection(
			db,
			operator,
			workspace,
			connection.id,
			{ ...draft(), clientSecret: "", name: "Okta EU" },
			reader,
		);
		expect(same).toMatchObject({ ok: true, connection: { revision: 1, name: "Okta EU" } });
		const moved = await saveConnection(
			db,
			operator,
			workspace,
			connection.id,
			{ ...draft(), clientSecret: "", clientId: "another" },
			reader,
		);
		expect(moved).toMatchObject({ ok: false, reason: "secret_missing" });
	});
});

describe("signing out of the provider too", () => {
	async function signedIn() {
		const world = await connected();
		const { finished } = await signIn(world, "aiko@acme.test");
		const browserId = finished?.ok && finished.kind === "session" ? finished.browserId : "";
		const session = await findSession(db, { slug: world.workspace.slug }, browserId, new Date());
		if (!session) throw new Error("not signed in");
		const there = await providerSessionOf(db, world.workspace.id, session.id);
		if (!there) throw new Error("no session there");
		const offer = (now = new Date()) => transact(db, (tx) => offerSignOut(tx, there, now));
		return { ...world, there, offer };
	}

	it("keeps which session it was, and the token to name it by, sealed", async () => {
		const { there } = await signedIn();
		expect(there.session).toMatchObject({
			protocol: "oidc",
			issuer: provider.issuer,
			subject: subjectOf(people[1] as never),
			sid: expect.stringMatching(/\S/),
		});
		expect(JSON.stringify(there.session)).not.toContain("eyJ");
	});

	it("leads to the provider once, with a hint that it takes", async () => {
		const { workspace, offer } = await signedIn();
		const token = (await offer()) ?? "";
		expect(await findOffer(db, token, new Date())).toEqual({
			provider: "Okta",
			workspaceId: workspace.id,
		});
		const onward = await takeOffer(db, token, new Date());
		const address = onward && "address" in onward ? onward.address : "";
		expect(await takeOffer(db, token, new Date())).toBeNull();
		const query = new URL(address).searchParams;
		expect(query.get("post_logout_redirect_uri")).toBe(signedOutUri(workspace.id));
		const [, payload = ""] = (query.get("id_token_hint") ?? "").split(".");
		expect(JSON.parse(Buffer.from(payload, "base64url").toString())).toMatchObject({
			iss: provider.issuer,
			aud: client.id,
		});
		const page = await fetch(address);
		expect(page.status).toBe(200);
		expect(await page.text()).toContain("/session/end/confirm");
	});

	it("is over after ten minutes", async () => {
		const { offer } = await signedIn();
		const token = (await offer(new Date(Date.now() - 601_000))) ?? "";
		expect(token).not.toBe("");
		expect(await findOffer(db, token, new Date())).toBeNull();
		expect(await takeOffer(db, token, new Date())).toBeNull();
	});

	it("is not offered where the provider has no address for it, or is another one now", async () => {
		const { there } = await signedIn();
		const { connection } = there;
		if (connection.protocol !== "oidc") throw new Error("not OpenID Connect");
		const { end_session_endpoint: _, ...metadata } = connection.metadata;
		for (const other of [
			{ ...connection, metadata },
			{ ...connection, issuer: "https://other.test" },
		])
			expect(
				await transact(db, (tx) => offerSignOut(tx, { ...there, connection: other }, new Date())),
			).toBeNull();
	});
});
