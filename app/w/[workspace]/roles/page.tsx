import { Plus } from "lucide-react";
import { getTranslations } from "next-intl/server";
import { NoAccessPage } from "@/app/no-access-page";
import { can, requireMember } from "@/app/require";
import { PermissionMatrix, RoleTable } from "@/components/roles/role-table";
import { PageHeader } from "@/components/shell/page-header";
import { ButtonLink } from "@/components/ui/button";
import { Section } from "@/components/ui/section";
import { roleRows } from "./load";

export async function generateMetadata() {
	const t = await getTranslations("roles");
	return { title: t("title") };
}

/** Workspace > Roles: which there are, and what each allows. */
export default async function RolesPage({ params }: PageProps<"/w/[workspace]/roles">) {
	const { workspace: slug } = await params;
	const path = `/w/${slug}/roles`;
	const session = await requireMember(slug, path);
	const t = await getTranslations("roles");
	if (!can(session, "roles.manage"))
		return <NoAccessPage session={session} page={t("title")} what={t("what")} />;
	const rows = await roleRows(session);
	return (
		<>
			<PageHeader
				title={t("title")}
				standing={[t("standing", { count: rows.length, workspace: session.workspace.name })]}
				actions={
					<ButtonLink href={`${path}/new`} variant="ink" icon={<Plus aria-hidden />}>
						{t("new")}
					</ButtonLink>
				}
			/>
			<RoleTable
				rows={rows}
				hrefOf={path}
				membersHref={can(session, "members.read") ? `/w/${slug}/members?role=` : null}
			/>
			<Section
				id="permissions"
				className="mt-12"
				title={t("matrix.title")}
				description={t("matrix.description")}
			>
				<PermissionMatrix roles={rows} />
			</Section>
		</>
	);
}
