/**
 * Whether a Logout Token is one (OpenID Connect Back-Channel Logout 1.0, §2.4 and §2.6). Pure but
 * for the keys, which are handed in. Knows no session and no database.
 */
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from "jose";

/** Public keys alone: with a shared secret, or none, anybody could have signed. */
const algorithms = "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519".split(" ");

const event = "http://schemas.openid.net/event/backchannel-logout";

/** Clocks may differ by so much; a token is news, and older than this it is none. */
const skewSeconds = 120;
export const newsSeconds = 600;

export type LogoutToken = {
	/** Which of the provider's sessions ended. Null: all of the subject's. */
	sid: string | null;
	/** Null: whoever had that session. */
	subject: string | null;
	/** Unique: the token is taken once. */
	id: string;
};

export type LogoutTokenProblem =
	| "malformed"
	| "type"
	| "algorithm"
	| "key_unknown"
	| "signature"
	| "issuer"
	| "audience"
	| "time"
	| "event"
	| "nonce"
	| "subject"
	| "id";

/**
 * @param expected the connection's issuer and our client ID there.
 * @returns what ended, or the first thing that does not fit. `key_unknown`: signed by a key that is
 *   not among these, which may be newer than they are.
 */
export async function readLogoutToken(
	token: string,
	keys: JSONWebKeySet,
	expected: { issuer: string; clientId: string },
	now: Date,
): Promise<{ ok: true; token: LogoutToken } | { ok: false; problem: LogoutTokenProblem }> {
	const verified = await verify(token, keys, expected, now);
	if ("problem" in verified) return { ok: false, problem: verified.problem };
	const { payload, type } = verified;
	const refuse = (problem: LogoutTokenProblem) => ({ ok: false, problem }) as const;
	// An ID token or an access token of the same issuer is for us too, and says something else.
	if (type !== undefined && !/^(?:application\/)?(?:logout\+)?jwt$/i.test(type))
		return refuse("type");
	if (payload.nonce !== undefined) return refuse("nonce");
	if (!isRecord(payload.events) || !isRecord(payload.events[event])) return refuse("event");
	const { sid, sub, jti } = payload;
	if (typeof jti !== "string" || jti === "") return refuse("id");
	if (!isName(sid) || !isName(sub) || (sid === undefined && sub === undefined))
		return refuse("subject");
	return { ok: true, token: { sid: sid ?? null, subject: sub ?? null, id: jti } };
}

/** A claim that names somebody or a session, or is not there. */
const isName = (value: unknown): value is string | undefined =>
	value === undefined || (typeof value === "string" && value !== "");

const isRecord = (value: unknown): value is Record<string, unknown> =>
	typeof value === "object" && value !== null && !Array.isArray(value);

async function verify(
	token: string,
	keys: JSONWebKeySet,
	{ issuer, clientId }: { issuer: string; clientId: string },
	now: Date,
): Promise<{ payload: JWTPayload; type: string | undefined } | { problem: LogoutTokenProblem }> {
	const options = {
		issuer,
		audience: clientId,
		algorithms,
		// Older providers send no `exp`; `iat` bounds it in any case.
		maxTokenAge: newsSeconds,
		clockTolerance: skewSeconds,
		currentDate: now,
	};
	try {
		const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(keys), options);
		return { payload, type: protectedHeader.typ };
	} catch (error) {
		return { problem: problemOf(error) };
	}
}

function problemOf(error: unknown): LogoutTokenProblem {
	if (error instanceof errors.JWTExpired) return "time";
	if (error instanceof errors.JWTClaimValidationFailed) {
		if (error.claim === "iss") return "issuer";
		if (error.claim === "aud") return "audience";
		return ["iat", "exp", "nbf"].includes(error.claim) ? "time" : "malformed";
	}
	if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported)
		return "algorithm";
	if (error instanceof errors.JWKSNoMatchingKey) return "key_unknown";
	// Several keys without a name to choose by, too: a provider that publishes several names them.
	return error instanceof errors.JWSSignatureVerificationFailed ||
		error instanceof errors.JWKSMultipleMatchingKeys
		? "signature"
		: "malformed";
}
