/**
 * What the protocol engine's OpenID Connect library (openid-client) leaves open, closed. It has the
 * shape of that library, so that the engine can be given it in its place. Pure but for its calls.
 */
import { compared } from "./engine-errors";

type Claims = Record<string, unknown>;

/** What the engine uses of the library to take an answer. */
export type OidcLibrary = {
	Configuration: new (...settings: unknown[]) => Configuration;
	ClientSecretBasic: (secret: string) => unknown;
	enableNonRepudiationChecks: (configuration: Configuration) => void;
	authorizationCodeGrant: (of: Configuration, ...rest: unknown[]) => Promise<Tokens>;
	fetchUserInfo: (of: Configuration, ...rest: unknown[]) => Promise<Claims>;
};

type Configuration = { clientMetadata: () => { client_id: string } };
type Tokens = { claims: () => Claims | undefined; id_token?: string };

/** Under this name the ID token travels through the engine, which has no place of its own for it. */
export const idTokenName = "gatehouse:id_token";

/**
 * The library, made strict: an id_token is verified with the provider's published keys, so neither
 * `none` nor a shared secret will do; its `azp` is ours wherever it has one; its claims stand
 * whatever userinfo says; we prove ourselves as the provider announced; and an error is its cause,
 * which tells more.
 * @param onUse called as often as it is used.
 * @param secretOf the client secret, of what the engine was given in its place.
 */
export function strictOidc(
	library: OidcLibrary,
	onUse: () => void,
	secretOf: (given: string) => string,
): OidcLibrary {
	const signed = new WeakMap<Configuration, Claims>();
	return {
		...library,
		Configuration: new Proxy(library.Configuration, {
			construct(Configuration, settings) {
				const configuration = new Configuration(...withMethod(library, settings, secretOf));
				library.enableNonRepudiationChecks(configuration);
				onUse();
				return configuration;
			},
		}),
		async authorizationCodeGrant(of, ...rest) {
			const tokens = await library.authorizationCodeGrant(of, ...rest).catch(throwCause);
			const claims = tokens.claims() ?? {};
			if (claims.azp !== undefined && claims.azp !== of.clientMetadata().client_id)
				throw new Error('unexpected ID Token "azp" (authorized party) claim value');
			signed.set(of, { ...claims, [idTokenName]: tokens.id_token });
			return tokens;
		},
		async fetchUserInfo(of, ...rest) {
			const userinfo = await library.fetchUserInfo(of, ...rest).catch(throwCause);
			return withSigned(signed.get(of) ?? {}, userinfo);
		},
	};
}

/**
 * How we prove ourselves to the provider. The library would put the secret into the body whatever
 * was announced; where nothing was, it goes into the header (OpenID Connect Discovery §3).
 */
function withMethod(
	library: OidcLibrary,
	[server, clientId, given, ...rest]: unknown[],
	secretOf: (given: string) => string,
) {
	const secret = typeof given === "string" ? secretOf(given) : given;
	const { token_endpoint_auth_methods_supported: methods = ["client_secret_basic"] } = server as {
		token_endpoint_auth_methods_supported?: string[];
	};
	const basic = methods.includes("client_secret_basic") && !methods.includes("client_secret_post");
	if (!basic || rest.length > 0) return [server, clientId, secret, ...rest];
	return [server, clientId, secret, library.ClientSecretBasic(String(secret))];
}

/** What is signed wins. Userinfo's word that an address is verified is about its own address. */
function withSigned(signed: Claims, userinfo: Claims): Claims {
	const another = signed.email !== undefined && signed.email !== userinfo.email;
	return { ...userinfo, ...(another ? { email_verified: undefined } : {}), ...signed };
}

function throwCause(error: unknown): never {
	const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
	throw cause instanceof Error ? withCompared(cause) : cause;
}

/** The library knows which claim did not fit; only the message of an error leaves the engine. */
function withCompared(error: Error): Error {
	const { cause } = error as { cause?: unknown };
	if (typeof cause !== "object" || cause === null || !("claim" in cause)) return error;
	const { claim, claims, expected } = cause as {
		claim: unknown;
		claims?: Claims;
		expected?: unknown;
	};
	// A nonce or a hash tells nobody anything, and need not be written down.
	if (!["iss", "aud", "azp", "exp", "iat", "nbf"].includes(String(claim))) return error;
	return new Error(compared(error.message, expected, claims?.[String(claim)]));
}
