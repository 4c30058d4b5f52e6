"use server";
import { redirect } from "next/navigation";
import { database } from "@/db/client";
import { readVisitor } from "@/lib/accounts/browser";
import { signInByPassword } from "@/lib/accounts/password-sign-in";
import { isEmail, storable } from "@/lib/platform/text";
import { wayIn } from "@/lib/sso/routing";
import { loginForm, loginPath } from "./address";
import { arrive } from "./challenge";
import { rememberEmail, rememberedEmail } from "./flow";

const text = (form: FormData, name: string) => {
	const value = form.get(name);
	return typeof value === "string" ? value : "";
};

/** Step 1: the email is kept, and leads to the step its domain and the policy ask for. */
export async function giveEmail(form: FormData): Promise<void> {
	const query = loginForm(form);
	const email = text(form, "email").trim();
	await rememberEmail(email);
	if (!isEmail(email)) redirect(loginPath("/login", { ...query, error: "email" }));
	const way = await wayIn(await database(), email, query.workspace, new Date());
	redirect(loginPath(way.kind === "password" ? "/login/password" : "/login/way", query));
}

/** Several ways in: the workspace that was chosen decides. */
export async function chooseWorkspace(form: FormData): Promise<void> {
	redirect(loginPath("/login/way", loginForm(form)));
}

/** Step 2 by password. Wrong and unknown are told the same. */
export async function givePassword(form: FormData): Promise<void> {
	const query = loginForm(form);
	const email = storable(text(form, "email"), 254).trim() || (await rememberedEmail());
	await rememberEmail(email);
	const result = await signInByPassword(
		await database(),
		{ email, password: text(form, "password"), slug: query.workspace },
		await readVisitor(),
		new Date(),
	);
	if (result.ok) redirect(await arrive(result, query));
	// Where passwords are closed a right and a wrong one lead to the provider alike.
	if (result.reason === "sso_required")
		redirect(loginPath("/login/way", { ...query, workspace: result.workspace.slug }));
	const way = await wayIn(await database(), email, query.workspace, new Date());
	if (result.reason === "wrong_password" && way.kind === "sso" && way.way.enforced)
		redirect(loginPath("/login/way", { ...query, workspace: way.way.workspace.slug }));
	const minutes = "retryAfterSeconds" in result ? Math.ceil(result.retryAfterSeconds / 60) : 0;
	redirect(
		loginPath("/login/password", {
			...query,
			error: result.reason,
			minutes: minutes > 0 ? String(minutes) : null,
		}),
	);
}
