"use server";
import { redirect } from "next/navigation";
import { flowVisitor, forgetInvitation } from "@/app/login/flow";
import { refusedPath } from "@/app/sso/refused/path";
import { database } from "@/db/client";
import { writeBrowserId } from "@/lib/accounts/browser";
import { finishSignIn } from "@/lib/sso/finish";

/** The person means it: the session of the other member gives way. */
export async function continueAsOther(form: FormData): Promise<void> {
	const ticket = String(form.get("ticket") ?? "");
	const finished = await finishSignIn(
		await database(),
		ticket,
		await flowVisitor(),
		true,
		new Date(),
	);
	if (!finished.ok) redirect(refusedPath(finished));
	if (finished.kind !== "session") redirect("/");
	await writeBrowserId(finished.browserId);
	await forgetInvitation();
	redirect(finished.returnTo ?? `/w/${finished.workspace.slug}`);
}
