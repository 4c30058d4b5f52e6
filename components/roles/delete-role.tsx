"use client";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState, useTransition } from "react";
import { ImpactDialog, type ImpactView } from "@/components/impact/impact-dialog";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import { Button } from "@/components/ui/button";
import { Panel, PanelRow } from "@/components/ui/panel";
import { Section } from "@/components/ui/section";
import { SelectField, type SelectOption } from "@/components/ui/select";
import { useToast } from "@/components/ui/toast";

/** What a role's deletion changes: the places that name it, in words. */
export function DeleteRole({
	name,
	places,
	others,
	instead,
	word,
	listHref,
	preview,
	remove,
}: {
	name: string;
	places: readonly string[];
	/** The roles that can take its place, and the one suggested. */
	others: readonly SelectOption[];
	instead: string;
	word: string;
	listHref: string;
	preview: (to: string) => Promise<ImpactView | RefusalView>;
	remove: (to: string) => Promise<{ ok: true } | RefusalView>;
}) {
	const t = useTranslations("roles.danger");
	const toast = useToast();
	const router = useRouter();
	const [to, setTo] = useState(instead);
	const [shown, setShown] = useState<ImpactView | null>(null);
	const [refusal, setRefusal] = useState<RefusalView | null>(null);
	const [busy, start] = useTransition();
	const look = (successor: string) =>
		start(async () => {
			setTo(successor);
			const impact = await preview(successor);
			setRefusal(impact.ok ? null : impact);
			if (impact.ok) setShown(impact);
		});
	const apply = () =>
		start(async () => {
			const done = await remove(to);
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
					<Button variant="stop" busy={busy && !shown} onClick={() => look(to)}>
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
				onClose={() => {
					setShown(null);
					setRefusal(null);
				}}
				onApply={apply}
			>
				<SelectField
					label={t("instead", { name })}
					hint={t("insteadHint")}
					options={others}
					value={to}
					onChange={(event) => look(event.target.value)}
				/>
				{places.length > 0 ? (
					<div className="text-sm">
						<p className="font-medium">{t("list")}</p>
						<ul className="mt-1 list-disc pl-5 text-ink-2">
							{places.map((place) => (
								<li key={place}>{place}</li>
							))}
						</ul>
					</div>
				) : null}
			</ImpactDialog>
		</Section>
	);
}
