import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { NoAccessPage } from "@/app/no-access-page";
import { can, requireMember } from "@/app/require";
import { Messages } from "@/components/messages";
import { DeleteRole } from "@/components/roles/delete-role";
import { EditRole } from "@/components/roles/role-form";
import { PermissionMatrix } from "@/components/roles/role-table";
import { RoleUses } from "@/components/roles/role-uses";
import { PageHeader } from "@/components/shell/page-header";
import { Reason } from "@/components/ui/field";
import { Section } from "@/components/ui/section";
import { Tag } from "@/components/ui/tag";
import { database } from "@/db/client";
import { refuseGrant } from "@/lib/roles/granter";
import { usesOfRole } from "@/lib/roles/list";
import { permissions } from "@/lib/roles/permissions";
import { roleOptions } from "../../members/roles";
import {
	deleteRoleAction,
	previewDeletionAction,
	previewRoleAction,
	saveRoleAction,
} from "../actions";
import { limitsOf, roleRows } from "../load";
import { placesOf } from "../places";

export async function generateMetadata() {
	const t = await getTranslations("roles");
	return { title: t("title") };
}

/** One role: what it allows, where it is named, and what its deletion would do. */
export default async function RolePage({ params }: PageProps<"/w/[workspace]/roles/[key]">) {
	const { workspace: slug, key: encoded } = await params;
	const list = `/w/${slug}/roles`;
	const session = await requireMember(slug, `${list}/${encoded}`);
	const t = await getTranslations("roles");
	if (!can(session, "roles.manage"))
		return <NoAccessPage session={session} page={t("title")} what={t("what")} />;
	const rows = await roleRows(session);
	const role = rows.find(({ key }) => key === decodeURIComponent(encoded));
	if (!role) notFound();
	const uses = await usesOfRole(await database(), session.workspace.id, role.key);
	const mine = { rank: session.role.rank, permissions: new Set(session.permissions), fresh: true };
	const closed = role.builtIn
		? t("edit.builtIn")
		: refuseGrant(mine, role)
			? t("edit.above")
			: null;
	const others = (await roleOptions(session)).filter(({ value }) => value !== role.key);
	const lower = rows.filter(({ rank }) => rank < role.rank).map(({ key }) => key);
	const offered = others.filter(({ disabled }) => !disabled).map(({ value }) => value);
	const instead = offered.find((key) => lower.includes(key)) ?? offered[0] ?? "";
	const held = permissions.filter((each) => role.permissions.includes(each));
	return (
		<Messages of={["roles", "impact"]}>
			<PageHeader
				title={role.name}
				back={{ href: list, label: t("back") }}
				badge={role.builtIn ? <Tag>{t("builtIn")}</Tag> : null}
			/>
			<div className="space-y-12">
				<Section
					id="settings"
					title={closed ? t("matrix.title") : t("edit.title")}
					description={closed ? undefined : t("edit.description")}
				>
					{closed ? (
						<>
							<PermissionMatrix roles={[role]} />
							<Reason id="role-closed">{closed}</Reason>
						</>
					) : (
						<EditRole
							roleKey={role.key}
							values={{ name: role.name, rank: role.rank, permissions: held }}
							people={role.people}
							limits={limitsOf(session, rows, role.key)}
							word={slug}
							preview={previewRoleAction.bind(null, slug, role.key)}
							save={saveRoleAction.bind(null, slug, role.key)}
						/>
					)}
				</Section>
				<RoleUses
					people={role.people}
					uses={uses}
					membersHref={can(session, "members.read") ? `/w/${slug}/members?role=${role.key}` : null}
					groupsHref={can(session, "groups.manage") ? `/w/${slug}/groups` : null}
				/>
				{closed ? null : (
					<DeleteRole
						name={role.name}
						places={await placesOf(uses)}
						others={others}
						instead={instead}
						word={slug}
						listHref={list}
						preview={previewDeletionAction.bind(null, slug, role.key)}
						remove={deleteRoleAction.bind(null, slug, role.key)}
					/>
				)}
			</div>
		</Messages>
	);
}
