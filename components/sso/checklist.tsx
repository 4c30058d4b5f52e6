import { useTranslations } from "next-intl";
import { Line, Station } from "@/components/ui/line";
import { Panel, PanelBody, PanelRow } from "@/components/ui/panel";

const steps = ["choose", "exchange", "test", "domains", "enable"] as const;
export type SetupStep = (typeof steps)[number];

/** Setting up, as stations: done ones come from facts, never from a tick by hand. */
export function Checklist({ done }: { done: readonly SetupStep[] }) {
	const t = useTranslations("sso.checklist");
	const next = steps.find((step) => !done.includes(step));
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
		</Panel>
	);
}
