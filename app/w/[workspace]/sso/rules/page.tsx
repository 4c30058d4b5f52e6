import { getTranslations } from "next-intl/server";
import { NoAccessPage } from "@/app/no-access-page";
import { can, requireMember } from "@/app/require";
import { Messages } from "@/components/messages";
import { StartRules } from "@/components/policy/start-rules";
import { PageHeader } from "@/components/shell/page-header";
import { ButtonLink } from "@/components/ui/button";
import { applyPolicyAction, previewPolicyAction } from "../policy-actions";
import { policyView } from "../policy-view";

export async function generateMetadata() {
	const t = await getTranslations("policy.start");
	return { title: t("title") };
}

/** The five starting rules beside those in force. */
export default async function RulesPage({ params }: PageProps<"/w/[workspace]/sso/rules">) {
	const { workspace: slug } = await params;
	const home = `/w/${slug}/sso`;
	const session = await requireMember(slug, `${home}/rules`, { recovery: true });
	const t = await getTranslations("policy");
	if (!can(session, "policy.manage"))
		return <NoAccessPage session={session} page={t("start.title")} what={t("start.what")} />;
	return (
		<Messages of={["policy", "profiles", "impact"]}>
			<PageHeader
				title={t("start.title")}
				standing={[t("start.description")]}
				actions={<ButtonLink href={`${home}#policy`}>{t("revisions.back")}</ButtonLink>}
			/>
			<StartRules
				policy={await policyView(session.workspace, session.member.id)}
				preview={previewPolicyAction.bind(null, slug)}
				apply={applyPolicyAction.bind(null, slug)}
			/>
		</Messages>
	);
}
