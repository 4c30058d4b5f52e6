"use server";
import { revalidatePath } from "next/cache";
import { type Refusal, refusal } from "@/app/refusal";
import { authorize } from "@/app/require";
import { database } from "@/db/client";
import { findDirectory } from "@/lib/directory/directory";
import {
	type Answered,
	type Endpoint,
	onTrial,
	type ReplayRefusal,
	sendAgain,
	tryAgain,
} from "@/lib/directory/replay";
import { runSelfTest, type StepResult, testClients } from "@/lib/directory/self-test";
import { loadRoles } from "@/lib/members/access";
import { env } from "@/lib/platform/env";
import { isId } from "@/lib/platform/ids";
import { log } from "@/lib/platform/log";
import { handleScim } from "@/lib/scim/endpoint";
import { currentPolicy } from "@/lib/workspaces/policy";

/** The endpoint on a transaction of ours; it is not in the request log. */
const endpoint: Endpoint = (request, db, goesOn) =>
	handleScim(request, {
		db,
		...(goesOn ? { goesOn } : {}),
		publicUrl: env().PUBLIC_URL,
		now: () => new Date(),
		onError: (err) => log().error({ err }, "A SCIM request failed on trial"),
	});

/** Sends a logged request again: on trial, or for real. */
export async function replayAction(
	slug: string,
	id: string,
	real: boolean,
): Promise<{ ok: true; answer: Answered } | { ok: false; replay: ReplayRefusal } | Refusal> {
	const allowed = await authorize(slug, "directory.manage", { fresh: real === true });
	if (!allowed.ok) return refusal(allowed.reason);
	const { workspace, actor } = allowed.session;
	if (!isId(id)) return { ok: false, replay: "stale" };
	const again = real === true ? sendAgain : tryAgain;
	const done = await again(await database(), actor, workspace.id, id, endpoint);
	if (!done.ok) return { ok: false, replay: done.reason };
	if (real) revalidatePath(`/w/${slug}/sso`, "layout");
	return done;
}

/** Acts as an identity provider and takes everything back. Null: it took too long. */
export async function selfTestAction(
	slug: string,
	client: string,
): Promise<{ ok: true; steps: StepResult[] | null } | Refusal> {
	const allowed = await authorize(slug, "directory.manage");
	if (!allowed.ok) return refusal(allowed.reason);
	const { workspace, actor } = allowed.session;
	const db = await database();
	const directory = await findDirectory(db, workspace.id);
	const chosen = testClients.find((each) => each === client);
	if (!directory || !chosen) return refusal("needs_directory");
	const { document } = await currentPolicy(db, workspace.id);
	const lowest = (await loadRoles(db, workspace.id)).sort((a, b) => a.rank - b.rank)[0];
	const needs = {
		role: document.rolesFrom === "attribute" ? (lowest?.name ?? null) : null,
		groups: document.groupsSync === "on",
	};
	const steps = await onTrial(db, actor, directory, endpoint, (ask) =>
		runSelfTest(ask, chosen, needs),
	);
	return { ok: true, steps };
}
