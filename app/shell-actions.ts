"use server";
import { revalidatePath } from "next/cache";
import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import { themeCookie, themeOf } from "@/components/theme";
import { database, transact } from "@/db/client";
import { clearBrowserId, readVisitor } from "@/lib/accounts/browser";
import { endBrowserSessions, findSession } from "@/lib/accounts/sessions";
import { record } from "@/lib/activity/record";
import { labelOf } from "@/lib/members/members";
import { offerSignOut, providerSessionOf } from "@/lib/sso/sign-out";
import { rememberSignOutOffer } from "./login/flow";

/** Keeps the theme for this browser. */
export async function setTheme(form: FormData): Promise<void> {
	const theme = themeOf(form.get("theme"));
	(await cookies()).set(themeCookie, theme, {
		path: "/",
		sameSite: "lax",
		maxAge: 365 * 24 * 3600,
	});
	revalidatePath("/", "layout");
}

/**
 * Ends this browser's session in one workspace; sessions elsewhere stay, and the provider's own too,
 * unless the person goes on to it from the page that follows.
 */
export async function signOut(slug: string): Promise<void> {
	const db = await database();
	const visitor = await readVisitor();
	const now = new Date();
	const session = await findSession(db, { slug }, visitor.browserId, now);
	const { browserId } = visitor;
	if (session && browserId) {
		const offer = await transact(db, async (tx) => {
			const there = await providerSessionOf(tx, session.workspace.id, session.id);
			await endBrowserSessions(tx, browserId, session.workspace.id);
			const { member } = session;
			await record(
				tx,
				session.workspace.id,
				{ kind: "member", id: member.id, label: labelOf(member), address: visitor.address },
				{ kind: "sign_out" },
			);
			return there && offerSignOut(tx, there, now);
		});
		if (offer) await rememberSignOutOffer(offer);
	} else await clearBrowserId();
	redirect(`/login?${new URLSearchParams({ workspace: slug })}`);
}
