"use server";
import { type Refusal, refusal } from "@/app/refusal";
import { authorize } from "@/app/require";
import type { MetadataView } from "@/components/sso/metadata-preview";
import { database } from "@/db/client";
import { isId } from "@/lib/platform/ids";
import { findConnection } from "@/lib/sso/connections";
import { parseDraft } from "@/lib/sso/draft";
import { readyDraft } from "@/lib/sso/settings";
import type { Problems } from "./actions";
import { metadataView } from "./metadata-view";

/** Reads the metadata that stands in the form and compares it with what is stored. Saves nothing. */
export async function readMetadataAction(
	slug: string,
	id: string,
	values: unknown,
): Promise<{ ok: true; view: MetadataView } | Problems | Refusal> {
	const allowed = await authorize(slug, "sso.manage", { fresh: true });
	if (!allowed.ok) return refusal(allowed.reason);
	const parsed = parseDraft(values);
	if (!parsed.ok) return { ok: false, reason: "malformed", problems: parsed.problems };
	const { workspace } = allowed.session;
	const stored = isId(id) ? await findConnection(await database(), workspace.id, id) : null;
	if (stored?.protocol !== "saml") return refusal("stale");
	const ready = await readyDraft(workspace, parsed.draft, stored);
	if (!ready.ok)
		return refusal(
			ready.reason,
			{ ...ready, provider: parsed.draft.name, workspace: workspace.name },
			ready.field,
		);
	const after = ready.settings.protocol === "saml" ? ready.settings.saml.idp : null;
	if (!after) return refusal("metadata_missing", { provider: parsed.draft.name });
	return { ok: true, view: metadataView(after, stored.saml.idp, new Date()) };
}
