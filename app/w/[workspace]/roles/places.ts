import { getTranslations } from "next-intl/server";
import type { RoleUses } from "@/lib/roles/list";

/** Where a role is named, a sentence each. */
export async function placesOf(uses: RoleUses): Promise<string[]> {
	const t = await getTranslations("roles.danger.places");
	const counted = (["byHand", "pinned", "invitations", "mappings"] as const)
		.filter((place) => uses[place] > 0)
		.map((place) => t(place, { count: uses[place] }));
	const groups = uses.groups.map(({ name }) => name).join(", ");
	return [
		...counted,
		...(groups ? [t("groups", { names: groups })] : []),
		...(uses.isDefault ? [t("isDefault")] : []),
		...(uses.inAttributeList ? [t("inAttributeList")] : []),
	];
}
