"use client";
import { useRouter } from "next/navigation";
import { type ReactNode, useState, useTransition } from "react";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import { Button } from "@/components/ui/button";
import { Panel, PanelRow } from "@/components/ui/panel";
import { Section } from "@/components/ui/section";
import { useToast } from "@/components/ui/toast";
import { ImpactDialog, type ImpactView } from "./impact-dialog";

type Preview = () => Promise<ImpactView | RefusalView>;

/** Deleting what people hold, a group or a role, once it has been seen whom that touches. */
export function DeleteHeld({
	texts,
	confirm,
	word,
	listHref,
	preview,
	remove,
	children,
}: {
	texts: Record<"title" | "delete" | "sentence" | "button" | "question" | "deleted", string>;
	/** The label of the button that does it, by how many people it touches. */
	confirm: (count: number) => string;
	word: string;
	/** Where to go when it is gone. */
	listHref: string;
	preview: Preview;
	remove: () => Promise<{ ok: true } | RefusalView>;
	/** Stands above the people. What it gets looks again, with another preview. */
	children?: (look: (preview: Preview) => void) => ReactNode;
}) {
	const toast = useToast();
	const router = useRouter();
	const [shown, setShown] = useState<ImpactView | null>(null);
	const [refusal, setRefusal] = useState<RefusalView | null>(null);
	const [busy, start] = useTransition();
	const look = (ask: Preview) =>
		start(async () => {
			const impact = await ask();
			setRefusal(impact.ok ? null : impact);
			if (impact.ok) setShown(impact);
		});
	const apply = () =>
		start(async () => {
			const done = await remove();
			setRefusal(done.ok ? null : done);
			if (!done.ok) return;
			toast(texts.deleted);
			router.push(listHref);
		});
	return (
		<Section id="danger" title={texts.title}>
			<Panel tone="stop">
				{refusal && !shown ? (
					<PanelRow>
						<RefusalBand refusal={refusal} />
					</PanelRow>
				) : null}
				<PanelRow className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
					<div className="min-w-0 flex-1 basis-60">
						<div className="font-medium">{texts.delete}</div>
						<div className="text-sm text-ink-2">{texts.sentence}</div>
					</div>
					<Button variant="stop" busy={busy && !shown} onClick={() => look(preview)}>
						{texts.button}
					</Button>
				</PanelRow>
			</Panel>
			<ImpactDialog
				shown={shown}
				title={texts.question}
				word={word}
				variant="stop-fill"
				apply={confirm(shown?.count ?? 0)}
				busy={busy}
				refusal={refusal}
				onApply={apply}
				onClose={() => {
					setShown(null);
					setRefusal(null);
				}}
			>
				{children?.(look)}
			</ImpactDialog>
		</Section>
	);
}
