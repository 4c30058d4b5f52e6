import { getTranslations } from "next-intl/server";
import { NoAccessPage } from "@/app/no-access-page";
import { can, requireMember } from "@/app/require";
import { PageHeader } from "@/components/shell/page-header";
import { ButtonLink } from "@/components/ui/button";
import { CopyField } from "@/components/ui/copy-field";
import { Panel, PanelBody, PanelRow } from "@/components/ui/panel";
import { Section } from "@/components/ui/section";
import { SettingRow } from "@/components/ui/setting-row";
import { database } from "@/db/client";
import { findDirectory } from "@/lib/directory/directory";
import { listConnections } from "@/lib/sso/connections";
import { currentPolicy } from "@/lib/workspaces/policy";

export async function generateMetadata() {
	const t = await getTranslations("settings");
	return { title: t("title") };
}

/** Workspace > Settings: where security is set up, and what the workspace is called. */
export default async function SettingsPage({ params }: PageProps<"/w/[workspace]/settings">) {
	const { workspace: slug } = await params;
	const session = await requireMember(slug, `/w/${slug}/settings`);
	const t = await getTranslations("settings");
	if (!can(session, "settings.manage"))
		return <NoAccessPage session={session} page={t("title")} what={t("what")} />;
	const { workspace } = session;
	const sso = `/w/${slug}/sso`;
	const db = await database();
	const connections = await listConnections(db, workspace.id);
	const active = connections.find(({ status }) => status === "active");
	const shown = active ?? connections[0];
	const directory = await findDirectory(db, workspace.id);
	const { document } = await currentPolicy(db, workspace.id);
	const ssoSentence = shown
		? t(active ? "sso.on" : "sso.off", { provider: shown.name })
		: t("sso.none");
	return (
		<>
			<PageHeader title={t("title")} standing={[t("standing", { workspace: workspace.name })]} />
			<div className="space-y-12">
				<Section id="security" title={t("security")} description={t("securityLead")}>
					<Panel>
						<SettingRow
							id="settings-sso"
							name={t("sso.name")}
							sentence={ssoSentence}
							control={
								<ButtonLink href={sso} variant={active ? "line" : "ink"}>
									{t("sso.button")}
								</ButtonLink>
							}
						/>
						<SettingRow
							id="settings-directory"
							name={t("directory.name")}
							sentence={t(directory?.enabled ? "directory.on" : "directory.off")}
							control={<ButtonLink href={`${sso}#directory`}>{t("directory.button")}</ButtonLink>}
						/>
						<SettingRow
							id="settings-two-factor"
							name={t("twoFactor.name")}
							sentence={t(document.twoFactor.required ? "twoFactor.on" : "twoFactor.off")}
							control={
								<ButtonLink href={`${sso}#policy-twoFactor`}>{t("twoFactor.button")}</ButtonLink>
							}
						/>
					</Panel>
				</Section>
				<Section id="workspace" title={t("workspace")} description={t("workspaceLead")}>
					<Panel>
						<PanelRow className="flex flex-wrap items-center justify-between gap-3">
							<span className="text-ink-2">{t("name")}</span>
							<span className="min-w-0 [overflow-wrap:anywhere]">{workspace.name}</span>
						</PanelRow>
						<PanelRow className="flex items-center justify-between gap-3">
							<span className="text-ink-2">{t("plan")}</span>
							<span>{t(`plans.${workspace.plan}`)}</span>
						</PanelRow>
						<PanelBody className="grid gap-5 md:grid-cols-2">
							<CopyField label={t("address")} value={workspace.slug} />
							<CopyField label={t("id")} value={workspace.id} />
						</PanelBody>
					</Panel>
				</Section>
			</div>
		</>
	);
}
