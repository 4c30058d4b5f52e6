"use client";
import { useTranslations } from "next-intl";
import { useState, useTransition } from "react";
import { ImpactDialog, type ImpactView } from "@/components/impact/impact-dialog";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import { Band } from "@/components/ui/band";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { TextField } from "@/components/ui/text-field";
import { useToast } from "@/components/ui/toast";

export type DriftActView = {
	/** Let what the directory says take effect, or keep what is in effect by a pin. */
	what: "apply" | "pin";
	name: string;
	/** What is in effect, and what would be. */
	from: string;
	to: string;
};

/** Ends one difference, after a look at what that would change. */
export function DriftAct({
	act,
	word,
	preview,
	run,
}: {
	act: DriftActView;
	word: string;
	preview: () => Promise<ImpactView | RefusalView>;
	/** @param reason of a pin. */
	run: (reason: string) => Promise<{ ok: true } | RefusalView>;
}) {
	const t = useTranslations("drift");
	const impact = useTranslations("impact");
	const toast = useToast();
	const [shown, setShown] = useState<ImpactView | null>(null);
	const [refusal, setRefusal] = useState<RefusalView | null>(null);
	const [reason, setReason] = useState("");
	const [pending, start] = useTransition();
	const { what, name, from, to } = act;
	const look = () =>
		start(async () => {
			const answer = await preview();
			setShown(answer.ok ? answer : null);
			setRefusal(answer.ok ? null : answer);
		});
	const apply = () =>
		start(async () => {
			const done = await run(reason);
			setRefusal(done.ok ? null : done);
			if (!done.ok) return;
			setShown(null);
			toast(t(`${what}.done`, { name }));
		});
	return (
		<>
			<Button
				variant="quiet"
				size="sm"
				busy={pending && !shown}
				aria-label={t(`${what}.one`, { name })}
				onClick={look}
			>
				{t(`${what}.button`)}
			</Button>
			<Dialog
				open={refusal !== null && shown === null}
				onOpenChange={(open) => {
					if (!open) setRefusal(null);
				}}
				title={t(`${what}.title`, { name })}
				footer={<Button onClick={() => setRefusal(null)}>{impact("back")}</Button>}
			>
				{refusal ? <RefusalBand refusal={refusal} /> : null}
			</Dialog>
			<ImpactDialog
				shown={shown}
				title={t(`${what}.title`, { name })}
				word={word}
				apply={t(`${what}.confirm`)}
				busy={pending}
				refusal={refusal}
				onApply={apply}
				onClose={() => {
					setShown(null);
					setRefusal(null);
				}}
				foot={
					what === "pin" ? (
						<TextField
							label={t("pin.reason")}
							hint={t("pin.reasonHint")}
							maxLength={200}
							value={reason}
							error={refusal?.reason === "malformed" ? t("pin.reasonMissing") : undefined}
							onChange={(event) => setReason(event.target.value)}
						/>
					) : null
				}
			>
				<Band
					tone="note"
					title={what === "pin" ? t("pin.keeps", { from, to }) : t("apply.moves", { from, to })}
				/>
			</ImpactDialog>
		</>
	);
}
