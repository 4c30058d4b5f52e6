import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { NoAccessPage } from "@/app/no-access-page";
import { can, requireMember } from "@/app/require";
import { TracePanel } from "@/components/activity/trace-panel";
import { PageHeader } from "@/components/shell/page-header";
import { database } from "@/db/client";
import { isId } from "@/lib/platform/ids";
import { findTrace } from "@/lib/sso/trace";
import { traceView } from "../../trace-view";

export async function generateMetadata() {
	const t = await getTranslations("activity");
	return { title: t("title") };
}

/** One sign-in attempt, step by step. The address holds its id, or the code a visitor was shown. */
export default async function TracePage({
	params,
}: PageProps<"/w/[workspace]/activity/sign-ins/[id]">) {
	const { workspace: slug, id } = await params;
	const path = `/w/${slug}/activity`;
	const session = await requireMember(slug, `${path}/sign-ins/${id}`);
	const activity = await getTranslations("activity");
	if (!can(session, "activity.read"))
		return (
			<NoAccessPage session={session} page={activity("title")} what={activity("description")} />
		);
	const trace = await findTrace(
		await database(),
		session.workspace.id,
		isId(id) ? { id } : { code: id },
	);
	if (!trace) notFound();
	const t = await getTranslations("trace");
	return (
		<>
			<PageHeader
				title={t("title", { code: trace.signIn.code })}
				back={{ href: path, label: t("back") }}
			/>
			<TracePanel trace={await traceView(session, trace, new Date())} />
		</>
	);
}
