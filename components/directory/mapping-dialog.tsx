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
import { becauseWords } from "./because-words";

const ways = ["up", "down", "same", "lost"] as const;
type Way = (typeof ways)[number];

/** What mappings would do to people; of many, the first of each way, who loses access before others. */
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
	stale,
	busy,
	saving,
	refusal,
	reason,
	onReason,
	onApply,
	onSave,
	onClose,
}: {
	/** Null: closed. */
	shown: MappingPreview | null;
	workspace: string;
	slug: string;
	/** The facts changed between looking and applying. */
	stale: boolean;
	busy: boolean;
	/** The file with everybody is being made. */
	saving: boolean;
	refusal: RefusalView | null;
	/** Why, as the admin writes it. */
	reason: string;
	onReason: (reason: string) => void;
	onApply: () => void;
	onSave: () => void;
	onClose: () => void;
}) {
	const t = useTranslations("mapping");
	const impact = useTranslations("impact");
	const [typed, setTyped] = useState("");
	const lost = shown?.counts.lost ?? 0;
	const waits = lost > 0 && typed !== slug;
	// The word is typed for each look anew.
	if (!shown && typed) setTyped("");
	return (
		<Dialog
			open={shown !== null}
			onOpenChange={(open) => {
				if (!open) onClose();
			}}
			size="lg"
			title={t("question", { count: shown?.count ?? 0, of: shown?.people ?? 0 })}
			description={t("lead", { workspace })}
			footer={
				<>
					<Button onClick={onClose}>{t("cancel")}</Button>
					<Button
						variant="ink"
						busy={busy}
						unavailable={waits ? "mapping-typed" : false}
						onClick={onApply}
					>
						{t("apply", { count: shown?.count ?? 0 })}
					</Button>
				</>
			}
		>
			<div className="space-y-5">
				{stale ? <Band tone="care" live title={t("stale")} /> : null}
				{refusal ? <RefusalBand refusal={refusal} /> : null}
				{shown ? (
					<Changes key={shown.fingerprint} shown={shown} saving={saving} onSave={onSave} />
				) : null}
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
					onChange={(event) => onReason(event.target.value)}
				/>
			</div>
		</Dialog>
	);
}

/** Rows of the table; the rest are counted. */
const mostListed = 100;

function Changes({
	shown,
	saving,
	onSave,
}: {
	shown: MappingPreview;
	saving: boolean;
	onSave: () => void;
}) {
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
	const listed = rows.slice(0, mostListed);
	const { counts, admins } = shown;
	// Of a search it is known only how many were found among those who are named.
	const all = wanted ? rows.length : way === "all" ? shown.count : counts[way];
	const more = all - listed.length;
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
					rows={listed.map((change) => ({
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
				<PanelFoot>
					{more > 0 ? <span>{t("more", { count: more })}</span> : null}
					{wanted && shown.count > shown.changes.length ? (
						<span>{t("among", { count: shown.changes.length })}</span>
					) : null}
					<Button size="sm" variant="quiet" busy={saving} onClick={onSave}>
						{t("csv")}
					</Button>
				</PanelFoot>
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
	return (
		<>
			{t(`becauseOf.${source?.kind ?? "none"}`, becauseWords(change))}
			{groups.length > 0 ? (
				<span className="block text-sm text-ink-3">{groups.join("; ")}</span>
			) : null}
			{change.keys > 0 ? (
				<span className="block text-sm text-care">{t("keys", { count: change.keys })}</span>
			) : null}
		</>
	);
}
