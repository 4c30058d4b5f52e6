/**
 * The protocol engine says why it refuses in sentences of its own. This table turns them into our
 * reasons; what fits no row is `provider_error`. Pure.
 */
import type { Reason } from "@/lib/policy/reasons";

const table: [RegExp, Reason][] = [
	[/invalid_client|unauthorized_client|client authentication|401/i, "token_refused"],
	[/invalid_grant|invalid_request/i, "token_refused"],
	[/nonce/i, "nonce_differs"],
	[/"sub".* missing/i, "subject_missing"],
	[/"?iss"?\b|issuer/i, "issuer_differs"],
	[/"?(?:aud|azp)"?\b|audience/i, "audience_differs"],
	[
		/"?(?:exp|iat|nbf|auth_time)"? .*(?:timestamp|future|past|expired|clock)|timestamp check/i,
		"clock",
	],
	[/signature|verification key|JWS|JWK|\balg\b|kid/i, "signature_invalid"],
	[/subject|"?sub"?\b/i, "subject_differs"],
	[
		/ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|timed.?out|socket hang up|address_not_public|unreachable/i,
		"provider_unreachable",
	],
	[
		/id_?token|JWT|claim|unexpected response|content-type|not valid JSON|malformed/i,
		"token_malformed",
	],
];

/** @returns the reason, and what the provider or the engine said, for the trace. */
export function causeOf(error: string, description: string): { reason: Reason; received: string } {
	const said = `${error} ${description}`;
	const row = table.find(([pattern]) => pattern.test(said));
	return { reason: row?.[1] ?? "provider_error", received: said.trim().slice(0, 300) };
}
