import type { GroupPerson } from "@/components/groups/group-members";
import { database } from "@/db/client";
import type { GroupPerson as Row } from "@/lib/groups/list";
import { loadRoles } from "@/lib/members/access";
import { labelOf } from "@/lib/members/members";

/** People as a page shows them: called by their names, and with the names of their roles. */
export async function namedPeople(
	workspaceId: string,
	rows: readonly Row[],
): Promise<GroupPerson[]> {
	const roles = await loadRoles(await database(), workspaceId);
	const names = new Map(roles.map(({ key, name }) => [key, name]));
	return rows.map((row) => ({
		...row,
		name: labelOf(row),
		email: row.name ? row.email : null,
		role: row.role === null ? null : (names.get(row.role) ?? row.role),
	}));
}
