import type { Session } from "@/app/require";
import type { RoleLimits } from "@/components/roles/role-form";
import type { RoleRow } from "@/components/roles/role-table";
import { database } from "@/db/client";
import { countHolders, listRoles } from "@/lib/roles/list";
import { highestRank } from "@/lib/roles/permissions";

/** The roles of a workspace, the highest first, with how many hold each. */
export async function roleRows({ workspace }: Session): Promise<RoleRow[]> {
	const db = await database();
	const [roles, holders] = await Promise.all([
		listRoles(db, workspace.id),
		countHolders(db, workspace.id),
	]);
	return roles.map((role) => ({ ...role, people: holders.get(role.key) ?? 0 }));
}

/** What limits a member who sets a role up. @param except the role itself. */
export function limitsOf(
	{ role, permissions }: Session,
	rows: readonly RoleRow[],
	except?: string,
): RoleLimits {
	const taken = rows.filter(({ key }) => key !== except).map(({ rank }) => rank);
	return { rank: role.rank, permissions, taken };
}

/** A rank that is free and that the member may give: in the middle, so that others find room. */
export function freeRank({ rank: own, taken }: RoleLimits): number {
	const most = Math.min(own, highestRank);
	const ranks = [150, 250, 50, ...Array.from({ length: most }, (_, index) => most - index)];
	return ranks.find((rank) => rank <= most && !taken.includes(rank)) ?? 1;
}
