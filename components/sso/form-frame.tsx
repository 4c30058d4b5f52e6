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

/** What every connection's form has around its fields: what is wrong, the last test, Test and Save. */
export function FormFrame<D extends Draft>({
	state,
	provider,
	testable = true,
	save: saveWords,
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
							variant="ink"
							busy={saving}
							busyLabel={saveWords?.busy ?? t("saving")}
						>
							{saveWords?.label ?? t("save")}
						</Button>
					</>
				}
			>
				{testing === "waiting" ? t("waitingFor", { provider }) : (note ?? t("nobody"))}
			</ActionBar>
		</form>
	);
}
