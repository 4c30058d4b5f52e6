"use client";
import { useTranslations } from "next-intl";
import { useOptimistic, useState, useTransition } from "react";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import { PanelRow } from "@/components/ui/panel";
import { SettingRow, settingIds } from "@/components/ui/setting-row";
import { Switch } from "@/components/ui/switch";
import { useToast } from "@/components/ui/toast";

export type SetEnabled = (id: string, on: boolean) => Promise<{ ok: true } | RefusalView>;

/** The connection's own switch. It acts at once; a refusal stands under it. */
export function EnabledSwitch({
	id,
	name,
	enabled,
	setEnabled,
}: {
	id: string;
	name: string;
	enabled: boolean;
	setEnabled: SetEnabled;
}) {
	const t = useTranslations("sso.connection");
	const toast = useToast();
	const [refusal, setRefusal] = useState<RefusalView | null>(null);
	const [pending, start] = useTransition();
	const [shown, show] = useOptimistic(enabled);
	const ids = settingIds("connection-enabled");
	const change = (on: boolean) =>
		start(async () => {
			show(on);
			const done = await setEnabled(id, on);
			setRefusal(done.ok ? null : done);
			if (done.ok) toast(t(on ? "turnedOn" : "turnedOff", { provider: name }));
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
						onChange={(event) => change(event.target.checked)}
					/>
				}
			/>
			{refusal ? (
				<PanelRow>
					<RefusalBand refusal={refusal} />
				</PanelRow>
			) : null}
		</>
	);
}
