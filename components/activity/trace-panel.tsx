import { ScanSearch } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Band, type Tone } from "@/components/ui/band";
import { ButtonLink } from "@/components/ui/button";
import { CopyField } from "@/components/ui/copy-field";
import { Line, Station, type StationState } from "@/components/ui/line";
import { Panel } from "@/components/ui/panel";
import { Time } from "@/components/ui/time";
import { CopyText } from "./copy-text";

export type TraceStation = {
	key: string;
	title: string;
	state: StationState;
	/** Milliseconds since the beginning. Null where it was not reached. */
	elapsed: number | null;
	about: string | null;
	expected: string | null;
	received: string | null;
};

type Fact = { label: string } & ({ value: string; mono?: boolean } | { at: Date });

export type TraceView = {
	code: string;
	tone: Tone;
	title: string;
	isTest: boolean;
	provider: string;
	why: string | null;
	fix: string | null;
	/** Who can apply what is to be done. */
	remedy: string | null;
	stations: readonly TraceStation[];
	facts: readonly Fact[];
	claims: readonly { name: string; value: string; personal: boolean }[];
	/** Null while the attempt is not over. */
	today: { same: boolean | null; text: string } | null;
	json: string;
	/** For whoever may try it with other rules. */
	simulateHref: string | null;
};

/** One sign-in attempt: the verdict, every station it passed, and what was compared there. */
export function TracePanel({ trace }: { trace: TraceView }) {
	const t = useTranslations("trace");
	const bold = (words: ReactNode) => <b className="font-medium text-ink">{words}</b>;
	return (
		<Panel tone={trace.tone === "note" ? undefined : (trace.tone as "pass" | "stop")}>
			<Band
				tone={trace.tone}
				title={trace.title}
				verdict
				inset
				action={<CopyField className="w-44" label={t("code")} hideLabel value={trace.code} />}
			>
				{trace.why ? <p>{t.rich("why", { b: bold, text: trace.why })}</p> : null}
				{trace.fix ? <p>{t.rich("fix", { b: bold, text: trace.fix })}</p> : null}
				{trace.remedy ? <p>{t.rich("by", { b: bold, who: trace.remedy })}</p> : null}
				{trace.isTest ? <p>{t("test")}</p> : null}
			</Band>
			<div className="grid lg:grid-cols-[minmax(0,1fr)_minmax(0,22rem)]">
				<div className="p-5 max-md:p-4">
					<Line label={t("stations")}>
						{trace.stations.map((station) => (
							<Station
								key={station.key}
								state={station.state}
								title={station.title}
								elapsed={station.elapsed === null ? "" : elapsedText(station.elapsed)}
							>
								{station.about ? <p>{station.about}</p> : null}
								<Compared station={station} />
							</Station>
						))}
					</Line>
				</div>
				<div className="space-y-5 border-line p-5 max-lg:border-t max-md:p-4 lg:border-l">
					<Facts facts={trace.facts} />
					<Claims provider={trace.provider} claims={trace.claims} />
				</div>
			</div>
			<div className="flex flex-wrap items-center justify-between gap-3 px-5 py-3 max-md:px-4">
				<p className="min-w-0 flex-1 basis-64 text-sm text-ink-2">
					{trace.today ? (
						<>
							{trace.today.same === null ? null : `${t("today.question")} `}
							<b className="font-medium text-ink">{trace.today.text}</b>
						</>
					) : null}
				</p>
				<div className="flex flex-wrap gap-2">
					{trace.simulateHref ? (
						<ButtonLink href={trace.simulateHref} icon={<ScanSearch aria-hidden />}>
							{t("simulate")}
						</ButtonLink>
					) : null}
					<CopyText text={trace.json} label={t("json")} done={t("copied")} />
				</div>
			</div>
		</Panel>
	);
}

/** "17 ms", "17.9 s". */
function elapsedText(milliseconds: number): string {
	if (milliseconds < 1000) return `${milliseconds} ms`;
	const seconds = milliseconds / 1000;
	return seconds < 100 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds / 60)} min`;
}

function Compared({ station: { state, expected, received } }: { station: TraceStation }) {
	const t = useTranslations("trace");
	if (state !== "refused" || (!expected && !received)) return null;
	const row = (label: string, value: string | null) => (
		<div className="grid grid-cols-[5.5rem_minmax(0,1fr)] gap-2">
			<dt className="text-ink-3">{label}</dt>
			<dd className="min-w-0 [overflow-wrap:anywhere]">
				{value ? <code>{value}</code> : t("nothing")}
			</dd>
		</div>
	);
	return (
		<dl className="mt-1.5 space-y-1 rounded-md bg-sunk px-3 py-2">
			{expected ? row(t("expected"), expected) : null}
			{row(t("received"), received)}
		</dl>
	);
}

function Facts({ facts }: { facts: readonly Fact[] }) {
	const t = useTranslations("trace.facts");
	return (
		<section aria-label={t("title")}>
			<dl className="space-y-2.5 text-sm">
				{facts.map((fact) => (
					<div key={fact.label} className="grid grid-cols-[minmax(0,2fr)_minmax(0,3.4fr)] gap-3">
						<dt className="text-ink-3">{fact.label}</dt>
						<dd className="min-w-0 [overflow-wrap:anywhere]">
							{"at" in fact ? (
								<Time at={fact.at} as="moment" />
							) : fact.mono ? (
								<code>{fact.value}</code>
							) : (
								fact.value
							)}
						</dd>
					</div>
				))}
			</dl>
		</section>
	);
}

function Claims({ provider, claims }: Pick<TraceView, "provider" | "claims">) {
	const t = useTranslations("trace.claims");
	const rows = (open: boolean) => (
		<dl className="space-y-1">
			{claims
				.filter(({ personal }) => !open || personal)
				.map(({ name, value, personal }) => (
					<div key={name} className="grid grid-cols-[minmax(0,2fr)_minmax(0,3fr)] gap-3">
						<dt className="mono min-w-0 text-ink-2 [overflow-wrap:anywhere]">{name}</dt>
						<dd className="mono min-w-0 [overflow-wrap:anywhere]">
							{personal && !open ? <span className="text-ink-2">{t("hidden")}</span> : value}
						</dd>
					</div>
				))}
		</dl>
	);
	return (
		<section className="border-t border-line pt-4">
			<h2 className="mb-2 text-sm font-medium">{t("title", { provider })}</h2>
			{claims.length === 0 ? <p className="text-sm text-ink-2">{t("none")}</p> : null}
			{claims.length > 0 ? (
				<div className="rounded-md bg-sunk px-3 py-2.5 text-sm">
					{rows(false)}
					{claims.some(({ personal }) => personal) ? (
						<details className="mt-2">
							<summary className="cursor-pointer text-ink-2 hover:text-ink">{t("show")}</summary>
							<div className="mt-2">{rows(true)}</div>
						</details>
					) : null}
				</div>
			) : null}
			<p className="mt-2 text-xs text-ink-3">{t("note")}</p>
		</section>
	);
}
