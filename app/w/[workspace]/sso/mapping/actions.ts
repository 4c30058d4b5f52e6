"use server";
import { revalidatePath } from "next/cache";
import { z } from "zod";
import { type Refusal, refusal } from "@/app/refusal";
import { authorize, isFresh } from "@/app/require";
import type { MappingPreview } from "@/components/directory/mapping-dialog";
import { database, transactOrUndo } from "@/db/client";
import { asShown, fingerprintOf } from "@/lib/impact/as-shown";
import { type Impact, whatWouldChange } from "@/lib/impact/what-would-change";
import { loadRoles } from "@/lib/members/access";
import { changePolicy } from "@/lib/members/policy-change";
import type { RoleFact } from "@/lib/policy/access";
import { policySchema } from "@/lib/policy/document";
import { adminRole } from "@/lib/roles/permissions";
import { currentPolicy } from "@/lib/workspaces/policy";

/** People named in one preview; the rest are counted. */
const mostShown = 500;

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
	const db = await database();
	const { document } = await currentPolicy(db, workspace.id);
	const impact = await whatWouldChange(db, workspace.id, {
		...document,
		mappings: parsed.data.mappings,
	});
	if (impact.lastAdmin) return refusal("last_admin", { workspace: workspace.name });
	return viewOf(impact, await loadRoles(db, workspace.id));
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

function viewOf(impact: Impact, roles: readonly RoleFact[]): MappingPreview {
	const ranks = new Map(roles.map(({ name, rank }) => [name, rank]));
	const rank = (name: string | null) => (name === null ? -1 : (ranks.get(name) ?? 0));
	const admin = roles.find(({ key }) => key === adminRole)?.name;
	const changes = impact.changes.map((change) => {
		const by = rank(change.after) - rank(change.before);
		const way = change.after === null && by < 0 ? "lost" : by > 0 ? "up" : by < 0 ? "down" : "same";
		return { ...change, way } as const;
	});
	const count = (wanted: string) => changes.filter(({ way }) => way === wanted).length;
	return {
		ok: true,
		people: impact.people,
		count: changes.length,
		counts: { up: count("up"), down: count("down"), same: count("same"), lost: count("lost") },
		admins: changes.filter(({ before, after }) => before !== admin && after === admin).length,
		changes: changes.slice(0, mostShown),
		fingerprint: fingerprintOf(impact),
	};
}
