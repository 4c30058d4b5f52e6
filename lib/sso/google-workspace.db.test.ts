/** Google Workspace by the deployment's client, and what others may try with it. */
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { type Db, transact } from "@/db/client";
import { connections, engineStore, signIns } from "@/db/schema";
import { aMember, aWorkspace, freshDb, operator } from "@/db/testing";
import { type Answers, type HostileProvider, startHostileProvider } from "@/e2e/idp/hostile";
import { findSession } from "@/lib/accounts/sessions";
import { keepSsoCodes, makeSsoCodes } from "@/lib/accounts/sso-codes";
import type { Member } from "@/lib/members/members";
import { env } from "@/lib/platform/env";
import type { Policy } from "@/lib/policy/document";
import type { Workspace } from "@/lib/workspaces/workspaces";
import { forget, redirectUri, sharedRedirectUri } from "./broker";
import { activateConnection, type Connection, findConnection } from "./connections";
import { boundBy, whyWithoutClient } from "./deployment-client";
import { routeDomain, vouchForDomain } from "./domains";
import { parseDraft } from "./draft";
import { finishSignIn } from "./finish";
import { followDeploymentClient } from "./follow-deployment-client";
import { wayIn } from "./routing";
import { saveConnection } from "./save";
import { engineSettings, readyDraft } from "./settings";
import { acceptAnswer, beginSignIn, findSignIn } from "./sign-in";
import { aBrowser, client, draftFor, readerOf } from "./testing";

const ada = { sub: "ada", email: "ada@acme.test", email_verified: true, hd: "acme.test" };
const ben = { ...ada, sub: "ben", email: "ben@acme.test" };

let db: Db;
let google: HostileProvider;
beforeAll(async () => {
	db = await freshDb();
	google = await startHostileProvider(client);
	configure();
	await forget(db, { id: "none" }); // loads the engine, which takes its time
});
afterAll(() => google.close());

/** What the operator has configured. */
const configure = (id: string | undefined = client.id) =>
	Object.assign(env(), {
		GOOGLE_CLIENT_ID: id,
		GOOGLE_CLIENT_SECRET: client.secret,
		GOOGLE_ISSUER: google.issuer,
	});

const draft = (hostedDomain = "") => {
	const read = parseDraft({ protocol: "oidc", client: "deployment", name: "Google", hostedDomain });
	if (!read.ok) throw new Error("the draft is malformed");
	return read.draft;
};

type Office = { workspace: Workspace; admin: Member };

async function anOffice(policy: Partial<Policy> = {}): Promise<Office> {
	const workspace = await aWorkspace(db, { policy });
	const admin = await aMember(db, workspace, { email: ada.email, roleByHand: "admin" });
	return { workspace, admin };
}

/** The admin presses the button and chooses an account. */
async function choose(
	{ workspace, admin }: Office,
	answers: Answers,
	domain = "",
	connection: Connection | null = null,
) {
	const ready = await readyDraft(workspace, draft(domain), connection, readerOf(google));
	if (!ready.ok) throw new Error(ready.reason);
	const browser = aBrowser();
	const { url, id } = await beginSignIn(db, {
		workspace,
		connection,
		settings: ready.settings,
		intent: "test",
		memberId: admin.id,
		email: null,
		returnTo: null,
		chooseAccount: true,
		visitor: browser,
		now: new Date(),
	});
	const answer = google.answerTo(url);
	google.say(answers);
	const accepted = await acceptAnswer(db, null, answer, browser, new Date());
	const finished = accepted.ok
		? await finishSignIn(db, accepted.ticket, browser, false, new Date())
		: accepted;
	const test = await findSignIn(db, workspace.id, id);
	if (!test) throw new Error("no attempt was kept");
	return { url: new URL(url), finished, test };
}

const save = ({ workspace }: Office, domain: string, id: string | null = null) =>
	saveConnection(db, operator, workspace, id, draft(domain), readerOf(google));

/** An office whose admin has chosen an account of acme.test, and turned the connection on. */
async function connected(policy: Partial<Policy> = {}) {
	const office = await anOffice(policy);
	await choose(office, { claims: ada });
	const saved = await save(office, "acme.test");
	if (!saved.ok) throw new Error(saved.reason);
	const { workspace, admin } = office;
	if (policy.enforceSso)
		await transact(db, async (tx) => {
			const made = await makeSsoCodes(tx, admin);
			if (made.ok) await keepSsoCodes(tx, operator, admin, made.codes[0] ?? "", new Date());
		});
	const on = await transact(db, (tx) =>
		activateConnection(tx, operator, workspace, saved.connection.id),
	);
	if (!on.ok) throw new Error(on.reason);
	return { ...office, connection: await current(workspace, saved.connection.id) };
}

async function current(workspace: Workspace, id: string): Promise<Connection> {
	const connection = await findConnection(db, workspace.id, id);
	if (!connection) throw new Error("gone");
	return connection;
}

type World = Awaited<ReturnType<typeof connected>>;

const begin = ({ workspace, connection }: World, visitor = aBrowser()) =>
	beginSignIn(db, {
		workspace,
		connection,
		settings: null,
		intent: "login",
		memberId: null,
		email: null,
		returnTo: null,
		visitor,
		now: new Date(),
	});

async function signIn(world: World, answers: Answers) {
	const browser = aBrowser();
	const { url } = await begin(world, browser);
	const answer = google.answerTo(url);
	google.say(answers);
	const accepted = await acceptAnswer(db, null, answer, browser, new Date());
	if (!accepted.ok) return accepted;
	return finishSignIn(db, accepted.ticket, browser, false, new Date());
}

describe("choosing an account", () => {
	it("asks Google which one, with nothing typed, and comes back to the one address", async () => {
		const { url } = await choose(await anOffice(), { claims: ada });
		expect(url.origin).toBe(google.issuer);
		expect(Object.fromEntries(url.searchParams)).toMatchObject({
			prompt: "select_account",
			client_id: client.id,
			redirect_uri: sharedRedirectUri(),
			hd: "*",
		});
	});

	it("fixes the domain, proves it, and needs no record in the DNS for the admin's own link", async () => {
		const office = await anOffice({ activation: "proof" });
		const { test } = await choose(office, { claims: ada });
		expect(test).toMatchObject({ outcome: "link", draft: { hostedDomain: "acme.test" } });
		expect(boundBy(test)).toBe("acme.test");
		const saved = await save(office, "acme.test");
		expect(saved).toMatchObject({
			ok: true,
			connection: {
				status: "tested",
				deploymentClient: true,
				secret: null,
				metadata: { hosted_domain: "acme.test" },
			},
		});
	});

	it("is a way in where passwords close with it, and no domain is proved by the DNS", async () => {
		const { workspace, connection } = await connected({ enforceSso: { mode: "on" } });
		expect(connection.status).toBe("active");
		expect(await wayIn(db, "", workspace.slug, new Date())).toMatchObject({
			kind: "sso",
			way: { enforced: true },
		});
	});

	test.each([
		["of nobody's organization", { hd: undefined }, "hosted_domain_missing"],
		["of a domain that everybody shares", { hd: "gmail.com" }, "hosted_domain_missing"],
		["whose address is not verified", { email_verified: false }, "email_not_verified"],
	] as const)("is refused with an account %s, and nothing is bound", async (_, claims, reason) => {
		const office = await anOffice();
		const { finished, test } = await choose(office, { claims: { ...ada, ...claims } });
		expect(finished).toMatchObject({ ok: false, reason });
		expect(boundBy(test)).toBeNull();
		expect(await save(office, "acme.test")).toEqual({ ok: false, reason: "google_account_first" });
	});

	it("cannot be skipped: a domain that was only typed, or chosen in another workspace, is refused", async () => {
		const office = await anOffice();
		const elsewhere = await anOffice();
		await choose(elsewhere, { claims: { ...ada, hd: "other.test", email: "ada@other.test" } });
		for (const domain of ["", "acme.test", "other.test"])
			expect(await save(office, domain)).toEqual({ ok: false, reason: "google_account_first" });
		// A test of a typed domain with an account of another says nothing of it.
		const { finished } = await choose(office, { claims: ada }, "other.test");
		expect(finished).toMatchObject({ ok: false, reason: "hosted_domain_differs" });
		expect(await save(office, "other.test")).toEqual({ ok: false, reason: "google_account_first" });
	});

	it("keeps the secret out of every row", async () => {
		const world = await connected();
		await begin(world);
		const rows = [
			await db.select().from(connections),
			await db.select().from(signIns),
			await db.select().from(engineStore),
		];
		expect(rows.flat().length).toBeGreaterThan(2);
		expect(JSON.stringify(rows)).not.toContain(client.secret);
		// The engine seals what it keeps; it is given another word, and what is sent is the real one.
		const { connection } = world;
		const stored = connection.protocol === "oidc" ? connection : null;
		expect(engineSettings(null, stored).clientSecret).not.toBe(client.secret);
		google.seen.length = 0;
		await signIn(world, { claims: ada });
		expect(google.seen.find(({ path }) => path === "/token")?.authorization).toBe(
			`Basic ${Buffer.from(`${client.id}:${encodeURIComponent(client.secret).replaceAll("%20", "+")}`).toString("base64")}`,
		);
	});
});

describe("signing in", () => {
	it("lets in an account of the domain, and adds one that nobody knows", async () => {
		const world = await connected({ autoProvision: "on" });
		const done = await signIn(world, { claims: ben });
		const browserId = done.ok && done.kind === "session" ? done.browserId : "";
		const { slug } = world.workspace;
		const session = await findSession(db, { slug }, browserId, new Date());
		expect(session?.member.email).toBe(ben.email);
	});

	test.each([
		["another domain", { hd: "other.test" }, "hosted_domain_differs"],
		["no domain", { hd: undefined }, "hosted_domain_missing"],
		["the domain in another case", { hd: "Acme.test" }, "hosted_domain_missing"],
		["a subdomain", { hd: "eu.acme.test" }, "hosted_domain_differs"],
		["a domain around it", { hd: "acme.test.evil.test" }, "hosted_domain_differs"],
		["an address that is not verified", { email_verified: undefined }, "email_not_verified"],
		["an address of another domain", { email: "ben@other.test" }, "domain_not_verified"],
		["an address of a subdomain", { email: "ben@eu.acme.test" }, "domain_not_verified"],
	] as const)("refuses an account with %s", async (_, claims, reason) => {
		const world = await connected({ autoProvision: "on" });
		expect(await signIn(world, { claims: { ...ben, ...claims } })).toMatchObject({
			ok: false,
			reason,
		});
	});

	it("holds an account that is known to its domain as well", async () => {
		const world = await connected();
		expect(await signIn(world, { claims: ada })).toMatchObject({ kind: "session" });
		const moved = { ...ada, hd: "other.test" };
		expect(await signIn(world, { claims: moved })).toMatchObject({ ok: false });
	});

	it("is not believed by userinfo, which is not signed", async () => {
		const { hd: _, ...unsaid } = ben;
		const answers = { claims: { ...unsaid, hd: "other.test" }, userinfo: { hd: "acme.test" } };
		expect(await signIn(await connected(), answers)).toMatchObject({
			ok: false,
			reason: "hosted_domain_differs",
		});
	});

	it("takes no token of another sign-in with the same client, such as a personal one", async () => {
		const world = await connected();
		await signIn(world, { claims: ada });
		expect(await signIn(world, { claims: ada, idToken: google.lastToken() })).toMatchObject({
			ok: false,
			reason: "nonce_differs",
		});
	});
});

describe("the one address of the deployment", () => {
	it("knows no answer to a workspace's own client, and that workspace's none of ours", async () => {
		const world = await connected();
		const browser = aBrowser();
		const ours = await begin(world, browser);
		google.say({ claims: ada });
		const answer = google.answerTo(ours.url);
		const carried = await acceptAnswer(db, world.workspace.id, answer, browser, new Date());
		expect(carried).toMatchObject({ ok: false, reason: "state_unknown" });

		const own = draftFor(google.issuer, { provider: "google" });
		const saved = await saveConnection(db, operator, world.workspace, null, own, readerOf(google));
		if (!saved.ok) throw new Error(saved.reason);
		const theirs = await begin({ ...world, connection: saved.connection }, browser);
		expect(new URL(theirs.url).searchParams.get("redirect_uri")).toBe(
			redirectUri(world.workspace.id),
		);
		const mixed = await acceptAnswer(db, null, google.answerTo(theirs.url), browser, new Date());
		expect(mixed).toMatchObject({ ok: false, reason: "state_unknown" });
	});

	it("leads each answer to the workspace that asked, in the browser that asked", async () => {
		const [one, two] = [await connected({ autoProvision: "on" }), await connected()];
		const browser = aBrowser();
		const { url } = await begin(one, browser);
		await begin(two, browser);
		google.say({ claims: ben });
		const answer = google.answerTo(url);
		const accepted = await acceptAnswer(db, null, answer, browser, new Date());
		if (!accepted.ok) throw new Error(accepted.reason);
		const done = await finishSignIn(db, accepted.ticket, browser, false, new Date());
		expect(done).toMatchObject({ kind: "session", workspace: { id: one.workspace.id } });

		const again = await begin(one, aBrowser());
		const stolen = await acceptAnswer(db, null, google.answerTo(again.url), browser, new Date());
		expect(stolen).toMatchObject({ ok: false, reason: "other_browser" });
	});
});

describe("the domain that Google vouches for", () => {
	it("leads nobody: an email alone finds the workspace only by a proved domain", async () => {
		const { workspace } = await connected();
		const now = new Date();
		expect(await wayIn(db, ben.email, null, now)).toMatchObject({ kind: "password" });
		await transact(db, (tx) => vouchForDomain(tx, operator, workspace.id, "acme.test"));
		expect(await wayIn(db, ben.email, null, now)).toMatchObject({ kind: "sso" });
	});

	it("does not speak for a domain that an admin led to another connection", async () => {
		const world = await connected({ autoProvision: "on" });
		const { workspace } = world;
		const own = draftFor(google.issuer);
		const saved = await saveConnection(db, operator, workspace, null, own, readerOf(google));
		if (!saved.ok) throw new Error(saved.reason);
		await transact(db, async (tx) => {
			await vouchForDomain(tx, operator, workspace.id, "acme.test");
			await routeDomain(tx, operator, workspace, "acme.test", saved.connection.id);
		});
		expect(await signIn(world, { claims: ben })).toMatchObject({
			ok: false,
			reason: "domain_elsewhere",
		});
	});

	it("does not count for a client of the workspace's own, whatever it says", async () => {
		const workspace = await aWorkspace(db, { policy: { autoProvision: "on" } });
		const own = draftFor(google.issuer, { provider: "google", hostedDomain: "acme.test" });
		const saved = await saveConnection(db, operator, workspace, null, own, readerOf(google));
		if (!saved.ok) throw new Error(saved.reason);
		await transact(db, (tx) => activateConnection(tx, operator, workspace, saved.connection.id));
		const connection = await current(workspace, saved.connection.id);
		const browser = aBrowser();
		const { url } = await begin({ workspace, connection } as World, browser);
		google.say({ claims: ben });
		const answer = google.answerTo(url);
		const accepted = await acceptAnswer(db, workspace.id, answer, browser, new Date());
		if (!accepted.ok) throw new Error(accepted.reason);
		const done = await finishSignIn(db, accepted.ticket, browser, false, new Date());
		expect(done).toMatchObject({ ok: false, reason: "domain_not_verified" });
	});
});

describe("another client of the deployment", () => {
	it("is followed as other settings: it works, and its test is still to pass", async () => {
		const { workspace, connection } = await connected({ activation: "proof" });
		expect(connection.testedRevision).toBe(connection.revision);
		configure("another client");
		expect(await followDeploymentClient(db)).toBeGreaterThan(0);
		const moved = await current(workspace, connection.id);
		expect(moved).toMatchObject({
			clientId: "another client",
			status: "active",
			revision: connection.revision + 1,
			testedRevision: connection.revision,
		});
		expect(moved.settingsHash).not.toBe(connection.settingsHash);
		expect(await followDeploymentClient(db)).toBe(0);
		configure();
		await followDeploymentClient(db);
		const [back] = await db.select().from(connections).where(eq(connections.id, connection.id));
		expect(back?.settingsHash).toBe(connection.settingsHash);
	});

	it("closes connections where there is none, and for an issuer that is not its own", async () => {
		const world = await connected();
		expect(whyWithoutClient(world.connection)).toBeNull();
		Object.assign(env(), { GOOGLE_CLIENT_ID: undefined });
		expect(whyWithoutClient(world.connection)).toBe("google_client_missing");
		await expect(begin(world)).rejects.toThrow("no such client");
		const ready = await readyDraft(world.workspace, draft(), null, readerOf(google));
		expect(ready).toEqual({ ok: false, reason: "google_client_missing" });
		configure();
		Object.assign(env(), { GOOGLE_ISSUER: "https://accounts.google.com" });
		expect(whyWithoutClient(world.connection)).toBe("google_client_missing");
		await expect(begin(world)).rejects.toThrow("no such client");
		configure();
	});
});
