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

/** One person, with the words for why no way in would be open any more. */
export type ImpactPerson = Omit<PersonChange, "stranded"> & { stranded: string | null };

/** What a change would do to people; of many, the first ones, who lose something before others. */
export type ImpactView = {
	ok: true;
	people: number;
	count: number;
	changes: ImpactPerson[];
	/** How many would have no access, and how many would be Admin, who were not. */
	lost: number;
	admins: number;
	/** How many roles rise and sink in rank. */
	up: number;
	down: number;
	/** How many keep their role from another source. */
	elsewhere: number;
	/** API keys that stop working with their members' access. */
	keys: number;
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
	refused = false,
	onApply,
	onClose,
	foot,
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
	/** It cannot be applied, as `children` says why. */
	refused?: boolean;
	onApply: () => void;
	onClose: () => void;
	/** Stands below the people: the reason that is kept. */
	foot?: ReactNode;
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
					{refused ? null : (
						<Button
							variant={variant}
							busy={busy}
							unavailable={waits ? "impact-typed-label" : false}
							onClick={onApply}
						>
							{apply}
						</Button>
					)}
				</>
			}
		>
			<div className="space-y-5">
				{refusal ? <RefusalBand refusal={refusal} /> : null}
				{children}
				{shown ? <ImpactList shown={shown} /> : null}
				{refused ? null : foot}
				{shown && shown.lost > 0 && !refused ? (
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

type Filter = "all" | "lost" | "others";

/** The people themselves: before, after, and why. */
function ImpactList({ shown }: { shown: ImpactView }) {
	const t = useTranslations("impact");
	const [filter, setFilter] = useState<Filter>("all");
	const [asked, setAsked] = useState("");
	if (shown.count === 0)
		return (
			<Band tone="note" title={t("nobody")}>
				{shown.elsewhere > 0 ? t("onlyElsewhere", { count: shown.elsewhere }) : null}
			</Band>
		);
	const wanted = asked.trim().toLowerCase();
	const listed = shown.changes.filter(
		(change) =>
			(filter === "all" || (filter === "lost") === isLost(change)) &&
			`${change.name} ${change.email ?? ""}`.toLowerCase().includes(wanted),
	);
	const others = shown.count - shown.lost;
	return (
		<div className="space-y-3">
			{shown.lost > 0 ? <Band tone="stop" title={t("lost", { count: shown.lost })} /> : null}
			{shown.admins > 0 ? <Band tone="care" title={t("admins", { count: shown.admins })} /> : null}
			<Tiles shown={shown} />
			{shown.keys > 0 ? <Band tone="care" title={t("keys", { count: shown.keys })} /> : null}
			{shown.changes.length > 8 ? (
				<div className="flex flex-wrap items-end justify-between gap-3">
					<fieldset aria-label={t("filter")} className="flex flex-wrap gap-1">
						{(
							[
								["all", shown.count],
								["lost", shown.lost],
								["others", others],
							] as const
						).map(([each, count]) => (
							<Button
								key={each}
								size="sm"
								variant={filter === each ? "line" : "quiet"}
								aria-pressed={filter === each}
								onClick={() => setFilter(each)}
							>
								{t(`filters.${each}`, { count })}
							</Button>
						))}
					</fieldset>
					<TextField
						type="search"
						className="w-56 max-sm:w-full"
						label={t("find")}
						value={asked}
						onChange={(event) => setAsked(event.target.value)}
					/>
				</div>
			) : null}
			<Panel>
				<Table
					caption={t("changes")}
					columns={[
						{ label: t("person"), className: "w-1/3" },
						{ label: t("now") },
						{ label: t("after") },
						{ label: t("because") },
					]}
					rows={listed.map((change) => ({
						key: change.id,
						cells: [
							<span key="name" className="block min-w-0 [overflow-wrap:anywhere]">
								{change.name}
								{change.email && change.email !== change.name ? (
									<span className="block text-sm font-normal text-ink-3">{change.email}</span>
								) : null}
							</span>,
							change.before ?? t("noAccess"),
							<After key="after" change={change} />,
							<Because key="because" change={change} />,
						],
					}))}
				/>
				<PanelFoot>
					{shown.count > shown.changes.length ? (
						<span>{t("more", { count: shown.count - shown.changes.length })}</span>
					) : null}
					<Button size="sm" variant="quiet" onClick={() => download(shown.changes, t)}>
						{t("csv")}
					</Button>
				</PanelFoot>
			</Panel>
		</div>
	);
}

/** The four numbers of a preview. */
function Tiles({ shown }: { shown: ImpactView }) {
	const t = useTranslations("impact.tiles");
	const tiles = [
		["up", shown.up, ""],
		["down", shown.down, ""],
		["elsewhere", shown.elsewhere, ""],
		["lost", shown.lost, shown.lost > 0 ? "text-stop" : ""],
	] as const;
	return (
		<dl className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line md:grid-cols-4">
			{tiles.map(([name, count, tone]) => (
				<div key={name} className="flex flex-col-reverse justify-end bg-paper px-4 py-3">
					<dt className="text-xs text-ink-3">{t(name)}</dt>
					<dd className={`text-lg font-medium ${tone}`}>{count}</dd>
				</div>
			))}
		</dl>
	);
}

const isLost = ({ before, after, stranded }: ImpactPerson) =>
	stranded !== null || (before !== null && after === null);

function Because({ change }: { change: ImpactPerson }) {
	const t = useTranslations("impact");
	if (change.stranded) return <span className="text-stop">{change.stranded}</span>;
	return (
		<>
			{change.because ? t(`sources.${change.because.kind}`, { name: change.because.name }) : null}
		</>
	);
}

/** The people that are listed, as a file that spreadsheets read. */
function download(
	changes: readonly ImpactPerson[],
	t: ReturnType<typeof useTranslations<"impact">>,
): void {
	// A cell that begins like a formula would be one (CSV injection).
	const cell = (text: string) => `"${text.replace(/^[=+\-@\t]/, "'$&").replaceAll('"', '""')}"`;
	const rows = [
		[t("person"), t("email"), t("now"), t("after"), t("because")],
		...changes.map((change) => [
			change.name,
			change.email ?? "",
			change.before ?? t("noAccess"),
			change.stranded ? t("noWay") : (change.after ?? t("noAccess")),
			change.stranded ??
				(change.because ? t(`sources.${change.because.kind}`, { name: change.because.name }) : ""),
		]),
	];
	const text = rows.map((row) => row.map(cell).join(",")).join("\r\n");
	const link = document.createElement("a");
	link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
	link.download = "what-would-change.csv";
	link.click();
	URL.revokeObjectURL(link.href);
}

function After({ change }: { change: ImpactPerson }) {
	const t = useTranslations("impact");
	const groups = [
		...(change.joins.length > 0 ? [t("joins", { names: change.joins.join(", ") })] : []),
		...(change.leaves.length > 0 ? [t("leaves", { names: change.leaves.join(", ") })] : []),
	];
	const none = change.stranded ? t("noWay") : change.after === null ? t("noAccess") : null;
	return (
		<>
			{none ? (
				<span className="text-stop">{none}</span>
			) : (
				<span className="text-ink">{change.after}</span>
			)}
			{groups.length > 0 ? <span className="block text-sm">{groups.join("; ")}</span> : null}
			{change.keys > 0 ? (
				<span className="block text-sm text-care">{t("keys", { count: change.keys })}</span>
			) : null}
		</>
	);
}
