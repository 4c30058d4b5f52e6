import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { EmailStep } from "@/components/login/email-step";
import { database } from "@/db/client";
import { offersGoogle } from "@/lib/accounts/google";
import { needsSetup } from "@/lib/accounts/setup";
import { signUpIsOpen } from "@/lib/accounts/sign-up";
import { findOffer } from "@/lib/sso/sign-out";
import { findWorkspace } from "@/lib/workspaces/workspaces";
import { giveEmail } from "./actions";
import { hiddenQuery, loginPath, loginQuery } from "./address";
import { rememberedEmail, signOutOffer } from "./flow";

export async function generateMetadata() {
	const t = await getTranslations("login");
	return { title: t("email.title") };
}

export default async function LoginPage({ searchParams }: PageProps<"/login">) {
	const params = await searchParams;
	const query = loginQuery(params);
	const t = await getTranslations("login");
	const db = await database();
	if (await needsSetup(db)) redirect("/setup");
	const workspace = query.workspace ? await findWorkspace(db, query.workspace) : null;
	const offer = await signOutOffer();
	const left = offer ? await findOffer(db, offer, new Date()) : null;
	const google = await offersGoogle(db, workspace, new Date());
	return (
		<EmailStep
			action={giveEmail}
			email={await rememberedEmail()}
			hidden={hiddenQuery(query)}
			passwordHref={loginPath("/login/password", { ...query, workspace: null })}
			{...(workspace ? { workspace: workspace.name } : {})}
			{...(left && left.workspaceId === workspace?.id ? { left: left.provider } : {})}
			{...(google ? { googleHref: loginPath("/login/google", query) } : {})}
			{...(signUpIsOpen() ? { links: [{ href: "/signup", label: t("signUp") }] } : {})}
			{...(params.error === "email" ? { error: t("email.malformed") } : {})}
		/>
	);
}
