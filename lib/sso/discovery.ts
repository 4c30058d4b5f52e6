/**
 * Reading an OpenID provider's settings (OpenID Connect Discovery 1.0). Done when an admin saves or
 * tests, never at sign-in, and always through the guarded fetch. Pure but for that one request.
 */
import { z } from "zod";
import type { ProviderMetadata } from "@/db/schema/sso";
import { type EgressResult, guardedFetch } from "@/lib/platform/egress";
import type { Reason } from "@/lib/policy/reasons";

const url = z.url({ protocol: /^https?$/ });

const documentSchema = z.looseObject({
	issuer: z.string().min(1).max(500),
	authorization_endpoint: url,
	token_endpoint: url,
	jwks_uri: url,
	userinfo_endpoint: url,
	end_session_endpoint: url.optional(),
	response_types_supported: z.array(z.string()).optional(),
	id_token_signing_alg_values_supported: z.array(z.string()).optional(),
	token_endpoint_auth_methods_supported: z.array(z.string()).optional(),
	authorization_response_iss_parameter_supported: z.boolean().optional(),
});

/** What of the document is kept: what a sign-in rests on, and nothing a provider may add. */
const kept = [
	"issuer",
	"authorization_endpoint",
	"token_endpoint",
	"jwks_uri",
	"userinfo_endpoint",
	"end_session_endpoint",
	"id_token_signing_alg_values_supported",
	"token_endpoint_auth_methods_supported",
	"authorization_response_iss_parameter_supported",
] as const;

export type Discovery =
	| { ok: true; metadata: ProviderMetadata }
	| { ok: false; reason: Reason; expected?: string; received?: string };

// Every Entra tenant signs as one of these, so anybody with any tenant could answer. The id is that
// of the tenant of all personal accounts, which is what "consumers" calls itself.
const sharedEntra =
	/^https:\/\/(?:login\.microsoftonline\.(?:com|us)|login\.partner\.microsoftonline\.cn|sts\.windows\.net|login\.windows\.net)\/(?:common|organizations|consumers|9188040d-6c67-4c5b-b112-36a304b66dad)(?:\/|$)/i;

/**
 * Asks a provider for its settings.
 * @param issuer the Issuer URL as the admin typed it; compared byte for byte. Blank only beside an
 *   endpoint.
 * @param endpoint the Discovery Endpoint, where the admin gave one: its document's issuer is then
 *   taken as it is, and shown.
 * Refused: issuer_malformed, issuer_shared, discovery_unreachable, discovery_blocked,
 *   discovery_redirected, discovery_too_large, discovery_malformed, discovery_incomplete,
 *   discovery_issuer_differs (with both values).
 */
export async function discover(
	issuer: string,
	endpoint: string | null,
	fetch: (address: string) => Promise<EgressResult> = guardedFetch,
): Promise<Discovery> {
	const leftToDocument = issuer === "" && endpoint !== null;
	if (!leftToDocument && !isIssuer(issuer)) return { ok: false, reason: "issuer_malformed" };
	if (sharedEntra.test(issuer)) return { ok: false, reason: "issuer_shared", received: issuer };
	const address = endpoint ?? `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
	const answer = await fetch(address);
	if (!answer.ok) return { ok: false, reason: reasonOf(answer.reason), received: address };
	if (answer.status !== 200)
		return {
			ok: false,
			reason: "discovery_unreachable",
			received: `${address} (${answer.status})`,
		};
	return readDocument(answer.body, endpoint ? null : issuer);
}

/** An issuer is an https URL without query or fragment (OpenID Connect Discovery §3). */
function isIssuer(text: string): boolean {
	if (!URL.canParse(text) || text.length > 500) return false;
	const { protocol, search, hash, username, password } = new URL(text);
	return /^https?:$/.test(protocol) && !search && !hash && !username && !password;
}

/** Checks a discovery document. @param issuer what it must name itself; null takes its word. */
export function readDocument(body: string, issuer: string | null): Discovery {
	let json: unknown;
	try {
		json = JSON.parse(body);
	} catch {
		return { ok: false, reason: "discovery_malformed" };
	}
	if (typeof json !== "object" || json === null || !("issuer" in json))
		return { ok: false, reason: "discovery_malformed" };
	const parsed = documentSchema.safeParse(json);
	if (!parsed.success)
		return {
			ok: false,
			reason: "discovery_incomplete",
			received: parsed.error.issues.map((issue) => issue.path.join(".")).join(", "),
		};
	const document = parsed.data;
	if (issuer !== null && document.issuer !== issuer)
		return {
			ok: false,
			reason: "discovery_issuer_differs",
			expected: issuer,
			received: document.issuer,
		};
	if (!isIssuer(document.issuer))
		return { ok: false, reason: "discovery_malformed", received: document.issuer };
	if (sharedEntra.test(document.issuer) || document.issuer.includes("{tenantid}"))
		return { ok: false, reason: "issuer_shared", received: document.issuer };
	if (document.response_types_supported && !document.response_types_supported.includes("code"))
		return {
			ok: false,
			reason: "discovery_incomplete",
			received: "response_types_supported: code",
		};
	const metadata = Object.fromEntries(
		kept.flatMap((name) => (document[name] === undefined ? [] : [[name, document[name]]])),
	);
	return { ok: true, metadata: metadata as ProviderMetadata };
}

function reasonOf(reason: (EgressResult & { ok: false })["reason"]): Reason {
	switch (reason) {
		case "url_invalid":
			return "issuer_malformed";
		case "https_required":
		case "address_not_public":
			return "discovery_blocked";
		case "redirected":
			return "discovery_redirected";
		case "too_large":
			return "discovery_too_large";
		case "name_not_found":
		case "unreachable":
		case "tls_failed":
		case "timed_out":
			return "discovery_unreachable";
	}
}
