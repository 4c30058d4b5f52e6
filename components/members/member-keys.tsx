"use client";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { RefusalView } from "@/components/refusal-band";
import { RevokeDialog } from "@/components/revoke-dialog";
import { Button } from "@/components/ui/button";
import { PanelRow } from "@/components/ui/panel";
import { Time } from "@/components/ui/time";
import { useToast } from "@/components/ui/toast";

export type KeyRow = { id: string; name: string; prefix: string; lastUsedAt: Date | null };

/** The API keys of a member, each to be revoked. */
export function MemberKeys({
	rows,
	revoke,
}: {
	rows: readonly KeyRow[];
	revoke: (id: string) => Promise<{ ok: true } | RefusalView>;
}) {
	const t = useTranslations("member.keys");
	const toast = useToast();
	const [revoking, setRevoking] = useState<KeyRow | null>(null);
	if (rows.length === 0) return <PanelRow className="text-sm text-ink-2">{t("none")}</PanelRow>;
	return (
		<>
			<ul className="divide-y divide-line">
				{rows.map((row) => (
					<li key={row.id} className="flex items-center justify-between gap-3 px-5 py-2.5">
						<div className="min-w-0">
							<div className="truncate text-sm" title={row.name}>
								{row.name}
							</div>
							<div className="text-xs text-ink-2">
								<code>{row.prefix}…</code>{" "}
								{row.lastUsedAt
									? t.rich("used", { at: () => <Time at={row.lastUsedAt ?? ""} /> })
									: t("unused")}
							</div>
						</div>
						<Button
							variant="quiet"
							size="sm"
							aria-label={t("revokeOne", { name: row.name })}
							onClick={() => setRevoking(row)}
						>
							{t("revoke")}
						</Button>
					</li>
				))}
			</ul>
			<RevokeDialog
				row={revoking}
				texts={{
					title: t("question", { name: revoking?.name ?? "" }),
					description: t("consequence"),
					confirm: t("confirm"),
					cancel: t("cancel"),
				}}
				revoke={({ id }) => revoke(id)}
				onDone={() => toast(t("revoked"))}
				onClose={() => setRevoking(null)}
			/>
		</>
	);
}
