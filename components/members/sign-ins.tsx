import Link from "next/link";
import { useTranslations } from "next-intl";
import { EmptyState } from "@/components/ui/empty-state";
import { Panel } from "@/components/ui/panel";
import { Section } from "@/components/ui/section";
import { Table } from "@/components/ui/table";
import { OutcomeTag } from "@/components/ui/tag";
import { Time } from "@/components/ui/time";

export type SignInRow = {
	id: string;
	at: Date;
	way: string;
	/** Why it was refused, for the admin; null where it worked. */
	why: string | null;
	code: string | null;
	/** Where its trace is, for whoever may read it. */
	traceHref: string | null;
	address: string | null;
};

/** The last sign-ins of a member, with the codes by which their traces are found. */
export function SignIns({ rows }: { rows: readonly SignInRow[] }) {
	const t = useTranslations("member.signIns");
	return (
		<Section id="sign-ins" title={t("title")} description={t("lead")}>
			<Panel>
				{rows.length === 0 ? (
					<EmptyState title={t("none")}>{t("noneBody")}</EmptyState>
				) : (
					<Table
						caption={t("title")}
						columns={[
							{ label: t("when") },
							{ label: t("way") },
							{ label: t("outcome") },
							{ label: t("code") },
							{ label: t("address") },
						]}
						rows={rows.map((row) => ({
							key: row.id,
							cells: [
								<Time key="when" at={row.at} />,
								row.way,
								<OutcomeTag key="outcome" outcome={row.why === null ? "welcome" : "refused"} />,
								<Code key="code" row={row} />,
								<span key="address" className="[overflow-wrap:anywhere]">
									{row.address ?? "–"}
								</span>,
							],
							below: row.why ? <p className="-mt-1 text-sm text-ink-2">{row.why}</p> : null,
						}))}
					/>
				)}
			</Panel>
		</Section>
	);
}

function Code({ row: { code, traceHref } }: { row: SignInRow }) {
	if (!code) return "–";
	if (!traceHref) return <code>{code}</code>;
	return (
		<Link href={traceHref}>
			<code>{code}</code>
		</Link>
	);
}
