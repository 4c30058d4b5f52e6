import { getTranslations } from "next-intl/server";
import { loginPath, loginQuery } from "@/app/login/address";
import { Refused } from "@/components/login/refused";
import { database } from "@/db/client";
import { isReason } from "@/lib/policy/reasons";
import { findWorkspace } from "@/lib/workspaces/workspaces";

export async function generateMetadata() {
	const t = await getTranslations("login");
	return { title: t("refused.title") };
}

/** A Google account that opened nothing. The answer names nobody. */
export default async function GoogleRefusedPage({
	searchParams,
}: PageProps<"/login/google/refused">) {
	const params = await searchParams;
	const query = loginQuery(params);
	const reasons = await getTranslations("reasons");
	const workspace = query.workspace ? await findWorkspace(await database(), query.workspace) : null;
	const { why } = params;
	const reason = typeof why === "string" && isReason(why) ? why : "state_unknown";
	return (
		<Refused
			sentence={reasons(`${reason}.person`, {
				workspace: workspace?.name ?? "Gatehouse",
				provider: "Google",
				email: "",
				domain: "",
				expected: "",
				received: "",
			})}
			againHref={loginPath("/login", query)}
			otherHref={loginPath("/login/google", query)}
			{...(workspace ? { workspace: workspace.name } : {})}
		/>
	);
}
