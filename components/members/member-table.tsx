import Link from "next/link";
import { useTranslations } from "next-intl";
import { Avatar } from "@/components/ui/avatar";
import { EmptyState } from "@/components/ui/empty-state";
import { Panel } from "@/components/ui/panel";
import { StateBadge } from "@/components/ui/state";
import { Table } from "@/components/ui/table";
import { Tag } from "@/components/ui/tag";
import { Time } from "@/components/ui/time";

export type MemberRow = {
	id: string;
	name: string;
	email: string | null;
	/** The role's name; null for no access. */
	role: string | null;
	groups: readonly string[];
	source: string;
	active: boolean;
	/** The directory brought them, and they have not accepted yet. */
	waiting: boolean;
	lastSignInAt: Date | null;
};

/** Groups shown in a row before the rest is counted. */
const shownGroups = 2;

/** One page of the members. */
export function MemberTable({
	rows,
	hrefOf,
}: {
	rows: readonly MemberRow[];
	/** The address that a member's id follows. */
	hrefOf: string;
}) {
	const t = useTranslations("members");
	if (rows.length === 0)
		return (
			<Panel>
				<EmptyState title={t("none")}>{t("noneBody")}</EmptyState>
			</Panel>
		);
	return (
		<Panel>
			<Table
				caption={t("title")}
				columns={[
					{ label: t("columns.person"), className: "w-2/5" },
					{ label: t("columns.role") },
					{ label: t("columns.groups") },
					{ label: t("columns.source") },
					{ label: t("columns.status") },
					{ label: t("columns.seen"), align: "end" },
				]}
				rows={rows.map((row) => ({
					key: row.id,
					cells: [
						<Person key="person" row={row} href={`${hrefOf}/${row.id}`} />,
						row.role ? (
							<Tag key="role" tone="line">
								{row.role}
							</Tag>
						) : (
							<span key="role">{t("noRole")}</span>
						),
						<Groups key="groups" names={row.groups} />,
						row.source,
						<StateBadge
							key="state"
							plain
							state={row.waiting ? "invited" : row.active ? "active" : "deactivated"}
						/>,
						<span key="seen" className="whitespace-nowrap">
							{row.lastSignInAt ? <Time at={row.lastSignInAt} /> : t("never")}
						</span>,
					],
				}))}
			/>
		</Panel>
	);
}

function Person({ row, href }: { row: MemberRow; href: string }) {
	return (
		<span className="flex min-w-0 items-center gap-3 py-1">
			<Avatar name={row.name} />
			<span className="min-w-0">
				<Link
					href={href}
					className="block text-ink no-underline [overflow-wrap:anywhere] hover:underline hover:underline-offset-4"
				>
					{row.name}
				</Link>
				{row.email && row.email !== row.name ? (
					<span className="block text-sm font-normal text-ink-2 [overflow-wrap:anywhere]">
						{row.email}
					</span>
				) : null}
			</span>
		</span>
	);
}

function Groups({ names }: { names: readonly string[] }) {
	const t = useTranslations("members");
	const more = names.length - shownGroups;
	return (
		<span className="inline-flex flex-wrap gap-1 max-md:justify-end">
			{names.slice(0, shownGroups).map((name) => (
				<Tag key={name}>{name}</Tag>
			))}
			{more > 0 ? (
				<span className="text-sm" title={names.slice(shownGroups).join(", ")}>
					{t("moreGroups", { count: more })}
				</span>
			) : null}
		</span>
	);
}
