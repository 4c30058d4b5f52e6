/**
 * The scenarios for relying parties of the OpenID Foundation's conformance suite (Basic and Config),
 * by their names there, and what of the attack catalogue belongs to them.
 */
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import type { Db } from "@/db/client";
import { freshDb } from "@/db/testing";
import { type Answers, type HostileProvider, startHostileProvider } from "@/e2e/idp/hostile";
import { forget } from "./broker";
import { acceptAnswer } from "./sign-in";
import { aBrowser, ada, atProvider, client, type SsoWorld } from "./testing";

let db: Db;
let provider: HostileProvider;
let at: ReturnType<typeof atProvider<Answers>>;
let world: SsoWorld;
beforeAll(async () => {
	db = await freshDb();
	provider = await startHostileProvider(client);
	at = atProvider(db, provider);
	await forget(db, { id: "none" });
	world = await at.connected();
});
afterAll(() => provider.close());

/** A whole sign-in: "in", or why not. */
async function outcome(answers: Answers, of = world): Promise<string> {
	const said = { ...answers, claims: { ...ada, ...answers.claims } };
	const done = await at.signIn(of, said);
	return done.ok ? "in" : done.reason;
}

const scenarios: [scenario: string, answers: Answers, outcome: string][] = [
	["oidcc-client-test", {}, "in"],
	["oidcc-client-test-nonce-invalid", { claims: { nonce: "invalid" } }, "nonce_differs"],
	["oidcc-client-test-scope-userinfo-claims", { userinfo: { name: "Ada L" } }, "in"],
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

describe("conformance", () => {
	it.each(scenarios)("%s", async (_, answers, expected) => {
		expect(await outcome(answers)).toBe(expected);
	});

	it("oidcc-client-test-signing-key-rotation, just before signing too", async () => {
		for (const keepOld of [true, false]) {
			provider.rotate({ keepOld });
			expect(await outcome({})).toBe("in");
		}
	});

	it("oidcc-client-test-kid-absent-multiple-jwks: a client may refuse, and this one does", async () => {
		provider.rotate({ keepOld: true });
		expect(await outcome({ kid: null })).toBe("signature_invalid");
		provider.rotate();
	});

	it.each([
		["client_secret_post", ["client_secret_post"], "body"],
		["client_secret_basic", ["client_secret_basic"], "header"],
		["client_secret_basic, which is meant where nothing is announced", undefined, "header"],
	] as const)("oidcc-client-test-client-secret: %s", async (_, methods, place) => {
		provider.say({ discovery: { token_endpoint_auth_methods_supported: methods } });
		const announced = await at.connected();
		const before = provider.seen.length;
		expect(await outcome({}, announced)).toBe("in");
		const asked = provider.seen.slice(before).find(({ path }) => path === "/token");
		const inBody = new URLSearchParams(asked?.body).get("client_secret");
		expect(inBody).toBe(place === "body" ? client.secret : null);
		expect(asked?.authorization).toMatch(place === "header" ? /^Basic / : /^$/);
	});
});

describe("O2: further claims of the id_token", () => {
	const now = Math.floor(Date.now() / 1000);
	test.each([
		[
			"an issuer that only ends otherwise",
			() => ({ iss: `${provider.issuer}/` }),
			"issuer_differs",
		],
		["no issuer", () => ({ iss: undefined }), "issuer_differs"],
		["an empty list of audiences", () => ({ aud: [] }), "audience_differs"],
		["no expiry", () => ({ exp: undefined }), "token_malformed"],
		["not valid before tomorrow", () => ({ nbf: now + 86_400 }), "clock"],
		["a subject that is a number", () => ({ sub: 7 }), "subject_missing"],
		["an empty subject", () => ({ sub: "" }), "subject_missing"],
	])("%s", async (_, claims, expected) => {
		expect(await outcome({ claims: claims() })).toBe(expected);
	});
});

it("O3: an id_token of an earlier sign-in is refused", async () => {
	expect(await outcome({})).toBe("in");
	expect(await outcome({ idToken: provider.lastToken() })).toBe("nonce_differs");
});

it("O10: an unknown key is asked for no more than once again", async () => {
	const before = provider.requests.length;
	expect(await outcome({ kid: "unknown", foreignKey: true })).toBe("signature_invalid");
	const asked = provider.requests.slice(before).filter((path) => path === "/keys");
	expect(asked.length).toBeLessThanOrEqual(2);
});

describe("O5: an answer that does not name its issuer as it should", () => {
	const announced = { authorization_response_iss_parameter_supported: true };
	test.each([
		["names another", { iss: "https://honest.test" }],
		["names none", { iss: "" }],
		["says nothing, where the provider announced that it would", {}],
	])("%s: refused, and its code goes nowhere", async (_, more) => {
		provider.say({ discovery: announced });
		const { workspace, ...rest } = await at.connected();
		const browser = aBrowser();
		const { url } = await at.begin({ workspace, ...rest }, browser);
		const answer = { ...provider.answerTo(url), ...more };
		provider.say({ claims: ada });
		const before = provider.requests.length;
		expect(await acceptAnswer(db, workspace.id, answer, browser, new Date())).toMatchObject({
			ok: false,
			reason: "issuer_differs",
		});
		expect(provider.requests.slice(before)).toEqual([]);
	});
});
