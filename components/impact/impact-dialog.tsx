"use client";
import { useTranslations } from "next-intl";
import { type ReactNode, useState } from "react";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import { Band } from "@/components/ui/band";
import { Button, type ButtonVariant } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Panel, PanelFoot } from "@/components/ui/panel";
import { Table } from "@/components/ui/table";
import { TextField } from "@/components/ui/text-field";
import type { PersonChange } from "@/lib/impact/what-would-change";

/** What a change would do to people; of many, the first hundred by name. */
export type ImpactView = {
	ok: true;
	people: number;
	count: number;
	changes: PersonChange[];
	/** How many would have no access, and how many would be Admin, who were not. */
	lost: number;
	admins: number;
};

/**
 * What would change, with names, before it is applied. Where people lose access it is applied only
 * once `word` was typed.
 */
export function ImpactDialog({
	shown,
	title,
	word,
	apply,
	variant = "ink",
	busy,
	refusal,
	onApply,
	onClose,
	children,
}: {
	/** Null: closed. */
	shown: ImpactView | null;
	/** Instead of the count, where the question is another one. */
	title?: ReactNode;
	word: string;
	/** The button's label: the effect. */
	apply: ReactNode;
	variant?: ButtonVariant;
	busy: boolean;
	refusal: RefusalView | null;
	onApply: () => void;
	onClose: () => void;
	/** Stands above the people: what else changes. */
	children?: ReactNode;
}) {
	const t = useTranslations("impact");
	const [typed, setTyped] = useState("");
	const waits = (shown?.lost ?? 0) > 0 && typed !== word;
	const close = () => {
		setTyped("");
		onClose();
	};
	const count = t("question", { count: shown?.count ?? 0, of: shown?.people ?? 0 });
	return (
		<Dialog
			open={shown !== null}
			onOpenChange={(open) => {
				if (!open) close();
			}}
			size="lg"
			title={title ?? count}
			{...(title ? { description: count } : {})}
			footer={
				<>
					<Button onClick={close}>{t("back")}</Button>
					<Button
						variant={variant}
						busy={busy}
						unavailable={waits ? "impact-typed-label" : false}
						onClick={onApply}
					>
						{apply}
					</Button>
				</>
			}
		>
			<div className="space-y-5">
				{refusal ? <RefusalBand refusal={refusal} /> : null}
				{children}
				{shown ? <ImpactList shown={shown} /> : null}
				{shown && shown.lost > 0 ? (
					<TextField
						mono
						autoComplete="off"
						label={<span id="impact-typed-label">{t("typed", { word })}</span>}
						value={typed}
						onChange={(event) => setTyped(event.target.value)}
					/>
				) : null}
			</div>
		</Dialog>
	);
}

/** The people themselves: before and after. */
function ImpactList({ shown }: { shown: ImpactView }) {
	const t = useTranslations("impact");
	if (shown.count === 0) return <Band tone="note" title={t("nobody")} />;
	return (
		<div className="space-y-3">
			{shown.lost > 0 ? <Band tone="stop" title={t("lost", { count: shown.lost })} /> : null}
			{shown.admins > 0 ? <Band tone="care" title={t("admins", { count: shown.admins })} /> : null}
			<Panel>
				<Table
					caption={t("changes")}
					columns={[
						{ label: t("person"), className: "w-2/5" },
						{ label: t("now") },
						{ label: t("after") },
					]}
					rows={shown.changes.map((change) => ({
						key: change.id,
						cells: [
							<span key="name" className="[overflow-wrap:anywhere]">
								{change.name}
							</span>,
							change.before ?? t("noAccess"),
							<After key="after" change={change} />,
						],
					}))}
				/>
				{shown.count > shown.changes.length ? (
					<PanelFoot>{t("more", { count: shown.count - shown.changes.length })}</PanelFoot>
				) : null}
			</Panel>
		</div>
	);
}

function After({ change }: { change: PersonChange }) {
	const t = useTranslations("impact");
	const groups = [
		...(change.joins.length > 0 ? [t("joins", { names: change.joins.join(", ") })] : []),
		...(change.leaves.length > 0 ? [t("leaves", { names: change.leaves.join(", ") })] : []),
	];
	const role =
		change.after === null ? (
			<span className="text-stop">{t("noAccess")}</span>
		) : (
			<span className="text-ink">{change.after}</span>
		);
	return (
		<>
			{role}
			{groups.length > 0 ? <span className="block text-sm">{groups.join("; ")}</span> : null}
		</>
	);
}
