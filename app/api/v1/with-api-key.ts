/**
 * The door of /api/v1: whose key it is, whether it may, and how often. Errors are JSON with a code
 * for programs and a sentence for people. Cookies count for nothing here.
 */
import { database } from "@/db/client";
import { type ApiScope, type KeyCaller, recogniseApiKey } from "@/lib/accounts/api-keys";
import { countRefusal } from "@/lib/activity/record";
import { senderOf } from "@/lib/platform/addresses";
import { addressHeader } from "@/lib/platform/edge";
import { consume } from "@/lib/platform/limits";

/** Requests with a key that does not work, from one sender. */
const perSender = { name: "api.sender", points: 50, seconds: 900 };
/** Requests with one key that does. */
const perKey = { name: "api.key", points: 600, seconds: 60 };

/** Answers a request that carries a key with this scope, and refuses every other. */
export async function withApiKey(
	request: Request,
	scope: ApiScope,
	answer: (caller: KeyCaller) => Promise<Response>,
): Promise<Response> {
	const db = await database();
	const now = new Date();
	const key = bearerKey(request);
	if (!key)
		return refuse(401, "key_missing", "Send an API key: Authorization: Bearer ghk_…", {
			"www-authenticate": 'Bearer realm="gatehouse"',
		});
	const { caller, workspaceId } = await recogniseApiKey(db, key, now);
	if (!caller) {
		const address = request.headers.get(addressHeader) ?? "unknown";
		const allowed = await consume(db, perSender, senderOf(address));
		if (!allowed.ok) return tooMany(allowed.retryAfterSeconds);
		await countRefusal(db, workspaceId, "api.unknown_key", address, now);
		return refuse(401, "key_invalid", "This key does not work, or no longer does.", {
			"www-authenticate": 'Bearer realm="gatehouse", error="invalid_token"',
		});
	}
	const allowed = await consume(db, perKey, caller.keyId);
	if (!allowed.ok) return tooMany(allowed.retryAfterSeconds);
	if (!caller.scopes.includes(scope))
		return refuse(403, "scope_missing", `This needs a key with the scope ${scope}.`, {
			"www-authenticate": `Bearer realm="gatehouse", error="insufficient_scope", scope="${scope}"`,
		});
	return answer(caller);
}

/** Every other method of an address that can only be read. */
export function readOnly(): Response {
	return refuse(405, "method_not_allowed", "This can only be read.", { allow: "GET, HEAD" });
}

/** A refusal in the form of this API. */
export function refuse(
	status: number,
	error: string,
	message: string,
	headers: Record<string, string> = {},
): Response {
	return Response.json({ error, message }, { status, headers });
}

function tooMany(seconds: number): Response {
	return refuse(429, "throttled", `Too many requests. Try again in ${seconds} seconds.`, {
		"retry-after": String(seconds),
	});
}

/** The key of an Authorization header. The scheme is compared without case (RFC 9110 §11.1). */
function bearerKey(request: Request): string | null {
	const header = request.headers.get("authorization") ?? "";
	return /^Bearer +([\w-]{1,256})$/i.exec(header)?.[1] ?? null;
}
