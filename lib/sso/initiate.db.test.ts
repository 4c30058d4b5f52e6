/** Sign-ins that a provider has begun (OpenID Connect Core §4). */
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { type Db, transact } from "@/db/client";
import { signIns } from "@/db/schema";
import { freshDb, operator } from "@/db/testing";
import { type Answers, type HostileProvider, startHostileProvider } from "@/e2e/idp/hostile";
import { listActivity } from "@/lib/activity/list";
import { env } from "@/lib/platform/env";
import { newId } from "@/lib/platform/ids";
import { forget } from "./broker";
import { pauseConnection } from "./connections";
import { finishSignIn } from "./finish";
import { initiate } from "./initiate";
import { acceptAnswer } from "./sign-in";
import { aBrowser, ada, atProvider, client, type SsoWorld } from "./testing";

let db: Db;
let provider: HostileProvider;
let world: ReturnType<typeof atProvider<Answers>>;
let office: SsoWorld;
beforeAll(async () => {
	db = await freshDb();
	provider = await startHostileProvider(client);
	world = atProvider(db, provider);
	await forget(db, { id: "none" }); // loads the engine, which takes its time
	office = await world.connected();
});
afterAll(() => provider.close());

const start = (
	said: Record<string, string> | [string, string][] = {},
	{ id = office.connection.id, browser = aBrowser() } = {},
) => initiate(db, id, new URLSearchParams(said), browser, new Date());

const refused = { ok: false, reason: "initiation_refused" };

async function begun(said: Record<string, string>) {
	const started = await start(said);
	if (!started.ok) throw new Error(started.reason);
	const rows = await db
		.select()
		.from(signIns)
		.where(eq(signIns.workspaceId, office.workspace.id))
		.orderBy(signIns.startedAt);
	return { url: new URL(started.url), row: rows.at(-1) };
}

describe("a provider that has a sign-in begun", () => {
	it("is answered by one of ours at its connection, which ends in a session", async () => {
		const browser = aBrowser();
		const started = await start({ iss: provider.issuer }, { browser });
		if (!started.ok) throw new Error(started.reason);
		expect(started.url).toContain(`${provider.issuer}/authorize?`);
		provider.say({ claims: ada });
		const answer = provider.answerTo(started.url);
		const accepted = await acceptAnswer(db, office.workspace.id, answer, browser, new Date());
		if (!accepted.ok) throw new Error(accepted.reason);
		const done = await finishSignIn(db, accepted.ticket, browser, false, new Date());
		expect(done).toMatchObject({ ok: true, kind: "session" });
		if (!done.ok || done.kind !== "session") return;

		// Another person's session in this browser is not replaced before they agree.
		const there = { ...browser, browserId: done.browserId };
		const again = await start({}, { browser: there });
		if (!again.ok) throw new Error(again.reason);
		provider.say({ claims: { ...ada, sub: "eve", email: "eve@acme.test" } });
		const other = provider.answerTo(again.url);
		const taken = await acceptAnswer(db, office.workspace.id, other, there, new Date());
		if (!taken.ok) throw new Error(taken.reason);
		expect(await finishSignIn(db, taken.ticket, there, false, new Date())).toMatchObject({
			kind: "confirm",
		});
	});

	it("has its hint passed on where it is an address, and left out otherwise", async () => {
		const { url, row } = await begun({ login_hint: "ada@acme.test" });
		expect(url.searchParams.get("login_hint")).toBe("ada@acme.test");
		expect(row?.email).toBe("ada@acme.test");
		const other = await begun({ login_hint: "<script>" });
		expect(other.url.searchParams.get("login_hint")).toBeNull();
		expect(other.row?.email).toBeNull();
	});

	it("may name a page of the workspace to go to, and no other of ours", async () => {
		const home = `/w/${office.workspace.slug}`;
		const cases: [string, string | null][] = [
			[`${home}/members?q=a`, `${home}/members?q=a`],
			[`${env().PUBLIC_URL}${home}`, home],
			[`${env().PUBLIC_URL}/api/sso/initiate/${office.connection.id}`, null],
			[`${env().PUBLIC_URL}`, null],
			["/w/another-workspace", null],
			[`${home}-another`, null],
			["", null],
		];
		for (const [target, path] of cases)
			expect((await begun({ target_link_uri: target })).row?.returnTo, target).toBe(path);
	});
});

describe("no sign-in begins", () => {
	test.each([
		["https://evil.test/"],
		["//evil.test"],
		["/\\evil.test"],
		["/.//evil.test"],
		["javascript:alert(1)"],
		["evil.test"],
	])("where it is to end at %s", async (target) => {
		expect(await start({ target_link_uri: target })).toEqual(refused);
		const [origin] = [env().PUBLIC_URL];
		expect(await start({ target_link_uri: `${origin}.evil.test/` })).toEqual(refused);
		expect(await start({ target_link_uri: `${origin}@evil.test/` })).toEqual(refused);
		expect(await start({ target_link_uri: `${origin}//evil.test/` })).toEqual(refused);
	});

	it("where another issuer is named, or one twice", async () => {
		for (const iss of ["https://other.test", `${provider.issuer}/`, ""])
			expect(await start({ iss })).toEqual(refused);
		expect(
			await start([
				["iss", provider.issuer],
				["iss", "https://other.test"],
			]),
		).toEqual(refused);
	});

	it("at a connection that nobody has, is off, or is not in the plan: all the same to a stranger", async () => {
		expect(await start({}, { id: newId() })).toEqual(refused);
		const paused = await world.connected();
		await transact(db, (tx) =>
			pauseConnection(tx, operator, paused.workspace, paused.connection.id),
		);
		expect(await start({}, { id: paused.connection.id })).toEqual(refused);
		const { rows } = await listActivity(db, paused.workspace.id, { limit: 20, before: null });
		expect(rows.map(({ kind }) => kind)).toContain("sign_in.not_initiated");
	});

	it("more often than a sender may", async () => {
		const browser = { ...aBrowser(), address: "203.0.113.77" };
		const results = new Set<string>();
		for (let tries = 0; tries < 301; tries++) {
			const started = await start({}, { id: newId(), browser });
			results.add(started.ok ? "begun" : started.reason);
		}
		expect([...results]).toEqual(["initiation_refused", "throttled"]);
	});
});
