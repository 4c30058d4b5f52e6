import { UserPlus } from "lucide-react";
import Link from "next/link";
import { getTranslations } from "next-intl/server";
import { NoAccessPage } from "@/app/no-access-page";
import { can, requireMember, type Session } from "@/app/require";
import { Filters } from "@/components/members/filters";
import { InvitationTable } from "@/components/members/invitation-table";
import { MemberTable } from "@/components/members/member-table";
import { Messages } from "@/components/messages";
import { PageHeader } from "@/components/shell/page-header";
import { Button, ButtonLink } from "@/components/ui/button";
import { Reason } from "@/components/ui/field";
import { Section } from "@/components/ui/section";
import { database } from "@/db/client";
import { listInvitations } from "@/lib/accounts/invitations";
import { loadGroups, loadRoles } from "@/lib/members/access";
import { countMembers, listMembers, memberSorts, memberSources } from "@/lib/members/list";
import { directoryAdds } from "@/lib/members/managed";
import { labelOf } from "@/lib/members/members";
import { currentPolicy } from "@/lib/workspaces/policy";
import { resendInvitationAction, revokeInvitationAction } from "./actions";
import { providerName } from "./provider";
import { filterValues, type ListQuery, listPath, listQuery, statuses } from "./query";

export async function generateMetadata() {
	const t = await getTranslations("members");
	return { title: t("title") };
}

const perPage = 50;
/** Invitations shown below the members, before "All invitations". */
const few = 5;

/** Workspace > Members: everybody, found by name or narrowed, a page at a time. */
export default async function MembersPage({
	params,
	searchParams,
}: PageProps<"/w/[workspace]/members">) {
	const { workspace: slug } = await params;
	const path = `/w/${slug}/members`;
	const session = await requireMember(slug, path, { recovery: true });
	const t = await getTranslations("members");
	if (!can(session, "members.read"))
		return <NoAccessPage session={session} page={t("title")} what={t("what")} />;
	const query = listQuery(await searchParams);
	const { workspace } = session;
	const db = await database();
	const [counts, roles, groups] = await Promise.all([
		countMembers(db, workspace.id),
		loadRoles(db, workspace.id),
		loadGroups(db, workspace.id),
	]);
	const { invited, ...people } = counts;
	const roleNames = new Map(roles.map(({ key, name }) => [key, name]));
	const ranked = roles.toSorted((a, b) => b.rank - a.rank);
	return (
		<Messages of={["members"]}>
			<PageHeader
				title={t("title")}
				standing={[
					t("standing", { ...people, workspace: workspace.name }),
					...(invited > 0
						? [
								" ",
								{ text: t("waiting", { count: invited }), href: `${path}?status=invited` },
								t("waitingRest", { count: invited }),
							]
						: []),
				]}
				actions={can(session, "members.manage") ? <Invite session={session} /> : null}
			/>
			<Filters
				action={path}
				values={filterValues(query)}
				choices={{
					role: ranked.map(({ key, name }) => ({ value: key, label: name })),
					status: statuses.map((value) => ({ value, label: t(`statuses.${value}`) })),
					source: memberSources.map((value) => ({ value, label: t(`sources.${value}`) })),
					group: groups.map(({ id, name }) => ({ value: id, label: name })),
					sort: memberSorts.map((value) => ({ value, label: t(`sorts.${value}`) })),
				}}
			/>
			{query.status === "invited" ? null : (
				<People session={session} path={path} query={query} roleNames={roleNames} />
			)}
			<Invited session={session} path={path} query={query} roleNames={roleNames} />
		</Messages>
	);
}

/** Where inviting begins; while the directory adds people, why it does not. */
async function Invite({ session }: { session: Session }) {
	const t = await getTranslations("members");
	const { workspace } = session;
	const db = await database();
	const { document } = await currentPolicy(db, workspace.id);
	const icon = <UserPlus aria-hidden />;
	if (!(await directoryAdds(db, document, workspace.id)))
		return (
			<ButtonLink href={`/w/${workspace.slug}/members/invite`} variant="ink" icon={icon}>
				{t("invite")}
			</ButtonLink>
		);
	return (
		<div className="max-w-sm">
			<Button unavailable="invite-closed" icon={icon}>
				{t("invite")}
			</Button>
			<Reason id="invite-closed">
				{t.rich("inviteClosed", {
					provider: await providerName(session),
					rule: (words) => (
						<Link href={`/w/${workspace.slug}/sso#policy-membersManagedBy`} className="link">
							{words}
						</Link>
					),
				})}
			</Reason>
		</div>
	);
}

type Part = {
	session: Session;
	path: string;
	query: ListQuery;
	roleNames: ReadonlyMap<string, string>;
};

async function People({ session, path, query, roleNames }: Part) {
	const t = await getTranslations("members");
	const { status, sort, at, ...filter } = query;
	const page = await listMembers(
		await database(),
		session.workspace.id,
		{ ...filter, status: status === "invited" ? undefined : status },
		{ sort, at, limit: perPage },
	);
	const { previous, next } = page;
	return (
		<>
			<MemberTable
				hrefOf={path}
				rows={page.rows.map((row) => ({
					...row,
					name: labelOf(row),
					role: row.role === null ? null : (roleNames.get(row.role) ?? row.role),
					source: t(`sources.${row.source}`),
					active: row.status === "active",
					waiting: row.suspendedBy === "invitation",
				}))}
			/>
			{previous || next ? (
				<nav className="mt-4 flex gap-2" aria-label={t("pages")}>
					{previous ? (
						<ButtonLink href={listPath(path, query, { before: previous })}>
							{t("previous")}
						</ButtonLink>
					) : null}
					{next ? (
						<ButtonLink href={listPath(path, query, { after: next })}>{t("next")}</ButtonLink>
					) : null}
				</nav>
			) : null}
		</>
	);
}

/** Who has not answered: all of them where they are asked for, else a few below the first page. */
async function Invited({ session, path, query, roleNames }: Part) {
	const t = await getTranslations("members");
	const asked = query.status === "invited";
	const { at, search, role, source, status, group } = query;
	if (!asked && (at || source || status || group)) return null;
	const after = asked && at && "after" in at ? at.after : null;
	const limit = asked ? perPage : few;
	const { rows, next } = await listInvitations(
		await database(),
		session.workspace.id,
		{ search, role },
		{ after, limit },
	);
	if (!asked && rows.length === 0) return null;
	const now = new Date();
	const { slug } = session.workspace;
	const all = listPath(path, { ...query, status: "invited" }, null);
	return (
		<Section
			id="invited"
			className={asked ? "" : "mt-12"}
			title={t("invitations.title")}
			description={t("invitations.description")}
			actions={!asked && next ? <ButtonLink href={all}>{t("invitations.all")}</ButtonLink> : null}
		>
			<InvitationTable
				rows={rows.map((row) => ({
					...row,
					role: roleNames.get(row.role) ?? row.role,
					expired: row.expiresAt <= now,
				}))}
				acts={
					can(session, "members.manage")
						? {
								resend: resendInvitationAction.bind(null, slug),
								revoke: revokeInvitationAction.bind(null, slug),
							}
						: null
				}
			/>
			{asked && (after || next) ? (
				<nav className="mt-4 flex gap-2" aria-label={t("pages")}>
					{after ? <ButtonLink href={all}>{t("previous")}</ButtonLink> : null}
					{next ? (
						<ButtonLink href={listPath(path, query, { after: next })}>{t("next")}</ButtonLink>
					) : null}
				</nav>
			) : null}
		</Section>
	);
}
