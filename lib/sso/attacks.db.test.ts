/** What a hostile provider, or somebody between it and us, may try. Ids: the attack catalogue. */

import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { type Db, transact } from "@/db/client";
import { directoryUsers, identities, members, outbox, removals, roles, signIns } from "@/db/schema";
import { aMember, freshDb, operator } from "@/db/testing";
import { type Answers, type HostileProvider, startHostileProvider } from "@/e2e/idp/hostile";
import { findSession } from "@/lib/accounts/sessions";
import { listActivity } from "@/lib/activity/list";
import { enableDirectory } from "@/lib/directory/directory";
import { findMember } from "@/lib/members/members";
import { hashToken } from "@/lib/platform/crypto";
import { newId } from "@/lib/platform/ids";
import type { Policy } from "@/lib/policy/document";
import { forget } from "./broker";
import { finishSignIn } from "./finish";
import { acceptAnswer, mayBegin } from "./sign-in";
import { aBrowser, ada, atProvider, client } from "./testing";

let db: Db;
let provider: HostileProvider;
let world: ReturnType<typeof atProvider<Answers>>;
beforeAll(async () => {
	db = await freshDb();
	provider = await startHostileProvider(client);
	world = atProvider(db, provider);
	await forget(db, { id: "none" }); // loads the engine, which takes its time
});
afterAll(() => provider.close());

/** A workspace with an active connection to the hostile provider. */
function connected(policy: Partial<Policy> = {}, discovery: Record<string, unknown> = {}) {
	provider.say({ discovery });
	return world.connected(policy);
}

const begin: typeof world.begin = (...input) => world.begin(...input);
const signIn: typeof world.signIn = (...input) => world.signIn(...input);

describe("the id_token", () => {
	it("lets an honest one in", async () => {
		expect(await signIn(await connected(), { claims: ada })).toMatchObject({ kind: "session" });
	});

	test.each([
		["signed by a key the provider does not publish", { foreignKey: true }],
		["not signed", { alg: "none" }],
		["signed with the client secret", { alg: "HS256" }],
	] as const)("O1: %s, whatever the provider says it signs with", async (_, forged) => {
		const everything = { id_token_signing_alg_values_supported: ["RS256", "HS256", "none"] };
		for (const world of [await connected(), await connected({}, everything)])
			expect(await signIn(world, { claims: ada, ...forged })).toMatchObject({
				ok: false,
				reason: "signature_invalid",
			});
	});

	test.each([
		["O2: another issuer", { iss: "https://other.test" }, "issuer_differs"],
		["O2: another audience", { aud: "another client" }, "audience_differs"],
		["O2: one audience, made for another party", { azp: "another client" }, "audience_differs"],
		["O2: audiences, none of them the party", { aud: [client.id, "b"] }, "audience_differs"],
		["O2: expired", { exp: 1 }, "clock"],
		["O2: no iat", { iat: undefined }, "token_malformed"],
		["O2: no sub", { sub: undefined }, "subject_missing"],
		["O3: another nonce", { nonce: "another" }, "nonce_differs"],
		["O3: no nonce", { nonce: undefined }, "nonce_differs"],
	])("%s", async (_, claims, reason) => {
		expect(await signIn(await connected(), { claims: { ...ada, ...claims } })).toMatchObject({
			ok: false,
			reason,
		});
	});
});

test("the trace has what was expected beside what came", async () => {
	const world = await connected();
	await signIn(world, { claims: { ...ada, aud: "another client" } });
	const [row] = await db.select().from(signIns).where(eq(signIns.workspaceId, world.workspace.id));
	expect(row?.trace.at(-1)).toMatchObject({
		step: "audience_differs",
		expected: client.id,
		received: "another client",
	});
});

describe("userinfo", () => {
	it("O9: must be about the same subject", async () => {
		const answers = { claims: ada, userinfo: { sub: "eve" } };
		expect(await signIn(await connected(), answers)).toMatchObject({
			ok: false,
			reason: "subject_differs",
		});
	});

	test.each([
		["userinfo brings no other address", { email: "eve@else.test" }, ada, "domain_not_verified"],
		["userinfo cannot verify an address", { email_verified: false }, ada, "email_not_verified"],
	])("O8: %s, where the token says otherwise", async (_, claims, userinfo, reason) => {
		const answers = { claims: { ...ada, ...claims }, userinfo };
		expect(await signIn(await connected(), answers)).toMatchObject({ ok: false, reason });
	});

	it("O8: userinfo verifies its own address alone", async () => {
		const { email_verified: _, ...unsaid } = ada;
		const world = await connected();
		const answers = { claims: unsaid, userinfo: { email: "eve@else.test", email_verified: true } };
		expect(await signIn(world, answers)).toMatchObject({ kind: "session" });
		const [row] = await db
			.select()
			.from(signIns)
			.where(eq(signIns.workspaceId, world.workspace.id));
		expect(row?.claims).toMatchObject({
			identity: { email: ada.email, emailVerified: null },
		});
	});
});

describe("what a stranger may leave behind", () => {
	it("an answer sent again and again adds one line", async () => {
		const world = await connected();
		const { url } = await begin(world);
		const { state = "" } = provider.answerTo(url);
		const answer = { state, error: "access_denied" };
		const browser = aBrowser();
		for (let times = 0; times < 5; times++)
			await acceptAnswer(db, world.workspace.id, answer, browser, new Date());
		const [row] = await db
			.select()
			.from(signIns)
			.where(eq(signIns.stateHash, hashToken(state)));
		expect(row?.trace.map(({ step }) => step)).toEqual([
			"started",
			"answered",
			"other_browser",
			"answer_used",
		]);
	});
});

describe("a stranger who asks again and again", () => {
	const insistent = () => ({ ...aBrowser(), address: "198.51.100.7" });

	it("fills no log: refusals that nobody vouched for are told a few times, then counted", async () => {
		const world = await connected();
		for (let times = 0; times < 25; times++) {
			const browser = insistent();
			const { url } = await begin(world, browser);
			const { state = "" } = provider.answerTo(url);
			await acceptAnswer(
				db,
				world.workspace.id,
				{ state, error: "access_denied" },
				browser,
				new Date(),
			);
		}
		const { id } = world.workspace;
		const { rows } = await listActivity(db, id, { limit: 100, before: null });
		const told = rows.filter(({ kind }) => kind.startsWith("sign_in."));
		expect(told.filter(({ kind }) => kind === "sign_in.sso")).toHaveLength(20);
		expect(told.find(({ kind }) => kind === "sign_in.more_refused")).toMatchObject({
			outcome: "refused",
			details: { count: 5 },
		});
	});

	it("begins only so many sign-ins, wherever in their network they ask from", async () => {
		const from = (host: number) => ({
			...aBrowser(),
			address: `2001:db8:5:5::${host.toString(16)}`,
		});
		for (let host = 0; host < 300; host++) expect((await mayBegin(db, from(host))).ok).toBe(true);
		expect(await mayBegin(db, from(300))).toMatchObject({ ok: false });
		expect(await mayBegin(db, aBrowser())).toMatchObject({ ok: true });
	});
});

describe("texts that no database holds", () => {
	it("from the provider: they are left out", async () => {
		const odd = { name: "A\u0000da \ud83d", "cl\u0000aim": "\u0000", given_name: "\ud83d" };
		const world = await connected();
		expect(await signIn(world, { claims: { ...ada, ...odd } })).toMatchObject({ kind: "session" });
		const [member] = await db
			.select()
			.from(members)
			.where(eq(members.workspaceId, world.workspace.id));
		expect(member?.name).toBe("Ada");
	});

	it("as a subject: refused", async () => {
		expect(await signIn(await connected(), { claims: { ...ada, sub: "a\u0000" } })).toMatchObject({
			ok: false,
			reason: "subject_missing",
		});
	});

	it("in the address of the answer: refused like any other", async () => {
		const browser = aBrowser();
		const world = await connected();
		const { url } = await begin(world, browser);
		const answer = { ...provider.answerTo(url), error: "\u0000" };
		expect(await acceptAnswer(db, world.workspace.id, answer, browser, new Date())).toMatchObject({
			ok: false,
			reason: "provider_error",
		});
	});
});

describe("signing in again", () => {
	const freshly = async (claims: Record<string, unknown>) => {
		const world = await connected();
		const first = await signIn(world, { claims: ada });
		const browserId = "browserId" in first ? first.browserId : null;
		const session = await findSession(
			db,
			{ workspaceId: world.workspace.id },
			browserId,
			new Date(),
		);
		const browser = { ...aBrowser(), browserId };
		const { url } = await begin(world, browser, { memberId: session?.member.id ?? null });
		const answer = provider.answerTo(url);
		provider.say({ claims: { ...ada, ...claims } });
		const accepted = await acceptAnswer(db, world.workspace.id, answer, browser, new Date());
		return accepted.ok ? finishSignIn(db, accepted.ticket, browser, false, new Date()) : accepted;
	};
	const hourAgo = () => Math.floor(Date.now() / 1000) - 3600;

	it("is refused where the provider asked nobody", async () => {
		expect(await freshly({ auth_time: hourAgo() })).toMatchObject({
			ok: false,
			reason: "needs_fresh_sign_in",
		});
	});

	it("is taken where it did, and where it does not say", async () => {
		for (const claims of [{ auth_time: hourAgo() + 3600 }, {}])
			expect(await freshly(claims)).toMatchObject({ kind: "session" });
	});

	it("is what the provider's own old session does not make up for", async () => {
		const world = await connected();
		const sessionAfter = async (auth_time: number) => {
			const done = await signIn(world, { claims: { ...ada, auth_time } });
			const browserId = "browserId" in done ? done.browserId : null;
			return findSession(db, { workspaceId: world.workspace.id }, browserId, new Date());
		};
		const then = hourAgo();
		expect((await sessionAfter(then))?.authenticatedAt).toEqual(new Date(then * 1000));
		const later = (await sessionAfter(then + 7200))?.authenticatedAt.getTime();
		expect(later).toBeLessThanOrEqual(Date.now());
		expect(await sessionAfter(1e300)).not.toBeNull(); // a time no calendar has
	});

	it("must be as the same person", async () => {
		const other = { sub: "bob", email: "bob@acme.test" };
		expect(await freshly(other)).toMatchObject({ ok: false, reason: "other_person" });
	});
});

describe("A29: somebody the directory deleted", () => {
	it("stays out by their id in the directory too, whatever address the provider sends now", async () => {
		const world = await connected();
		await db.insert(removals).values({
			workspaceId: world.workspace.id,
			id: newId(),
			userNameKey: "ada.l",
			emailKey: "ada.l@acme.test",
			externalId: ada.sub,
			identities: [],
		});
		expect(await signIn(world, { claims: ada })).toMatchObject({
			ok: false,
			reason: "removed_by_directory",
		});
	});
});

describe("S18, A4: the provider of another workspace", () => {
	it("reaches nobody here, whatever it says", async () => {
		const here = await connected();
		const admin = await aMember(db, here.workspace, { email: ada.email, roleByHand: "admin" });
		const there = await connected();
		expect(await signIn(there, { claims: ada })).toMatchObject({
			kind: "session",
			workspace: { id: there.workspace.id },
		});
		const linked = await db
			.select()
			.from(identities)
			.where(eq(identities.workspaceId, here.workspace.id));
		expect(linked).toEqual([]);
		expect(await findMember(db, here.workspace.id, admin.id)).toEqual(admin);
	});

	it("has no say over an address whose domain its workspace has not proved", async () => {
		const there = await connected();
		const claims = { ...ada, email: "ada@globex.test" };
		expect(await signIn(there, { claims })).toMatchObject({
			ok: false,
			reason: "domain_not_verified",
		});
	});
});

describe("O5: mix-up", () => {
	it("an answer is taken at its own workspace's address alone, and no code goes elsewhere", async () => {
		const [honest, hostile] = [await connected(), await connected()];
		const victim = aBrowser();
		// The hostile provider sends its visitor on to the honest one, with its own state.
		const toHonest = new URL((await begin(honest)).url);
		const { state = "" } = provider.answerTo((await begin(hostile, victim)).url);
		const redirectedTo = new URL(toHonest.searchParams.get("redirect_uri") ?? "");
		const workspaceId = redirectedTo.pathname.split("/").at(-1) ?? "";
		expect(workspaceId).toBe(honest.workspace.id);
		const answer = { state, code: "of the honest provider" };
		const before = provider.requests.length;
		expect(await acceptAnswer(db, workspaceId, answer, victim, new Date())).toMatchObject({
			ok: false,
			reason: "state_unknown",
		});
		expect(provider.requests.slice(before)).toEqual([]);
	});
});

describe("first contact", () => {
	it("A4: takes no admin's record without a proof of theirs", async () => {
		const world = await connected();
		await aMember(db, world.workspace, { email: ada.email, roleByHand: "admin" });
		expect(await signIn(world, { claims: ada })).toMatchObject({
			ok: false,
			reason: "admin_must_prove",
		});
	});

	it("A4: nor that of anybody else who manages something", async () => {
		const world = await connected();
		const workspaceId = world.workspace.id;
		const permissions = ["workspace.read", "sso.manage"];
		await db
			.insert(roles)
			.values({ workspaceId, key: "ops", name: "Operations", rank: 210, permissions });
		await aMember(db, world.workspace, { email: ada.email, roleByHand: "ops" });
		expect(await signIn(world, { claims: ada })).toMatchObject({
			ok: false,
			reason: "admin_must_prove",
		});
	});

	it("tells the member by mail, and ends their other sessions", async () => {
		const world = await connected();
		const member = await aMember(db, world.workspace, { email: ada.email });
		expect(await signIn(world, { claims: ada })).toMatchObject({ kind: "session" });
		const mails = await db.select().from(outbox).where(eq(outbox.workspaceId, world.workspace.id));
		expect(mails).toMatchObject([{ to: ada.email, subject: expect.stringContaining("linked") }]);
		expect((await findMember(db, world.workspace.id, member.id))?.epoch).toBe(member.epoch + 1);
	});

	it("happens once when two tabs finish at once", async () => {
		const world = await connected();
		const tabs = [aBrowser(), aBrowser()];
		const tickets: string[] = [];
		for (const browser of tabs) {
			const { url } = await begin(world, browser);
			const answer = provider.answerTo(url);
			provider.say({ claims: ada });
			const accepted = await acceptAnswer(db, world.workspace.id, answer, browser, new Date());
			tickets.push(accepted.ok ? accepted.ticket : "");
		}
		const finished = await Promise.all(
			tabs.map((browser, tab) => finishSignIn(db, tickets[tab] ?? "", browser, false, new Date())),
		);
		expect(finished).toMatchObject([{ kind: "session" }, { kind: "session" }]);
		const people = await db
			.select()
			.from(members)
			.where(eq(members.workspaceId, world.workspace.id));
		expect(people).toHaveLength(1);
	});

	it("proves no address but the one the provider vouched for", async () => {
		const world = await connected();
		const member = await aMember(db, world.workspace, { email: "old@acme.test", emailProof: null });
		const directory = await transact(db, (tx) =>
			enableDirectory(tx, operator, world.workspace.id, new Date()),
		);
		if (!directory.ok) throw new Error(directory.reason);
		await db.insert(directoryUsers).values({
			workspaceId: world.workspace.id,
			directoryId: directory.directory.id,
			id: member.id,
			memberId: member.id,
			userName: "ada",
			userNameKey: "ada",
			externalId: ada.sub,
			active: true,
			resource: {},
		});
		expect(await signIn(world, { claims: ada })).toMatchObject({ kind: "session" });
		const linked = await findMember(db, world.workspace.id, member.id);
		expect(linked?.emailProof).toBeNull();
	});
});
