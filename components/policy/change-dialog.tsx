"use client";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { ImpactDialog, type ImpactView } from "@/components/impact/impact-dialog";
import type { RefusalView } from "@/components/refusal-band";
import { Band } from "@/components/ui/band";
import { TextField } from "@/components/ui/text-field";
import { enforcesSso, type Policy, type PolicyField } from "@/lib/policy/document";
import { Differences } from "./differences";
import { fieldName, type PolicyNames } from "./words";

/** What a change would do to people, and which parts of it cannot be made. */
export type PolicyPreview = ImpactView & {
	refused: { field: PolicyField; why: string; fix: string }[];
};

/** What would change: the rules, then the people. Nothing is applied without passing here. */
export function ChangeDialog({
	shown,
	title,
	kept = [],
	word,
	names,
	before,
	after,
	busy,
	refusal,
	onApply,
	onClose,
}: {
	shown: PolicyPreview | null;
	title?: string;
	/** Rules that starting rules would change as well, and cannot at present. */
	kept?: readonly PolicyField[];
	word: string;
	names: PolicyNames;
	before: Policy;
	after: Policy;
	busy: boolean;
	refusal: RefusalView | null;
	onApply: (reason: string) => void;
	onClose: () => void;
}) {
	const t = useTranslations("policy");
	const [reason, setReason] = useState("");
	const now = new Date();
	const begins = enforcesSso(after, now) && !enforcesSso(before, now);
	const pins = after.pinned.some((field) => !before.pinned.includes(field));
	return (
		<ImpactDialog
			shown={shown}
			{...(title ? { title } : {})}
			word={word}
			apply={t("dialog.apply", { count: shown?.count ?? 0 })}
			busy={busy}
			refusal={refusal}
			refused={(shown?.refused.length ?? 0) > 0}
			onApply={() => onApply(reason)}
			onClose={onClose}
			foot={
				<TextField
					label={t("dialog.reason")}
					aside={t("dialog.reasonNote")}
					maxLength={200}
					value={reason}
					onChange={(event) => setReason(event.target.value)}
				/>
			}
		>
			{shown?.refused.map(({ field, why, fix }) => (
				<Band key={field} tone="stop" title={`${fieldName(t, field, names)}: ${why}`}>
					{fix}
				</Band>
			))}
			<Differences before={before} after={after} names={names} />
			{kept.length > 0 ? (
				<Band
					tone="note"
					title={t("dialog.kept", {
						fields: kept.map((field) => fieldName(t, field, names)).join(", "),
					})}
				/>
			) : null}
			{pins ? <Band tone="care" title={t("dialog.pins")} /> : null}
			{begins && after.endSessionsOn.includes("enforced") ? (
				<Band tone="care" title={t("dialog.sessions")} />
			) : null}
		</ImpactDialog>
	);
}
