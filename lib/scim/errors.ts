/**
 * The errors of the protocol (RFC 7644 §3.12). ScimError is the one error this folder throws for
 * what a client did; everything else that is thrown is a fault of ours and answers 500.
 */
import type { Reply } from "@/lib/platform/exchange";

/** The detail keywords of RFC 7644 §3.12 that we use. */
export type ScimType =
	| "invalidFilter"
	| "tooMany"
	| "uniqueness"
	| "mutability"
	| "invalidSyntax"
	| "invalidPath"
	| "noTarget"
	| "invalidValue"
	| "invalidCursor"
	| "expiredCursor"
	| "invalidCount";

const errorSchema = "urn:ietf:params:scim:api:messages:2.0:Error";
const scimMediaType = "application/scim+json";

/** A request that is refused. `detail` is read by an IT admin: it says what to do. */
export class ScimError extends Error {
	override name = "ScimError";
	readonly status: number;
	readonly scimType: ScimType | undefined;
	readonly headers: Record<string, string>;

	constructor(
		status: number,
		scimType: ScimType | undefined,
		detail: string,
		headers: Record<string, string> = {},
	) {
		super(detail);
		this.status = status;
		this.scimType = scimType;
		this.headers = headers;
	}
}

/** A 400 with its keyword, which is what most refusals are. */
export function badRequest(scimType: ScimType, detail: string): ScimError {
	return new ScimError(400, scimType, detail);
}

/** The answer for a refusal. `status` is a string in the body (RFC 7644 §3.12). */
export function errorResponse(error: ScimError): Reply {
	const body = {
		schemas: [errorSchema],
		status: String(error.status),
		...(error.scimType ? { scimType: error.scimType } : {}),
		detail: error.message,
	};
	return scimResponse(error.status, body, error.headers);
}

/** An answer with a SCIM body. Nothing a directory is told may be kept by a cache. */
export function scimResponse(
	status: number,
	body: unknown,
	headers: Record<string, string> = {},
): Reply {
	return {
		status,
		headers: { "content-type": scimMediaType, "cache-control": "no-store", ...headers },
		body: JSON.stringify(body),
	};
}

/** An answer without a body: 204 for what is done, 304 for what has not changed. */
export const emptyResponse = (status: 204 | 304, headers: Record<string, string> = {}): Reply => ({
	status,
	headers,
	body: null,
});
