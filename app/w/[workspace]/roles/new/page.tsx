import { getTranslations } from "next-intl/server";
import { NoAccessPage } from "@/app/no-access-page";
import { can, requireMember } from "@/app/require";
import { Messages } from "@/components/messages";
import { NewRole } from "@/components/roles/role-form";
import { PageHeader } from "@/components/shell/page-header";
import { createRoleAction } from "../actions";
import { freeRank, limitsOf, roleRows } from "../load";

export async function generateMetadata() {
	const t = await getTranslations("roles");
	return { title: t("newTitle") };
}

export default async function NewRolePage({ params }: PageProps<"/w/[workspace]/roles/new">) {
	const { workspace: slug } = await params;
	const path = `/w/${slug}/roles`;
	const session = await requireMember(slug, `${path}/new`);
	const t = await getTranslations("roles");
	if (!can(session, "roles.manage"))
		return <NoAccessPage session={session} page={t("title")} what={t("what")} />;
	const limits = limitsOf(session, await roleRows(session));
	return (
		<Messages of={["roles", "impact"]}>
			<PageHeader title={t("newTitle")} back={{ href: path, label: t("back") }} />
			<NewRole
				limits={limits}
				rank={freeRank(limits)}
				create={createRoleAction.bind(null, slug)}
				hrefOf={path}
			/>
		</Messages>
	);
}
