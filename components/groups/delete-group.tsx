"use client";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState, useTransition } from "react";
import { ImpactDialog, type ImpactView } from "@/components/impact/impact-dialog";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import { Button } from "@/components/ui/button";
import { Panel, PanelRow } from "@/components/ui/panel";
import { Section } from "@/components/ui/section";
import { useToast } from "@/components/ui/toast";

/** Deleting a group, once it has been seen whom that touches. */
export function DeleteGroup({
	name,
	mapped,
	word,
	listHref,
	preview,
	remove,
}: {
	name: string;
	/** How many directory groups are mapped to it. */
	mapped: number;
	word: string;
	listHref: string;
	preview: () => Promise<ImpactView | RefusalView>;
	remove: () => Promise<{ ok: true } | RefusalView>;
}) {
	const t = useTranslations("groups.danger");
	const toast = useToast();
	const router = useRouter();
	const [shown, setShown] = useState<ImpactView | null>(null);
	const [refusal, setRefusal] = useState<RefusalView | null>(null);
	const [busy, start] = useTransition();
	const look = () =>
		start(async () => {
			const impact = await preview();
			setRefusal(impact.ok ? null : impact);
			if (impact.ok) setShown(impact);
		});
	const apply = () =>
		start(async () => {
			const done = await remove();
			setRefusal(done.ok ? null : done);
			if (!done.ok) return;
			toast(t("deleted", { name }));
			router.push(listHref);
		});
	return (
		<Section id="danger" title={t("title")}>
			<Panel tone="stop">
				{refusal && !shown ? (
					<PanelRow>
						<RefusalBand refusal={refusal} />
					</PanelRow>
				) : null}
				<PanelRow className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
					<div className="min-w-0 flex-1 basis-60">
						<div className="font-medium">{t("delete")}</div>
						<div className="text-sm text-ink-2">{t("sentence")}</div>
					</div>
					<Button variant="stop" busy={busy && !shown} onClick={look}>
						{t("button")}
					</Button>
				</PanelRow>
			</Panel>
			<ImpactDialog
				shown={shown}
				title={t("question", { name })}
				word={word}
				variant="stop-fill"
				apply={t("confirm", { name, count: shown?.count ?? 0 })}
				busy={busy}
				refusal={refusal}
				onApply={apply}
				onClose={() => {
					setShown(null);
					setRefusal(null);
				}}
			>
				{mapped > 0 ? <p className="text-sm">{t("mappings", { count: mapped })}</p> : null}
			</ImpactDialog>
		</Section>
	);
}
