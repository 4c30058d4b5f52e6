import { getTranslations } from "next-intl/server";
import { NoAccessPage } from "@/app/no-access-page";
import { can, requireMember } from "@/app/require";
import { MappingEditor } from "@/components/directory/mapping-editor";
import { Messages } from "@/components/messages";
import { PageHeader } from "@/components/shell/page-header";
import { Band } from "@/components/ui/band";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Panel } from "@/components/ui/panel";
import { database } from "@/db/client";
import { mappableGroups } from "@/lib/directory/mapping";
import { listGroups } from "@/lib/groups/list";
import { loadRoles } from "@/lib/members/access";
import { currentPolicy } from "@/lib/workspaces/policy";
import { providerName } from "../directory/provider";
import { movedAction } from "../policy-actions";
import { applyMappingAction, mappingFileAction, previewMappingAction } from "./actions";

export async function generateMetadata() {
	const t = await getTranslations("mapping");
	return { title: t("title") };
}

/** Workspace > SSO > Group mapping: what membership of a directory group gives here. */
export default async function MappingPage({ params }: PageProps<"/w/[workspace]/sso/mapping">) {
	const { workspace: slug } = await params;
	const home = `/w/${slug}/sso`;
	const session = await requireMember(slug, `${home}/mapping`);
	const t = await getTranslations("mapping");
	if (!can(session, "policy.manage"))
		return <NoAccessPage session={session} page={t("title")} what={t("what")} />;
	const { workspace } = session;
	const db = await database();
	const { document, revision } = await currentPolicy(db, workspace.id);
	const [groups, roles, ownGroups, provider] = await Promise.all([
		mappableGroups(db, workspace.id, document.mappings),
		loadRoles(db, workspace.id),
		listGroups(db, workspace.id),
		providerName(workspace.id),
	]);
	const fallback = roles.find(({ key }) => key === document.defaultRole)?.name ?? null;
	return (
		<Messages of={["mapping", "impact", "policy"]}>
			<PageHeader
				title={t("title")}
				back={{ href: `${home}#mapping`, label: t("back") }}
				standing={[t("standing", { provider })]}
			/>
			<div className="space-y-4">
				{document.groupsSync === "off" ? (
					<Band tone="care" title={t("off.title")}>
						{t("off.body")}
					</Band>
				) : null}
				{document.rolesFrom !== "groups" ? (
					<Band
						tone="note"
						title={t("notRead", { from: t(`from.${document.rolesFrom}`) })}
						action={<ButtonLink href={`${home}#policy`}>{t("policy")}</ButtonLink>}
					/>
				) : null}
				{groups.length === 0 ? (
					<Panel>
						<EmptyState title={t("empty.title")}>{t("empty.body", { provider })}</EmptyState>
					</Panel>
				) : (
					<MappingEditor
						view={{
							groups,
							mappings: document.mappings,
							revision,
							roles: [...roles]
								.sort((a, b) => b.rank - a.rank)
								.map(({ key, name }) => ({ key, name })),
							ownGroups: ownGroups.map(({ id, name }) => ({ id, name })),
							fallback,
							provider,
							workspace: workspace.name,
							slug,
						}}
						actions={{
							preview: previewMappingAction.bind(null, slug),
							apply: applyMappingAction.bind(null, slug),
							file: mappingFileAction.bind(null, slug),
							moved: movedAction.bind(null, slug),
						}}
					/>
				)}
			</div>
		</Messages>
	);
}
