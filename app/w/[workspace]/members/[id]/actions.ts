"use server";
import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { type Refusal, refusal } from "@/app/refusal";
import { authorize, isFresh, type Session } from "@/app/require";
import type { ProfileState } from "@/components/members/profile-form";
import type { RoleState } from "@/components/members/role-forms";
import { database, type Tx, transactOrUndo } from "@/db/client";
import { mailPasswordLink } from "@/lib/accounts/resets";
import { endSession } from "@/lib/accounts/session-list";
import type { Managed } from "@/lib/members/case";
import {
	editMember,
	endAllSessions,
	mayTouch,
	reactivate,
	remove,
	suspend,
} from "@/lib/members/manage";
import { pinRole, setRole, unpinRole } from "@/lib/members/manage-role";
import { findMember } from "@/lib/members/members";
import { isId } from "@/lib/platform/ids";
import type { Acting } from "@/lib/roles/granter";
import { providerName } from "../provider";

type Done = { ok: true } | Refusal;

/** Runs one act on a member for whoever may manage members, and shows the page as it is then. */
async function act(
	slug: string,
	id: string,
	work: (tx: Tx, acting: Acting, session: Session) => Promise<Managed>,
): Promise<Done> {
	const allowed = await authorize(slug, "members.manage");
	if (!allowed.ok) return refusal(allowed.reason);
	if (!isId(id)) return refusal("stale");
	const { session } = allowed;
	const acting = { actor: session.actor, fresh: isFresh(session) };
	const done = await transactOrUndo(await database(), (tx) => work(tx, acting, session));
	if (!done.ok)
		return refusal(done.reason, {
			workspace: session.workspace.name,
			provider: await providerName(session),
		});
	revalidatePath(`/w/${slug}/members`, "layout");
	return { ok: true };
}

/** Changes name and email. */
export async function editMemberAction(
	slug: string,
	id: string,
	before: ProfileState,
	form: FormData,
): Promise<ProfileState> {
	const values = {
		name: String(form.get("name") ?? ""),
		// One's own email is not posted to be changed here.
		email: String(form.get("email") ?? before.values.email),
	};
	const done = await act(slug, id, (tx, acting, { workspace }) =>
		editMember(tx, acting, workspace, id, values, new Date()),
	);
	if (done.ok) return { saved: true, refusal: null, values };
	const ofEmail = ["own_email", "email_malformed", "email_taken"].includes(done.reason);
	const field = done.reason === "malformed" ? "name" : ofEmail ? "email" : undefined;
	return { saved: false, refusal: field ? { ...done, field } : done, values };
}

/** Sets the role given here; an empty one takes it back. */
export async function setRoleAction(
	slug: string,
	id: string,
	_before: RoleState,
	form: FormData,
): Promise<RoleState> {
	const role = String(form.get("role") ?? "") || null;
	const done = await act(slug, id, (tx, acting, { workspace }) =>
		setRole(tx, acting, workspace, id, role, new Date()),
	);
	return done.ok ? { said: "saved", refusal: null } : { said: null, refusal: done };
}

/** Pins a role above every other source. */
export async function pinRoleAction(
	slug: string,
	id: string,
	_before: RoleState,
	form: FormData,
): Promise<RoleState> {
	const input = { role: String(form.get("role") ?? ""), reason: String(form.get("reason") ?? "") };
	const done = await act(slug, id, (tx, acting, { workspace }) =>
		pinRole(tx, acting, workspace, id, input, new Date()),
	);
	if (done.ok) return { said: null, refusal: null };
	const field = done.reason === "malformed" ? "reason" : undefined;
	return { said: null, refusal: field ? { ...done, field } : done };
}

/** Lets the other sources decide again. */
export async function unpinRoleAction(slug: string, id: string): Promise<RoleState> {
	const done = await act(slug, id, (tx, acting, { workspace }) =>
		unpinRole(tx, acting, workspace, id, new Date()),
	);
	return done.ok ? { said: "unpinned", refusal: null } : { said: null, refusal: done };
}

/** Takes access away. */
export async function suspendAction(slug: string, id: string): Promise<Done> {
	return act(slug, id, (tx, acting, { workspace }) => suspend(tx, acting, workspace, id));
}

/** Gives access back. */
export async function reactivateAction(slug: string, id: string): Promise<Done> {
	return act(slug, id, (tx, acting, { workspace }) =>
		reactivate(tx, acting, workspace, id, new Date()),
	);
}

/** Removes the member for good, and goes back to the list. */
export async function removeAction(slug: string, id: string): Promise<Done> {
	const done = await act(slug, id, (tx, acting, { workspace }) =>
		remove(tx, acting, workspace, id),
	);
	if (!done.ok) return done;
	redirect(`/w/${slug}/members`);
}

/** Mails the member a link to choose a password. */
export async function mailPasswordLinkAction(slug: string, id: string): Promise<Done> {
	const allowed = await authorize(slug, "members.manage");
	if (!allowed.ok) return refusal(allowed.reason);
	if (!isId(id)) return refusal("stale");
	const { workspace, actor } = allowed.session;
	const acting = { actor, fresh: isFresh(allowed.session) };
	const done = await transactOrUndo(await database(), async (tx) => {
		const may = await mayTouch(tx, acting, workspace, id);
		if (!may.ok) return may;
		const member = await findMember(tx, workspace.id, id);
		if (!member) return { ok: false, reason: "stale" } as const;
		return mailPasswordLink(tx, actor, workspace, member, new Date());
	});
	if (!done.ok)
		return refusal(done.reason, {
			workspace: workspace.name,
			provider: await providerName(allowed.session),
		});
	revalidatePath(`/w/${slug}/members`, "layout");
	return { ok: true };
}

/** Ends one session of the member. */
export async function endSessionAction(slug: string, id: string, sessionId: string): Promise<Done> {
	if (!isId(sessionId)) return refusal("stale");
	return act(slug, id, async (tx, acting, { workspace }) => {
		const may = await mayTouch(tx, acting, workspace, id);
		if (!may.ok) return may;
		const member = await findMember(tx, workspace.id, id);
		if (member) await endSession(tx, acting.actor, member, sessionId);
		return { ok: true };
	});
}

/** Signs the member out everywhere. */
export async function endAllSessionsAction(slug: string, id: string): Promise<Done> {
	return act(slug, id, (tx, acting, { workspace }) => endAllSessions(tx, acting, workspace, id));
}
