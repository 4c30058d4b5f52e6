import { getTranslations } from "next-intl/server";
import { PasswordStep } from "@/components/login/password-step";
import { database } from "@/db/client";
import { offersGoogle } from "@/lib/accounts/google";
import { isReason } from "@/lib/policy/reasons";
import { wayIn } from "@/lib/sso/routing";
import { findWorkspace } from "@/lib/workspaces/workspaces";
import { givePassword } from "../actions";
import { hiddenQuery, loginPath, loginQuery } from "../address";
import { rememberedEmail } from "../flow";

export async function generateMetadata() {
	const t = await getTranslations("login");
	return { title: t("email.title") };
}

export default async function PasswordPage({ searchParams }: PageProps<"/login/password">) {
	const params = await searchParams;
	const query = loginQuery(params);
	const t = await getTranslations("login");
	const reasons = await getTranslations("reasons");
	const db = await database();
	const email = await rememberedEmail();
	const workspace = query.workspace ? await findWorkspace(db, query.workspace) : null;
	const way = workspace && email ? await wayIn(db, email, workspace.slug, new Date()) : null;
	const google = await offersGoogle(db, workspace, new Date());
	const error = typeof params.error === "string" && isReason(params.error) ? params.error : null;
	return (
		<PasswordStep
			action={givePassword}
			hidden={hiddenQuery(query)}
			changeHref={loginPath("/login", query)}
			resetHref={loginPath("/reset", query)}
			{...(params.done === "reset" ? { note: t("password.reset") } : {})}
			{...(email ? { email } : {})}
			{...(workspace ? { workspace: workspace.name } : {})}
			{...(google ? { googleHref: loginPath("/login/google", query) } : {})}
			{...(error
				? {
						error: reasons(`${error}.person`, {
							workspace: workspace?.name ?? "Gatehouse",
							provider: way?.kind === "sso" ? way.way.connection.name : "",
							email,
							domain: "",
							expected: "",
							received: "",
						}),
					}
				: {})}
			{...(way?.kind === "sso"
				? {
						sso: {
							provider: way.way.connection.name,
							href: loginPath("/sso/start", { ...query, workspace: way.way.workspace.slug }),
						},
					}
				: {})}
		/>
	);
}
