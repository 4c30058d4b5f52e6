/**
 * Requests with a token that was good once. They are refused like any unknown token; whose token it
 * was is known by its hash, so the directory's request log has them, with the reason: that is where
 * an admin looks when changes stop arriving.
 */
import type { Db } from "@/db/client";
import type { EndedToken } from "./caller";
import { noteCaller, notePassedOver } from "./request-notes";
import { endedWithSso } from "./tokens";

/** One of these is logged so often for a token, so that a provider that goes on fills no log. */
const everyMs = 10_000;

/** When each token was noted last. Shared by every bundle of the process. */
const slot = Symbol.for("gatehouse.ended-tokens");
const shared = globalThis as { [slot]?: Map<string, number> };

/** Has the request under way logged, unless one by the same token was just before. */
export async function noteEnded(db: Db, token: EndedToken, now: Date): Promise<void> {
	const noted = shared[slot] ?? new Map<string, number>();
	shared[slot] = noted;
	const at = now.getTime();
	if (at - (noted.get(token.id) ?? 0) < everyMs) return;
	if (noted.size >= 1000) noted.clear();
	noted.set(token.id, at);
	noteCaller(token.directory, token.name);
	const day = token.at.toISOString().slice(0, 10);
	const remedy = "Make a new token and give it to the provider.";
	if (token.because === "expired") notePassedOver(`The token expired on ${day}. ${remedy}`);
	else if (await endedWithSso(db, token.directory.workspaceId, token.id))
		notePassedOver(`The token was revoked when SSO was turned off, on ${day}. ${remedy}`);
	else notePassedOver(`The token was revoked on ${day}. ${remedy}`);
}
