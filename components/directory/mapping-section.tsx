import { useTranslations } from "next-intl";
import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Panel, PanelFoot } from "@/components/ui/panel";
import { Section } from "@/components/ui/section";
import { Table } from "@/components/ui/table";
import { Tag } from "@/components/ui/tag";

export type MappingSummary = {
	rows: {
		id: string;
		/** Null: a group that is gone, and that nobody remembers the name of. */
		name: string | null;
		people: number;
		gone: boolean;
		role: string | null;
		group: string | null;
	}[];
	unmapped: number;
	/** The policy takes no groups. */
	off: boolean;
	provider: string;
	href: string;
};

/** What membership of a directory group gives, as it is. */
export function MappingSection({ mapping }: { mapping: MappingSummary }) {
	const t = useTranslations("directory.mapping");
	const { rows, unmapped, off, provider, href } = mapping;
	return (
		<Section
			id="mapping"
			title={t("title")}
			description={t("description", { provider })}
			actions={off ? null : <ButtonLink href={href}>{t("edit")}</ButtonLink>}
		>
			<Panel>
				{rows.length === 0 ? (
					<EmptyState title={off ? t("off") : t("empty")}>
						{off ? null : t("emptyBody", { count: unmapped, provider })}
					</EmptyState>
				) : (
					<>
						<Table
							caption={t("title")}
							columns={[
								{ label: t("group", { provider }), className: "w-2/5" },
								{ label: t("people"), align: "end" },
								{ label: t("role") },
								{ label: t("ownGroup") },
							]}
							rows={rows.map((row) => ({
								key: row.id,
								cells: [
									<span key="name" className="[overflow-wrap:anywhere]">
										{row.name ?? t("goneName")}{" "}
										{row.gone ? <Tag tone="care">{t("gone")}</Tag> : null}
									</span>,
									row.people,
									row.role ? (
										<Tag key="role" tone="line">
											{row.role}
										</Tag>
									) : (
										t("none")
									),
									row.group ? <Tag key="group">{row.group}</Tag> : t("none"),
								],
							}))}
						/>
						{unmapped > 0 ? (
							<PanelFoot>{t("unmapped", { count: unmapped, provider })}</PanelFoot>
						) : null}
					</>
				)}
			</Panel>
		</Section>
	);
}
