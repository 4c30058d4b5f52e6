import { useTranslations } from "next-intl";
import { EmptyState } from "@/components/ui/empty-state";
import { Panel } from "@/components/ui/panel";
import { Section } from "@/components/ui/section";
import { type State, StateBadge } from "@/components/ui/state";
import { Table } from "@/components/ui/table";
import { Time } from "@/components/ui/time";

export type DomainView = {
	domain: string;
	state: "pending" | "verified" | "lost";
	verifiedBy: string | null;
	verifiedAt: Date | null;
};

const states: Record<DomainView["state"], State> = {
	pending: "waiting_for_dns",
	verified: "verified",
	lost: "needs_attention",
};

/** The domains whose emails lead to the connection. */
export function DomainsPanel({ domains }: { domains: readonly DomainView[] }) {
	const t = useTranslations("sso.domains");
	return (
		<Section id="domains" title={t("title")} description={t("description")}>
			<Panel>
				{domains.length === 0 ? (
					<EmptyState title={t("empty.title")}>
						{t.rich("empty.body", { code: (words) => <code>{words}</code> })}
					</EmptyState>
				) : (
					<Table
						caption={t("title")}
						columns={[{ label: t("domain") }, { label: t("state") }, { label: t("proved") }]}
						rows={domains.map(({ domain, state, verifiedBy, verifiedAt }) => ({
							key: domain,
							cells: [
								<span key="domain" className="mono">
									{domain}
								</span>,
								<StateBadge key="state" state={states[state]} plain />,
								verifiedAt ? (
									<span key="proved">
										{t.rich("by", { by: verifiedBy ?? "", at: () => <Time at={verifiedAt} /> })}
									</span>
								) : (
									t("never")
								),
							],
						}))}
					/>
				)}
			</Panel>
		</Section>
	);
}
