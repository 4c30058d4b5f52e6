import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { activityNames } from "@/app/activity-names";
import { NoAccessPage } from "@/app/no-access-page";
import { can, requireMember, type Session } from "@/app/require";
import { ActivityList, type Names } from "@/components/activity/activity-list";
import { EventDetail } from "@/components/activity/event-detail";
import { ActivityFilters } from "@/components/activity/filters";
import { Newer } from "@/components/activity/newer";
import { TracePanel } from "@/components/activity/trace-panel";
import { Messages } from "@/components/messages";
import { PageHeader } from "@/components/shell/page-header";
import { ButtonLink, buttonClass } from "@/components/ui/button";
import { database } from "@/db/client";
import { foldAlike } from "@/lib/activity/alike";
import { exportFormats } from "@/lib/activity/export";
import { type ActivityRow, findActivity, listActivity } from "@/lib/activity/list";
import { isId } from "@/lib/platform/ids";
import { findTrace, looksLikeCode } from "@/lib/sso/trace";
import { eventView } from "./event-view";
import { activityQuery, filterOf, parts, periods, textOf, valuesOf } from "./query";
import { traceView } from "./trace-view";

export async function generateMetadata() {
	const t = await getTranslations("activity");
	return { title: t("title") };
}

/** The whole log, fifty at a time. A code in the search leads to its sign-in. */
export default async function ActivityPage({
	params,
	searchParams,
}: PageProps<"/w/[workspace]/activity">) {
	const { workspace: slug } = await params;
	const path = `/w/${slug}/activity`;
	const session = await requireMember(slug, path);
	const t = await getTranslations("activity");
	if (!can(session, "activity.read"))
		return <NoAccessPage session={session} page={t("title")} what={t("description")} />;
	const { workspace } = session;
	const query = activityQuery(await searchParams);
	const db = await database();
	const now = new Date();
	if (looksLikeCode(query.search)) {
		const found = await findTrace(db, workspace.id, { code: query.search });
		if (found) redirect(`${path}/sign-ins/${found.signIn.code}`);
	}
	const filter = filterOf(query, now);
	const page = await listActivity(db, workspace.id, { limit: 50, before: query.before, ...filter });
	const rows = query.open ? page.rows : foldAlike(page.rows);
	const names = await activityNames(workspace);
	const open = query.open ? await opened(session, query.open, names, now) : null;
	// An address may lead to an event that this page of the list does not hold.
	const apart = open && !rows.some(({ id }) => id === open.row.id) ? [open.row] : [];
	const newest = page.rows.find(({ id }) => !id.includes(" "))?.id;
	const text = textOf(query);
	return (
		<Messages of={["activity_live"]}>
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
				standing={[t("standing", { workspace: workspace.name })]}
			/>
			<ActivityFilters action={path} values={valuesOf(query)} choices={await choices()} />
			{newest && !query.before ? (
				<Newer address={`${path}/newer?${new URLSearchParams({ after: newest })}&${text}`} />
			) : null}
			{apart.length > 0 ? (
				<div className="mb-4">
					<ActivityList rows={apart} names={names} query={text} open={open} />
				</div>
			) : null}
			<ActivityList
				rows={rows}
				names={names}
				query={textOf(query, query.before)}
				open={apart.length > 0 ? null : open}
			/>
			<nav className="mt-4 flex gap-2" aria-label={t("title")}>
				{query.before ? (
					<ButtonLink href={text ? `${path}?${text}` : path}>{t("newest")}</ButtonLink>
				) : null}
				{page.next ? (
					<ButtonLink href={`${path}?${textOf(query, page.next)}`}>{t("older")}</ButtonLink>
				) : null}
			</nav>
		</Messages>
	);
}

/** The open row with what it shows: the trace of a sign-in, or all that was recorded. */
async function opened(session: Session, id: string, names: Names, now: Date) {
	const db = await database();
	const { workspace } = session;
	const event = await findActivity(db, workspace.id, id);
	if (!event) return null;
	const { actorKind: _, ...row } = event;
	const trace = event.signIn ? await findTrace(db, workspace.id, attemptOf(event.signIn)) : null;
	const detail = trace ? (
		<TracePanel trace={await traceView(session, trace, now)} />
	) : (
		<EventDetail event={await eventView(event, names)} />
	);
	return { id, row: row satisfies ActivityRow, detail };
}

const attemptOf = (signIn: string) => (isId(signIn) ? { id: signIn } : { code: signIn });

async function choices() {
	const t = await getTranslations("activity.filter");
	const any = { value: "", label: t("any") };
	return {
		part: [any, ...parts.map((value) => ({ value, label: t(`parts.${value}`) }))],
		outcome: [any, { value: "refused", label: t("refused") }],
		period: [
			any,
			...Object.keys(periods).map((value) => ({ value, label: t(`periods.${value}`) })),
		],
	};
}
