/** Loads what decides which policy values can be chosen at present (lib/policy/change). */
import type { Db, Tx } from "@/db/client";
import { loadDirectory } from "@/lib/directory/directory";
import type { ChangeFacts } from "@/lib/policy/change";
import { listConnections } from "@/lib/sso/connections";
import { verifiedDomains } from "@/lib/sso/domains";

export async function loadChangeFacts(
	db: Db | Tx,
	workspaceId: string,
	now: Date,
): Promise<ChangeFacts> {
	const connections = await listConnections(db, workspaceId);
	const connection = connections.find(({ status }) => status === "active") ?? connections[0];
	const directory = await loadDirectory(db, workspaceId, now);
	return {
		connection: connection
			? {
					active: connection.status === "active",
					passedTest: connection.testedRevision === connection.revision,
				}
			: null,
		adminsWithCodes: 0,
		verifiedDomains: (await verifiedDomains(db, workspaceId, now)).length,
		directoryOn: directory.directory?.enabled ?? false,
		activePeople: directory.activeUsers,
		groups: directory.groups,
		peopleWithRoles: directory.withRoles,
	};
}
