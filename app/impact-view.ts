import { getFormatter, getTranslations } from "next-intl/server";
import type { ImpactPerson, ImpactView } from "@/components/impact/impact-dialog";
import { type Impact, losesAccess, type PersonChange } from "@/lib/impact/what-would-change";
import { adminRole, builtInRoles } from "@/lib/roles/permissions";
import { noWords, type Refusal, refusal } from "./refusal";

/** People named in one view; the rest are counted. */
const mostShown = 200;

/** A preview for the page; or why the change cannot be made at all. */
export async function impactView(
	{ people, changes, lastAdmin, up, down, elsewhere }: Impact,
	workspace: string,
	provider = "",
): Promise<ImpactView | Refusal> {
	if (lastAdmin) return lastAdminRefusal(lastAdmin, workspace);
	const admin = builtInRoles.find(({ key }) => key === adminRole)?.name;
	const losing = changes.filter(losesAccess);
	// Those who lose something are named before the others.
	const named = [...losing, ...changes.filter((change) => !losesAccess(change))];
	return {
		ok: true,
		people,
		count: changes.length,
		changes: await Promise.all(
			named.slice(0, mostShown).map((change) => impactPerson(change, workspace, provider)),
		),
		lost: losing.length,
		admins: changes.filter(({ before, after }) => before !== admin && after === admin).length,
		up,
		down,
		elsewhere,
		keys: losing.reduce((sum, { keys }) => sum + keys, 0),
	};
}

/** Admins whom one refusal names; the rest are counted. */
const mostNamed = 3;

/** Why a change that takes the last admin cannot be made: it names who that is. */
export async function lastAdminRefusal(
	names: NonNullable<Impact["lastAdmin"]>,
	workspace: string,
): Promise<Refusal> {
	const refused = await refusal("last_admin", { workspace });
	if (names.length === 0) return refused;
	const t = await getTranslations("impact.lastAdmin");
	const more = names.length - mostNamed;
	const listed = [...names.slice(0, mostNamed), ...(more > 0 ? [t("more", { count: more })] : [])];
	const named = (await getFormatter()).list(listed);
	return { ...refused, why: t("why", { count: names.length, names: named, workspace }) };
}

async function impactPerson(
	change: PersonChange,
	workspace: string,
	provider: string,
): Promise<ImpactPerson> {
	const t = await getTranslations("reasons");
	const { stranded, ...person } = change;
	const domain = person.email?.split("@")[1] ?? "";
	const words = {
		...noWords,
		workspace,
		provider,
		email: person.email ?? "",
		domain,
		received: domain,
	};
	return { ...person, stranded: stranded && t(`${stranded}.why`, words) };
}
