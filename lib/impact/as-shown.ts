/**
 * Holds a change of the policy to what was shown of it: it happens exactly so, or not at all. What
 * writes is the caller's.
 */
import { createHash } from "node:crypto";
import { lockWorkspace, type Tx } from "@/db/client";
import type { Policy } from "@/lib/policy/document";
import { currentPolicy } from "@/lib/workspaces/policy";
import { type Impact, whatWouldChange } from "./what-would-change";

/** The facts are not those that were shown: what would change now. */
type Moved = { ok: false; reason: "stale"; moved: Impact };

/** What was shown, in a few letters: the same facts give the same. */
export function fingerprintOf({ people, changes, lastAdmin }: Impact): string {
	return createHash("sha256")
		.update(JSON.stringify([people, changes, lastAdmin]))
		.digest("base64url");
}

/**
 * Applies a change if it would do to people what was shown. Nothing that decides can move between
 * the look and `apply`: it holds the workspace alone. Run it in `transactOrUndo`.
 * @param seen the fingerprint of what was shown.
 */
export async function asShown<T>(
	tx: Tx,
	workspaceId: string,
	changes: Partial<Policy>,
	seen: string,
	apply: () => Promise<T>,
): Promise<T | Moved> {
	await lockWorkspace(tx, workspaceId, "exclusive");
	const { document } = await currentPolicy(tx, workspaceId);
	const impact = await whatWouldChange(tx, workspaceId, { ...document, ...changes });
	if (fingerprintOf(impact) !== seen) return { ok: false, reason: "stale", moved: impact };
	return apply();
}
