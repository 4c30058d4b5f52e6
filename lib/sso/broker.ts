/**
 * The protocol engine (jackson), and the only file that imports it. It speaks OpenID Connect with
 * the provider and answers with verified claims. Its own OAuth endpoints are no public routes: they
 * are called here, in process, once for each sign-in.
 *
 * Nothing of a connection is kept in the engine. Every transaction registers the connection as it
 * is at that moment under a product of its own and removes it at the end, so there is no second
 * store to fall out of step, and one workspace's answer cannot meet another's connection.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { createHash, randomBytes } from "node:crypto";
import { inflateRawSync } from "node:zlib";
import type {
	DatabaseDriver,
	IConnectionAPIController,
	Index,
	IOAuthController,
} from "@boxyhq/saml-jackson";
import { and, eq, gt, inArray, isNull, lt, or } from "drizzle-orm";
import type { Db } from "@/db/client";
import { engineIndex, engineStore } from "@/db/schema";
import type { ProviderMetadata } from "@/db/schema/sso";
import { deriveKey } from "@/lib/platform/crypto";
import { env } from "@/lib/platform/env";
import { revealed } from "./deployment-client";
import { base64Of } from "./saml/certificates";
import { type KeyPair, newestOf, serviceKeys } from "./saml/service-keys";
import { binding, escapeXml, ns } from "./saml/xml";
import { idTokenName, type OidcLibrary, strictOidc } from "./strict-oidc";

/**
 * Where a workspace's provider sends the browser back to. Each workspace has its own: with one for
 * all, a hostile provider could send its visitors on to another's, and be brought the answer to
 * redeem (the mix-up attack, RFC 9700 §4.4).
 */
const callbackPath = (workspaceId: string) => `/api/sso/callback/${workspaceId}`;

/**
 * Where Google sends the browser back to for all who use the deployment's client. It takes answers
 * to that client's requests alone, so there is one provider behind it and none to be mixed up.
 */
const sharedCallbackPath = "/api/sso/callback/google";

/** The redirect URI an admin copies into the provider. */
export function redirectUri(workspaceId: string): string {
	return env().PUBLIC_URL + callbackPath(workspaceId);
}

/** The redirect URI an operator adds to the deployment's client at Google. */
export function sharedRedirectUri(): string {
	return env().PUBLIC_URL + sharedCallbackPath;
}

/** One sign-in: where its answer must come, and the product the engine knows it by. */
export type Transaction = { workspaceId: string; id: string; deploymentClient: boolean };

const pathOf = ({ workspaceId, deploymentClient }: Transaction) =>
	deploymentClient ? sharedCallbackPath : callbackPath(workspaceId);

export type EngineConnection = {
	clientId: string;
	clientSecret: string;
	metadata: ProviderMetadata;
};

const tenant = "gatehouse";

// Jackson's own redirect, never followed by a browser: its query is read here.
const inside = () => `${env().PUBLIC_URL}/sso/inside`;

/**
 * Begins a transaction with the provider.
 * @param parameters passed to the provider, such as login_hint and prompt.
 * @returns where to send the browser, the `state` the answer will carry, and the verifier that
 *   `finish` needs.
 */
export async function begin(
	db: Db,
	transaction: Transaction,
	connection: EngineConnection,
	parameters: Record<string, string>,
): Promise<{ url: string; state: string; codeVerifier: string }> {
	const { id: product } = transaction;
	const { connections, oauth, library } = await engineOf(db, transaction);
	const codeVerifier = randomBytes(32).toString("base64url");
	await connections.createOIDCConnection({
		tenant,
		product,
		defaultRedirectUrl: inside(),
		redirectUrl: [inside()],
		oidcClientId: connection.clientId,
		oidcClientSecret: connection.clientSecret,
		oidcMetadata: connection.metadata,
	});
	const started = await oauth.authorize({
		tenant,
		product,
		client_id: "dummy",
		redirect_uri: inside(),
		response_type: "code",
		state: product,
		code_challenge: createHash("sha256").update(codeVerifier).digest("base64url"),
		code_challenge_method: "S256",
		...parameters,
	});
	if (!library.isStrict) throw new Error("the engine would not verify signatures");
	const url = started.redirect_url;
	const query = new URL(url ?? inside()).searchParams;
	const state = query.get("state");
	if (!url || !state || url.startsWith(inside()))
		throw new Error(`the engine could not begin: ${started.error ?? "no address"}`);
	if (query.get("redirect_uri") !== env().PUBLIC_URL + pathOf(transaction))
		throw new Error("the engine would have the answer brought to another workspace");
	return { url, state, codeVerifier };
}

/** What the engine needs to read a provider's SAML responses. */
export type SamlEngineConnection = {
	entityId: string;
	certificates: readonly string[];
	acsUrl: string;
	audience: string;
};

/**
 * Begins a SAML transaction. The engine's own request is not sent, ours is (./saml/request); it
 * gives the id that both know the answer by.
 * @returns the id of the request, the RelayState its answer will carry, and the verifier that
 *   `finishSaml` needs.
 */
export async function beginSaml(
	db: Db,
	{ id: product }: Pick<Transaction, "id">,
	connection: SamlEngineConnection,
): Promise<{ requestId: string; state: string; codeVerifier: string }> {
	const { oauth } = await engine(db);
	const codeVerifier = randomBytes(32).toString("base64url");
	await registerSaml(db, product, connection);
	const { redirect_url: url } = await oauth.authorize({
		tenant,
		product,
		client_id: "dummy",
		redirect_uri: inside(),
		response_type: "code",
		state: product,
		code_challenge: createHash("sha256").update(codeVerifier).digest("base64url"),
		code_challenge_method: "S256",
	});
	const query = new URL(url ?? inside()).searchParams;
	const [request, state] = [query.get("SAMLRequest"), query.get("RelayState")];
	const xml = request && inflateRawSync(Buffer.from(request, "base64")).toString("utf8");
	const requestId = xml ? /\bID="([\w.-]+)"/.exec(xml)?.[1] : undefined;
	if (!requestId || !state) throw new Error("the engine could not begin");
	return { requestId, state, codeVerifier };
}

async function registerSaml(
	db: Db,
	product: string,
	connection: SamlEngineConnection,
): Promise<void> {
	const { connections } = await engine(db);
	await connections.createSAMLConnection({
		tenant,
		product,
		defaultRedirectUrl: inside(),
		redirectUrl: [inside()],
		rawMetadata: minimalMetadata(connection),
		acsUrlOverride: connection.acsUrl,
		samlAudienceOverride: connection.audience,
	} as Parameters<typeof connections.createSAMLConnection>[0]);
}

/**
 * Gives a response that has passed the gate to the engine, which judges it once more by itself.
 * @param connection as it is now: a certificate may have been replaced since the beginning. It has
 *   room for one key to open with: the one by which the gate could.
 * @returns its claims: the NameID under the name that SAML's older sibling gave it.
 */
export async function finishSaml(
	db: Db,
	{ id: product }: Pick<Transaction, "id">,
	{ openedBy, ...connection }: SamlEngineConnection & { openedBy: KeyPair | null },
	answer: { SAMLResponse: string; RelayState: string },
	codeVerifier: string,
): Promise<EngineAnswer> {
	const { oauth, ourKeys } = await engine(db);
	await registerSaml(db, product, connection);
	const respond = () => ourKeys.run(openedBy, () => oauth.samlResponse(answer));
	return redeem(db, oauth, product, respond, codeVerifier);
}

/** The claim that the engine keeps the NameID under. */
export const nameIdClaim = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier";

/** What the engine needs of a provider, and an address that it will send nobody to. */
function minimalMetadata({ entityId, certificates }: SamlEngineConnection): string {
	const keys = certificates.map(
		(pem) =>
			'<KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data>' +
			`<X509Certificate>${base64Of(pem)}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>`,
	);
	return (
		`<EntityDescriptor xmlns="${ns.metadata}" entityID="${escapeXml(entityId)}">` +
		`<IDPSSODescriptor protocolSupportEnumeration="${ns.protocol}">${keys.join("")}` +
		`<SingleSignOnService Binding="${binding.redirect}" Location="https://provider.invalid/"/>` +
		"</IDPSSODescriptor></EntityDescriptor>"
	);
}

export type EngineAnswer =
	| { ok: true; claims: Record<string, unknown>; idToken: string | null }
	| { ok: false; error: string; description: string };

/**
 * Takes the provider's answer: exchanges the code, verifies the id_token (signature, issuer,
 * audience, expiry, nonce) and reads userinfo, whose subject must be the same.
 * @param answer the query the provider sent the browser back with.
 */
export async function finish(
	db: Db,
	transaction: Transaction,
	answer: Record<string, string>,
	codeVerifier: string,
): Promise<EngineAnswer> {
	const { oauth } = await engineOf(db, transaction);
	return redeem(db, oauth, transaction.id, () => oauth.oidcAuthzResponse(answer), codeVerifier);
}

/** Takes the engine's own code for its claims, and forgets the transaction. */
async function redeem(
	db: Db,
	oauth: IOAuthController,
	product: string,
	respond: () => Promise<{ redirect_url?: string }>,
	codeVerifier: string,
): Promise<EngineAnswer> {
	try {
		const { redirect_url } = await respond();
		const query = new URL(redirect_url ?? inside()).searchParams;
		const code = query.get("code");
		if (!code || query.get("state") !== product)
			return {
				ok: false,
				error: query.get("error") ?? "server_error",
				description: query.get("error_description") ?? "",
			};
		const { access_token } = await oauth.token({
			code,
			code_verifier: codeVerifier,
			grant_type: "authorization_code",
			redirect_uri: inside(),
		});
		const profile = await oauth.userInfo(access_token);
		const { [idTokenName]: idToken, ...claims } = profile.raw as Record<string, unknown>;
		return { ok: true, claims, idToken: typeof idToken === "string" ? idToken : null };
	} catch (error) {
		return {
			ok: false,
			error: "server_error",
			description: error instanceof Error ? error.message : "unknown",
		};
	} finally {
		await forget(db, { id: product });
	}
}

/** Removes what a transaction left in the engine. */
export async function forget(db: Db, { id: product }: Pick<Transaction, "id">): Promise<void> {
	const { connections } = await engine(db);
	await connections.deleteConnections({ tenant, product });
}

/** Removes rows of transactions that nobody finished. @returns how many. */
export async function sweep(db: Db, now: Date): Promise<number> {
	const hourAgo = new Date(now.getTime() - 3600_000);
	const swept = await db
		.delete(engineStore)
		.where(or(lt(engineStore.expiresAt, now), lt(engineStore.createdAt, hourAgo)))
		.returning({ key: engineStore.key });
	return swept.length;
}

type Engine = {
	connections: IConnectionAPIController;
	oauth: IOAuthController;
	/** Whether the engine has been seen to use the strict form of its protocol library. */
	library: { isStrict: boolean };
	/** The keys it is to use in a call, where those are not the newest. */
	ourKeys: OurKeys;
};
type OurKeys = AsyncLocalStorage<KeyPair | null>;
const slot = Symbol.for("gatehouse.engine");
const shared = globalThis as { [slot]?: Promise<Engine> };

/** Loaded at the first sign-in: it is large, and most processes start without needing it. */
function engine(db: Db): Promise<Engine> {
	shared[slot] ??= load(db).catch((error: unknown) => {
		delete shared[slot];
		throw error;
	});
	return shared[slot];
}

/** The engine as one sign-in sees it. It has one callback for all, and we have several. */
async function engineOf(db: Db, transaction: Transaction): Promise<Engine> {
	const loaded = await engine(db);
	const { opts } = loaded.oauth as unknown as { opts: object };
	const oauth: IOAuthController = Object.assign(Object.create(loaded.oauth), {
		opts: { ...opts, oidcPath: pathOf(transaction) },
	});
	return { ...loaded, oauth };
}

async function load(db: Db): Promise<Engine> {
	const { controllers } = await import("@boxyhq/saml-jackson");
	const library = await makeStrict();
	const ourKeys = await giveOurKeys(db);
	const started = await controllers({
		externalUrl: env().PUBLIC_URL,
		samlPath: "/api/sso/acs",
		oidcPath: "/sso/inside", // replaced in engineOf
		samlAudience: env().PUBLIC_URL,
		db: { driver: driver(db), encryptionKey: deriveKey("engine").toString("base64"), ttl: 600 },
		// Its default is a known word. We prove ourselves by PKCE and never use it.
		clientSecretVerifier: randomBytes(32).toString("base64url"),
		openid: { redirectExactMatch: true, requestProfileScope: true, forwardOIDCParams: true },
		idpEnabled: false,
		noAnalytics: true,
		ssoTraces: { disable: true },
		// Its messages can hold what a provider sent; our trace says what happened instead.
		logger: { info: () => {}, error: () => {}, warn: () => {} },
	});
	return {
		connections: started.connectionAPIController,
		oauth: started.oauthController,
		library,
		ourKeys,
	};
}

/**
 * The engine trusts TLS for an id_token (OpenID Connect Core §3.1.3.7, 6), whatever it is signed
 * with, and lets userinfo replace its claims. Neither is an option of it, so the way it loads its
 * protocol library is wrapped (./strict-oidc). `begin` goes no further if an update of the engine
 * should pass this by.
 */
async function makeStrict(): Promise<Engine["library"]> {
	const library = { isStrict: false };
	const loaded = await import("@boxyhq/saml-jackson/dist/controller/utils.js");
	const engineUtils = ("default" in loaded ? loaded.default : loaded) as {
		dynamicImport: (name: string) => Promise<unknown>;
	};
	const load = engineUtils.dynamicImport;
	// One for all calls: what it learns in the first step of an answer, it needs in the second.
	const strict = strictOidc(
		(await load("openid-client")) as OidcLibrary,
		() => {
			library.isStrict = true;
		},
		revealed,
	);
	engineUtils.dynamicImport = async (name) => (name === "openid-client" ? strict : load(name));
	return library;
}

/** The engine would make keys of its own, for the whole of its process. It gets ours. */
async function giveOurKeys(db: Db): Promise<OurKeys> {
	const ourKeys: OurKeys = new AsyncLocalStorage();
	const loaded = await import("@boxyhq/saml-jackson/dist/saml/x509.js");
	const engineKeys = ("default" in loaded ? loaded.default : loaded) as {
		getDefaultCertificate: () => Promise<{ publicKey: string; privateKey: string }>;
	};
	engineKeys.getDefaultCertificate = async () => {
		const { certificate, privateKey } = ourKeys.getStore() ?? newestOf(await serviceKeys(db));
		return { publicKey: certificate, privateKey };
	};
	return ourKeys;
}

/** The engine's storage on our two tables. An expired row is never read. */
function driver(db: Db): DatabaseDriver {
	const fresh = () => or(isNull(engineStore.expiresAt), gt(engineStore.expiresAt, new Date()));
	const values = async (where: ReturnType<typeof and>) => {
		const rows = await db.select().from(engineStore).where(where).orderBy(engineStore.createdAt);
		return { data: rows.map((row) => row.value) };
	};
	return {
		get: async (namespace, key) => {
			const { data } = await values(
				and(eq(engineStore.namespace, namespace), eq(engineStore.key, key), fresh()),
			);
			return data[0] ?? null;
		},
		getAll: (namespace) => values(and(eq(engineStore.namespace, namespace), fresh())),
		getByIndex: async (namespace, index: Index) => {
			const keys = db
				.select({ key: engineIndex.key })
				.from(engineIndex)
				.where(
					and(
						eq(engineIndex.namespace, namespace),
						eq(engineIndex.name, index.name),
						eq(engineIndex.value, index.value),
					),
				);
			return values(
				and(eq(engineStore.namespace, namespace), inArray(engineStore.key, keys), fresh()),
			);
		},
		put: async (namespace, key, value: unknown, ttl, ...indexes: Index[]) => {
			const expiresAt = ttl > 0 ? new Date(Date.now() + ttl * 1000) : null;
			await db
				.insert(engineStore)
				.values({ namespace, key, value, expiresAt })
				.onConflictDoUpdate({
					target: [engineStore.namespace, engineStore.key],
					set: { value, expiresAt },
				});
			const rows = indexes.map(({ name, value }) => ({ namespace, name, value, key }));
			if (rows.length > 0) await db.insert(engineIndex).values(rows).onConflictDoNothing();
		},
		delete: async (namespace, key) => {
			await db
				.delete(engineStore)
				.where(and(eq(engineStore.namespace, namespace), eq(engineStore.key, key)));
		},
		deleteMany: async (namespace, keys) => {
			if (keys.length === 0) return;
			await db
				.delete(engineStore)
				.where(and(eq(engineStore.namespace, namespace), inArray(engineStore.key, keys)));
		},
		close: async () => {},
		getStats: () => ({}),
	};
}
