"use client";
import { FlaskConical } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { RefusalBand } from "@/components/refusal-band";
import { ActionBar } from "@/components/ui/action-bar";
import { Button } from "@/components/ui/button";
import { ErrorSummary } from "@/components/ui/error-summary";
import type { Draft } from "@/lib/sso/draft";
import type { ConnectionForm } from "./use-connection-form";

export type TurnOn = {
	/** By its switch at once, or by a test that has to pass first. */
	by: "switch" | "proof";
	/** How many open sessions end with it. */
	endsSessions: number;
};

/** What every connection's form has around its fields: what is wrong, the last test, Test and Save. */
export function FormFrame<D extends Draft>({
	state,
	provider,
	testable = true,
	save: saveWords,
	saveIsMain = true,
	turnOn = null,
	note,
	result,
	children,
}: {
	state: ConnectionForm<D>;
	provider: string;
	/** False while nothing of the provider's side is entered. */
	testable?: boolean;
	/** What the main button says, where it is not Save. */
	save?: { label: string; busy: string };
	/** False while the main button stands among the fields. */
	saveIsMain?: boolean;
	/** How it is turned on from here. Null: it is on, or there is nothing to turn on yet. */
	turnOn?: TurnOn | null;
	/** What stands beside the buttons, where it is not about tests. */
	note?: string;
	/** The last test, rendered by the server. */
	result: ReactNode;
	children: ReactNode;
}) {
	const t = useTranslations("connection");
	const { summary, refusal, save, saving, test, testing, cancelTest } = state;
	return (
		<form method="post" onSubmit={save} noValidate className="space-y-6">
			{summary.length > 1 ? <ErrorSummary errors={summary} /> : null}
			{refusal ? <RefusalBand refusal={refusal} /> : null}
			{children}
			<div aria-live="polite">{result}</div>
			<ActionBar
				actions={
					<>
						{testing === "waiting" ? (
							<Button variant="quiet" onClick={cancelTest}>
								{t("stopWaiting")}
							</Button>
						) : null}
						{testable ? (
							<Button
								icon={<FlaskConical aria-hidden />}
								busy={testing !== null}
								busyLabel={testing === "asking" ? t("asking") : t("testing")}
								onClick={() => void test()}
							>
								{t("test")}
							</Button>
						) : null}
						<Button
							type="submit"
							variant={(turnOn && testable) || !saveIsMain ? "line" : "ink"}
							busy={saving}
							busyLabel={saveWords?.busy ?? t("saving")}
						>
							{saveWords?.label ?? t("save")}
						</Button>
						{turnOn && testable ? (
							<Button
								variant="open"
								busy={state.enabling}
								busyLabel={t("enabling")}
								onClick={() => void state.enable(turnOn.by)}
							>
								{t(`turnOn.${turnOn.by}`, { provider })}
							</Button>
						) : null}
					</>
				}
			>
				{testing === "waiting"
					? t("waitingFor", { provider })
					: turnOn?.endsSessions
						? t("turnOn.endsSessions", { count: turnOn.endsSessions })
						: (note ?? t(turnOn ? "nobody" : "inUse"))}
			</ActionBar>
		</form>
	);
}
