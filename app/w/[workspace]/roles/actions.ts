"use server";
import { revalidatePath } from "next/cache";
import { impactView } from "@/app/impact-view";
import { type Refusal, refusal } from "@/app/refusal";
import { authorize, isFresh } from "@/app/require";
import type { ImpactView } from "@/components/impact/impact-dialog";
import { database, transactOrUndo } from "@/db/client";
import { impactOfDeletingRole, impactOfRole } from "@/lib/impact/of-roles";
import {
	createRole,
	deleteRole,
	parseRole,
	type RoleField,
	type RoleRefusal,
	updateRole,
} from "@/lib/roles/roles";

type Malformed = { ok: false; reason: "malformed"; field: RoleField };

const told = ({ reason, field }: RoleRefusal, workspace: string): Promise<Refusal> | Malformed =>
	reason === "malformed" && field
		? { ok: false, reason, field }
		: refusal(reason, { workspace }, field);

/** Creates a role. */
export async function createRoleAction(
	slug: string,
	values: unknown,
): Promise<{ ok: true; key: string } | Refusal | Malformed> {
	const allowed = await authorize(slug, "roles.manage", { fresh: true });
	if (!allowed.ok) return refusal(allowed.reason);
	const parsed = parseRole(values);
	if (!parsed.ok) return parsed;
	const { workspace, actor } = allowed.session;
	const made = await transactOrUndo(await database(), (tx) =>
		createRole(tx, { actor, fresh: true }, workspace.id, parsed.input),
	);
	if (!made.ok) return told(made, workspace.name);
	revalidatePath(`/w/${slug}/roles`);
	return made;
}

/** What other settings of a role would do to people. */
export async function previewRoleAction(
	slug: string,
	key: string,
	values: unknown,
): Promise<ImpactView | Refusal | Malformed> {
	const allowed = await authorize(slug, "roles.manage");
	if (!allowed.ok) return refusal(allowed.reason);
	const parsed = parseRole(values);
	if (!parsed.ok) return parsed;
	const { workspace } = allowed.session;
	const impact = await impactOfRole(await database(), workspace.id, String(key), parsed.input);
	return impactView(impact, workspace.name);
}

/** Changes a role's settings. */
export async function saveRoleAction(
	slug: string,
	key: string,
	values: unknown,
): Promise<{ ok: true } | Refusal | Malformed> {
	const allowed = await authorize(slug, "roles.manage", { fresh: true });
	if (!allowed.ok) return refusal(allowed.reason);
	const parsed = parseRole(values);
	if (!parsed.ok) return parsed;
	const { workspace, actor } = allowed.session;
	const done = await transactOrUndo(await database(), (tx) =>
		updateRole(tx, { actor, fresh: true }, workspace.id, String(key), parsed.input),
	);
	if (!done.ok) return told(done, workspace.name);
	revalidatePath(`/w/${slug}`, "layout");
	return done;
}

/** What would become of a role's holders with another one in its place. */
export async function previewDeletionAction(
	slug: string,
	key: string,
	to: string,
): Promise<ImpactView | Refusal> {
	const allowed = await authorize(slug, "roles.manage");
	if (!allowed.ok) return refusal(allowed.reason);
	const { workspace } = allowed.session;
	const db = await database();
	return impactView(
		await impactOfDeletingRole(db, workspace.id, String(key), String(to)),
		workspace.name,
	);
}

/** Deletes a role, and puts another one in its place. */
export async function deleteRoleAction(
	slug: string,
	key: string,
	to: string,
): Promise<{ ok: true } | Refusal> {
	const allowed = await authorize(slug, "roles.manage", { fresh: true });
	if (!allowed.ok) return refusal(allowed.reason);
	const { session } = allowed;
	const { workspace, actor } = session;
	const done = await transactOrUndo(await database(), (tx) =>
		deleteRole(tx, { actor, fresh: isFresh(session) }, workspace.id, String(key), String(to)),
	);
	if (!done.ok) return refusal(done.reason, { workspace: workspace.name });
	revalidatePath(`/w/${slug}`, "layout");
	return done;
}
