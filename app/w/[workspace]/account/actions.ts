"use server";
import { revalidatePath } from "next/cache";
import { keepIntent } from "@/app/login/google/flow";
import { ownRefusal, type Refusal } from "@/app/refusal";
import { requireMember, type Session } from "@/app/require";
import { database, transact } from "@/db/client";
import { askForEmailChange, cancelEmailChange } from "@/lib/accounts/email-change";
import { googleConfigured, unlinkGoogle } from "@/lib/accounts/google";
import { changeOwnName } from "@/lib/accounts/profile";
import { proveMember } from "@/lib/accounts/proof";
import { endOtherSessions, endSession } from "@/lib/accounts/session-list";
import { isId } from "@/lib/platform/ids";
import type { Reason } from "@/lib/policy/reasons";

type Done = { ok: true } | Refusal;

const text = (form: FormData, name: string) => {
	const value = form.get(name);
	return typeof value === "string" ? value : "";
};

/** Which field of a dialog a refusal belongs to; the rest stands above the fields. */
const places: Partial<Record<Reason, string>> = {
	current_password_wrong: "password",
	email_malformed: "email",
	email_taken: "email",
};

function no(reason: Reason, { workspace }: Session): Promise<Refusal> {
	const own = reason === "wrong_password" ? "current_password_wrong" : reason;
	return ownRefusal(own, { workspace: workspace.name, provider: "Google" }, places[own]);
}

function changed(slug: string): { ok: true } {
	// The shell shows the name too.
	revalidatePath(`/w/${slug}`, "layout");
	return { ok: true };
}

/** Changes one's own name. */
export async function saveNameAction(slug: string, form: FormData): Promise<Done> {
	const session = await requireMember(slug);
	const { actor, member } = session;
	const done = await changeOwnName(await database(), actor, member, text(form, "name"));
	return done.ok ? changed(slug) : no(done.reason, session);
}

/** Mails a link to the new address, after proof of who asks. */
export async function changeEmailAction(slug: string, form: FormData): Promise<Done> {
	const session = await requireMember(slug);
	const db = await database();
	const now = new Date();
	const proof = await proveMember(db, session, text(form, "password"), now);
	if (!proof.ok) return no(proof.reason, session);
	const { workspace, member } = session;
	const asked = await askForEmailChange(db, workspace, member, text(form, "email").trim(), now);
	return asked.ok ? changed(slug) : no(asked.reason, session);
}

/** Ends a change of address that waits for its link to be followed. */
export async function cancelEmailAction(slug: string): Promise<Done> {
	const { member } = await requireMember(slug);
	await transact(await database(), (tx) => cancelEmailChange(tx, member));
	return changed(slug);
}

/** Begins linking a Google account, after proof of who asks. @returns where the browser goes. */
export async function linkGoogleAction(
	slug: string,
	form: FormData,
): Promise<{ ok: true; href: string } | Refusal> {
	const session = await requireMember(slug);
	if (!googleConfigured()) return no("google_off", session);
	const db = await database();
	const proof = await proveMember(db, session, text(form, "password"), new Date());
	if (!proof.ok) return no(proof.reason, session);
	await keepIntent({ kind: "link", slug, sessionId: session.id });
	return { ok: true, href: "/login/google?prepared=1" };
}

/** Unlinks the Google account, after proof of who asks. */
export async function unlinkGoogleAction(slug: string, form: FormData): Promise<Done> {
	const session = await requireMember(slug);
	const db = await database();
	const proof = await proveMember(db, session, text(form, "password"), new Date());
	if (!proof.ok) return no(proof.reason, session);
	const { actor, workspace, member } = session;
	const done = await transact(db, (tx) => unlinkGoogle(tx, actor, workspace, member));
	return done.ok ? changed(slug) : no(done.reason, session);
}

/** Ends one of one's own sessions. */
export async function endSessionAction(slug: string, id: string): Promise<Done> {
	const session = await requireMember(slug);
	const { actor, member } = session;
	if (isId(id)) await transact(await database(), (tx) => endSession(tx, actor, member, id));
	return changed(slug);
}

/** Ends all of one's own sessions but this one. */
export async function endOtherSessionsAction(
	slug: string,
): Promise<{ ok: true; ended: number } | Refusal> {
	const { id, actor, member } = await requireMember(slug);
	const ended = await transact(await database(), (tx) => endOtherSessions(tx, actor, member, id));
	return { ...changed(slug), ended };
}
