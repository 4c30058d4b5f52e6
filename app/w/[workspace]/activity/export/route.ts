import { activityFile, formatOf } from "@/app/activity-file";
import { can, requireMember } from "@/app/require";

/** The log of the workspace, for whoever may read it. */
export async function GET(
	request: Request,
	{ params }: RouteContext<"/w/[workspace]/activity/export">,
): Promise<Response> {
	const { workspace: slug } = await params;
	const session = await requireMember(slug, `/w/${slug}/activity`);
	if (!can(session, "activity.read")) return new Response(null, { status: 403 });
	const format = formatOf(request);
	if (!format) return new Response(null, { status: 400 });
	return activityFile(session.workspace, session.actor, format);
}
