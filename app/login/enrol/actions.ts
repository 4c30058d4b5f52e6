"use server";
import type {
	PublicKeyCredentialCreationOptionsJSON,
	RegistrationResponseJSON,
} from "@simplewebauthn/server";
import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { database } from "@/db/client";
import { readVisitor } from "@/lib/accounts/browser";
import { sendMailCode } from "@/lib/accounts/challenges";
import {
	confirmEnrolment,
	enrolApp,
	enrolPasskey,
	finishEnrolment,
} from "@/lib/accounts/enrolment";
import { loginForm, loginPath } from "../address";
import { land, openChallenge } from "../challenge";
import { reasonText } from "../reason-text";

type Where = { workspace: string | null; next: string | null };

export type EnrolState = { done: boolean; codes: string[] | null; error: string | null };

const over = (query: Where) => loginPath("/login/password", { ...query, error: "challenge_over" });

/** A kind was chosen: makes the seed, or mails the code. */
export async function beginEnrolment(form: FormData): Promise<void> {
	const query = loginForm(form);
	const open = await openChallenge(query.workspace);
	if (!open) redirect(over(query));
	const kind = String(form.get("kind") ?? "");
	const db = await database();
	const now = new Date();
	const begun =
		kind === "app"
			? await enrolApp(db, open.token, now)
			: kind === "mail"
				? await sendMailCode(db, open.token, now)
				: { ok: true as const };
	const error = begun.ok ? null : begun.reason;
	redirect(loginPath("/login/enrol", { ...query, use: error ? null : kind, error }));
}

/** The first code of the factor. Its recovery codes are in the answer and nowhere else. */
export async function confirmFactor(_before: EnrolState, form: FormData): Promise<EnrolState> {
	const query = loginForm(form);
	const open = await openChallenge(query.workspace);
	if (!open) redirect(over(query));
	const kind = form.get("kind") === "mail" ? "mail" : "app";
	const code = String(form.get("code") ?? "");
	const visitor = await readVisitor();
	const db = await database();
	const set = await confirmEnrolment(db, open.token, { kind, code }, visitor, new Date());
	if (set.ok) return { done: true, codes: set.codes, error: null };
	if (set.reason === "challenge_over") redirect(over(query));
	const error = await reasonText(set.reason, open.challenge.workspace.name);
	return { done: false, codes: null, error };
}

/** What the browser needs to make a passkey. */
export async function offerPasskey(
	where: Where,
): Promise<{ options: PublicKeyCredentialCreationOptionsJSON; state: string } | { error: string }> {
	const open = await openChallenge(where.workspace);
	if (!open) redirect(over(where));
	const offer = await enrolPasskey(await database(), open.token, new Date());
	if (offer.ok) return { options: offer.options, state: offer.state };
	return { error: await reasonText(offer.reason, open.challenge.workspace.name) };
}

/** Keeps the passkey that was made. */
export async function keepPasskey(
	where: Where,
	made: { response: RegistrationResponseJSON; state: string },
): Promise<EnrolState> {
	const open = await openChallenge(where.workspace);
	if (!open) redirect(over(where));
	const t = await getTranslations("login.enrol");
	const proof = { kind: "passkey", name: t("kind.passkey"), ...made } as const;
	const visitor = await readVisitor();
	const set = await confirmEnrolment(await database(), open.token, proof, visitor, new Date());
	if (set.ok) return { done: true, codes: set.codes, error: null };
	const error = await reasonText(set.reason, open.challenge.workspace.name);
	return { done: false, codes: null, error };
}

/** The codes were kept: into the workspace. */
export async function finish(form: FormData): Promise<void> {
	const query = loginForm(form);
	const open = await openChallenge(query.workspace);
	if (!open) redirect(over(query));
	const visitor = await readVisitor();
	const done = await finishEnrolment(await database(), open.token, visitor, new Date());
	if (done.ok && done.kind === "enrol") redirect(loginPath("/login/enrol", query));
	await land(done, open, query);
}
