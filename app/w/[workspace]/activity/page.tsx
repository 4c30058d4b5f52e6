import { getTranslations } from "next-intl/server";
import { activityNames } from "@/app/activity-names";
import { NoAccessPage } from "@/app/no-access-page";
import { can, requireMember } from "@/app/require";
import { ActivityList } from "@/components/activity/activity-list";
import { PageHeader } from "@/components/shell/page-header";
import { ButtonLink, buttonClass } from "@/components/ui/button";
import { database } from "@/db/client";
import { exportFormats } from "@/lib/activity/export";
import { listActivity } from "@/lib/activity/list";
import { isId } from "@/lib/platform/ids";

export async function generateMetadata() {
	const t = await getTranslations("activity");
	return { title: t("title") };
}

/** The whole log, fifty at a time. */
export default async function ActivityPage({
	params,
	searchParams,
}: PageProps<"/w/[workspace]/activity">) {
	const { workspace: slug } = await params;
	const { before } = await searchParams;
	const path = `/w/${slug}/activity`;
	const session = await requireMember(slug, path);
	const t = await getTranslations("activity");
	if (!can(session, "activity.read"))
		return <NoAccessPage session={session} page={t("title")} what={t("description")} />;
	const from = typeof before === "string" && isId(before) ? before : null;
	const { rows, next } = await listActivity(await database(), session.workspace.id, {
		limit: 50,
		before: from,
	});
	return (
		<>
			<PageHeader
				title={t("title")}
				actions={exportFormats.map((format) => (
					// No Link: it would fetch the file ahead.
					<a
						key={format}
						className={buttonClass()}
						href={`${path}/export?format=${format}`}
						download
					>
						{t("export", { format: format.toUpperCase() })}
					</a>
				))}
				standing={[t("standing", { workspace: session.workspace.name })]}
			/>
			<ActivityList rows={rows} names={await activityNames(session.workspace)} />
			<nav className="mt-4 flex gap-2" aria-label={t("title")}>
				{from ? <ButtonLink href={path}>{t("newest")}</ButtonLink> : null}
				{next ? <ButtonLink href={`${path}?before=${next}`}>{t("older")}</ButtonLink> : null}
			</nav>
		</>
	);
}
