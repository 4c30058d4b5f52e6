"use server";
import { notFound, redirect } from "next/navigation";
import { rememberEmail } from "@/app/login/flow";
import { database } from "@/db/client";
import { readVisitor, writeBrowserId } from "@/lib/accounts/browser";
import {
	askToSignUp,
	createOwnWorkspace,
	type SignUpRefusal,
	signUpIsOpen,
} from "@/lib/accounts/sign-up";
import { domainOf, isEmail } from "@/lib/platform/text";
import { routesOfDomain } from "@/lib/sso/domains";
import { forgetTicket, keptTicket } from "./ticket";

/**
 * The address is mailed a link. Whoever comes from a domain that a workspace has proved is asked
 * first; the answer rests on the domain alone, never on who is known.
 */
export async function giveSignUpEmail(form: FormData): Promise<void> {
	if (!signUpIsOpen()) notFound();
	const email = String(form.get("email") ?? "").trim();
	const db = await database();
	await rememberEmail(email);
	const known = isEmail(email) && (await routesOfDomain(db, domainOf(email))).length > 0;
	if (known && !form.has("anyway")) redirect("/signup?step=known");
	const asked = await askToSignUp(db, email, await readVisitor(), new Date());
	redirect(asked.ok ? "/signup?step=sent" : `/signup?error=${asked.reason}`);
}

export type SignUpState = { reason: SignUpRefusal | null; values: Record<string, string> };

/** Makes the workspace. What was typed comes back with a refusal; the password does not. */
export async function createWorkspace(_before: SignUpState, form: FormData): Promise<SignUpState> {
	if (!signUpIsOpen()) notFound();
	const text = (name: string) => String(form.get(name) ?? "");
	const values = { workspaceName: text("workspaceName"), slug: text("slug"), name: text("name") };
	const done = await createOwnWorkspace(
		await database(),
		text("ticket") || (await keptTicket()),
		{ ...values, password: text("password") },
		await readVisitor(),
		new Date(),
	);
	if (!done.ok) return { reason: done.reason, values };
	await forgetTicket();
	await writeBrowserId(done.browserId);
	redirect(`/w/${done.workspace.slug}`);
}
