import { activityFile, formatOf } from "@/app/activity-file";
import { labelOf } from "@/lib/members/members";
import { addressHeader } from "@/lib/platform/edge";
import { readOnly, refuse, withApiKey } from "../with-api-key";

/** The log of the key's workspace, as long as the key's member may read it. */
function GET(request: Request): Promise<Response> {
	return withApiKey(request, "activity:read", async ({ workspace, member, permissions }) => {
		if (!permissions.includes("activity.read"))
			return refuse(403, "not_permitted", "The role of this key's member may not read the log.");
		const format = formatOf(request);
		if (!format) return refuse(400, "format_unknown", "The format is json or csv.");
		const address = request.headers.get(addressHeader);
		const actor = {
			kind: "member",
			id: member.id,
			label: labelOf(member),
			...(address ? { address } : {}),
		} as const;
		return activityFile(workspace, actor, format);
	});
}

export {
	GET,
	GET as HEAD,
	readOnly as DELETE,
	readOnly as OPTIONS,
	readOnly as PATCH,
	readOnly as POST,
	readOnly as PUT,
};
