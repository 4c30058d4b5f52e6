"use server";
import { redirect } from "next/navigation";
import { database } from "@/db/client";
import { readVisitor, writeBrowserId } from "@/lib/accounts/browser";
import { completeSetup, type SetupRefusal } from "@/lib/accounts/setup";

export type SetupState = { reason: SetupRefusal | null; values: Record<string, string> };

/** Makes the first workspace. What was typed comes back with a refusal; the password does not. */
export async function setUp(_before: SetupState, form: FormData): Promise<SetupState> {
	const text = (name: string) => String(form.get(name) ?? "");
	const values = {
		code: text("code"),
		workspaceName: text("workspaceName"),
		slug: text("slug"),
		name: text("name"),
		email: text("email"),
	};
	const done = await completeSetup(
		await database(),
		{ ...values, password: text("password") },
		await readVisitor(),
		new Date(),
	);
	if (!done.ok) return { reason: done.reason, values };
	await writeBrowserId(done.browserId);
	redirect(`/w/${done.workspace.slug}/sso`);
}
