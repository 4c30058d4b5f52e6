"use server";
import { revalidatePath } from "next/cache";
import { getTranslations } from "next-intl/server";
import { z } from "zod";
import { type Refusal, refusal } from "@/app/refusal";
import { authorize, isFresh } from "@/app/require";
import { becauseWords } from "@/components/directory/because-words";
import type { MappingPreview } from "@/components/directory/mapping-dialog";
import { database, transactOrUndo } from "@/db/client";
import { asShown, fingerprintOf } from "@/lib/impact/as-shown";
import { type Impact, whatWouldChange } from "@/lib/impact/what-would-change";
import { loadRoles } from "@/lib/members/access";
import { changePolicy } from "@/lib/members/policy-change";
import { type Policy, policySchema } from "@/lib/policy/document";
import { currentPolicy } from "@/lib/workspaces/policy";
import { csvOf, viewOf } from "./view";

const draft = z.object({ mappings: policySchema.shape.mappings });

/** Who would hold another role or other groups under these mappings. Nothing is written. */
export async function previewMappingAction(
	slug: string,
	input: unknown,
): Promise<MappingPreview | Refusal> {
	const allowed = await authorize(slug, "policy.manage");
	if (!allowed.ok) return refusal(allowed.reason);
	const parsed = draft.safeParse(input);
	if (!parsed.success) return refusal("malformed");
	const { workspace } = allowed.session;
	const impact = await impactUnder(workspace.id, parsed.data.mappings);
	if (impact.lastAdmin) return refusal("last_admin", { workspace: workspace.name });
	return viewOf(impact, await loadRoles(await database(), workspace.id));
}

/** Everybody whom a preview counted, as CSV. Refused as stale where it would be others by now. */
export async function mappingFileAction(
	slug: string,
	input: unknown,
	fingerprint: string,
): Promise<{ ok: true; csv: string } | Refusal> {
	const allowed = await authorize(slug, "policy.manage");
	if (!allowed.ok) return refusal(allowed.reason);
	const parsed = draft.safeParse(input);
	if (!parsed.success) return refusal("malformed");
	const impact = await impactUnder(allowed.session.workspace.id, parsed.data.mappings);
	if (fingerprintOf(impact) !== fingerprint) return refusal("stale");
	const t = await getTranslations("mapping");
	const columns = [
		"person",
		"email",
		"now",
		"after",
		"joined",
		"left",
		"keysEnd",
		"because",
	] as const;
	const csv = csvOf(impact, {
		head: columns.map((name) => t(name)),
		none: t("noAccess"),
		because: (change) => t(`becauseOf.${change.source?.kind ?? "none"}`, becauseWords(change)),
	});
	return { ok: true, csv };
}

async function impactUnder(workspaceId: string, mappings: Policy["mappings"]): Promise<Impact> {
	const db = await database();
	const { document } = await currentPolicy(db, workspaceId);
	return whatWouldChange(db, workspaceId, { ...document, mappings });
}

/**
 * Applies mappings exactly as they were shown: where anything that decides has changed since, they
 * are not applied and what would change now comes back.
 */
export async function applyMappingAction(
	slug: string,
	input: unknown,
	seen: { revision: number; fingerprint: string },
	reason: string,
): Promise<{ ok: true } | { ok: false; moved: MappingPreview } | Refusal> {
	const allowed = await authorize(slug, "policy.manage");
	if (!allowed.ok) return refusal(allowed.reason);
	const parsed = draft.safeParse(input);
	if (!parsed.success) return refusal("malformed");
	const { workspace, actor } = allowed.session;
	const { mappings } = parsed.data;
	const acting = { actor, fresh: isFresh(allowed.session) };
	const why = String(reason).trim().slice(0, 200) || null;
	const done = await transactOrUndo(await database(), (tx) =>
		asShown(tx, workspace.id, { mappings }, seen.fingerprint, () =>
			changePolicy(tx, acting, workspace.id, seen.revision, { mappings }, why),
		),
	);
	if ("moved" in done) {
		const roles = await loadRoles(await database(), workspace.id);
		return { ok: false, moved: viewOf(done.moved, roles) };
	}
	if (!done.ok) return refusal(done.reason, { workspace: workspace.name });
	revalidatePath(`/w/${slug}/sso`, "layout");
	return { ok: true };
}
