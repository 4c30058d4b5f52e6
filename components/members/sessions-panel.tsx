"use client";
import { LogOut } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState, useTransition } from "react";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Panel, PanelRow } from "@/components/ui/panel";
import { Section } from "@/components/ui/section";
import { Table } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { useToast } from "@/components/ui/toast";

export type SessionRow = {
	id: string;
	/** In words: "Firefox on macOS". */
	device: string;
	method: string;
	address: string | null;
	createdAt: Date;
	lastSeenAt: Date;
};

/** Where a member is signed in, each to be ended alone or all at once. */
export function SessionsPanel({
	name,
	rows,
	end,
	endAll,
}: {
	name: string;
	rows: readonly SessionRow[];
	end: (id: string) => Promise<{ ok: true } | RefusalView>;
	endAll: () => Promise<{ ok: true } | RefusalView>;
}) {
	const t = useTranslations("member.sessions");
	const toast = useToast();
	const [refusal, setRefusal] = useState<RefusalView | null>(null);
	const [busy, setBusy] = useState<string | null>(null);
	const [, start] = useTransition();
	const run = (key: string, act: () => Promise<{ ok: true } | RefusalView>, said: string) => {
		setBusy(key);
		start(async () => {
			const done = await act();
			setBusy(null);
			setRefusal(done.ok ? null : done);
			if (done.ok) toast(said);
		});
	};
	return (
		<Section
			id="sessions"
			title={t("title")}
			description={t("lead")}
			actions={
				rows.length > 0 ? (
					<Button
						icon={<LogOut aria-hidden />}
						busy={busy === "all"}
						onClick={() => run("all", endAll, t("allDone", { name }))}
					>
						{t("all")}
					</Button>
				) : null
			}
		>
			<Panel>
				{refusal ? (
					<PanelRow>
						<RefusalBand refusal={refusal} />
					</PanelRow>
				) : null}
				{rows.length === 0 ? (
					<EmptyState title={t("none")}>{t("noneBody")}</EmptyState>
				) : (
					<Table
						caption={t("title")}
						columns={[
							{ label: t("where") },
							{ label: t("address") },
							{ label: t("since") },
							{ label: t("seen") },
							{ label: t("way") },
							{ label: t("actions"), hideLabel: true },
						]}
						rows={rows.map((row) => ({
							key: row.id,
							cells: [
								row.device,
								<span key="address" className="[overflow-wrap:anywhere]">
									{row.address ?? "–"}
								</span>,
								<Time key="since" at={row.createdAt} />,
								<Time key="seen" at={row.lastSeenAt} />,
								row.method,
								<Button
									key="end"
									variant="quiet"
									size="sm"
									busy={busy === row.id}
									aria-label={t("endOne", { device: row.device })}
									onClick={() => run(row.id, () => end(row.id), t("ended"))}
								>
									{t("end")}
								</Button>,
							],
						}))}
					/>
				)}
			</Panel>
		</Section>
	);
}
