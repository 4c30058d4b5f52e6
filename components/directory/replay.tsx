"use client";
import { useTranslations } from "next-intl";
import { useState, useTransition } from "react";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import { Band } from "@/components/ui/band";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Reason } from "@/components/ui/field";
import { Panel, PanelBody } from "@/components/ui/panel";
import type { Answered, ReplayRefusal } from "@/lib/directory/replay";

type Outcome = { ok: true; answer: Answered } | { ok: false; replay: ReplayRefusal } | RefusalView;

/** Sending a request again: a dry run, and where it is possible for real. */
export function Replay({
	reason,
	incomplete,
	replay,
}: {
	/** Why it cannot be sent for real; null where it can. */
	reason: ReplayRefusal | null;
	/** It cannot even be tried. */
	incomplete: boolean;
	replay: (real: boolean) => Promise<Outcome>;
}) {
	const t = useTranslations("requests.replay");
	const [asking, ask] = useState(false);
	const [outcome, setOutcome] = useState<{ real: boolean; is: Outcome } | null>(null);
	const [trying, start] = useTransition();
	const run = async (real: boolean) => {
		const is = await replay(real);
		setOutcome({ real, is });
		ask(false);
	};
	return (
		<Panel>
			<PanelBody className="space-y-4">
				<div>
					<h2 className="font-serif text-head font-semibold">{t("title")}</h2>
					<p className="max-w-[76ch] text-sm text-ink-2">{t("lead")}</p>
				</div>
				<div className="flex flex-wrap gap-2">
					<Button
						busy={trying}
						unavailable={incomplete ? "replay-reason" : false}
						onClick={() => start(() => run(false))}
					>
						{t("dry")}
					</Button>
					<Button
						variant="stop"
						unavailable={reason ? "replay-reason" : false}
						onClick={() => ask(true)}
					>
						{t("real")}
					</Button>
				</div>
				{reason ? <Reason id="replay-reason">{t(`reasons.${reason}`)}</Reason> : null}
				{outcome ? <Shown real={outcome.real} outcome={outcome.is} /> : null}
			</PanelBody>
			<ConfirmDialog
				open={asking}
				onOpenChange={ask}
				title={t("question")}
				description={t("consequence")}
				confirm={t("confirm")}
				cancel={t("cancel")}
				action={() => run(true)}
			/>
		</Panel>
	);
}

function Shown({ real, outcome }: { real: boolean; outcome: Outcome }) {
	const t = useTranslations("requests.replay");
	if (!outcome.ok)
		return "replay" in outcome ? (
			<Band tone="stop" live title={t(`reasons.${outcome.replay}`)} />
		) : (
			<RefusalBand refusal={outcome} />
		);
	const { status, body } = outcome.answer;
	return (
		<div className="space-y-3">
			<Band
				live
				tone={status < 400 ? "pass" : "care"}
				title={t(real ? "realResult" : "dryResult", { status })}
			/>
			{body ? (
				<pre className="mono whitespace-pre-wrap rounded-md bg-sunk p-3 text-sm [overflow-wrap:anywhere]">
					{pretty(body)}
				</pre>
			) : null}
		</div>
	);
}

function pretty(text: string): string {
	try {
		return JSON.stringify(JSON.parse(text), null, 2);
	} catch {
		return text;
	}
}
