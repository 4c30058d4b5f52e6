import { Check, Minus } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { Panel } from "@/components/ui/panel";
import { Table } from "@/components/ui/table";
import { Tag } from "@/components/ui/tag";
import { permissions } from "@/lib/roles/permissions";

export type RoleRow = {
	key: string;
	name: string;
	rank: number;
	builtIn: boolean;
	permissions: readonly string[];
	/** How many members hold it in effect. */
	people: number;
};

/** Every role, the highest first. */
export function RoleTable({
	rows,
	hrefOf,
	membersHref,
}: {
	rows: readonly RoleRow[];
	/** The address that a role's key follows. */
	hrefOf: string;
	/** The members with a role, its key last; null where they cannot be seen. */
	membersHref: string | null;
}) {
	const t = useTranslations("roles");
	return (
		<Panel>
			<Table
				caption={t("title")}
				columns={[
					{ label: t("columns.role"), className: "w-1/3" },
					{ label: t("columns.may") },
					{ label: t("columns.people") },
					{ label: t("columns.rank"), align: "end" },
				]}
				rows={rows.map((row) => ({
					key: row.key,
					cells: [
						<span key="role" className="flex min-w-0 flex-wrap items-center gap-2">
							<Link
								href={`${hrefOf}/${encodeURIComponent(row.key)}`}
								className="text-ink no-underline [overflow-wrap:anywhere] hover:underline hover:underline-offset-4"
							>
								{row.name}
							</Link>
							{row.builtIn ? <Tag>{t("builtIn")}</Tag> : null}
						</span>,
						row.permissions.length === permissions.length
							? t("mayAll")
							: t("mayCount", { count: row.permissions.length, of: permissions.length }),
						membersHref && row.people > 0 ? (
							<Link
								key="people"
								href={membersHref + encodeURIComponent(row.key)}
								className="link text-ink-2"
							>
								{t("people", { count: row.people })}
							</Link>
						) : (
							t("people", { count: row.people })
						),
						row.rank,
					],
				}))}
			/>
		</Panel>
	);
}

/** Every permission in a plain sentence, and which roles have it. */
export function PermissionMatrix({ roles }: { roles: readonly RoleRow[] }) {
	const t = useTranslations("roles");
	return (
		<Panel>
			<section
				aria-label={t("matrix.title")}
				// biome-ignore lint/a11y/noNoninteractiveTabindex: many roles scroll, by keys too
				tabIndex={0}
				className="overflow-x-auto"
			>
				<Table
					caption={t("matrix.title")}
					columns={[
						{ label: t("matrix.permission"), className: "md:min-w-72" },
						...roles.map(({ name }) => ({ label: name, className: "max-w-32 truncate" })),
					]}
					rows={permissions.map((permission) => ({
						key: permission,
						cells: [
							<span key="permission" className="block py-1">
								{t(`permissions.${permission}.name`)}
								<span className="block max-w-[52ch] text-sm font-normal text-ink-2">
									{t(`permissions.${permission}.sentence`)}
								</span>
							</span>,
							...roles.map((role) => (
								<Held key={role.key} held={role.permissions.includes(permission)} />
							)),
						],
					}))}
				/>
			</section>
		</Panel>
	);
}

function Held({ held }: { held: boolean }) {
	const t = useTranslations("roles.matrix");
	const Icon = held ? Check : Minus;
	return (
		<span className={held ? "text-ink" : "text-ink-3"}>
			<Icon className="size-4 stroke-[1.6]" aria-hidden />
			<span className="sr-only">{t(held ? "yes" : "no")}</span>
		</span>
	);
}
