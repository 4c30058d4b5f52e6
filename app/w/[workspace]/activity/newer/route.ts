import { can, requireMember } from "@/app/require";
import { database } from "@/db/client";
import { countNewer } from "@/lib/activity/list";
import { isId } from "@/lib/platform/ids";
import { activityQuery, filterOf } from "../query";

/** How many events there are after one that the page shows. */
export async function GET(
	request: Request,
	{ params }: RouteContext<"/w/[workspace]/activity/newer">,
): Promise<Response> {
	const { workspace: slug } = await params;
	const session = await requireMember(slug, `/w/${slug}/activity`);
	if (!can(session, "activity.read")) return new Response(null, { status: 403 });
	const asked = Object.fromEntries(new URL(request.url).searchParams);
	const { after = "" } = asked;
	if (!isId(after)) return new Response(null, { status: 400 });
	const filter = filterOf(activityQuery(asked), new Date());
	const count = await countNewer(await database(), session.workspace.id, after, filter);
	return Response.json({ count }, { headers: { "cache-control": "no-store" } });
}
