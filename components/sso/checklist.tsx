import { useTranslations } from "next-intl";
import { ButtonLink } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { Line, Station } from "@/components/ui/line";
import { Panel, PanelBody, PanelFoot, PanelRow } from "@/components/ui/panel";

const steps = ["choose", "exchange", "test", "domains", "enable", "enforce"] as const;
export type SetupStep = (typeof steps)[number];

/** Setting up, as stations: done ones come from facts, never from a tick by hand. */
export function Checklist({ done }: { done: readonly SetupStep[] }) {
	const t = useTranslations("connections.setup");
	const next = nextOf(done);
	return (
		<Panel>
			<PanelRow className="flex items-baseline justify-between gap-4">
				<h2 className="font-serif text-head font-semibold">{t("title")}</h2>
				<span className="text-sm text-ink-2">
					{t("progress", { done: done.length, of: steps.length })}
				</span>
			</PanelRow>
			<PanelBody>
				<Line label={t("title")}>
					{steps.map((step, index) => (
						<Station
							key={step}
							number={index + 1}
							state={done.includes(step) ? "done" : step === next ? "current" : "waiting"}
							title={t(`${step}.title`)}
						>
							{t(`${step}.cost`)}
						</Station>
					))}
				</Line>
			</PanelBody>
			<PanelFoot>
				<span>
					{t.rich("later", {
						directory: (words) => (
							<a href="#directory" className="link">
								{words}
							</a>
						),
					})}
				</span>
			</PanelFoot>
		</Panel>
	);
}

/** Half set up: the next step with its one button, and how far it is. */
export function NextStep({
	done,
	connectionHref,
}: {
	done: readonly SetupStep[];
	/** Where values are exchanged and tests are made. */
	connectionHref: string;
}) {
	const t = useTranslations("connections.setup");
	const next = nextOf(done);
	if (!next) return null;
	const hrefs: Record<SetupStep, string> = {
		choose: "#connection",
		exchange: connectionHref,
		test: connectionHref,
		domains: "#domains",
		enable: "#connection",
		enforce: "#policy",
	};
	return (
		<Panel>
			<PanelRow className="flex flex-wrap items-center justify-between gap-4">
				<Line label={t("title")}>
					<Station state="current" title={t("next", { step: t(`${next}.title`) })}>
						{t(`${next}.cost`)}
					</Station>
				</Line>
				<ButtonLink variant="ink" href={hrefs[next]}>
					{t(`${next}.button`)}
				</ButtonLink>
			</PanelRow>
			<PanelFoot className="flex-nowrap">
				<span aria-hidden className="flex flex-1 gap-1">
					{steps.map((step, index) => (
						<span
							key={step}
							className={cx(
								"h-1 flex-1 rounded-full",
								index < done.length ? "bg-pass-fill" : "bg-line-2",
							)}
						/>
					))}
				</span>
				<span>{t("progress", { done: done.length, of: steps.length })}</span>
			</PanelFoot>
		</Panel>
	);
}

function nextOf(done: readonly SetupStep[]): SetupStep | undefined {
	return steps.find((step) => !done.includes(step));
}
