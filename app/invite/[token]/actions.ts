"use server";
import { redirect } from "next/navigation";
import { arrive } from "@/app/login/challenge";
import type { AcceptState } from "@/components/members/accept-form";
import { database } from "@/db/client";
import { acceptByPassword } from "@/lib/accounts/accept-invitation";
import { readVisitor } from "@/lib/accounts/browser";

/** Joins by the link and a password. Role and workspace are the invitation's, whatever is posted. */
export async function acceptAction(
	token: string,
	_before: AcceptState,
	form: FormData,
): Promise<AcceptState> {
	const text = (name: string) => String(form.get(name) ?? "");
	const name = text("name").slice(0, 200);
	const done = await acceptByPassword(
		await database(),
		{ token, name, email: text("email"), password: text("password") },
		await readVisitor(),
		new Date(),
	);
	// The page itself says that a link is over, that SSO is the way, or who is signed in here.
	if (!done.ok && (done.reason === "link_expired" || done.reason === "sso_required"))
		redirect(`/invite/${encodeURIComponent(token)}`);
	if (!done.ok) return { reason: done.reason, name };
	redirect(await arrive(done, { workspace: null, next: null }));
}
