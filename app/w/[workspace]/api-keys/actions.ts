"use server";
import { revalidatePath } from "next/cache";
import { type Refusal, refusal } from "@/app/refusal";
import { authorize, can } from "@/app/require";
import { database, transact } from "@/db/client";
import { issueApiKey, revokeApiKey } from "@/lib/accounts/api-keys";
import { isId } from "@/lib/platform/ids";

const pageOf = (slug: string) => `/w/${slug}/api-keys`;

/** Makes a key for whoever asks. This answer is the only place it ever stands. */
export async function createApiKeyAction(
	slug: string,
	input: { name: string; scopes: string[]; days: number },
): Promise<
	| { ok: true; key: string }
	| { ok: false; reason: "name_missing" | "scope_missing" | "lifetime" | "too_many" }
	| Refusal
> {
	const allowed = await authorize(slug, "api_keys.own", { fresh: true });
	if (!allowed.ok) return refusal(allowed.reason);
	const { workspace, actor, permissions } = allowed.session;
	const asked = {
		name: String(input.name),
		scopes: Array.isArray(input.scopes) ? input.scopes.map(String) : [],
		days: Number(input.days),
	};
	const issued = await transact(await database(), (tx) =>
		issueApiKey(tx, actor, workspace.id, permissions, asked, new Date()),
	);
	if (!issued.ok)
		return issued.reason === "not_permitted"
			? refusal(issued.reason)
			: { ok: false, reason: issued.reason };
	revalidatePath(pageOf(slug));
	return { ok: true, key: issued.key };
}

/** Ends a key at once: one's own, or with the permission for it anybody's. */
export async function revokeApiKeyAction(
	slug: string,
	id: string,
): Promise<{ ok: true } | Refusal> {
	const allowed = await authorize(slug, "api_keys.own");
	if (!allowed.ok) return refusal(allowed.reason);
	const { session } = allowed;
	if (!isId(id)) return refusal("stale");
	const ownerId = can(session, "api_keys.manage") ? null : session.member.id;
	const done = await transact(await database(), (tx) =>
		revokeApiKey(tx, session.actor, session.workspace.id, id, ownerId, new Date()),
	);
	if (!done.ok) return refusal("stale");
	revalidatePath(pageOf(slug));
	return { ok: true };
}
