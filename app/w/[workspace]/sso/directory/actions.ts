"use server";
import { revalidatePath } from "next/cache";
import { type Refusal, refusal } from "@/app/refusal";
import { authorize, isFresh, type Session } from "@/app/require";
import { database, type Tx, transact, transactOrUndo } from "@/db/client";
import {
	type Directory,
	findDirectory,
	setGroupPatchAnswer,
	setStrict,
} from "@/lib/directory/directory";
import { applyHold, dismissHold } from "@/lib/directory/holds";
import { type Overlap, overlaps, renameToken, rotateToken } from "@/lib/directory/tokens";
import { isId } from "@/lib/platform/ids";

type Done = { ok: true };

const refresh = (slug: string) => revalidatePath(`/w/${slug}/sso`, "layout");

/** Runs a change of the workspace's directory for whoever may make it, signed in recently. */
async function onDirectory<T>(
	slug: string,
	act: (tx: Tx, directory: Directory, session: Session) => Promise<T>,
): Promise<T | Refusal> {
	const allowed = await authorize(slug, "directory.manage", { fresh: true });
	if (!allowed.ok) return refusal(allowed.reason);
	const { session } = allowed;
	const done = await transact(await database(), async (tx) => {
		const directory = await findDirectory(tx, session.workspace.id);
		return directory ? { result: await act(tx, directory, session) } : null;
	});
	if (!done) return refusal("needs_directory");
	refresh(slug);
	return done.result;
}

/** Whether requests that bend the SCIM standard are refused. */
export async function setStrictAction(slug: string, strict: boolean): Promise<Done | Refusal> {
	return onDirectory(slug, async (tx, directory, { actor }) => {
		await setStrict(tx, actor, directory, strict === true);
		return { ok: true };
	});
}

/** What a PATCH of a group is answered with. */
export async function setGroupAnswerAction(
	slug: string,
	withGroup: boolean,
): Promise<Done | Refusal> {
	return onDirectory(slug, async (tx, directory, { actor }) => {
		await setGroupPatchAnswer(tx, actor, directory, withGroup === true ? "200" : "204");
		return { ok: true };
	});
}

/** Replaces a token. This answer is the only place the new one ever stands. */
export async function rotateTokenAction(
	slug: string,
	id: string,
	overlap: string,
): Promise<{ ok: true; token: string } | { ok: false; reason: "too_many" } | Refusal> {
	const chosen: Overlap = Object.hasOwn(overlaps, overlap) ? (overlap as Overlap) : "none";
	const done = await onDirectory(slug, (tx, directory, { actor }) =>
		isId(id)
			? rotateToken(tx, actor, directory, id, chosen, new Date())
			: Promise.resolve({ ok: false, reason: "not_found" } as const),
	);
	if (done.ok) return { ok: true, token: done.token };
	if (done.reason === "too_many") return { ok: false, reason: "too_many" };
	return "why" in done ? done : refusal("stale");
}

/** Gives a token another name. */
export async function renameTokenAction(
	slug: string,
	id: string,
	name: string,
): Promise<Done | { ok: false; reason: "name" } | Refusal> {
	const done = await onDirectory(slug, (tx, directory, { actor }) =>
		isId(id)
			? renameToken(tx, actor, directory, id, String(name))
			: Promise.resolve({ ok: false, reason: "not_found" } as const),
	);
	if (done.ok) return done;
	if (done.reason === "name_missing") return { ok: false, reason: "name" };
	return "why" in done ? done : refusal("stale");
}

/** The most holds one press decides. */
const mostHolds = 500;

/**
 * Applies or dismisses what is held, each by itself: the first that cannot be decided stops it, and
 * what was decided before stays so. A refusal has its id as the field.
 */
export async function decideHoldsAction(
	slug: string,
	ids: string[],
	decision: "apply" | "dismiss",
): Promise<{ ok: true; count: number } | Refusal> {
	const allowed = await authorize(slug, "directory.manage", { fresh: true });
	if (!allowed.ok) return refusal(allowed.reason);
	const { workspace, actor } = allowed.session;
	const acting = { actor, fresh: isFresh(allowed.session) };
	const decide = decision === "dismiss" ? dismissHold : applyHold;
	const db = await database();
	let count = 0;
	for (const id of ids.filter(isId).slice(0, mostHolds)) {
		const done = await transactOrUndo(db, (tx) => decide(tx, acting, workspace.id, id, new Date()));
		if (!done.ok && done.reason !== "stale") {
			refresh(slug);
			return refusal(done.reason, { workspace: workspace.name }, id);
		}
		if (done.ok) count += 1;
	}
	refresh(slug);
	return count === 0 ? refusal("stale") : { ok: true, count };
}
