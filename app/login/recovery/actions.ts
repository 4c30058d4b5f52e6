"use server";
import { redirect } from "next/navigation";
import { database } from "@/db/client";
import { readVisitor, writeBrowserId } from "@/lib/accounts/browser";
import { signInByRecoveryCode } from "@/lib/accounts/recovery-sign-in";
import { storable } from "@/lib/platform/text";
import { loginForm, loginPath } from "../address";
import { rememberEmail } from "../flow";

const text = (form: FormData, name: string) => {
	const value = form.get(name);
	return typeof value === "string" ? storable(value, 254).trim() : "";
};

/** "Can't use SSO?": whatever is wrong is told alike. */
export async function giveRecoveryCode(form: FormData): Promise<void> {
	const query = loginForm(form);
	const email = text(form, "email");
	await rememberEmail(email);
	const result = await signInByRecoveryCode(
		await database(),
		{ email, code: text(form, "code"), slug: query.workspace },
		await readVisitor(),
		new Date(),
	);
	if (!result.ok) redirect(loginPath("/login/recovery", { ...query, error: result.reason }));
	await writeBrowserId(result.browserId);
	redirect(`/w/${result.workspace.slug}/sso`);
}
