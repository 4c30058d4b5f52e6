/** What a provider's verified claims say of a person, and what is shown of them. Pure. */
import { foldKey, isEmail, storable } from "@/lib/platform/text";

/** Who the provider says this is. From here on OpenID Connect and SAML are the same. */
export type Identity = {
	issuer: string;
	/** The provider's fixed id of the person: with the issuer, the only key to who this is. */
	subject: string;
	/** Folded. Null when the provider sent none that is an address. */
	email: string | null;
	/** Null: the provider did not say. */
	emailVerified: boolean | null;
	names: { name: string | null; givenName: string | null; familyName: string | null };
	/** When the person last proved themselves there, as an ISO text. Null: the provider did not say. */
	authenticatedAt: string | null;
};

const text = (value: unknown): string | null =>
	(typeof value === "string" && storable(value, 256).trim()) || null;

/**
 * Reads OpenID Connect claims (Core §5.1).
 * @param issuer the connection's; the engine has held the id_token to it.
 * Refused: `subject_missing` without a usable `sub`.
 */
export function identityOf(
	issuer: string,
	claims: Record<string, unknown>,
): { ok: true; identity: Identity } | { ok: false; reason: "subject_missing" } {
	const { sub, email, email_verified: verified } = claims;
	// Never shortened or mended: two that differ must not become the same.
	const usable = typeof sub === "string" && sub !== "" && sub === storable(sub, 255);
	if (!usable) return { ok: false, reason: "subject_missing" };
	const address = typeof email === "string" ? email.trim() : "";
	return {
		ok: true,
		identity: {
			issuer,
			subject: sub,
			email: isEmail(address) ? foldKey(address) : null,
			// Some providers send the boolean as text. Anything else counts as unverified.
			emailVerified: verified === undefined ? null : verified === true || verified === "true",
			names: {
				name: text(claims.name),
				givenName: text(claims.given_name),
				familyName: text(claims.family_name),
			},
			authenticatedAt: timeOf(claims.auth_time),
		},
	};
}

/** A NumericDate (RFC 7519 §2), if it is one that a calendar has. */
function timeOf(seconds: unknown): string | null {
	const time = new Date(typeof seconds === "number" ? seconds * 1000 : Number.NaN);
	return Number.isNaN(time.getTime()) ? null : time.toISOString();
}

/** What a person is called: the full name, else its parts, else nothing. */
export function displayName({ names }: Identity): string {
	return names.name ?? [names.givenName, names.familyName].filter(Boolean).join(" ");
}

// Hashes and protocol values tell an admin nothing, and some could be replayed.
const hidden = new Set(
	"iss aud azp exp iat nbf nonce at_hash c_hash s_hash sid jti auth_time acr amr".split(" "),
);

/** Those that decide something come first. */
const first = ["sub", "email", "email_verified", "name", "given_name", "family_name", "groups"];
const place = (name: string) => (first.includes(name) ? first.indexOf(name) : first.length);

/** The claims an admin sees in a test: short, and none that carry a token or a secret. */
export function shownClaims(claims: Record<string, unknown>): Record<string, string> {
	return Object.fromEntries(
		Object.entries(claims)
			.filter(([name]) => !hidden.has(name) && !/token|secret|password/i.test(name))
			.sort(([a], [b]) => place(a) - place(b))
			.slice(0, 50)
			.map(([name, value]) => [
				storable(name, 100),
				storable(typeof value === "string" ? value : JSON.stringify(value), 500),
			]),
	);
}
