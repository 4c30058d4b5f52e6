"use server";
import { type Refusal, refusal } from "@/app/refusal";
import { authorize } from "@/app/require";
import { database, transactOrUndo } from "@/db/client";
import { enableDirectory, reasonOfClosed } from "@/lib/directory/directory";
import { issueToken, listTokens } from "@/lib/directory/tokens";
import { env } from "@/lib/platform/env";
import { providerName } from "./provider";

/** As long as the form for a new token suggests. */
const tokenMs = 365 * 86_400_000;

/**
 * Turns directory sync on and makes a token for the provider: all that it wants, at once. No token
 * where one works already: a second press makes no second one. The page is not drawn anew: the button would go, and the
 * token with it.
 */
export async function enableScimAction(
	slug: string,
): Promise<{ ok: true; endpoint: string; token: string | null } | Refusal> {
	const allowed = await authorize(slug, "directory.manage", { fresh: true });
	if (!allowed.ok) return refusal(allowed.reason);
	const { workspace, actor } = allowed.session;
	const name = await providerName(workspace.id);
	const now = new Date();
	const done = await transactOrUndo(await database(), async (tx) => {
		const enabled = await enableDirectory(tx, actor, workspace.id, now);
		if (!enabled.ok) return enabled;
		const held = await listTokens(tx, enabled.directory);
		if (held.some((one) => !one.revokedAt && !(one.expiresAt && one.expiresAt <= now)))
			return { ok: true, token: null } as const;
		const token = { name, expiresAt: new Date(now.getTime() + tokenMs) };
		const issued = await issueToken(tx, actor, enabled.directory, token, now);
		return { ok: true, token: issued.ok ? issued.token : null } as const;
	});
	if (!done.ok)
		return refusal(reasonOfClosed[done.reason], {
			workspace: workspace.name,
		});
	return { ok: true, endpoint: `${env().PUBLIC_URL}/api/scim/v2`, token: done.token };
}
