import type { Session } from "@/app/require";
import type { SelectOption } from "@/components/ui/select";
import { database } from "@/db/client";
import { loadRoles } from "@/lib/members/access";
import { refuseGrant } from "@/lib/roles/granter";

/** The workspace's roles, the highest first; those that this member may not give are disabled. */
export async function roleOptions(session: Session): Promise<SelectOption[]> {
	const roles = await loadRoles(await database(), session.workspace.id);
	const granter = {
		rank: session.role.rank,
		permissions: new Set(session.permissions),
		// Whether the sign-in is recent enough is asked when the role is given.
		fresh: true,
	};
	return roles
		.toSorted((a, b) => b.rank - a.rank)
		.map((role) => ({
			value: role.key,
			label: role.name,
			disabled: refuseGrant(granter, role) !== null,
		}));
}
