import { getTranslations } from "next-intl/server";
import { NoAccessPage } from "@/app/no-access-page";
import { can, requireMember } from "@/app/require";
import { GroupTable } from "@/components/groups/group-table";
import { NewGroup } from "@/components/groups/new-group";
import { Messages } from "@/components/messages";
import { PageHeader } from "@/components/shell/page-header";
import { database } from "@/db/client";
import { listGroups } from "@/lib/groups/list";
import { mappedTo } from "@/lib/groups/mapped";
import { currentPolicy } from "@/lib/workspaces/policy";
import { roleOptions } from "../members/roles";
import { createGroupAction } from "./actions";

export async function generateMetadata() {
	const t = await getTranslations("groups");
	return { title: t("title") };
}

/** Workspace > Groups. */
export default async function GroupsPage({ params }: PageProps<"/w/[workspace]/groups">) {
	const { workspace: slug } = await params;
	const path = `/w/${slug}/groups`;
	const session = await requireMember(slug, path);
	const t = await getTranslations("groups");
	if (!can(session, "groups.manage"))
		return <NoAccessPage session={session} page={t("title")} what={t("what")} />;
	const { workspace } = session;
	const db = await database();
	const [groups, roles, { document }] = await Promise.all([
		listGroups(db, workspace.id),
		roleOptions(session),
		currentPolicy(db, workspace.id),
	]);
	const roleNames = new Map(roles.map(({ value, label }) => [value, label]));
	return (
		<Messages of={["groups"]}>
			<PageHeader
				title={t("title")}
				standing={[t("standing", { count: groups.length, workspace: workspace.name })]}
				actions={
					<NewGroup roles={roles} create={createGroupAction.bind(null, slug)} hrefOf={path} />
				}
			/>
			<GroupTable
				hrefOf={path}
				rows={groups.map(({ id, name, defaultRole, members }) => ({
					id,
					name,
					members,
					role: defaultRole && (roleNames.get(defaultRole) ?? defaultRole),
					mapped: mappedTo(document, id).length,
				}))}
			/>
		</Messages>
	);
}
