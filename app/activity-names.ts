import type { Names } from "@/components/activity/activity-list";
import { database } from "@/db/client";
import { loadRoles } from "@/lib/members/access";
import { listConnections } from "@/lib/sso/connections";
import type { Workspace } from "@/lib/workspaces/workspaces";

/** What the log's sentences call things in a workspace. */
export async function activityNames({ id, name, slug }: Workspace): Promise<Names> {
	const db = await database();
	const [roles, connections] = await Promise.all([loadRoles(db, id), listConnections(db, id)]);
	const shown = connections.find(({ status }) => status === "active") ?? connections[0];
	return {
		workspace: name,
		path: `/w/${slug}/activity`,
		provider: shown?.name ?? "",
		roles: Object.fromEntries(roles.map((role) => [role.key, role.name])),
	};
}
