"use client";
import { ArrowDown, ArrowUp, Equal, X } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import { Band } from "@/components/ui/band";
import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { Dialog } from "@/components/ui/dialog";
import { FactsRow } from "@/components/ui/facts-row";
import { Panel, PanelFoot } from "@/components/ui/panel";
import { Table } from "@/components/ui/table";
import { TextField } from "@/components/ui/text-field";
import type { PersonChange } from "@/lib/impact/what-would-change";

const ways = ["up", "down", "same", "lost"] as const;
type Way = (typeof ways)[number];

/** What mappings would do to people; of many, the first five hundred by name. */
export type MappingPreview = {
	ok: true;
	people: number;
	count: number;
	counts: Record<Way, number>;
	/** How many would be Admin, who were not. */
	admins: number;
	changes: (PersonChange & { way: Way })[];
	/** Names exactly this, so that nothing else is applied. */
	fingerprint: string;
};

/** Person by person: now, after, because. Applied only as shown, and for people who lose access after a word. */
export function MappingDialog({
	shown,
	workspace,
	slug,
	moved,
	busy,
	refusal,
	onApply,
	onClose,
}: {
	/** Null: closed. */
	shown: MappingPreview | null;
	workspace: string;
	slug: string;
	/** The facts changed between looking and applying. */
	moved: boolean;
	busy: boolean;
	refusal: RefusalView | null;
	onApply: (reason: string) => void;
	onClose: () => void;
}) {
	const t = useTranslations("mapping");
	const impact = useTranslations("impact");
	const [typed, setTyped] = useState("");
	const [reason, setReason] = useState("");
	const lost = shown?.counts.lost ?? 0;
	const waits = lost > 0 && typed !== slug;
	const close = () => {
		setTyped("");
		onClose();
	};
	return (
		<Dialog
			open={shown !== null}
			onOpenChange={(open) => {
				if (!open) close();
			}}
			size="lg"
			title={t("question", { count: shown?.count ?? 0, of: shown?.people ?? 0 })}
			description={t("lead", { workspace })}
			footer={
				<>
					<Button onClick={close}>{t("cancel")}</Button>
					<Button
						variant="ink"
						busy={busy}
						unavailable={waits ? "mapping-typed" : false}
						onClick={() => onApply(reason)}
					>
						{t("apply", { count: shown?.count ?? 0 })}
					</Button>
				</>
			}
		>
			<div className="space-y-5">
				{moved ? <Band tone="care" live title={t("moved")} /> : null}
				{refusal ? <RefusalBand refusal={refusal} /> : null}
				{shown ? <Changes key={shown.fingerprint} shown={shown} /> : null}
				{lost > 0 ? (
					<TextField
						mono
						autoComplete="off"
						label={<span id="mapping-typed">{impact("typed", { word: slug })}</span>}
						value={typed}
						onChange={(event) => setTyped(event.target.value)}
					/>
				) : null}
				<TextField
					label={t("why")}
					aside={t("whyAside")}
					maxLength={200}
					value={reason}
					onChange={(event) => setReason(event.target.value)}
				/>
			</div>
		</Dialog>
	);
}

function Changes({ shown }: { shown: MappingPreview }) {
	const t = useTranslations("mapping");
	const [way, setWay] = useState<Way | "all">("all");
	const [text, setText] = useState("");
	if (shown.count === 0) return <Band tone="note" title={t("nobody")} />;
	const wanted = text.trim().toLowerCase();
	const rows = shown.changes.filter(
		(change) =>
			(way === "all" || change.way === way) &&
			(!wanted || change.name.toLowerCase().includes(wanted)),
	);
	const { counts, admins } = shown;
	return (
		<div className="space-y-4">
			<FactsRow
				facts={[
					fact(
						t("up", { count: counts.up }),
						counts.up,
						t("upNote", { admins }),
						admins > 0 && "care",
					),
					fact(t("down", { count: counts.down }), counts.down, t("downNote"), false),
					fact(t("same", { count: counts.same }), counts.same, t("sameNote"), false),
					fact(
						t("lost", { count: counts.lost }),
						counts.lost,
						t("lostNote"),
						counts.lost > 0 && "stop",
					),
				]}
			/>
			<div className="flex flex-wrap items-end justify-between gap-3">
				<fieldset className="flex flex-wrap gap-1">
					<legend className="sr-only">{t("after")}</legend>
					{(["all", ...ways] as const)
						.filter((each) => each === "all" || counts[each] > 0)
						.map((each) => (
							<button
								key={each}
								type="button"
								aria-pressed={way === each}
								onClick={() => setWay(each)}
								className={cx(
									"h-8 rounded-md px-3 text-sm max-md:h-11",
									way === each ? "bg-sunk font-medium text-ink" : "text-ink-2 hover:bg-sunk",
								)}
							>
								{t(`filters.${each}`, { count: each === "all" ? shown.count : counts[each] })}
							</button>
						))}
				</fieldset>
				<TextField
					type="search"
					label={t("find")}
					value={text}
					onChange={(event) => setText(event.target.value)}
				/>
			</div>
			<Panel>
				<Table
					caption={t("because")}
					columns={[
						{ label: t("person"), className: "w-1/3" },
						{ label: t("now") },
						{ label: t("after") },
						{ label: t("because") },
					]}
					rows={rows.slice(0, 100).map((change) => ({
						key: change.id,
						cells: [
							<span key="name" className="[overflow-wrap:anywhere]">
								{change.name}
							</span>,
							change.before ?? t("noAccess"),
							<After key="after" change={change} />,
							<Because key="because" change={change} />,
						],
					}))}
				/>
				{shown.count > rows.length || rows.length > 100 ? (
					<PanelFoot>
						{rows.length > 100 ? t("more", { count: rows.length - 100 }) : null}
						<a
							className="font-medium underline underline-offset-4"
							download="what-would-change.csv"
							href={`data:text/csv;charset=utf-8,${encodeURIComponent(csvOf(shown))}`}
						>
							{t("csv")}
						</a>
					</PanelFoot>
				) : null}
			</Panel>
		</div>
	);
}

const fact = (label: string, value: number, note: string, tone: "care" | "stop" | false) => ({
	label,
	value: (
		<span className={tone === "care" ? "text-care" : tone === "stop" ? "text-stop" : undefined}>
			{value}
		</span>
	),
	note,
});

const icons = { up: ArrowUp, down: ArrowDown, same: Equal, lost: X };

function After({ change }: { change: MappingPreview["changes"][number] }) {
	const t = useTranslations("mapping");
	const Icon = icons[change.way];
	return (
		<span
			className={cx(
				"inline-flex items-center gap-1.5 font-medium",
				change.way === "lost" ? "text-stop" : change.way === "up" ? "text-care" : "text-ink",
			)}
		>
			<Icon className="size-3.5 shrink-0 stroke-[1.6]" aria-hidden />
			{change.after ?? t("noAccess")}
		</span>
	);
}

function Because({ change }: { change: PersonChange }) {
	const t = useTranslations("mapping");
	const { source, joins, leaves } = change;
	const groups = [
		...(joins.length > 0 ? [t("joins", { names: joins.join(", ") })] : []),
		...(leaves.length > 0 ? [t("leaves", { names: leaves.join(", ") })] : []),
	];
	const words = {
		name: source && "name" in source ? source.name : "",
		role: change.after ?? "",
	};
	return (
		<>
			{t(`becauseOf.${source?.kind ?? "none"}`, words)}
			{groups.length > 0 ? (
				<span className="block text-sm text-ink-3">{groups.join("; ")}</span>
			) : null}
			{change.keys > 0 ? (
				<span className="block text-sm text-care">{t("keys", { count: change.keys })}</span>
			) : null}
		</>
	);
}

/** Cells a spreadsheet takes for formulas are text. */
function csvOf({ changes }: MappingPreview): string {
	const cell = (text: string) => `"${text.replace(/^[=+\-@\t\r]/, "'$&").replaceAll('"', '""')}"`;
	const lines = changes.map(({ name, before, after, joins, leaves }) =>
		[name, before ?? "", after ?? "", joins.join("; "), leaves.join("; ")].map(cell).join(","),
	);
	return ["person,now,after,joins,leaves", ...lines].join("\r\n");
}
