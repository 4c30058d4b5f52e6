"use server";
import { redirect } from "next/navigation";
import { database } from "@/db/client";
import { readVisitor } from "@/lib/accounts/browser";
import { askForReset } from "@/lib/accounts/resets";
import { isEmail } from "@/lib/platform/text";
import { wayIn } from "@/lib/sso/routing";
import { loginForm, loginPath } from "../login/address";
import { rememberEmail } from "../login/flow";

/**
 * Asks for a link. The answer rests on the address's domain and the policy alone, never on whether
 * the person exists: where SSO is enforced it leads there, else it is always the same.
 */
export async function askReset(form: FormData): Promise<void> {
	const query = loginForm(form);
	const email = String(form.get("email") ?? "").trim();
	await rememberEmail(email);
	if (!isEmail(email)) redirect(loginPath("/reset", { ...query, error: "malformed" }));
	const db = await database();
	const now = new Date();
	const way = await wayIn(db, email, query.workspace, now);
	if (way.kind === "sso" && way.way.enforced) redirect(loginPath("/login/way", query));
	const { address } = await readVisitor();
	const asked = await askForReset(db, { email, slug: query.workspace }, address, now);
	redirect(
		loginPath("/reset", { ...query, ...(asked.ok ? { sent: "1" } : { error: asked.reason }) }),
	);
}
