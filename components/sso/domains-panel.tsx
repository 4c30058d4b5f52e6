"use client";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { RefusalView } from "@/components/refusal-band";
import { AddDomain } from "@/components/sso/add-domain";
import { DomainRecord } from "@/components/sso/domain-record";
import { DomainRoute } from "@/components/sso/domain-route";
import { RemoveDomain } from "@/components/sso/remove-domain";
import { Band } from "@/components/ui/band";
import { EmptyState } from "@/components/ui/empty-state";
import { Menu, MenuItem } from "@/components/ui/menu";
import { Panel } from "@/components/ui/panel";
import { Section } from "@/components/ui/section";
import { type State, StateBadge } from "@/components/ui/state";
import { type Column, Table } from "@/components/ui/table";
import { Time } from "@/components/ui/time";

export type DomainView = {
	domain: string;
	state: "pending" | "verified" | "lost";
	/** "dns", or the operator who vouched for it. */
	verifiedBy: string | null;
	people: number;
	checkedAt: Date | null;
	/** Daily checks in a row that did not find the record. */
	missedChecks: number;
	/** Until when a lost domain still leads and links; null where it is not lost, or does no more. */
	countsUntil: Date | null;
	record: { name: string; value: string };
	/** The connection it leads to; null: whichever is active. */
	connectionId: string | null;
};

export type DomainActions = {
	add: (name: string) => Promise<{ ok: true; domain: string } | RefusalView>;
	check: (name: string) => Promise<{ ok: true } | RefusalView>;
	route: (name: string, connectionId: string | null) => Promise<{ ok: true } | RefusalView>;
	preview: (name: string) => Promise<{ ok: true; people: number; linked: number } | RefusalView>;
	remove: (name: string) => Promise<{ ok: true } | RefusalView>;
};

const states: Record<DomainView["state"], State> = {
	pending: "waiting_for_dns",
	verified: "verified",
	lost: "needs_attention",
};

/** A record that was vouched for is not looked for; one that is found need not be shown. */
const byDns = ({ state, verifiedBy }: DomainView) => state !== "verified" || verifiedBy === "dns";
const isMissing = ({ state, missedChecks }: DomainView) => state !== "verified" || missedChecks > 0;

/** The domains whose emails lead to the workspace's connections, each with its proof. */
export function DomainsPanel({
	domains,
	connections,
	leads,
	actions,
}: {
	domains: readonly DomainView[];
	connections: readonly { id: string; name: string }[];
	/** The provider that is on while no domain leads to it. */
	leads: string | null;
	actions: DomainActions;
}) {
	const t = useTranslations("sso.domains");
	const [opened, setOpened] = useState<string | null>(null);
	const [removing, setRemoving] = useState<string | null>(null);
	const several = connections.length > 1;
	const columns: Column[] = [
		{ label: t("domain") },
		{ label: t("state") },
		{ label: t("people"), align: "end" },
		...(several ? [{ label: t("leadsTo") }] : []),
		{ label: t("checked") },
		{ label: t("actions"), hideLabel: true },
	];
	return (
		<Section
			id="domains"
			title={t("title")}
			description={t("description")}
			actions={<AddDomain add={actions.add} />}
		>
			<Panel>
				{leads ? (
					<Band tone="care" inset title={t("nobodyLed.title", { provider: leads })}>
						{t("nobodyLed.body")}
					</Band>
				) : null}
				{domains.length === 0 ? (
					<EmptyState title={t("empty.title")}>{t("empty.body")}</EmptyState>
				) : (
					<Table
						caption={t("title")}
						columns={columns}
						rows={domains.map((row) => ({
							key: row.domain,
							cells: [
								<span key="domain" className="mono [overflow-wrap:anywhere]">
									{row.domain}
								</span>,
								<StateBadge key="state" state={states[row.state]} plain />,
								row.people,
								...(several
									? [
											<DomainRoute
												key="route"
												domain={row.domain}
												connectionId={row.connectionId}
												connections={connections}
												route={actions.route}
											/>,
										]
									: []),
								<Checked key="checked" row={row} />,
								<Menu key="menu" quiet label={t("more", { domain: row.domain })}>
									{byDns(row) && !isMissing(row) ? (
										<MenuItem onClick={() => setOpened(opened === row.domain ? null : row.domain)}>
											{t(opened === row.domain ? "hideRecord" : "showRecord")}
										</MenuItem>
									) : null}
									<MenuItem onClick={() => setRemoving(row.domain)}>{t("remove.open")}</MenuItem>
								</Menu>,
							],
							below:
								byDns(row) && (isMissing(row) || opened === row.domain) ? (
									<DomainRecord row={row} check={actions.check} />
								) : null,
						}))}
					/>
				)}
			</Panel>
			<RemoveDomain
				domain={removing}
				preview={actions.preview}
				remove={actions.remove}
				onClose={() => setRemoving(null)}
			/>
		</Section>
	);
}

/** When it was last looked for, or who vouched in place of that. */
function Checked({ row }: { row: DomainView }) {
	const t = useTranslations("sso.domains");
	if (!byDns(row)) return t("vouched", { by: row.verifiedBy ?? "" });
	return row.checkedAt ? <Time at={row.checkedAt} /> : t("never");
}
