"use client";
import { useTranslations } from "next-intl";
import { useOptimistic, useState, useTransition } from "react";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { PanelRow } from "@/components/ui/panel";
import { SettingRow, settingIds } from "@/components/ui/setting-row";
import { Switch } from "@/components/ui/switch";
import { useToast } from "@/components/ui/toast";
import { turningOnSignsOut } from "@/lib/policy/document";
import { type DangerActions, type DangerView, OffDialog } from "./danger-zone";

export type SetEnabled = (id: string, on: boolean) => Promise<{ ok: true } | RefusalView>;

/**
 * The connection's own switch. Turning on acts at once, unless the policy signs everybody out with
 * it; turning off asks. A refusal stands under it.
 */
export function EnabledSwitch({
	id,
	name,
	enabled,
	setEnabled,
	danger,
	actions,
}: {
	id: string;
	name: string;
	enabled: boolean;
	setEnabled: SetEnabled;
	/** What is asked before it is turned off. */
	danger: DangerView | undefined;
	actions: DangerActions;
}) {
	const t = useTranslations("sso.connection");
	const toast = useToast();
	const [refusal, setRefusal] = useState<RefusalView | null>(null);
	const [asked, setAsked] = useState<"on" | "off" | null>(null);
	const [pending, start] = useTransition();
	const [shown, show] = useOptimistic(enabled);
	const ids = settingIds("connection-enabled");
	const signsOut = danger ? turningOnSignsOut(danger.policy, danger.first, new Date()) : false;
	const turnOn = async () => {
		const done = await setEnabled(id, true);
		setRefusal(done.ok ? null : done);
		if (done.ok) toast(t("turnedOn", { provider: name }));
	};
	const change = () =>
		start(async () => {
			show(true);
			await turnOn();
		});
	return (
		<>
			<SettingRow
				id="connection-enabled"
				name={t("enabled")}
				sentence={t("enabledSentence", { provider: name })}
				control={
					<Switch
						checked={shown}
						aria-busy={pending}
						aria-labelledby={ids.name}
						aria-describedby={ids.sentence}
						onChange={(event) => {
							if (!event.target.checked) setAsked("off");
							else if (signsOut) setAsked("on");
							else change();
						}}
					/>
				}
			/>
			{danger ? (
				<>
					<OffDialog
						key={String(asked)}
						act={asked === "off" ? "pause" : null}
						view={danger}
						actions={actions}
						onClose={() => setAsked(null)}
					/>
					<ConfirmDialog
						open={asked === "on"}
						onOpenChange={(open) => {
							if (!open) setAsked(null);
						}}
						title={t("on.question", { provider: name })}
						description={t(danger.policy.enforceSso.mode === "off" ? "on.open" : "on.enforced", {
							provider: name,
						})}
						confirm={t("on.confirm")}
						cancel={t("on.cancel")}
						action={async () => {
							await turnOn();
							setAsked(null);
						}}
					>
						<p className="text-sm text-ink-2">
							{t("on.sessions", { count: danger.numbers.sessions })}
						</p>
					</ConfirmDialog>
				</>
			) : null}
			{refusal ? (
				<PanelRow>
					<RefusalBand refusal={refusal} />
				</PanelRow>
			) : null}
		</>
	);
}
