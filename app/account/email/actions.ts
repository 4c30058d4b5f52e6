"use server";
import { redirect } from "next/navigation";
import { database } from "@/db/client";
import { followEmailChange } from "@/lib/accounts/email-change";

/** The new address is used from now on. The token alone counts, in whatever browser. */
export async function followEmail(form: FormData): Promise<void> {
	const token = String(form.get("token") ?? "");
	const done = await followEmailChange(await database(), token, new Date());
	redirect(
		done.ok
			? `/account/email?done=${encodeURIComponent(done.workspace.slug)}`
			: `/account/email?refused=${done.reason}`,
	);
}
