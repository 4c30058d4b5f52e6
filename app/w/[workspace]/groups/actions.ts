"use server";
import { revalidatePath } from "next/cache";
import { impactView } from "@/app/impact-view";
import { type Refusal, refusal } from "@/app/refusal";
import { authorize, isFresh, type NotAuthorized, type Session } from "@/app/require";
import type { GroupPerson } from "@/components/groups/group-members";
import type { ImpactView } from "@/components/impact/impact-dialog";
import { database, type Tx, transactOrUndo } from "@/db/client";
import {
	createGroup,
	deleteGroup,
	type GroupRefusal,
	parseGroup,
	setMembership,
	updateGroup,
} from "@/lib/groups/groups";
import { findPeopleToAdd } from "@/lib/groups/list";
import {
	impactOfDefaultRole,
	impactOfDeletingGroup,
	impactOfMembership,
} from "@/lib/impact/of-groups";
import { isId } from "@/lib/platform/ids";
import type { Acting } from "@/lib/roles/granter";
import { namedPeople } from "./people";

type Malformed = { ok: false; reason: "malformed"; field: "name" };

/** People that one search shows. */
const mostFound = 10;

/** Who may change groups, and which group it is about. */
async function forGroup(
	slug: string,
	id: string,
): Promise<{ ok: true; session: Session } | NotAuthorized> {
	const allowed = await authorize(slug, "groups.manage");
	return allowed.ok && !isId(id) ? { ok: false, reason: "stale" } : allowed;
}

/** Runs an act on groups and shows what came of it everywhere in the workspace. */
async function act<T extends { ok: true }>(
	session: Session,
	work: (tx: Tx, acting: Acting) => Promise<T | GroupRefusal>,
): Promise<T | Refusal> {
	const { workspace, actor } = session;
	const acting = { actor, fresh: isFresh(session) };
	const done = await transactOrUndo<T | GroupRefusal>(await database(), (tx) => work(tx, acting));
	if (!done.ok) return refusal(done.reason, { workspace: workspace.name }, done.field);
	revalidatePath(`/w/${workspace.slug}`, "layout");
	return done;
}

/** Creates a group. */
export async function createGroupAction(
	slug: string,
	values: unknown,
): Promise<{ ok: true; id: string } | Refusal | Malformed> {
	const allowed = await authorize(slug, "groups.manage");
	if (!allowed.ok) return refusal(allowed.reason);
	const parsed = parseGroup(values);
	if (!parsed.ok) return parsed;
	const { session } = allowed;
	return act(session, (tx, acting) => createGroup(tx, acting, session.workspace.id, parsed.input));
}

/** What another default role would do to people. */
export async function previewGroupAction(
	slug: string,
	id: string,
	values: unknown,
): Promise<ImpactView | Refusal | Malformed> {
	const allowed = await forGroup(slug, id);
	if (!allowed.ok) return refusal(allowed.reason);
	const parsed = parseGroup(values);
	if (!parsed.ok) return parsed;
	const { workspace } = allowed.session;
	const { defaultRole } = parsed.input;
	return impactView(
		await impactOfDefaultRole(await database(), workspace.id, id, defaultRole),
		workspace.name,
	);
}

/** Changes a group's name and default role. */
export async function saveGroupAction(
	slug: string,
	id: string,
	values: unknown,
): Promise<{ ok: true } | Refusal | Malformed> {
	const allowed = await forGroup(slug, id);
	if (!allowed.ok) return refusal(allowed.reason);
	const parsed = parseGroup(values);
	if (!parsed.ok) return parsed;
	const { session } = allowed;
	return act(session, (tx, acting) =>
		updateGroup(tx, acting, session.workspace.id, id, parsed.input),
	);
}

/** People who could be added. */
export async function findPeopleAction(
	slug: string,
	id: string,
	search: string,
): Promise<{ ok: true; people: GroupPerson[] } | Refusal> {
	const allowed = await forGroup(slug, id);
	if (!allowed.ok) return refusal(allowed.reason);
	const { workspace } = allowed.session;
	const found = await findPeopleToAdd(
		await database(),
		{ workspaceId: workspace.id, id },
		String(search).slice(0, 100),
		mostFound,
	);
	return { ok: true, people: await namedPeople(workspace.id, found) };
}

/** What adding somebody, or taking them out, would do to them. */
export async function previewMembershipAction(
	slug: string,
	id: string,
	memberId: string,
	inGroup: boolean,
): Promise<ImpactView | Refusal> {
	const allowed = await forGroup(slug, id);
	if (!allowed.ok) return refusal(allowed.reason);
	if (!isId(memberId)) return refusal("stale");
	const { workspace } = allowed.session;
	return impactView(
		await impactOfMembership(await database(), workspace.id, id, [memberId], inGroup === true),
		workspace.name,
	);
}

/** Adds somebody to a group by hand, or takes them out. */
export async function setMembershipAction(
	slug: string,
	id: string,
	memberId: string,
	inGroup: boolean,
): Promise<{ ok: true } | Refusal> {
	const allowed = await forGroup(slug, id);
	if (!allowed.ok) return refusal(allowed.reason);
	if (!isId(memberId)) return refusal("stale");
	const { session } = allowed;
	return act(session, (tx, acting) =>
		setMembership(tx, acting, session.workspace.id, id, [memberId], inGroup === true),
	);
}

/** What a group's deletion would do to people. */
export async function previewDeletionAction(
	slug: string,
	id: string,
): Promise<ImpactView | Refusal> {
	const allowed = await forGroup(slug, id);
	if (!allowed.ok) return refusal(allowed.reason);
	const { workspace } = allowed.session;
	const impact = await impactOfDeletingGroup(await database(), workspace.id, id);
	return impactView(impact, workspace.name);
}

/** Deletes a group. */
export async function deleteGroupAction(slug: string, id: string): Promise<{ ok: true } | Refusal> {
	const allowed = await forGroup(slug, id);
	if (!allowed.ok) return refusal(allowed.reason);
	const { session } = allowed;
	return act(session, (tx, acting) => deleteGroup(tx, acting, session.workspace.id, id));
}
