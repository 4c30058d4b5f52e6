"use client";
import { useTranslations } from "next-intl";
import { type ReactNode, useState } from "react";
import type { RefusalView } from "@/components/refusal-band";
import { RevokeDialog } from "@/components/revoke-dialog";
import { Button } from "@/components/ui/button";

export type RevokeKey = (id: string) => Promise<{ ok: true } | RefusalView>;

/** API keys in whatever form, each with the button that asks before it ends one. */
export function Revocable<Row extends { id: string; name: string }>({
	words,
	revoke,
	onDone,
	children,
}: {
	/** Where the texts are: the same keys in each. */
	words: "api_keys" | "member.keys";
	revoke: RevokeKey;
	onDone?: () => void;
	children: (buttonOf: (row: Row) => ReactNode) => ReactNode;
}) {
	const t = useTranslations(words);
	const [revoking, setRevoking] = useState<Row | null>(null);
	return (
		<>
			{children((row) => (
				<Button
					key="revoke"
					variant="quiet"
					size="sm"
					aria-label={t("revokeOne", { name: row.name })}
					onClick={() => setRevoking(row)}
				>
					{t("revoke")}
				</Button>
			))}
			<RevokeDialog
				row={revoking}
				texts={{
					title: t("question", { name: revoking?.name ?? "" }),
					description: t("consequence"),
					confirm: t("confirm"),
					cancel: t("cancel"),
				}}
				revoke={({ id }) => revoke(id)}
				{...(onDone ? { onDone } : {})}
				onClose={() => setRevoking(null)}
			/>
		</>
	);
}
