"use server";
import { revalidatePath } from "next/cache";
import { type Refusal, refusal } from "@/app/refusal";
import { authorize } from "@/app/require";
import { database, transact } from "@/db/client";
import { isId } from "@/lib/platform/ids";
import { noteCertificateTaken } from "@/lib/sso/saml/key-replacement";

/** Notes that the provider has our new certificate, or takes that back. */
export async function noteCertificateAction(
	slug: string,
	id: string,
	taken: boolean,
): Promise<{ ok: true } | Refusal> {
	const allowed = await authorize(slug, "sso.manage", { fresh: true });
	if (!allowed.ok) return refusal(allowed.reason);
	if (!isId(id)) return refusal("stale");
	const { workspace, actor } = allowed.session;
	const noted = await transact(await database(), (tx) =>
		noteCertificateTaken(tx, actor, workspace.id, id, taken === true, new Date()),
	);
	if (!noted.ok) return refusal(noted.reason);
	revalidatePath(`/w/${slug}/sso`, "layout");
	return { ok: true };
}
