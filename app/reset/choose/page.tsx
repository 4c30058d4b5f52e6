import { getTranslations } from "next-intl/server";
import { ChoosePassword } from "@/components/login/choose-password";
import { LoginArch } from "@/components/login/login-arch";
import { Messages } from "@/components/messages";
import { buttonClass } from "@/components/ui/button";
import { database } from "@/db/client";
import { minimumLength } from "@/lib/accounts/passwords";
import { findPasswordLink } from "@/lib/accounts/resets";
import { choose } from "./actions";

export async function generateMetadata() {
	const t = await getTranslations("reset.choose");
	return { title: t("title") };
}

/** Where a mailed link leads. It asks: opening it, as mail scanners do, changes nothing. */
export default async function ChoosePage({ searchParams }: PageProps<"/reset/choose">) {
	const params = await searchParams;
	const token = typeof params.token === "string" ? params.token : "";
	const t = await getTranslations("reset");
	const link = token ? await findPasswordLink(await database(), token, new Date()) : null;
	if (!link)
		return (
			<LoginArch tone="stop" title={t("over.title")} lead={t("over.lead")}>
				<a href="/reset" className={`${buttonClass("line", "lg")} w-full`}>
					{t("over.again")}
				</a>
			</LoginArch>
		);
	const { workspace, member, kind, rules } = link;
	const email = member.email ?? "";
	return (
		<LoginArch
			workspace={workspace.name}
			title={kind === "reset" ? t("choose.title") : t("choose.first")}
			lead={t("choose.lead", { email, workspace: workspace.name })}
		>
			<Messages of={["login", "reset"]}>
				<ChoosePassword
					action={choose.bind(null, { token, workspace: workspace.name })}
					email={email}
					minimum={rules.secondFactor ? minimumLength.withFactor : minimumLength.alone}
					about={rules.about}
				/>
			</Messages>
		</LoginArch>
	);
}
