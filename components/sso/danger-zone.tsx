"use client";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Panel, PanelRow } from "@/components/ui/panel";
import { Section } from "@/components/ui/section";

/** What takes a way in away. Each says first what it would do. */
export function DangerZone({
	id,
	provider,
	slug,
	remove,
}: {
	id: string;
	provider: string;
	slug: string;
	remove: (id: string) => Promise<{ ok: true } | RefusalView>;
}) {
	const t = useTranslations("sso.danger");
	const [open, setOpen] = useState(false);
	const [refusal, setRefusal] = useState<RefusalView | null>(null);
	return (
		<Section id="danger" title={t("title")} description={t("description")}>
			<Panel tone="stop">
				<PanelRow className="flex flex-wrap items-center justify-between gap-4">
					<div className="min-w-0">
						<div className="font-medium">{t("remove")}</div>
						<div className="text-sm text-ink-2">{t("removeSentence", { provider })}</div>
					</div>
					<Button variant="stop" onClick={() => setOpen(true)}>
						{t("removeButton")}
					</Button>
				</PanelRow>
			</Panel>
			<ConfirmDialog
				open={open}
				onOpenChange={setOpen}
				title={t("question", { provider })}
				description={t("removeSentence", { provider })}
				confirm={t("confirm", { provider })}
				cancel={t("cancel", { provider })}
				typed={slug}
				error={refusal ? <RefusalBand refusal={refusal} /> : null}
				action={async () => {
					const done = await remove(id);
					if (!done.ok) setRefusal(done);
				}}
			/>
		</Section>
	);
}
