/**
 * The protocol engine says why it refuses in sentences of its own. This table turns them into our
 * reasons; what fits no row is `provider_error`. Pure.
 */
import type { Reason } from "@/lib/policy/reasons";

const table: [RegExp, Reason][] = [
	// The guarded way out, which connected to nobody.
	[/request refused: (?:https_required|address_not_public|url_invalid)/i, "provider_blocked"],
	[/request refused: /i, "provider_unreachable"],
	[/invalid_client|unauthorized_client|client authentication|401/i, "token_refused"],
	[/invalid_grant|invalid_request/i, "token_refused"],
	[/nonce/i, "nonce_differs"],
	[/"sub".* (?:missing|must (?:not )?be|claim type)/i, "subject_missing"],
	[/"?iss"?\b|issuer/i, "issuer_differs"],
	[/"?(?:aud|azp)"?\b|audience/i, "audience_differs"],
	[
		/"?(?:exp|iat|nbf|auth_time)"? .*(?:timestamp|future|past|expired|clock)|timestamp check|"nbf" \(not before\) claim value/i,
		"clock",
	],
	[/signature|verification key|JWS|JWK|\balg\b|kid/i, "signature_invalid"],
	[/subject|"?sub"?\b/i, "subject_differs"],
	[
		/ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|timed.?out|socket hang up|unreachable/i,
		"provider_unreachable",
	],
	[
		/id_?token|JWT|claim|unexpected response|content-type|not valid JSON|malformed/i,
		"token_malformed",
	],
];

/** What stands between a message and the values that were compared. */
const mark = " | compared ";

/** A message that carries what was expected and what came through the engine, which keeps texts alone. */
export function compared(message: string, expected: unknown, received: unknown): string {
	const values = [expected, received].map((value) => {
		const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
		return text.slice(0, 120);
	});
	return message + mark + JSON.stringify(values);
}

/** @returns the reason, and what was compared or what was said, for the trace. */
export function causeOf(
	error: string,
	description: string,
): { reason: Reason; expected?: string; received: string } {
	const [said = "", values] = `${error} ${description}`.split(mark);
	const row = table.find(([pattern]) => pattern.test(said));
	const reason = row?.[1] ?? "provider_error";
	const [expected, received] = valuesIn(values);
	// Times mean nothing to a reader by themselves: the sentence says which one does not fit.
	if (!received || reason === "clock")
		return {
			reason,
			received: said
				.replace(/^server_error /, "")
				.trim()
				.slice(0, 300),
		};
	return { reason, received, ...(expected ? { expected } : {}) };
}

function valuesIn(text: string | undefined): string[] {
	try {
		const values: unknown = JSON.parse(text ?? "[]");
		return Array.isArray(values) ? values.map(String) : [];
	} catch {
		return []; // cut on its way
	}
}
