"use client";
import { useTranslations } from "next-intl";
import { useState, useTransition } from "react";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Reason } from "@/components/ui/field";
import { Panel, PanelRow } from "@/components/ui/panel";
import { Section } from "@/components/ui/section";
import { useToast } from "@/components/ui/toast";

type Act = () => Promise<{ ok: true } | RefusalView>;
type Asked = "deactivate" | "remove";

const lockId = "member-danger-locked";

/** Taking access away, giving it back, and removing for good. */
export function MemberDanger({
	name,
	workspace,
	active,
	keys,
	locked,
	advice,
	acts,
}: {
	name: string;
	workspace: string;
	active: boolean;
	/** API keys that work, and end with it. */
	keys: number;
	/** Why none of it can be done here. */
	locked: string | null;
	/** What to know before removing. */
	advice: string | null;
	acts: { deactivate: Act; reactivate: Act; remove: Act };
}) {
	const t = useTranslations("member.danger");
	const toast = useToast();
	const [asked, setAsked] = useState<Asked | null>(null);
	const [refusal, setRefusal] = useState<RefusalView | null>(null);
	const [busy, start] = useTransition();
	const unavailable = locked ? lockId : false;
	const reactivate = () =>
		start(async () => {
			const done = await acts.reactivate();
			setRefusal(done.ok ? null : done);
			if (done.ok) toast(t("reactivated", { name }));
		});
	return (
		<Section id="danger" title={t("title")}>
			<Panel tone="stop">
				{locked ? (
					<PanelRow>
						<Reason id={lockId}>{locked}</Reason>
					</PanelRow>
				) : null}
				{refusal && !asked ? (
					<PanelRow>
						<RefusalBand refusal={refusal} />
					</PanelRow>
				) : null}
				<Row title={t(active ? "deactivate" : "reactivate")}>
					{t(active ? "deactivateSentence" : "reactivateSentence", { name })}
					{active ? (
						<Button variant="stop" unavailable={unavailable} onClick={() => setAsked("deactivate")}>
							{t("deactivateButton")}
						</Button>
					) : (
						<Button unavailable={unavailable} busy={busy} onClick={reactivate}>
							{t("reactivateButton")}
						</Button>
					)}
				</Row>
				<Row title={t("remove")}>
					{t("removeSentence")}
					<Button variant="stop" unavailable={unavailable} onClick={() => setAsked("remove")}>
						{t("removeButton")}
					</Button>
				</Row>
			</Panel>
			<ConfirmDialog
				open={asked !== null}
				onOpenChange={(open) => {
					if (open) return;
					setAsked(null);
					setRefusal(null);
				}}
				title={asked ? t(`${asked}Question`, { name, workspace }) : ""}
				description={asked ? t(`${asked}Sentence`, { name }) : ""}
				confirm={asked ? t(`${asked}Confirm`, { name }) : ""}
				cancel={t("cancel", { name })}
				error={refusal ? <RefusalBand refusal={refusal} /> : null}
				action={async () => {
					if (!asked) return;
					const done = await acts[asked]();
					setRefusal(done.ok ? null : done);
					if (done.ok) setAsked(null);
				}}
			>
				{keys > 0 ? <p className="text-sm text-care">{t("keys", { count: keys })}</p> : null}
				{asked === "remove" && advice ? <p className="text-sm text-ink-2">{advice}</p> : null}
			</ConfirmDialog>
		</Section>
	);
}

/** An effect, its consequence, and its button: the sentence first, the button last. */
function Row({ title, children }: { title: string; children: [string, React.ReactNode] }) {
	const [sentence, button] = children;
	return (
		<PanelRow className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
			<div className="min-w-0 flex-1 basis-60">
				<div className="font-medium">{title}</div>
				<div className="text-sm text-ink-2">{sentence}</div>
			</div>
			{button}
		</PanelRow>
	);
}
