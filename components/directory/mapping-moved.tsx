"use client";
import { useTranslations } from "next-intl";
import type { Moved } from "@/components/policy/moved-dialog";
import { Panel } from "@/components/ui/panel";
import { Table } from "@/components/ui/table";
import { Tag } from "@/components/ui/tag";
import { changedMappings, type Mapping, type MappingEdits } from "@/lib/policy/mapping-edits";
import type { MappingView } from "./mapping-editor";

/** What others changed about groups, each beside what the admin's own edit would make of it. */
export function MappingMoved({
	moved,
	edits,
	view,
}: {
	moved: Moved;
	edits: MappingEdits;
	view: MappingView;
}) {
	const t = useTranslations("mapping");
	const changed = changedMappings(moved.before.mappings, moved.after.mappings, edits);
	if (changed.length === 0) return <p>{t("moved.none")}</p>;
	const words = (mapping: Mapping | null) => {
		const { role, group } = mapping ?? {};
		const given = [
			...(role ? [view.roles.find(({ key }) => key === role)?.name ?? role] : []),
			...(group ? [view.ownGroups.find(({ id }) => id === group)?.name ?? group] : []),
		];
		return given.length > 0 ? given.join(", ") : t("none");
	};
	return (
		<Panel>
			<Table
				caption={t("moved.table")}
				columns={[
					{ label: t("group", { provider: view.provider }), className: "w-1/3" },
					{ label: t("moved.before") },
					{ label: t("moved.saved") },
					{ label: t("moved.mine") },
				]}
				rows={changed.map(({ id, before, saved, mine }) => ({
					key: id,
					cells: [
						<span key="name" className="[overflow-wrap:anywhere]">
							{view.groups.find((group) => group.id === id)?.name ?? t("goneName")}
						</span>,
						words(before),
						words(saved),
						mine === undefined ? (
							t("moved.untouched")
						) : (
							<span key="mine" className="flex flex-wrap items-center gap-2">
								{words(mine)}
								<Tag tone="care">{t("moved.both")}</Tag>
							</span>
						),
					],
				}))}
			/>
		</Panel>
	);
}
