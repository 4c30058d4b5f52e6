/**
 * A provider that says whatever a test tells it to: for attacks that a well-behaved one never
 * makes. It has no sign-in page, since the test plays the browser and brings any code.
 */
import { createHmac, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

export type Claims = Record<string, unknown>;

/** What it answers. Each part not given is honest. */
export type Answers = {
	/** Added to the claims of the id_token, and to those of userinfo. */
	claims?: Claims;
	/** What userinfo says differently. */
	userinfo?: Claims;
	alg?: "RS256" | "HS256" | "none";
	/** Signs with a key that it does not publish. */
	foreignKey?: boolean;
	/** The id of the key that its tokens name; null: none. */
	kid?: string | null;
	/** Another token in place of the one it would sign. */
	idToken?: string;
	/** Entries of the answer with the tokens, such as an error; undefined leaves one out. */
	token?: Claims;
	/** Entries of the discovery document. */
	discovery?: Claims;
	/** Paths that do not answer as they should. */
	faults?: Record<string, Fault>;
};

/** Says nothing, goes on for ever, sends on elsewhere, or answers with another status. */
export type Fault = "silent" | "endless" | `to ${string}` | number;

/** A request that it got. */
export type Seen = { path: string; authorization: string; body: string };

export type HostileProvider = {
	issuer: string;
	/** What it answers from now on. */
	say: (answers: Answers) => void;
	/** The query it would send the browser back with. @param url where the browser was sent. */
	answerTo: (url: string) => Record<string, string>;
	/** Publishes another key, with an id of its own, and signs with it from now on. */
	rotate: (options?: { keepOld?: boolean }) => void;
	/** The last id_token it gave out. */
	lastToken: () => string;
	/** The requests so far, and their paths. */
	seen: Seen[];
	requests: string[];
	close: () => Promise<void>;
};

type Key = { kid: string; publicKey: KeyObject; privateKey: KeyObject };

let keys = 0;
const newKey = (): Key => ({
	kid: String(++keys),
	...generateKeyPairSync("rsa", { modulusLength: 2048 }),
});

/** Starts one on a port of loopback, a free one unless said. */
export async function startHostileProvider(
	client: { id: string; secret: string },
	port = 0,
): Promise<HostileProvider> {
	const foreign = newKey();
	let published = [newKey()];
	let said: Answers = {};
	let nonce: string | null = null;
	let lastToken = "";
	const seen: Seen[] = [];
	const requests: string[] = [];

	const idToken = () => {
		const { alg = "RS256", foreignKey, kid } = said;
		const own = published.at(-1) ?? foreign;
		const key = foreignKey ? foreign : own;
		const now = Math.floor(Date.now() / 1000);
		const claims = { iss: issuer, aud: client.id, iat: now, exp: now + 300, nonce, ...said.claims };
		const header = { alg, typ: "JWT", ...(kid === null ? {} : { kid: kid ?? own.kid }) };
		const signed = `${base64(header)}.${base64(claims)}`;
		lastToken = `${signed}.${signature(alg, signed, key.privateKey, client.secret)}`;
		return said.idToken ?? lastToken;
	};
	const jwk = ({ kid, publicKey }: Key) => ({
		...publicKey.export({ format: "jwk" }),
		...(said.kid === null ? {} : { kid }),
		use: "sig",
		alg: "RS256",
	});
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
		"/keys": () => ({ keys: published.map(jwk) }),
		"/token": () => ({
			access_token: "a",
			token_type: "Bearer",
			id_token: idToken(),
			...said.token,
		}),
		"/me": () => ({ ...said.claims, ...said.userinfo }),
	};
	const server = createServer(async (request, response) => {
		const { pathname } = new URL(request.url ?? "/", "http://localhost");
		const document = documents[pathname];
		const { authorization = "" } = request.headers;
		requests.push(pathname);
		seen.push({ path: pathname, authorization, body: await text(request).catch(() => "") });
		const fault = said.faults?.[pathname];
		if (fault !== undefined && !carriesOn(response, fault)) return;
		response.writeHead(document ? (typeof fault === "number" ? fault : 200) : 404, {
			"content-type": "application/json",
		});
		response.end(JSON.stringify(document?.() ?? {}));
	});
	await new Promise<void>((resolve) => {
		server.listen(port, "127.0.0.1", resolve);
	});
	const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
	return {
		issuer,
		requests,
		seen,
		say: (answers) => {
			said = answers;
		},
		answerTo: (url) => {
			const { searchParams } = new URL(url);
			nonce = searchParams.get("nonce");
			return { state: searchParams.get("state") ?? "", code: "any" };
		},
		rotate: ({ keepOld = false } = {}) => {
			published = [...(keepOld ? published : []), newKey()];
		},
		lastToken: () => lastToken,
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}

/** Commits a fault. @returns whether the usual answer follows. */
function carriesOn(response: ServerResponse, fault: Fault): boolean {
	if (typeof fault === "number") return true;
	if (fault === "silent") return false;
	if (fault === "endless") {
		response.writeHead(200, { "content-type": "application/json" });
		response.write('{"endless":"');
		const timer = setInterval(() => response.write("x".repeat(64)), 20);
		response.on("close", () => clearInterval(timer));
		return false;
	}
	response.writeHead(302, { location: fault.slice("to ".length) }).end();
	return false;
}

function signature(alg: string, signed: string, key: KeyObject, secret: string): string {
	if (alg === "none") return "";
	if (alg === "HS256") return createHmac("sha256", secret).update(signed).digest("base64url");
	return sign("sha256", Buffer.from(signed), key).toString("base64url");
}
