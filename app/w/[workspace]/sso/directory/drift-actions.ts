"use server";
import { revalidatePath } from "next/cache";
import { impactView } from "@/app/impact-view";
import { type Refusal, refusal } from "@/app/refusal";
import { authorize, isFresh } from "@/app/require";
import type { ImpactView } from "@/components/impact/impact-dialog";
import { database, transactOrUndo } from "@/db/client";
import { applyEntry } from "@/lib/directory/apply-entry";
import { entryBehind } from "@/lib/directory/entries";
import { impactOf } from "@/lib/impact/what-would-change";
import type { Managed } from "@/lib/members/case";
import { pinRole, unpinRole } from "@/lib/members/manage-role";
import { findMember } from "@/lib/members/members";
import { isId } from "@/lib/platform/ids";
import type { MemberFacts } from "@/lib/policy/access";
import { providerName } from "./provider";

/** What is done about a difference: the directory's access, address or role, or the role in effect. */
export type DriftAct = "access" | "email" | "role" | "pin";

/** What it would change for the member and for nobody else. Changes nothing. */
export async function previewDriftAction(
	slug: string,
	memberId: string,
	act: DriftAct,
): Promise<ImpactView | Refusal> {
	const allowed = await authorize(slug, "directory.manage");
	if (!allowed.ok) return refusal(allowed.reason);
	const { workspace } = allowed.session;
	const db = await database();
	const member = isId(memberId) ? await findMember(db, workspace.id, memberId) : null;
	const entry = member && (await entryBehind(db, member));
	if (!member || !entry) return refusal("stale");
	const after = (facts: MemberFacts): MemberFacts => {
		if (act === "access") return { ...facts, active: entry.active };
		if (act === "role") return { ...facts, pinnedRole: null, pinnedReason: null };
		if (act === "pin") return { ...facts, pinnedRole: member.role };
		return facts;
	};
	const impact = await impactOf(db, workspace.id, { who: [member.id], member: after });
	return impactView(impact, workspace.name, await providerName(workspace.id));
}

/** Ends a difference: lets what the directory says take effect, or pins the role in effect. */
export async function endDriftAction(
	slug: string,
	memberId: string,
	act: DriftAct,
	reason: string,
): Promise<{ ok: true } | Refusal> {
	const allowed = await authorize(slug, "directory.manage", { fresh: true });
	if (!allowed.ok) return refusal(allowed.reason);
	if (!isId(memberId)) return refusal("stale");
	const { session } = allowed;
	const { workspace, actor } = session;
	const acting = { actor, fresh: isFresh(session) };
	const now = new Date();
	const done = await transactOrUndo(await database(), async (tx): Promise<Managed> => {
		if (act === "access" || act === "email")
			return applyEntry(tx, acting, workspace, memberId, act, now);
		if (act === "role") return unpinRole(tx, acting, workspace, memberId, now);
		if (act !== "pin") return { ok: false, reason: "stale" };
		const role = (await findMember(tx, workspace.id, memberId))?.role;
		if (!role) return { ok: false, reason: "stale" };
		const pin = { role, reason: String(reason) };
		return pinRole(tx, acting, workspace, memberId, pin, now);
	});
	if (!done.ok)
		return refusal(done.reason, {
			workspace: workspace.name,
			provider: await providerName(workspace.id),
		});
	revalidatePath(`/w/${slug}/sso`, "layout");
	return { ok: true };
}
