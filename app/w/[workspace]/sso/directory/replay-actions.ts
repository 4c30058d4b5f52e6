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
import { roleToSend } from "@/lib/directory/requirements";
import { loadRoles, previewAccess } from "@/lib/members/access";
import { env } from "@/lib/platform/env";
import { isId, newId } from "@/lib/platform/ids";
import { log } from "@/lib/platform/log";
import { clientNamed, clients } from "@/lib/scim/clients";
import { type Outcome, replay } from "@/lib/scim/clients/session";
import { handleScim } from "@/lib/scim/endpoint";
import { currentPolicy } from "@/lib/workspaces/policy";

/** The endpoint on a transaction of ours. */
const endpoint: Endpoint = (request, db, hears) =>
	handleScim(request, {
		db,
		...hears,
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

export type SelfTested = {
	steps: { title: string; sent: string; status: number; problem: string | null }[];
	/** Whether people sent so hold a role here. */
	hasAccess: boolean;
};

/**
 * Acts as an identity provider that sends what the policy asks for, and takes everything back.
 * `tested` is null where it took too long.
 */
export async function selfTestAction(
	slug: string,
	client: string,
): Promise<{ ok: true; tested: SelfTested | null } | Refusal> {
	const allowed = await authorize(slug, "directory.manage");
	if (!allowed.ok) return refusal(allowed.reason);
	const { workspace, actor } = allowed.session;
	const db = await database();
	const directory = await findDirectory(db, workspace.id);
	const chosen = clientNamed(client);
	if (!directory || !chosen) return refusal("needs_directory");
	const { document } = await currentPolicy(db, workspace.id);
	const role = roleToSend(document, await loadRoles(db, workspace.id));
	// Addresses that no mail can reach (RFC 2606).
	const domain = "self-test.invalid";
	const cast = { mark: newId(), domain, groups: document.groupsSync === "on", role };
	const outcomes = await onTrial(db, actor, directory, endpoint, (door) =>
		replay(clients[chosen], { ...door, leaves: true }, cast),
	);
	if (!outcomes) return { ok: true, tested: null };
	const sent = { roles: role === null ? [] : [role], groups: [] };
	const access = await previewAccess(db, workspace.id, {
		active: true,
		roleByHand: null,
		pinnedRole: null,
		pinnedReason: null,
		groupsByHand: [],
		directory: sent,
	});
	const tested = { steps: outcomes.map(stepOf), hasAccess: access.role !== null };
	return { ok: true, tested };
}

const stepOf = ({ title, method, path, answered, surprise }: Outcome) => ({
	title,
	sent: `${method} ${path}`,
	status: answered,
	problem: surprise ?? null,
});
