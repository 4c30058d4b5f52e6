import { getTranslations } from "next-intl/server";
import { RecoveryStep } from "@/components/login/recovery-step";
import { database } from "@/db/client";
import { isReason } from "@/lib/policy/reasons";
import { findWorkspace } from "@/lib/workspaces/workspaces";
import { hiddenQuery, loginPath, loginQuery } from "../address";
import { rememberedEmail } from "../flow";
import { giveRecoveryCode } from "./actions";

export async function generateMetadata() {
	const t = await getTranslations("login.recovery");
	return { title: t("title") };
}

/** "Can't use SSO?": the way back in for admins who kept recovery codes. */
export default async function RecoveryPage({ searchParams }: PageProps<"/login/recovery">) {
	const params = await searchParams;
	const query = loginQuery(params);
	const reasons = await getTranslations("reasons");
	const workspace = query.workspace ? await findWorkspace(await database(), query.workspace) : null;
	const email = await rememberedEmail();
	const error = typeof params.error === "string" && isReason(params.error) ? params.error : null;
	return (
		<RecoveryStep
			action={giveRecoveryCode}
			email={email}
			backHref={loginPath("/login", query)}
			hidden={hiddenQuery(query)}
			{...(workspace ? { workspace: workspace.name } : {})}
			{...(error
				? {
						error: reasons(`${error}.person`, {
							workspace: workspace?.name ?? "Gatehouse",
							provider: "",
							email,
							domain: "",
							expected: "",
							received: "",
						}),
					}
				: {})}
		/>
	);
}
