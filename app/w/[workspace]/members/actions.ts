"use server";
import { revalidatePath } from "next/cache";
import { type Refusal, refusal } from "@/app/refusal";
import { authorize, isFresh } from "@/app/require";
import type { InviteState } from "@/components/members/invite-form";
import { database, transactOrUndo } from "@/db/client";
import { invite, resendInvitation, revokeInvitation } from "@/lib/accounts/invitations";
import { isId } from "@/lib/platform/ids";
import { consume } from "@/lib/platform/limits";
import { providerName } from "./provider";

/** Mail is sent in this installation's name: nobody floods others from here. */
const sending = { name: "invitations.workspace", points: 60, seconds: 3600 };

const pageOf = (slug: string) => `/w/${slug}/members`;

/** Invites those who can be invited; the others stay in the field, each with its reason. */
export async function inviteAction(
	slug: string,
	_before: InviteState,
	form: FormData,
): Promise<InviteState> {
	const values = {
		addresses: String(form.get("addresses") ?? "").slice(0, 20_000),
		role: String(form.get("role") ?? ""),
	};
	const state = { sent: [], problems: [], refusal: null, wrongCount: false, values };
	const allowed = await authorize(slug, "members.manage");
	if (!allowed.ok) return { ...state, refusal: await refusal(allowed.reason) };
	const { session } = allowed;
	const db = await database();
	const may = await consume(db, sending, session.workspace.id);
	if (!may.ok) return { ...state, refusal: await refusal("throttled") };
	const acting = { actor: session.actor, fresh: isFresh(session) };
	const done = await transactOrUndo(db, (tx) =>
		invite(tx, acting, session.workspace, values, new Date()),
	);
	if (!done.ok) {
		if (done.reason === "malformed") return { ...state, wrongCount: true };
		const words = { workspace: session.workspace.name, provider: await providerName(session) };
		return { ...state, refusal: await refusal(done.reason, words) };
	}
	revalidatePath(pageOf(slug));
	const { sent, problems } = done;
	const left = problems.map(({ text }) => text).join("\n");
	return { ...state, sent, problems, values: { ...values, addresses: left } };
}

/** Sends an invitation again, with a new link. */
export async function resendInvitationAction(
	slug: string,
	id: string,
): Promise<{ ok: true } | Refusal> {
	const allowed = await authorize(slug, "members.manage");
	if (!allowed.ok) return refusal(allowed.reason);
	if (!isId(id)) return refusal("stale");
	const { session } = allowed;
	const db = await database();
	const may = await consume(db, sending, session.workspace.id);
	if (!may.ok) return refusal("throttled");
	const acting = { actor: session.actor, fresh: isFresh(session) };
	const done = await transactOrUndo(db, (tx) =>
		resendInvitation(tx, acting, session.workspace, id, new Date()),
	);
	if (!done.ok) return refusal(done.reason, { workspace: session.workspace.name });
	revalidatePath(pageOf(slug));
	return { ok: true };
}

/** Takes an invitation back. */
export async function revokeInvitationAction(
	slug: string,
	id: string,
): Promise<{ ok: true } | Refusal> {
	const allowed = await authorize(slug, "members.manage");
	if (!allowed.ok) return refusal(allowed.reason);
	if (!isId(id)) return refusal("stale");
	const { session } = allowed;
	const acting = { actor: session.actor, fresh: isFresh(session) };
	const done = await transactOrUndo(await database(), (tx) =>
		revokeInvitation(tx, acting, session.workspace, id),
	);
	if (!done.ok) return refusal(done.reason, { workspace: session.workspace.name });
	revalidatePath(pageOf(slug));
	return { ok: true };
}
