import { NoAccess } from "@/components/shell/no-access";
import { database } from "@/db/client";
import { listAdmins } from "@/lib/members/members";
import { adminRole, builtInRoles } from "@/lib/roles/permissions";
import type { Session } from "./require";

/** Instead of a page that this member's role does not open. */
export async function NoAccessPage({
	session,
	page,
	what,
}: {
	session: Session;
	page: string;
	what: string;
}) {
	const admins = await listAdmins(await database(), session.workspace.id, 5);
	return (
		<NoAccess
			page={page}
			what={what}
			role={builtInRoles.find(({ key }) => key === adminRole)?.name ?? ""}
			admins={admins}
			backHref={`/w/${session.workspace.slug}`}
		/>
	);
}
