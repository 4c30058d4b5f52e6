import type { ImpactView } from "@/components/impact/impact-dialog";
import type { Impact } from "@/lib/impact/what-would-change";
import { adminRole, builtInRoles } from "@/lib/roles/permissions";
import { type Refusal, refusal } from "./refusal";

/** People named in one view; the rest are counted. */
const mostShown = 100;

/** A preview for the page; or why the change cannot be made at all. */
export async function impactView(
	{ people, changes, lastAdmin }: Impact,
	workspace: string,
): Promise<ImpactView | Refusal> {
	if (lastAdmin) return refusal("last_admin", { workspace });
	const admin = builtInRoles.find(({ key }) => key === adminRole)?.name;
	return {
		ok: true,
		people,
		count: changes.length,
		changes: changes.slice(0, mostShown),
		lost: changes.filter(({ before, after }) => before !== null && after === null).length,
		admins: changes.filter(({ before, after }) => before !== admin && after === admin).length,
	};
}
