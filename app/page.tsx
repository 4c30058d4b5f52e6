import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { ChooseStep } from "@/components/login/choose-step";
import { database } from "@/db/client";
import { readVisitor } from "@/lib/accounts/browser";
import { findSessions } from "@/lib/accounts/sessions";
import { needsSetup } from "@/lib/accounts/setup";
import { signUpIsOpen } from "@/lib/accounts/sign-up";
import { enterChallenge, openChallenge, openChallenges, stepPath } from "./login/challenge";

export async function generateMetadata() {
	const t = await getTranslations("login");
	return { title: t("choose.title") };
}

async function enter(form: FormData): Promise<void> {
	"use server";
	const slug = String(form.get("workspace") ?? "");
	const open = await openChallenge(slug);
	if (open) redirect(await enterChallenge(open, { workspace: slug, next: null }));
	redirect(`/w/${encodeURIComponent(slug)}`);
}

/**
 * The front door: set-up where nothing is here yet, else the workspaces this browser is in, and
 * those where its password was right and a second factor is still to come.
 */
export default async function FrontDoor() {
	const db = await database();
	if (await needsSetup(db)) redirect("/setup");
	const { browserId } = await readVisitor();
	const sessions = await findSessions(db, browserId, new Date());
	const asking = (await openChallenges()).filter(
		({ challenge }) => !sessions.some(({ workspace }) => workspace.id === challenge.workspace.id),
	);
	const [first] = sessions;
	const [asked] = asking;
	if (sessions.length + asking.length > 1) {
		const t = await getTranslations("login");
		return (
			<ChooseStep
				action={enter}
				{...(signUpIsOpen() ? { links: [{ href: "/signup", label: t("signUp") }] } : {})}
				workspaces={[
					...sessions.map(({ workspace, role }) => ({ ...workspace, note: role.name })),
					...asking.map(({ challenge }) => ({ ...challenge.workspace, note: t("choose.asks") })),
				].map(({ slug, name, note }) => ({ slug, name, note }))}
			/>
		);
	}
	if (first) redirect(`/w/${first.workspace.slug}`);
	redirect(asked ? stepPath(asked.challenge, { workspace: null, next: null }) : "/login");
}
