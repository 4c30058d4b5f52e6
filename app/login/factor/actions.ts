"use server";
import type {
	AuthenticationResponseJSON,
	PublicKeyCredentialRequestOptionsJSON,
} from "@simplewebauthn/server";
import { redirect } from "next/navigation";
import { reasonText } from "@/app/login/reason-text";
import { database } from "@/db/client";
import { readVisitor } from "@/lib/accounts/browser";
import {
	type Answer,
	answerChallenge,
	askForPasskey,
	sendMailCode,
} from "@/lib/accounts/challenges";
import { loginForm, loginPath } from "../address";
import { land, type OpenChallenge, openChallenge, stepPath } from "../challenge";

type Where = { workspace: string | null; next: string | null };

/** The second factor as a code. */
export async function giveCode(form: FormData): Promise<void> {
	const query = loginForm(form);
	const open = await openChallenge(query.workspace);
	if (!open) redirect(loginPath("/login/password", { ...query, error: "challenge_over" }));
	const kind = form.get("kind");
	const code = String(form.get("code") ?? "");
	const known = kind === "mail" || kind === "recovery" ? kind : "app";
	const error = await answer(open, { kind: known, code }, query);
	redirect(loginPath("/login/factor", { ...query, use: known, error }));
}

/** Mails a code. */
export async function sendCode(form: FormData): Promise<void> {
	const query = loginForm(form);
	const open = await openChallenge(query.workspace);
	if (!open) redirect(loginPath("/login/password", { ...query, error: "challenge_over" }));
	const sent = await sendMailCode(await database(), open.token, new Date());
	const error = sent.ok ? null : sent.reason;
	redirect(loginPath("/login/factor", { ...query, use: "mail", error }));
}

/** What the browser needs to use a passkey. */
export async function askPasskey(
	where: Where,
): Promise<PublicKeyCredentialRequestOptionsJSON | null> {
	const open = await openChallenge(where.workspace);
	return open && askForPasskey(await database(), open.token, new Date());
}

/** The second factor as a passkey. Goes on by itself where it was right. */
export async function givePasskey(
	where: Where,
	response: AuthenticationResponseJSON,
): Promise<{ error: string }> {
	const query = { workspace: where.workspace, next: where.next };
	const open = await openChallenge(query.workspace);
	if (!open) redirect(loginPath("/login/password", { ...query, error: "challenge_over" }));
	const error = await answer(open, { kind: "passkey", response }, query);
	return { error: await reasonText(error, open.challenge.workspace.name) };
}

/** Goes on where the answer was right or nothing is left to answer; else says why not. */
async function answer(open: OpenChallenge, given: Answer, query: Where) {
	const visitor = await readVisitor();
	const answered = await answerChallenge(await database(), open.token, given, visitor, new Date());
	if (answered.ok && answered.kind === "enrol")
		redirect(stepPath({ ...open.challenge, stage: { kind: "enrol", factors: [] } }, query));
	return land(answered, open, query);
}
