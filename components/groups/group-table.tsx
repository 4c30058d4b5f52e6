import Link from "next/link";
import { useTranslations } from "next-intl";
import { EmptyState } from "@/components/ui/empty-state";
import { Panel } from "@/components/ui/panel";
import { Table } from "@/components/ui/table";
import { Tag } from "@/components/ui/tag";

export type GroupRow = {
	id: string;
	name: string;
	/** The default role's name. */
	role: string | null;
	members: number;
	/** How many directory groups are mapped to it. */
	mapped: number;
};

/** The workspace's groups by name. */
export function GroupTable({ rows, hrefOf }: { rows: readonly GroupRow[]; hrefOf: string }) {
	const t = useTranslations("groups");
	if (rows.length === 0)
		return (
			<Panel>
				<EmptyState title={t("empty.title")}>{t("empty.body")}</EmptyState>
			</Panel>
		);
	return (
		<Panel>
			<Table
				caption={t("title")}
				columns={[
					{ label: t("columns.group"), className: "w-2/5" },
					{ label: t("columns.role") },
					{ label: t("columns.people") },
					{ label: t("columns.mapped"), align: "end" },
				]}
				rows={rows.map((row) => ({
					key: row.id,
					cells: [
						<Link
							key="group"
							href={`${hrefOf}/${row.id}`}
							className="text-ink no-underline [overflow-wrap:anywhere] hover:underline hover:underline-offset-4"
						>
							{row.name}
						</Link>,
						row.role ? (
							<Tag key="role" tone="line">
								{row.role}
							</Tag>
						) : (
							t("noRole")
						),
						t("people", { count: row.members }),
						row.mapped,
					],
				}))}
			/>
		</Panel>
	);
}
