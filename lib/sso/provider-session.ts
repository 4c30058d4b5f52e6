/**
 * What a sign-in leaves to sign out by: which of the provider's sessions it came from. The ID token
 * is kept sealed, as the hint that RP-Initiated Logout 1.0 asks for, and read for nothing else.
 */
import type { ProviderSession } from "@/db/schema/sso";
import { open, seal } from "@/lib/platform/crypto";
import { storable } from "@/lib/platform/text";

type OidcSession = Extract<ProviderSession, { protocol: "oidc" }>;

/** Longer, it would not fit into the address of a request. */
const longestHint = 6000;

const place = (issuer: string, subject: string) => `provider_session/${issuer}/${subject}`;

/** From verified claims and the token they came in. */
export function oidcSession(
	issuer: string,
	subject: string,
	sid: unknown,
	idToken: string | null,
): OidcSession {
	return {
		protocol: "oidc",
		issuer,
		subject,
		sid: typeof sid === "string" && sid !== "" && sid === storable(sid, 255) ? sid : null,
		idToken:
			idToken && idToken.length <= longestHint ? seal(idToken, place(issuer, subject)) : null,
	};
}

/** The token, for the one request that hints with it. */
export function idTokenHint({ issuer, subject, idToken }: OidcSession): string | null {
	return idToken && open(idToken, place(issuer, subject));
}
