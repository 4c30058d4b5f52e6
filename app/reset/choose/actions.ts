"use server";
import { redirect } from "next/navigation";
import { loginPath } from "@/app/login/address";
import { rememberEmail } from "@/app/login/flow";
import { reasonText } from "@/app/login/reason-text";
import { database } from "@/db/client";
import { readVisitor } from "@/lib/accounts/browser";
import { choosePassword } from "@/lib/accounts/resets";

export type ChooseState = { error: string | null };

/** Sets the password by a link, then on to signing in with it. */
export async function choose(
	where: { token: string; workspace: string },
	_before: ChooseState,
	form: FormData,
): Promise<ChooseState> {
	const { token } = where;
	const password = String(form.get("password") ?? "");
	const visitor = await readVisitor();
	const chosen = await choosePassword(await database(), token, password, visitor, new Date());
	if (chosen.ok) {
		await rememberEmail(chosen.email);
		const query = { workspace: chosen.workspace.slug, next: null };
		redirect(loginPath("/login/password", { ...query, done: "reset" }));
	}
	if (chosen.reason === "link_expired") redirect("/reset/choose");
	if (chosen.reason === "sso_required" && chosen.workspace)
		redirect(loginPath("/login/way", { workspace: chosen.workspace.slug, next: null }));
	return { error: await reasonText(chosen.reason, where.workspace) };
}
