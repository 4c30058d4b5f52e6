import { getTranslations } from "next-intl/server";
import { NoAccessPage } from "@/app/no-access-page";
import { can, requireMember } from "@/app/require";
import { HoldList } from "@/components/directory/hold-list";
import { Messages } from "@/components/messages";
import { PageHeader } from "@/components/shell/page-header";
import { EmptyState } from "@/components/ui/empty-state";
import { Panel } from "@/components/ui/panel";
import { database } from "@/db/client";
import { countHolds, listHolds } from "@/lib/directory/holds";
import { loadRoles } from "@/lib/members/access";
import { countLiveKeys } from "@/lib/members/live-keys";
import { currentPolicy } from "@/lib/workspaces/policy";
import { decideHoldsAction } from "../actions";
import { providerName } from "../provider";

export async function generateMetadata() {
	const t = await getTranslations("holds");
	return { title: t("title") };
}

/** What the directory said and what is not in effect until an admin decides. */
export default async function HoldsPage({
	params,
}: PageProps<"/w/[workspace]/sso/directory/holds">) {
	const { workspace: slug } = await params;
	const home = `/w/${slug}/sso`;
	const session = await requireMember(slug, `${home}/directory/holds`);
	const t = await getTranslations("holds");
	if (!can(session, "directory.manage"))
		return <NoAccessPage session={session} page={t("title")} what={t("what")} />;
	const { workspace } = session;
	const db = await database();
	const [holds, total, roles, { document }, provider] = await Promise.all([
		listHolds(db, workspace.id),
		countHolds(db, workspace.id),
		loadRoles(db, workspace.id),
		currentPolicy(db, workspace.id),
		providerName(workspace.id),
	]);
	const keys = await countLiveKeys(
		db,
		workspace.id,
		holds.map(({ memberId }) => memberId),
		new Date(),
	);
	const nameOf = (role: string | null) => roles.find(({ key }) => key === role)?.name ?? role;
	return (
		<Messages of={["holds"]}>
			<PageHeader
				title={t("title")}
				back={{ href: `${home}#directory`, label: t("back") }}
				standing={[t("standing", { count: total, provider }), "."]}
			/>
			{holds.length === 0 ? (
				<Panel>
					<EmptyState title={t("empty.title")}>
						{t("empty.body", { provider, ...document.brake })}
					</EmptyState>
				</Panel>
			) : (
				<div className="space-y-4">
					<p className="max-w-[76ch] text-sm text-ink-2">{t("lead", { provider })}</p>
					<HoldList
						holds={holds.map(
							({ id, memberId, label, reason, effect, cause, role, heldAt, dueAt }) => ({
								id,
								memberId,
								label,
								reason,
								effect,
								cause,
								role: nameOf(role),
								keys: keys.get(memberId) ?? 0,
								heldAt,
								dueAt,
							}),
						)}
						total={total}
						word={slug}
						membersHref={`/w/${slug}/members`}
						decide={decideHoldsAction.bind(null, slug)}
					/>
				</div>
			)}
		</Messages>
	);
}
