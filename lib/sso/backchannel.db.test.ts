import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { type Db, transact } from "@/db/client";
import { aMember, aWorkspace, freshDb, operator } from "@/db/testing";
import { findSession, startSession } from "@/lib/accounts/sessions";
import { listActivity } from "@/lib/activity/list";
import type { Member } from "@/lib/members/members";
import { newToken } from "@/lib/platform/crypto";
import { currentPolicy } from "@/lib/workspaces/policy";
import type { Workspace } from "@/lib/workspaces/workspaces";
import { type KeyFetch, takeLogoutToken } from "./backchannel";
import { activateConnection, findConnection, type OidcConnection } from "./connections";
import { mappingFields } from "./draft";
import { oidcSession } from "./provider-session";
import { saveConnection } from "./save";

let db: Db;
type Key = Awaited<ReturnType<typeof generateKeyPair>>;
let key: Key;
beforeAll(async () => {
	db = await freshDb();
	key = await generateKeyPair("RS256", { extractable: true });
});

const event = "http://schemas.openid.net/event/backchannel-logout";
let made = 0;

async function connected(): Promise<{ workspace: Workspace; connection: OidcConnection }> {
	const workspace = await aWorkspace(db);
	const issuer = `https://id${made++}.acme.test`;
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
		async () => ({
			ok: true,
			metadata: {
				issuer,
				authorization_endpoint: `${issuer}/auth`,
				token_endpoint: `${issuer}/token`,
				jwks_uri: `${issuer}/jwks`,
				userinfo_endpoint: `${issuer}/me`,
			},
		}),
	);
	if (!saved.ok) throw new Error(saved.reason);
	await transact(db, (tx) => activateConnection(tx, operator, workspace, saved.connection.id));
	const connection = await findConnection(db, workspace.id, saved.connection.id);
	if (connection?.protocol !== "oidc") throw new Error("gone");
	return { workspace, connection };
}

/** A browser that came in through the connection. @returns whether it is still signed in. */
async function signedIn(
	{ workspace, connection }: { workspace: Workspace; connection: OidcConnection },
	member: Member,
	sid: string | null,
): Promise<() => Promise<boolean>> {
	const now = new Date();
	const browserId = await transact(db, async (tx) =>
		startSession(tx, {
			workspaceId: workspace.id,
			memberId: member.id,
			method: "sso",
			connectionId: connection.id,
			providerSession: oidcSession(connection.issuer, `sub of ${member.id}`, sid, "an id token"),
			policy: (await currentPolicy(tx, workspace.id)).document,
			visitor: { browserId: null, address: "203.0.113.9", userAgent: "test" },
			now,
		}),
	);
	return async () =>
		(await findSession(db, { workspaceId: workspace.id }, browserId, new Date())) !== null;
}

let asked = 0;
const keys: KeyFetch = async () => {
	asked++;
	const jwk = { ...(await exportJWK(key.publicKey)), kid: "k1", alg: "RS256", use: "sig" };
	return { ok: true, status: 200, body: JSON.stringify({ keys: [jwk] }) };
};

const tokenFor = ({ issuer, clientId }: OidcConnection, change: JWTPayload): Promise<string> =>
	new SignJWT({
		iss: issuer,
		aud: clientId,
		iat: Math.floor(Date.now() / 1000),
		jti: newToken(),
		events: { [event]: {} },
		...change,
	})
		.setProtectedHeader({ alg: "RS256", kid: "k1", typ: "logout+jwt" })
		.sign(key.privateKey);

const take = (connection: OidcConnection, token: string, address = "198.51.100.1") =>
	takeLogoutToken(db, connection.id, token, address, new Date(), keys);

describe("a sign-out at the provider", () => {
	it("ends the one session it names, at once, and is told in the log", async () => {
		const world = await connected();
		const ada = await aMember(db, world.workspace, { roleByHand: "member" });
		const [here, there] = [
			await signedIn(world, ada, "session 1"),
			await signedIn(world, ada, "session 2"),
		];
		const token = await tokenFor(world.connection, { sid: "session 1" });
		expect(await take(world.connection, token)).toEqual({ ok: true, ended: 1 });
		expect([await here(), await there()]).toEqual([false, true]);
		const { rows } = await listActivity(db, world.workspace.id, { limit: 1, before: null });
		expect(rows[0]).toMatchObject({
			kind: "sign_out.by_provider",
			actor: "Okta",
			subject: "Ada Example",
			details: { sessionsEnded: 1 },
		});
	});

	it("ends every session of the person where it names no session, and nobody else's", async () => {
		const world = await connected();
		const ada = await aMember(db, world.workspace, { roleByHand: "member" });
		const ben = await aMember(db, world.workspace, { roleByHand: "member" });
		const sessions = [
			await signedIn(world, ada, "1"),
			await signedIn(world, ada, null),
			await signedIn(world, ben, "3"),
		];
		const token = await tokenFor(world.connection, { sub: `sub of ${ada.id}` });
		expect(await take(world.connection, token)).toEqual({ ok: true, ended: 2 });
		expect(await Promise.all(sessions.map((live) => live()))).toEqual([false, false, true]);
	});

	it("is well where nobody has such a session, and where the subject does not fit it", async () => {
		const world = await connected();
		const ada = await aMember(db, world.workspace, { roleByHand: "member" });
		const live = await signedIn(world, ada, "session 1");
		const unknown = await tokenFor(world.connection, { sid: "another" });
		expect(await take(world.connection, unknown)).toEqual({ ok: true, ended: 0 });
		const mixed = await tokenFor(world.connection, { sid: "session 1", sub: "somebody else" });
		expect(await take(world.connection, mixed)).toEqual({ ok: true, ended: 0 });
		expect(await live()).toBe(true);
	});

	it("is taken once", async () => {
		const world = await connected();
		const ada = await aMember(db, world.workspace, { roleByHand: "member" });
		const token = await tokenFor(world.connection, { sub: `sub of ${ada.id}` });
		expect(await take(world.connection, token)).toEqual({ ok: true, ended: 0 });
		const live = await signedIn(world, ada, null);
		expect(await take(world.connection, token)).toEqual({ ok: false, problem: "used" });
		expect(await live()).toBe(true);
	});

	it("reaches its own connection alone", async () => {
		const [world, other] = [await connected(), await connected()];
		const ada = await aMember(db, world.workspace, { roleByHand: "member" });
		const live = await signedIn(world, ada, "session 1");
		const foreign = await tokenFor(other.connection, { sid: "session 1" });
		expect(await take(world.connection, foreign)).toEqual({ ok: false, problem: "issuer" });
		expect(await take(other.connection, foreign)).toEqual({ ok: true, ended: 0 });
		expect(await live()).toBe(true);
	});

	it("refuses what is no logout token, counts it, and ends nothing", async () => {
		const world = await connected();
		const ada = await aMember(db, world.workspace, { roleByHand: "member" });
		const live = await signedIn(world, ada, "session 1");
		const bad = [
			"not a token",
			"x".repeat(20_000),
			await tokenFor(world.connection, { sid: "session 1", nonce: "n" }),
		];
		for (const token of bad) expect((await take(world.connection, token)).ok).toBe(false);
		expect(await live()).toBe(true);
		const { rows } = await listActivity(db, world.workspace.id, { limit: 20, before: null });
		expect(rows.find(({ kind }) => kind === "sign_out.bad_token")?.details).toEqual({ count: 3 });
		const nobody = "00000000-0000-7000-8000-000000000000";
		expect(await takeLogoutToken(db, nobody, "t", "a", new Date(), keys)).toEqual({
			ok: false,
			problem: "connection",
		});
	});

	it("asks for the keys once in a while, and says when they cannot be read", async () => {
		const world = await connected();
		const before = asked;
		for (const sid of ["a", "b", "c"])
			await take(world.connection, await tokenFor(world.connection, { sid }));
		expect(asked - before).toBe(1);
		const other = await connected();
		const token = await tokenFor(other.connection, { sid: "a" });
		const silent: KeyFetch = async () => ({ ok: false });
		expect(await takeLogoutToken(db, other.connection.id, token, "a", new Date(), silent)).toEqual({
			ok: false,
			problem: "keys",
		});
	});

	it("is not listened to without end from one sender", async () => {
		const world = await connected();
		const problems = new Set<string>();
		for (let knock = 0; knock < 302; knock++) {
			const taken = await take(world.connection, "nothing", "198.51.100.77");
			if (!taken.ok) problems.add(taken.problem);
		}
		expect([...problems]).toEqual(["malformed", "throttled"]);
	});
});
