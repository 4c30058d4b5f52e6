import Link from "next/link";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { NoAccessPage } from "@/app/no-access-page";
import { can, requireMember } from "@/app/require";
import { DeleteGroup } from "@/components/groups/delete-group";
import { GroupMembers } from "@/components/groups/group-members";
import { GroupSettings } from "@/components/groups/group-settings";
import { Messages } from "@/components/messages";
import { PageHeader } from "@/components/shell/page-header";
import { ButtonLink } from "@/components/ui/button";
import { Panel, PanelRow } from "@/components/ui/panel";
import { Section } from "@/components/ui/section";
import { database } from "@/db/client";
import { findGroup, listGroupMembers } from "@/lib/groups/list";
import { mappedTo } from "@/lib/groups/mapped";
import { isId } from "@/lib/platform/ids";
import { currentPolicy } from "@/lib/workspaces/policy";
import { roleOptions } from "../../members/roles";
import {
	deleteGroupAction,
	findPeopleAction,
	previewDeletionAction,
	previewGroupAction,
	previewMembershipAction,
	saveGroupAction,
	setMembershipAction,
} from "../actions";
import { namedPeople } from "../people";

export async function generateMetadata() {
	const t = await getTranslations("groups");
	return { title: t("title") };
}

const perPage = 50;

/** One group: what it gives, who is in it by hand, and where it is used. */
export default async function GroupPage({
	params,
	searchParams,
}: PageProps<"/w/[workspace]/groups/[id]">) {
	const { workspace: slug, id } = await params;
	const { after } = await searchParams;
	const list = `/w/${slug}/groups`;
	const path = `${list}/${id}`;
	const session = await requireMember(slug, path);
	const t = await getTranslations("groups");
	if (!can(session, "groups.manage"))
		return <NoAccessPage session={session} page={t("title")} what={t("what")} />;
	const { workspace } = session;
	const db = await database();
	const group = isId(id) ? await findGroup(db, workspace.id, id) : null;
	if (!group) notFound();
	const from = typeof after === "string" && isId(after) ? after : null;
	const [people, roles, { document }] = await Promise.all([
		listGroupMembers(db, group, { limit: perPage, after: from }),
		roleOptions(session),
		currentPolicy(db, workspace.id),
	]);
	const given = roles.find(({ value }) => value === group.defaultRole);
	const closed = given?.disabled ? t("settings.above") : null;
	const mapped = mappedTo(document, id).length;
	const { name, defaultRole } = group;
	return (
		<Messages of={["groups", "impact"]}>
			<PageHeader title={name} back={{ href: list, label: t("back") }} />
			<div className="space-y-12">
				<Section id="settings" title={t("settings.title")}>
					<GroupSettings
						values={{ name, defaultRole }}
						roles={roles}
						note={
							document.rolesFrom === "groups" ? (
								t("settings.countsFor")
							) : (
								<>
									{t("settings.countsNot", { workspace: workspace.name })}{" "}
									{can(session, "sso.manage") ? (
										<Link className="link" href={`/w/${slug}/sso#policy-rolesFrom`}>
											{t("settings.toPolicy")}
										</Link>
									) : null}
								</>
							)
						}
						closed={closed}
						word={slug}
						preview={previewGroupAction.bind(null, slug, id)}
						save={saveGroupAction.bind(null, slug, id)}
					/>
				</Section>
				<GroupMembers
					group={name}
					people={await namedPeople(workspace.id, people.rows)}
					total={people.total}
					pages={
						from || people.next ? (
							<>
								{from ? <ButtonLink href={path}>{t("members.first")}</ButtonLink> : null}
								{people.next ? (
									<ButtonLink href={`${path}?after=${people.next}`}>{t("members.more")}</ButtonLink>
								) : null}
							</>
						) : null
					}
					closed={closed !== null}
					word={slug}
					actions={{
						find: findPeopleAction.bind(null, slug, id),
						preview: previewMembershipAction.bind(null, slug, id),
						set: setMembershipAction.bind(null, slug, id),
					}}
				/>
				<Section id="uses" title={t("uses.title")}>
					<Panel>
						<PanelRow className="flex flex-wrap items-center justify-between gap-3">
							<span>{t("uses.mapped", { count: mapped })}</span>
							{can(session, "sso.manage") ? (
								<Link className="link text-sm" href={`/w/${slug}/sso#directory`}>
									{t("uses.toMapping")}
								</Link>
							) : null}
						</PanelRow>
					</Panel>
				</Section>
				{closed ? null : (
					<DeleteGroup
						name={name}
						mapped={mapped}
						word={slug}
						listHref={list}
						preview={previewDeletionAction.bind(null, slug, id)}
						remove={deleteGroupAction.bind(null, slug, id)}
					/>
				)}
			</div>
		</Messages>
	);
}
