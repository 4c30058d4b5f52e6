/** What a provider's verified claims say of a person, and what is shown of them. Pure. */
import type { ClaimMapping } from "@/db/schema/sso";
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
 * @param mapping the names an admin gave; those of the standard otherwise.
 * Refused: `subject_missing` without a usable `sub`, or without the claim that stands in its place.
 */
export function identityOf(
	issuer: string,
	claims: Record<string, unknown>,
	mapping: ClaimMapping | null = null,
): { ok: true; identity: Identity } | { ok: false; reason: "subject_missing" } {
	const read = (field: keyof ClaimMapping, usual: string) =>
		claimAt(claims, mapping?.[field] ?? usual);
	const subject = read("subject", "sub");
	// Never shortened or mended: two that differ must not become the same.
	const usable =
		typeof subject === "string" && subject !== "" && subject === storable(subject, 255);
	if (!usable) return { ok: false, reason: "subject_missing" };
	const email = read("email", "email");
	const address = typeof email === "string" ? email.trim() : "";
	// The standard's word is about the standard's claim: for another address a yes says nothing.
	const { email_verified: said } = claims;
	const isYes = said === true || said === "true";
	const verified = email === claims.email || !isYes ? said : undefined;
	return {
		ok: true,
		identity: {
			issuer,
			subject,
			email: isEmail(address) ? foldKey(address) : null,
			// Some providers send the boolean as text. Anything else counts as unverified.
			emailVerified: verified === undefined ? null : isYes,
			names: {
				name: text(read("name", "name")),
				givenName: text(read("givenName", "given_name")),
				familyName: text(read("familyName", "family_name")),
			},
			authenticatedAt: timeOf(claims.auth_time),
		},
	};
}

/** The claim of a name: as it stands, or inside another (`profile.mail`). Names of objects' own making alone. */
function claimAt(claims: Record<string, unknown>, name: string): unknown {
	if (Object.hasOwn(claims, name)) return claims[name];
	let at: unknown = claims;
	for (const part of name.split(".")) {
		if (typeof at !== "object" || at === null || !Object.hasOwn(at, part)) return undefined;
		at = (at as Record<string, unknown>)[part];
	}
	return at;
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
