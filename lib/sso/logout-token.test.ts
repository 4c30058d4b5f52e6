import { createHmac } from "node:crypto";
import { exportJWK, generateKeyPair, type JSONWebKeySet, type JWTPayload, SignJWT } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { readLogoutToken } from "./logout-token";

const expected = { issuer: "https://id.acme.test", clientId: "gatehouse" };
const event = "http://schemas.openid.net/event/backchannel-logout";
const now = new Date("2026-11-25T12:00:00Z");
const at = (seconds: number) => now.getTime() / 1000 + seconds;

type Key = Awaited<ReturnType<typeof generateKeyPair>>;
let ours: Key;
let theirs: Key;
let keys: JSONWebKeySet;
beforeAll(async () => {
	ours = await generateKeyPair("RS256", { extractable: true });
	theirs = await generateKeyPair("RS256", { extractable: true });
	keys = { keys: [{ ...(await exportJWK(ours.publicKey)), kid: "k1", alg: "RS256", use: "sig" }] };
});

const good = (): JWTPayload => ({
	iss: expected.issuer,
	aud: expected.clientId,
	iat: at(-1),
	exp: at(120),
	jti: "token 1",
	sub: "00u1",
	sid: "session 1",
	events: { [event]: {} },
});

const sign = (
	payload: JWTPayload,
	header: Record<string, unknown> = {},
	key: Key = ours,
): Promise<string> =>
	new SignJWT(payload)
		.setProtectedHeader({ alg: "RS256", kid: "k1", typ: "logout+jwt", ...header })
		.sign(key.privateKey);

const read = async (token: string | Promise<string>) =>
	readLogoutToken(await token, keys, expected, now);

const without = (...names: string[]) =>
	Object.fromEntries(Object.entries(good()).filter(([name]) => !names.includes(name)));

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

describe("a logout token", () => {
	it.each([
		["of a session and its subject", {}, { sid: "session 1", subject: "00u1" }],
		["of a subject, in all sessions", { sid: undefined }, { sid: null, subject: "00u1" }],
		["of a session alone", { sub: undefined }, { sid: "session 1", subject: null }],
		["of an older provider, without an end", { exp: undefined }, { subject: "00u1" }],
		["for several audiences", { aud: ["another", "gatehouse"] }, { subject: "00u1" }],
	])("is taken: %s", async (_, change, found) => {
		expect(await read(sign({ ...good(), ...change }))).toMatchObject({ ok: true, token: found });
	});

	it.each([["logout+jwt"], ["JWT"], [undefined]])("is taken with the type %s", async (typ) => {
		expect(await read(sign(good(), { typ }))).toMatchObject({ ok: true });
	});

	it.each<[string, Record<string, unknown>, string]>([
		["of another issuer", { iss: "https://evil.test" }, "issuer"],
		["for somebody else", { aud: "another" }, "audience"],
		["for nobody", { aud: undefined }, "audience"],
		["without its time", { iat: undefined }, "time"],
		["from yesterday", { iat: at(-86_400), exp: at(60) }, "time"],
		["from the future", { iat: at(600), exp: at(700) }, "time"],
		["that has expired", { iat: at(-400), exp: at(-300) }, "time"],
		["without an event", { events: undefined }, "event"],
		["with another event", { events: { "https://evil.test/event": {} } }, "event"],
		["whose event is no object", { events: { [event]: true } }, "event"],
		["that could be an ID token", { nonce: "n" }, "nonce"],
		["of nobody and no session", { sub: undefined, sid: undefined }, "subject"],
		["whose subject is no text", { sub: 7 }, "subject"],
		["whose session is empty", { sid: "" }, "subject"],
		["without an id", { jti: undefined }, "id"],
	])("is refused: %s", async (_, change, problem) => {
		expect(await read(sign({ ...good(), ...change } as JWTPayload))).toEqual({
			ok: false,
			problem,
		});
	});

	it.each([
		["at+jwt", "type"],
		["secevent+jwt", "type"],
	])("is refused with the type %s", async (typ, problem) => {
		expect(await read(sign(good(), { typ }))).toEqual({ ok: false, problem });
	});

	it("is refused unless a published key signed it", async () => {
		expect(await read(sign(good(), {}, theirs))).toEqual({ ok: false, problem: "signature" });
		expect(await read(sign(good(), { kid: "k2" }, theirs))).toEqual({
			ok: false,
			problem: "key_unknown",
		});
		const [head, body] = (await sign(good())).split(".");
		const forged = `${head}.${encoded({ ...without("sub"), sub: "admin" })}.${(await sign(good())).split(".")[2]}`;
		expect(await read(forged)).toEqual({ ok: false, problem: "signature" });
		const unsigned = `${encoded({ alg: "none", typ: "logout+jwt" })}.${body}.`;
		expect((await read(unsigned)).ok).toBe(false);
	});

	it("is refused when the public key served as a shared secret", async () => {
		const head = encoded({ alg: "HS256", kid: "k1", typ: "logout+jwt" });
		const signed = `${head}.${encoded(good())}`;
		const secret = JSON.stringify(keys.keys[0]);
		const mac = createHmac("sha256", secret).update(signed).digest("base64url");
		expect(await read(`${signed}.${mac}`)).toEqual({ ok: false, problem: "algorithm" });
	});

	it.each(["", "a", "a.b.c", "....", "eyJhbGciOiJSUzI1NiJ9.e30.", "null"])(
		"is refused, and nothing breaks: %j",
		async (token) => {
			expect((await read(token)).ok).toBe(false);
		},
	);
});
