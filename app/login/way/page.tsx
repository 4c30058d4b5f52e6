import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { ChooseStep } from "@/components/login/choose-step";
import { SsoStep } from "@/components/login/sso-step";
import { database } from "@/db/client";
import { wayIn } from "@/lib/sso/routing";
import { chooseWorkspace } from "../actions";
import { hiddenQuery, loginPath, loginQuery } from "../address";
import { rememberedEmail } from "../flow";

export async function generateMetadata() {
	const t = await getTranslations("login");
	return { title: t("email.title") };
}

/** Step 2: the way in that the email's domain and the policy lead to. */
export default async function WayPage({ searchParams }: PageProps<"/login/way">) {
	const query = loginQuery(await searchParams);
	const email = await rememberedEmail();
	const way = await wayIn(await database(), email, query.workspace, new Date());
	if (way.kind === "password") redirect(loginPath("/login/password", query));
	if (way.kind === "choose") {
		const { next } = query;
		return (
			<ChooseStep
				action={chooseWorkspace}
				hidden={hiddenQuery({ workspace: null, next })}
				workspaces={way.ways.map(({ workspace, connection }) => ({
					slug: workspace.slug,
					name: workspace.name,
					note: connection.name,
				}))}
			/>
		);
	}
	const t = await getTranslations("login");
	const { workspace, connection, domain, enforced } = way.way;
	const here = { ...query, workspace: workspace.slug };
	return (
		<SsoStep
			workspace={workspace.name}
			provider={connection.name}
			email={email}
			changeHref={loginPath("/login", query)}
			continueHref={loginPath("/sso/start", here)}
			enforced={enforced}
			links={[{ href: loginPath("/login/recovery", here), label: t("recovery.link") }]}
			{...(domain ? { domain } : {})}
			{...(enforced ? {} : { passwordHref: loginPath("/login/password", here) })}
		/>
	);
}
