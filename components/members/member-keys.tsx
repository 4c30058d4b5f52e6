"use client";
import { useTranslations } from "next-intl";
import { Revocable, type RevokeKey } from "@/components/api-keys/revocable";
import { PanelRow } from "@/components/ui/panel";
import { Time } from "@/components/ui/time";
import { useToast } from "@/components/ui/toast";

export type KeyRow = { id: string; name: string; prefix: string; lastUsedAt: Date | null };

/** The API keys of a member, each to be revoked. */
export function MemberKeys({ rows, revoke }: { rows: readonly KeyRow[]; revoke: RevokeKey }) {
	const t = useTranslations("member.keys");
	const toast = useToast();
	if (rows.length === 0) return <PanelRow className="text-sm text-ink-2">{t("none")}</PanelRow>;
	return (
		<Revocable<KeyRow> words="member.keys" revoke={revoke} onDone={() => toast(t("revoked"))}>
			{(buttonOf) => (
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
							{buttonOf(row)}
						</li>
					))}
				</ul>
			)}
		</Revocable>
	);
}
