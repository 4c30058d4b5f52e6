"use server";
import type { RegistrationResponseJSON } from "@simplewebauthn/server";
import { revalidatePath } from "next/cache";
import { ownRefusal, type Refusal } from "@/app/refusal";
import { requireMember, type Session } from "@/app/require";
import { database } from "@/db/client";
import {
	addMail,
	addPasskey,
	confirmApp,
	newRecoveryCodes,
	removeFactor,
	startApp,
	startPasskey,
} from "@/lib/accounts/factors/changes";
import type { PasskeyOffer } from "@/lib/accounts/factors/passkeys";
import type { TotpSeed } from "@/lib/accounts/factors/totp";
import { changePassword } from "@/lib/accounts/password-change";
import { isId } from "@/lib/platform/ids";
import type { Reason } from "@/lib/policy/reasons";

type Added = { ok: true; codes: string[] | null } | Refusal;

const passwordOf = (form: FormData) => String(form.get("password") ?? "");

/** Which field of a dialog a refusal belongs to; the rest stands above the fields. */
const places: Partial<Record<Reason, string>> = {
	current_password_wrong: "password",
	password_too_short: "next",
	password_too_short_with_factor: "next",
	password_too_long: "next",
	password_common: "next",
	password_personal: "next",
};

function no(reason: Reason, { workspace }: Session): Promise<Refusal> {
	const own = reason === "wrong_password" ? "current_password_wrong" : reason;
	return ownRefusal(own, { workspace: workspace.name }, places[own]);
}

/** The answer of a change; the page shows it at once. */
async function answer<T extends { ok: true }>(
	session: Session,
	done: T | { ok: false; reason: Reason },
): Promise<T | Refusal> {
	if (!done.ok) return no(done.reason, session);
	revalidatePath(`/w/${session.workspace.slug}/account`);
	return done;
}

/** Changes one's own password, after proof of the present one. */
export async function changePasswordAction(
	slug: string,
	form: FormData,
): Promise<{ ok: true } | Refusal> {
	const session = await requireMember(slug);
	const input = { current: passwordOf(form), next: String(form.get("next") ?? "") };
	return answer(session, await changePassword(await database(), session, input, new Date()));
}

/** Makes the seed of an authenticator app, after proof. */
export async function startAppAction(
	slug: string,
	form: FormData,
): Promise<({ ok: true } & TotpSeed) | Refusal> {
	const session = await requireMember(slug);
	const begun = await startApp(await database(), session, passwordOf(form), new Date());
	return begun.ok ? begun : no(begun.reason, session);
}

/** Confirms the app with its first code. */
export async function confirmAppAction(slug: string, code: string): Promise<Added> {
	const session = await requireMember(slug);
	return answer(session, await confirmApp(await database(), session, String(code), new Date()));
}

/** Turns codes by mail on, after proof. */
export async function addMailAction(slug: string, form: FormData): Promise<Added> {
	const session = await requireMember(slug);
	return answer(session, await addMail(await database(), session, passwordOf(form), new Date()));
}

/** What the browser needs to make a passkey, after proof. */
export async function startPasskeyAction(
	slug: string,
	form: FormData,
): Promise<({ ok: true } & PasskeyOffer) | Refusal> {
	const session = await requireMember(slug);
	const begun = await startPasskey(await database(), session, passwordOf(form), new Date());
	return begun.ok ? begun : no(begun.reason, session);
}

/** Keeps the passkey that the browser made. */
export async function addPasskeyAction(
	slug: string,
	made: { response: RegistrationResponseJSON; state: string; name: string },
): Promise<Added> {
	const session = await requireMember(slug);
	const { response, state, name } = made;
	const given = { response, state: String(state), name: String(name) };
	return answer(session, await addPasskey(await database(), session, given, new Date()));
}

/** Removes the app, or codes by mail, after proof. */
export async function removeFactorAction(
	slug: string,
	kind: "app" | "mail",
	form: FormData,
): Promise<{ ok: true } | Refusal> {
	const session = await requireMember(slug);
	const which = { kind: kind === "mail" ? "mail" : "app" } as const;
	const password = passwordOf(form);
	return answer(
		session,
		await removeFactor(await database(), session, which, password, new Date()),
	);
}

/** Removes a passkey, after proof. */
export async function removePasskeyAction(
	slug: string,
	id: string,
	form: FormData,
): Promise<{ ok: true } | Refusal> {
	const session = await requireMember(slug);
	if (!isId(id)) return no("stale", session);
	const which = { kind: "passkey", id } as const;
	const password = passwordOf(form);
	return answer(
		session,
		await removeFactor(await database(), session, which, password, new Date()),
	);
}

/** Makes new recovery codes, after proof. They are in the answer and nowhere else. */
export async function newCodesAction(
	slug: string,
	form: FormData,
): Promise<{ ok: true; codes: string[] } | Refusal> {
	const session = await requireMember(slug);
	const db = await database();
	return answer(session, await newRecoveryCodes(db, session, passwordOf(form), new Date()));
}
