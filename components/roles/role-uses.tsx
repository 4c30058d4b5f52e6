import Link from "next/link";
import { useTranslations } from "next-intl";
import { EmptyState } from "@/components/ui/empty-state";
import { Panel, PanelRow } from "@/components/ui/panel";
import { Section } from "@/components/ui/section";
import type { RoleUses as Uses } from "@/lib/roles/list";

/** Where a role is named: who holds it, and what gives it. */
export function RoleUses({
	people,
	uses,
	membersHref,
	groupsHref,
}: {
	people: number;
	uses: Uses;
	/** Where its holders are listed; null where they cannot be seen. */
	membersHref: string | null;
	groupsHref: string | null;
}) {
	const t = useTranslations("roles");
	const link = (text: string, href: string | null) =>
		href ? (
			<Link key={text} href={href} className="link">
				{text}
			</Link>
		) : (
			text
		);
	const count = (number: number) => (number > 0 ? String(number) : null);
	const rows = [
		["holders", people > 0 ? link(t("people", { count: people }), membersHref) : null],
		["byHand", count(uses.byHand)],
		["pinned", count(uses.pinned)],
		["invitations", count(uses.invitations)],
		[
			"groups",
			uses.groups.length > 0 ? (
				<span key="groups" className="inline-flex flex-wrap justify-end gap-x-3">
					{uses.groups.map(({ id, name }) => link(name, groupsHref && `${groupsHref}/${id}`))}
				</span>
			) : null,
		],
		["mappings", count(uses.mappings)],
		["isDefault", uses.isDefault ? t("uses.yes") : null],
		["inAttributeList", uses.inAttributeList ? t("uses.yes") : null],
	] as const;
	const shown = rows.filter(([, value]) => value !== null);
	return (
		<Section id="uses" title={t("uses.title")} description={t("uses.description")}>
			<Panel>
				{shown.length === 0 ? (
					<EmptyState title={t("uses.none")}>{t("uses.noneBody")}</EmptyState>
				) : (
					shown.map(([place, value]) => (
						<PanelRow key={place} className="flex items-center justify-between gap-4">
							<span className="text-ink-2">{t(`uses.${place}`)}</span>
							<span className="min-w-0 text-right [overflow-wrap:anywhere]">{value}</span>
						</PanelRow>
					))
				)}
			</Panel>
		</Section>
	);
}
