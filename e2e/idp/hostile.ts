/**
 * A provider that says whatever a test tells it to: for attacks that a well-behaved one never
 * makes. It has no sign-in page, since the test plays the browser and brings any code.
 */
import { createHmac, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

export type Claims = Record<string, unknown>;

export type HostileProvider = {
	issuer: string;
	/** What it answers from now on. Each part not given is honest. */
	say: (answers: {
		/** Added to the claims of the id_token, and to those of userinfo. */
		claims?: Claims;
		/** What userinfo says differently. */
		userinfo?: Claims;
		alg?: "RS256" | "HS256" | "none";
		/** Signs with a key that it does not publish. */
		foreignKey?: boolean;
		/** Entries of the discovery document. */
		discovery?: Claims;
	}) => void;
	/** The query it would send the browser back with. @param url where the browser was sent. */
	answerTo: (url: string) => Record<string, string>;
	/** The paths asked for so far. */
	requests: string[];
	close: () => Promise<void>;
};

/** Starts one on a free port of loopback. */
export async function startHostileProvider(client: {
	id: string;
	secret: string;
}): Promise<HostileProvider> {
	const own = generateKeyPairSync("rsa", { modulusLength: 2048 });
	const foreign = generateKeyPairSync("rsa", { modulusLength: 2048 });
	let said: Parameters<HostileProvider["say"]>[0] = {};
	let nonce: string | null = null;
	const requests: string[] = [];

	const idToken = () => {
		const alg = said.alg ?? "RS256";
		const now = Math.floor(Date.now() / 1000);
		const claims = { iss: issuer, aud: client.id, iat: now, exp: now + 300, nonce, ...said.claims };
		const signed = `${base64({ alg, typ: "JWT", kid: "1" })}.${base64(claims)}`;
		const key = said.foreignKey ? foreign.privateKey : own.privateKey;
		return `${signed}.${signature(alg, signed, key, client.secret)}`;
	};
	const documents: Record<string, () => Claims> = {
		"/.well-known/openid-configuration": () => ({
			issuer,
			authorization_endpoint: `${issuer}/authorize`,
			token_endpoint: `${issuer}/token`,
			jwks_uri: `${issuer}/keys`,
			userinfo_endpoint: `${issuer}/me`,
			response_types_supported: ["code"],
			...said.discovery,
		}),
		"/keys": () => ({
			keys: [{ ...own.publicKey.export({ format: "jwk" }), kid: "1", use: "sig", alg: "RS256" }],
		}),
		"/token": () => ({ access_token: "a", token_type: "Bearer", id_token: idToken() }),
		"/me": () => ({ ...said.claims, ...said.userinfo }),
	};
	const server = createServer((request, response) => {
		const { pathname } = new URL(request.url ?? "/", "http://localhost");
		const document = documents[pathname];
		requests.push(pathname);
		request.resume();
		response.writeHead(document ? 200 : 404, { "content-type": "application/json" });
		response.end(JSON.stringify(document?.() ?? {}));
	});
	await new Promise<void>((resolve) => {
		server.listen(0, "127.0.0.1", resolve);
	});
	const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
	return {
		issuer,
		requests,
		say: (answers) => {
			said = answers;
		},
		answerTo: (url) => {
			const { searchParams } = new URL(url);
			nonce = searchParams.get("nonce");
			return { state: searchParams.get("state") ?? "", code: "any" };
		},
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}

function signature(alg: string, text: string, key: KeyObject, secret: string): string {
	if (alg === "none") return "";
	if (alg === "HS256") return createHmac("sha256", secret).update(text).digest("base64url");
	return sign("sha256", Buffer.from(text), key).toString("base64url");
}
