"use server";
import { revalidatePath } from "next/cache";
import { getTranslations } from "next-intl/server";
import { z } from "zod";
import { lastAdminRefusal } from "@/app/impact-view";
import { type Refusal, refusal } from "@/app/refusal";
import { authorize, isFresh, type Session } from "@/app/require";
import { becauseWords } from "@/components/directory/because-words";
import type { MappingPreview } from "@/components/directory/mapping-dialog";
import { database, transactOrUndo } from "@/db/client";
import { asShown, fingerprintOf } from "@/lib/impact/as-shown";
import { type Impact, whatWouldChange } from "@/lib/impact/what-would-change";
import { loadRoles } from "@/lib/members/access";
import { changePolicy } from "@/lib/members/policy-change";
import type { Policy } from "@/lib/policy/document";
import { mappingEdits, withEdits } from "@/lib/policy/mapping-edits";
import { currentPolicy } from "@/lib/workspaces/policy";
import { csvOf, viewOf } from "./view";

const draft = z.object({ base: z.int(), edits: mappingEdits });

/** Who would hold another role or other groups with these edits. Nothing is written. */
export async function previewMappingAction(
	slug: string,
	input: unknown,
): Promise<MappingPreview | Refusal> {
	const read = await readDraft(slug, input);
	if (!read.ok) return read;
	return shownOf(await impactUnder(read), read.session);
}

/** Everybody whom a preview counted, as CSV. Refused as stale where it would be others by now. */
export async function mappingFileAction(
	slug: string,
	input: unknown,
	fingerprint: string,
): Promise<{ ok: true; csv: string } | Refusal> {
	const read = await readDraft(slug, input);
	if (!read.ok) return read;
	const impact = await impactUnder(read);
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

/**
 * Applies edits exactly as they were shown: where anything that decides has changed since, they are
 * not applied and what would change now comes back.
 */
export async function applyMappingAction(
	slug: string,
	input: unknown,
	fingerprint: string,
	reason: string,
): Promise<{ ok: true } | { ok: false; moved: MappingPreview } | Refusal> {
	const read = await readDraft(slug, input);
	if (!read.ok) return read;
	const { session, base, mappings } = read;
	const { workspace, actor } = session;
	const acting = { actor, fresh: isFresh(session) };
	const why = String(reason).trim().slice(0, 200) || null;
	const done = await transactOrUndo(await database(), (tx) =>
		asShown(tx, workspace.id, { mappings }, fingerprint, () =>
			changePolicy(tx, acting, workspace.id, base, { mappings }, why),
		),
	);
	if ("moved" in done) {
		const moved = await shownOf(done.moved, session);
		return moved.ok ? { ok: false, moved } : moved;
	}
	if (!done.ok) return refusal(done.reason, { workspace: workspace.name });
	revalidatePath(`/w/${slug}/sso`, "layout");
	return { ok: true };
}

type Draft = { ok: true; session: Session; base: number; document: Policy; mappings: Mappings };
type Mappings = Policy["mappings"];

/**
 * The mappings with an admin's edits. Refused: whoever may not; `policy_moved` where the edits rest
 * on another revision than the one in force.
 */
async function readDraft(slug: string, input: unknown): Promise<Draft | Refusal> {
	const allowed = await authorize(slug, "policy.manage");
	if (!allowed.ok) return refusal(allowed.reason);
	const parsed = draft.safeParse(input);
	if (!parsed.success) return refusal("malformed");
	const { session } = allowed;
	const { base, edits } = parsed.data;
	const { document, revision } = await currentPolicy(await database(), session.workspace.id);
	if (revision !== base) return refusal("policy_moved");
	return { ok: true, session, base, document, mappings: withEdits(document.mappings, edits) };
}

async function impactUnder({ session, document, mappings }: Draft): Promise<Impact> {
	return whatWouldChange(await database(), session.workspace.id, { ...document, mappings });
}

/** What a change does, for the page; or why it cannot be made at all. */
async function shownOf(impact: Impact, { workspace }: Session): Promise<MappingPreview | Refusal> {
	if (impact.lastAdmin) return lastAdminRefusal(impact.lastAdmin, workspace.name);
	return viewOf(impact, await loadRoles(await database(), workspace.id));
}
