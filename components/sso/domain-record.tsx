"use client";
import { RefreshCw } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState, useTransition } from "react";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import type { DomainActions, DomainView } from "@/components/sso/domains-panel";
import { Button } from "@/components/ui/button";
import { CopyField } from "@/components/ui/copy-field";
import { Time } from "@/components/ui/time";
import { useToast } from "@/components/ui/toast";

/** The TXT record that proves a domain, to copy, and a look for it at once. */
export function DomainRecord({ row, check }: { row: DomainView; check: DomainActions["check"] }) {
	const t = useTranslations("sso.domains");
	const toast = useToast();
	const [refusal, setRefusal] = useState<RefusalView | null>(null);
	const [busy, start] = useTransition();
	const { domain, state, countsUntil, missedChecks } = row;
	const look = () =>
		start(async () => {
			const done = await check(domain);
			setRefusal(done.ok ? null : done);
			if (done.ok) toast(t("found", { domain }));
		});
	return (
		<div className="space-y-3 rounded-md bg-sunk p-4">
			<p className="text-sm text-ink-2">
				{state === "pending" ? t("add") : null}
				{state === "verified"
					? t(missedChecks > 0 ? "missed" : "keep", { count: missedChecks })
					: null}
				{state === "lost" && countsUntil
					? t.rich("lost", { until: () => <Time at={countsUntil} as="day" /> })
					: null}
				{state === "lost" && !countsUntil ? t("over") : null}
			</p>
			<div className="flex flex-wrap items-end gap-3">
				<CopyField
					label={t("recordName")}
					value={row.record.name}
					className="min-w-0 flex-1 basis-60"
				/>
				<CopyField
					label={t("recordValue")}
					value={row.record.value}
					className="min-w-0 flex-1 basis-60"
				/>
				<Button
					icon={<RefreshCw aria-hidden />}
					busy={busy}
					busyLabel={t("checking")}
					onClick={look}
				>
					{t("check")}
				</Button>
			</div>
			{refusal ? <RefusalBand refusal={refusal} /> : null}
		</div>
	);
}
