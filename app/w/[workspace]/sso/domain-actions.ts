"use server";
import { revalidatePath } from "next/cache";
import { type Refusal, refusal } from "@/app/refusal";
import { authorize } from "@/app/require";
import { database, transact, transactOrUndo } from "@/db/client";
import { type DomainImpact, impactOfRemovingDomain } from "@/lib/impact/of-domains";
import { isId } from "@/lib/platform/ids";
import { checkNow } from "@/lib/sso/domain-checks";
import { addDomain, removeDomain, routeDomain } from "@/lib/sso/domains";

const pageOf = (slug: string) => `/w/${slug}/sso`;

/** Adds a domain, which then waits for its DNS record. */
export async function addDomainAction(
	slug: string,
	name: string,
): Promise<{ ok: true; domain: string } | Refusal> {
	const allowed = await authorize(slug, "sso.manage", { fresh: true });
	if (!allowed.ok) return refusal(allowed.reason);
	const { workspace, actor } = allowed.session;
	const text = String(name);
	const added = await transact(await database(), (tx) => addDomain(tx, actor, workspace, text));
	if (!added.ok)
		return refusal(added.reason, { workspace: workspace.name, domain: text.trim().slice(0, 253) });
	revalidatePath(pageOf(slug));
	return { ok: true, domain: added.domain.domain };
}

/** Looks for the record of a domain at once. */
export async function checkDomainAction(
	slug: string,
	name: string,
): Promise<{ ok: true } | Refusal> {
	const allowed = await authorize(slug, "sso.manage");
	if (!allowed.ok) return refusal(allowed.reason);
	const { workspace, actor } = allowed.session;
	const domain = String(name);
	const checked = await checkNow(await database(), actor, workspace, domain, new Date());
	revalidatePath(pageOf(slug));
	if (checked.ok) return { ok: true };
	return refusal(checked.reason, { ...checked, workspace: workspace.name, domain });
}

/** Leads the people of a domain to one connection, or to whichever is active. */
export async function routeDomainAction(
	slug: string,
	name: string,
	connectionId: string | null,
): Promise<{ ok: true } | Refusal> {
	const allowed = await authorize(slug, "sso.manage", { fresh: true });
	if (!allowed.ok) return refusal(allowed.reason);
	if (connectionId !== null && !isId(connectionId)) return refusal("stale");
	const { workspace, actor } = allowed.session;
	const done = await transact(await database(), (tx) =>
		routeDomain(tx, actor, workspace, String(name), connectionId),
	);
	if (!done.ok) return refusal(done.reason, { workspace: workspace.name });
	revalidatePath(pageOf(slug));
	return { ok: true };
}

/** Whom the removal of a domain would concern. */
export async function previewDomainRemovalAction(
	slug: string,
	name: string,
): Promise<({ ok: true } & DomainImpact) | Refusal> {
	const allowed = await authorize(slug, "sso.manage");
	if (!allowed.ok) return refusal(allowed.reason);
	const { workspace } = allowed.session;
	return {
		ok: true,
		...(await impactOfRemovingDomain(await database(), workspace.id, String(name))),
	};
}

/** Removes a domain. */
export async function removeDomainAction(
	slug: string,
	name: string,
): Promise<{ ok: true } | Refusal> {
	const allowed = await authorize(slug, "sso.manage", { fresh: true });
	if (!allowed.ok) return refusal(allowed.reason);
	const { workspace, actor } = allowed.session;
	const done = await transactOrUndo(await database(), (tx) =>
		removeDomain(tx, actor, workspace.id, String(name)),
	);
	if (!done.ok) return refusal(done.reason, { workspace: workspace.name });
	revalidatePath(pageOf(slug));
	return { ok: true };
}
