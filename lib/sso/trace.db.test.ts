import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { type Db, transact } from "@/db/client";
import { signIns } from "@/db/schema";
import { aMember, aWorkspace, freshDb, operator, setPolicy } from "@/db/testing";
import { replaySignIn } from "@/lib/impact/replay";
import { newToken } from "@/lib/platform/crypto";
import { newId } from "@/lib/platform/ids";
import type { Workspace } from "@/lib/workspaces/workspaces";
import { activateConnection, type Connection, findConnection } from "./connections";
import { vouchForDomain } from "./domains";
import { mappingFields } from "./draft";
import { expireTraces } from "./retention";
import { saveConnection } from "./save";
import { findSignIn, type SignIn, step } from "./sign-in";
import { codeOf, findTrace, looksLikeCode, shownText, stateOf } from "./trace";

let db: Db;
beforeAll(async () => {
	db = await freshDb();
});

const issuer = "https://id.acme.test";

async function connected(policy = {}): Promise<{ workspace: Workspace; connection: Connection }> {
	const workspace = await aWorkspace(db, { policy });
	const metadata = {
		issuer,
		authorization_endpoint: `${issuer}/auth`,
		token_endpoint: `${issuer}/token`,
		jwks_uri: `${issuer}/jwks`,
		userinfo_endpoint: `${issuer}/me`,
	};
	const saved = await saveConnection(
		db,
		operator,
		workspace,
		null,
		{
			protocol: "oidc",
			name: "Okta",
			provider: "okta",
			issuer,
			clientId: "gatehouse",
			clientSecret: "a secret",
			secretExpiresOn: "",
			discoveryEndpoint: "",
			scopes: "",
			claimMapping: mappingFields(null),
		},
		async () => ({ ok: true, metadata }),
	);
	if (!saved.ok) throw new Error(saved.reason);
	await transact(db, async (tx) => {
		await vouchForDomain(tx, operator, workspace.id, "acme.test");
		await activateConnection(tx, operator, workspace, saved.connection.id);
	});
	const connection = await findConnection(db, workspace.id, saved.connection.id);
	if (!connection) throw new Error("gone");
	return { workspace, connection };
}

const started = new Date("2026-11-23T09:41:02Z");
const later = (ms: number) => new Date(started.getTime() + ms);
const days = (count: number) => later(count * 24 * 3600_000);

/** What an attempt by aiko@acme.test leaves, without its provider. */
async function anAttempt(
	{ workspace, connection }: { workspace: Workspace; connection: Connection },
	row: Partial<typeof signIns.$inferInsert> = {},
): Promise<SignIn> {
	const id = newId();
	const identity = {
		issuer,
		subject: "00u1e9aaaaaaaaaaaaaa4697",
		email: "aiko@acme.test",
		emailVerified: true,
		names: { name: "Aiko Tanaka", givenName: null, familyName: null },
		authenticatedAt: null,
	};
	await db.insert(signIns).values({
		workspaceId: workspace.id,
		id,
		code: `GH-${newToken()
			.replace(/[^0-9A-HJKMNP-TV-Z]/g, "")
			.slice(0, 6)}X`,
		connectionId: connection.id,
		connectionRevision: connection.revision,
		settingsHash: connection.settingsHash,
		intent: "login",
		browserHash: "b",
		codeVerifier: "v",
		startedAt: started,
		expiresAt: later(600_000),
		endedAt: later(17_900),
		issuer,
		subject: identity.subject,
		email: identity.email,
		claims: {
			identity,
			shown: {
				sub: identity.subject,
				email: identity.email,
				name: "Aiko Tanaka",
				dept: "Platform",
			},
		},
		trace: [step("started", true, started), step("answered", true, later(17_700))],
		...row,
	});
	const signIn = await findSignIn(db, workspace.id, id);
	if (!signIn) throw new Error("gone");
	return signIn;
}

describe("a trace", () => {
	it("tells the steps with their times, what was compared, and what was not reached", async () => {
		const world = await connected();
		const attempt = await anAttempt(world, {
			outcome: "refuse",
			reason: "audience_differs",
			trace: [
				step("started", true, started),
				step("answered", true, later(17_700)),
				step("audience_differs", false, later(17_900), { expected: "ours", received: "theirs" }),
			],
		});
		const trace = await findTrace(db, world.workspace.id, { id: attempt.id });
		expect(trace).toMatchObject({
			reason: "audience_differs",
			policyRevision: null,
			notReached: ["verified", "person", "role", "session"],
		});
		expect(trace?.lines.map(({ step: name, ok, elapsed }) => [name, ok, elapsed])).toEqual([
			["started", true, 0],
			["answered", true, 17_700],
			["audience_differs", false, 17_900],
		]);
		expect(trace?.lines[2]).toMatchObject({ expected: "ours", received: "theirs" });
	});

	it("shows what was decided on, marks what is personal and shortens ids", async () => {
		const world = await connected();
		const attempt = await anAttempt(world, { outcome: "welcome" });
		const trace = await findTrace(db, world.workspace.id, { code: attempt.code.toLowerCase() });
		expect(trace?.claims).toEqual([
			{ name: "sub", value: "00u1e9…4697", personal: false },
			{ name: "email", value: "aiko@acme.test", personal: false },
			{ name: "dept", value: "Platform", personal: true },
			{ name: "name", value: "Aiko Tanaka", personal: true },
		]);
	});

	it("stays in its workspace, whichever way it is asked for", async () => {
		const world = await connected();
		const other = await aWorkspace(db);
		const { id, code } = await anAttempt(world);
		expect(await findTrace(db, other.id, { id })).toBeNull();
		expect(await findTrace(db, other.id, { code })).toBeNull();
	});

	it("knows how an attempt stands", async () => {
		const world = await connected();
		const left = await anAttempt(world, { endedAt: null });
		expect(stateOf(left, later(60_000))).toBe("open");
		expect(stateOf(left, later(700_000))).toBe("abandoned");
		expect(stateOf({ ...left, outcome: "link" }, later(700_000))).toBe("link");
	});
});

describe("what may be shown", () => {
	it.each([
		["a token", "bad token eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2ln", "bad token [hidden]"],
		["an assertion", '<saml:Assertion ID="a">x</saml:Assertion>', "[hidden]"],
		["a signature", `signature ${"QUJD".repeat(30)}==`, "signature [hidden]"],
		["a query", "https://id.acme.test/cb?code=abc", "https://id.acme.test/cb?[hidden]"],
		["an issuer", "https://id.acme.test/tenant", "https://id.acme.test/tenant"],
	])("%s", (_, text, shown) => {
		expect(shownText(text)).toBe(shown);
	});

	it.each(["gh-7k2m", "GH 7K2M", " gh7k2m ", "GH-7K2M"])("reads the code %s as typed", (typed) => {
		expect(looksLikeCode(typed)).toBe(true);
		expect(codeOf(typed)).toBe("GH-7K2M");
	});

	it("takes letters that look like digits for them", () => {
		expect(codeOf("gh-OIL2")).toBe("GH-0112");
		expect(looksLikeCode("Ghislaine Laurent")).toBe(false);
	});
});

describe("would today's rules decide the same", () => {
	it("says yes for a refusal that would come again, and no once the rule is gone", async () => {
		const world = await connected({ autoProvision: "off" });
		const attempt = await anAttempt(world, { outcome: "refuse", reason: "unknown_person" });
		const ask = () => replaySignIn(db, world.workspace, attempt, new Date());
		expect(await ask()).toMatchObject({ same: true, admission: { reason: "unknown_person" } });
		await transact(db, (tx) => setPolicy(tx, world.workspace.id, { autoProvision: "on" }));
		expect(await ask()).toMatchObject({ same: false, admission: { outcome: "provision" } });
	});

	it("counts being let in another way as the same, and another reason as different", async () => {
		const world = await connected();
		const welcomed = await anAttempt(world, { outcome: "provision" });
		await aMember(db, world.workspace, { email: "aiko@acme.test" });
		expect(await replaySignIn(db, world.workspace, welcomed, new Date())).toMatchObject({
			same: true,
			admission: { outcome: "link" },
		});
		const refused = { ...welcomed, outcome: "refuse" as const, reason: "suspended" };
		await transact(db, (tx) =>
			setPolicy(tx, world.workspace.id, { allowedDomains: ["elsewhere.test"] }),
		);
		expect(await replaySignIn(db, world.workspace, refused, new Date())).toMatchObject({
			same: false,
			admission: { reason: "domain_not_allowed" },
		});
	});

	it("asks about a sign-in begun at the provider as one begun there", async () => {
		const world = await connected();
		const attempt = await anAttempt(world, {
			outcome: "refuse",
			reason: "start_here",
			initiatedBy: "idp",
		});
		expect(await replaySignIn(db, world.workspace, attempt, new Date())).toMatchObject({
			same: true,
			admission: { reason: "start_here" },
		});
	});

	it("has nothing to say where the provider vouched for nobody", async () => {
		const world = await connected();
		const attempt = await anAttempt(world, {
			outcome: "refuse",
			reason: "token_refused",
			claims: null,
		});
		expect(await replaySignIn(db, world.workspace, attempt, new Date())).toBeNull();
	});

	it("writes nothing", async () => {
		const world = await connected();
		const attempt = await anAttempt(world, { outcome: "provision" });
		await replaySignIn(db, world.workspace, attempt, new Date());
		expect(await findSignIn(db, world.workspace.id, attempt.id)).toEqual(attempt);
	});
});

describe("how long traces are kept", () => {
	it("lets go of what is old, and keeps the proof of settings that are in use", async () => {
		const world = await connected();
		const refused = await anAttempt(world, { outcome: "refuse", reason: "suspended" });
		const left = await anAttempt(world, { outcome: null });
		const proof = await anAttempt(world, { outcome: "link", intent: "test" });
		const stale = await anAttempt(world, {
			outcome: "link",
			intent: "test",
			settingsHash: "of settings long gone",
		});
		const kept = async () => {
			const rows = await db
				.select({ id: signIns.id })
				.from(signIns)
				.where(eq(signIns.workspaceId, world.workspace.id));
			return rows.map(({ id }) => id).sort();
		};
		const all = [refused.id, left.id, proof.id, stale.id];
		await expireTraces(db, days(6));
		expect(await kept()).toEqual([...all].sort());
		await expireTraces(db, days(8));
		expect(await kept()).toEqual(all.filter((id) => id !== left.id).sort());
		await expireTraces(db, days(91));
		expect(await kept()).toEqual([proof.id]);
	});
});
