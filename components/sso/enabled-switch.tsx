"use client";
import { useTranslations } from "next-intl";
import { useOptimistic, useState, useTransition } from "react";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import { PanelRow } from "@/components/ui/panel";
import { SettingRow, settingIds } from "@/components/ui/setting-row";
import { Switch } from "@/components/ui/switch";
import { useToast } from "@/components/ui/toast";
import { type DangerActions, type DangerView, OffDialog } from "./danger-zone";

export type SetEnabled = (id: string, on: boolean) => Promise<{ ok: true } | RefusalView>;

/** The connection's own switch. Turning on acts at once, turning off asks; a refusal stands under it. */
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
	const [asked, setAsked] = useState(false);
	const [pending, start] = useTransition();
	const [shown, show] = useOptimistic(enabled);
	const ids = settingIds("connection-enabled");
	const change = () =>
		start(async () => {
			show(true);
			const done = await setEnabled(id, true);
			setRefusal(done.ok ? null : done);
			if (done.ok) toast(t("turnedOn", { provider: name }));
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
						onChange={(event) => (event.target.checked ? change() : setAsked(true))}
					/>
				}
			/>
			{danger ? (
				<OffDialog
					key={String(asked)}
					act={asked ? "pause" : null}
					view={danger}
					actions={actions}
					onClose={() => setAsked(false)}
				/>
			) : null}
			{refusal ? (
				<PanelRow>
					<RefusalBand refusal={refusal} />
				</PanelRow>
			) : null}
		</>
	);
}
