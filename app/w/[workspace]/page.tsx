import { getTranslations } from "next-intl/server";
import { can, requireMember } from "@/app/require";
import { PageHeader } from "@/components/shell/page-header";
import { ButtonLink } from "@/components/ui/button";
import { Panel, PanelRow } from "@/components/ui/panel";
import { Tag } from "@/components/ui/tag";
import { Time } from "@/components/ui/time";

export async function generateMetadata() {
	const t = await getTranslations("home");
	return { title: t("title") };
}

/** Where people land: who they are here, and how they came in. */
export default async function HomePage({ params }: PageProps<"/w/[workspace]">) {
	const { workspace: slug } = await params;
	const session = await requireMember(slug);
	const { workspace, member, role, method, authenticatedAt } = session;
	const t = await getTranslations("home");
	return (
		<>
			<PageHeader
				title={workspace.name}
				standing={[t("standing", { name: member.name || member.email || "", role: role.name })]}
			/>
			<Panel>
				<PanelRow className="flex flex-wrap items-center justify-between gap-3">
					<span className="text-ink-2">{t("email")}</span>
					<span className="min-w-0 [overflow-wrap:anywhere]">{member.email}</span>
				</PanelRow>
				<PanelRow className="flex items-center justify-between gap-3">
					<span className="text-ink-2">{t("role")}</span>
					<Tag tone="line">{role.name}</Tag>
				</PanelRow>
				<PanelRow className="flex flex-wrap items-center justify-between gap-3">
					<span className="text-ink-2">{t("signedIn")}</span>
					<span>
						{t(`methods.${method}`)}, <Time at={authenticatedAt} />
					</span>
				</PanelRow>
			</Panel>
			{can(session, "sso.manage") ? (
				<p className="mt-6">
					<ButtonLink href={`/w/${workspace.slug}/sso`} variant="ink">
						{t("toSso")}
					</ButtonLink>
				</p>
			) : null}
		</>
	);
}
