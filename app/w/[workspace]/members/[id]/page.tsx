import { ScanSearch } from "lucide-react";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { activityNames } from "@/app/activity-names";
import { NoAccessPage } from "@/app/no-access-page";
import { can, requireMember, type Session } from "@/app/require";
import { ActivityList } from "@/components/activity/activity-list";
import { MemberDanger } from "@/components/members/member-danger";
import { SessionsPanel } from "@/components/members/sessions-panel";
import { SignIns } from "@/components/members/sign-ins";
import { Messages } from "@/components/messages";
import { PageHeader } from "@/components/shell/page-header";
import { Avatar } from "@/components/ui/avatar";
import { ButtonLink } from "@/components/ui/button";
import { Section } from "@/components/ui/section";
import { database } from "@/db/client";
import { listOwnKeys } from "@/lib/accounts/api-keys";
import { listSessions } from "@/lib/accounts/session-list";
import { listActivity } from "@/lib/activity/list";
import { entryBehind } from "@/lib/directory/entries";
import { explainRole, explainSignIn } from "@/lib/impact/why";
import { loadRoles } from "@/lib/members/access";
import { countLiveKeys } from "@/lib/members/live-keys";
import { locksOf } from "@/lib/members/managed";
import { findMember, labelOf, type Member } from "@/lib/members/members";
import { recentSignIns } from "@/lib/members/sign-ins";
import { isId } from "@/lib/platform/ids";
import { currentPolicy } from "@/lib/workspaces/policy";
import { providerName } from "../provider";
import { roleOptions } from "../roles";
import {
	endAllSessionsAction,
	endSessionAction,
	mailPasswordLinkAction,
	reactivateAction,
	removeAction,
	suspendAction,
} from "./actions";
import { DirectorySide, GroupsSide, KeysSide, ProfileSide } from "./aside";
import { ComePanel } from "./come-panel";
import { WhyPanel } from "./why-panel";
import { type Names, reasonTexts, rolesComeFrom, standingOf } from "./words";

export async function generateMetadata() {
	const t = await getTranslations("members");
	return { title: t("title") };
}

/** One member: which role and why, whether they may come in, and what can be done about it. */
export default async function MemberPage({ params }: PageProps<"/w/[workspace]/members/[id]">) {
	const { workspace: slug, id } = await params;
	const path = `/w/${slug}/members`;
	const session = await requireMember(slug, `${path}/${id}`, { recovery: true });
	const list = await getTranslations("members");
	if (!can(session, "members.read"))
		return <NoAccessPage session={session} page={list("title")} what={list("what")} />;
	const db = await database();
	const { workspace } = session;
	const member = isId(id) ? await findMember(db, workspace.id, id) : null;
	if (!member) notFound();
	const [t, provider, roles, { document }, entry, why] = await Promise.all([
		getTranslations("member"),
		providerName(session),
		loadRoles(db, workspace.id),
		currentPolicy(db, workspace.id),
		entryBehind(db, member),
		explainRole(db, member),
	]);
	const names: Names = {
		workspace: workspace.name,
		provider,
		roles: new Map(roles.map(({ key, name }) => [key, name])),
		name: labelOf(member),
		first: member.name.split(/\s+/)[0] || labelOf(member),
		email: member.email ?? "",
	};
	const manages = can(session, "members.manage");
	const keys = manages
		? ((await countLiveKeys(db, workspace.id, [member.id], new Date())).get(member.id) ?? 0)
		: 0;
	const locks = await locksOf(db, document, member);
	const decided = entry !== null && document.rolesFrom !== "workspace";
	return (
		<Messages of={["member"]}>
			<PageHeader
				title={names.name}
				back={{ href: path, label: t("back") }}
				tile={<Avatar name={names.name} size="lg" />}
				standing={await standingOf(member, why, names)}
				actions={
					manages && can(session, "sso.manage") ? (
						<ButtonLink
							href={`/w/${slug}/simulator?${new URLSearchParams({ who: member.email ?? member.id })}`}
							icon={<ScanSearch aria-hidden />}
						>
							{t("simulate")}
						</ButtonLink>
					) : null
				}
			>
				{names.email && names.email !== names.name ? names.email : null}
			</PageHeader>
			<div className="grid gap-8 lg:grid-cols-[minmax(0,1fr)_300px]">
				<div className="min-w-0 space-y-8">
					<WhyPanel
						slug={slug}
						member={member}
						why={why}
						names={names}
						from={await rolesComeFrom(document, entry !== null, names)}
						roles={manages ? await roleOptions(session) : null}
						kept={decided ? provider : null}
						locked={locks.role ? (await reasonTexts(names, "managed_by_directory")).why : null}
					/>
					{manages ? (
						<ComePanel
							come={await explainSignIn(db, workspace, member, new Date())}
							names={names}
							mailLink={mailPasswordLinkAction.bind(null, slug, member.id)}
						/>
					) : null}
				</div>
				<div className="min-w-0 space-y-6 lg:row-span-2">
					<ProfileSide
						slug={slug}
						member={member}
						source={list(`sources.${entry ? "directory" : member.createdBy}`)}
						edit={manages}
						own={member.id === session.member.id}
						locked={locks.profile ? t("profile.locked", { name: names.first, provider }) : null}
					/>
					{entry && manages ? <DirectorySide entry={entry} /> : null}
					<GroupsSide groups={why.access.groups} names={names} />
					{can(session, "api_keys.manage") ? (
						<KeysSide slug={slug} keys={await listOwnKeys(db, member)} />
					) : null}
				</div>
				{manages ? (
					<History session={session} member={member} names={names}>
						<MemberDanger
							name={names.name}
							workspace={names.workspace}
							active={member.status === "active"}
							keys={keys}
							locked={locks.profile ? t("danger.locked", { name: names.first, provider }) : null}
							advice={
								entry
									? t("danger.removeAdvice", { name: names.first, provider })
									: document.autoProvision === "on"
										? t("danger.removeBack", { name: names.first, provider })
										: null
							}
							acts={{
								deactivate: suspendAction.bind(null, slug, member.id),
								reactivate: reactivateAction.bind(null, slug, member.id),
								remove: removeAction.bind(null, slug, member.id),
							}}
						/>
					</History>
				) : null}
			</div>
		</Messages>
	);
}

/** Sessions, sign-ins and activity of the member. */
async function History({
	session,
	member,
	names,
	children,
}: {
	session: Session;
	member: Member;
	names: Names;
	children: React.ReactNode;
}) {
	const t = await getTranslations("member");
	const db = await database();
	const { workspace } = session;
	const sessions = await listSessions(db, member, new Date());
	const signIns = await recentSignIns(db, member, 10);
	const log = can(session, "activity.read")
		? await listActivity(db, workspace.id, { limit: 10, before: null, about: member.id })
		: null;
	const deviceOf = ({ browser, system }: (typeof sessions)[number]["device"]) =>
		browser && system
			? t("sessions.device", { browser, system })
			: (browser ?? system ?? t("sessions.unknown"));
	return (
		<div className="min-w-0 space-y-12 pt-4">
			<SessionsPanel
				name={names.name}
				rows={sessions.map(({ device, method, ...row }) => ({
					...row,
					device: deviceOf(device),
					method: t(`ways.${method}`),
				}))}
				end={endSessionAction.bind(null, workspace.slug, member.id)}
				endAll={endAllSessionsAction.bind(null, workspace.slug, member.id)}
			/>
			<SignIns
				rows={
					await Promise.all(
						signIns.map(async ({ way, refused, ...row }) => ({
							...row,
							traceHref:
								row.code && log ? `/w/${workspace.slug}/activity/sign-ins/${row.code}` : null,
							way: way === "sso" ? names.provider : t(`ways.${way}`),
							why: refused ? (await reasonTexts(names, refused)).why : null,
						})),
					)
				}
			/>
			{log ? (
				<Section
					id="activity"
					title={t("activity.title")}
					description={t("activity.lead", { name: names.first })}
				>
					<ActivityList rows={log.rows} names={await activityNames(workspace)} />
				</Section>
			) : null}
			{children}
		</div>
	);
}
