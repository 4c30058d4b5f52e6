"use client";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { RefusalView } from "@/components/refusal-band";
import { Button } from "@/components/ui/button";
import { Panel } from "@/components/ui/panel";
import { Section } from "@/components/ui/section";
import { SettingRow, settingIds } from "@/components/ui/setting-row";
import { type ProofAsked, ProofDialog } from "../proof-dialog";
import { CodesDialog } from "./codes-dialog";

/** The codes that stand in for a second factor that is out of reach. */
export function RecoveryCodesSection({
	workspace,
	left,
	needed,
	asks,
	make,
}: {
	workspace: string;
	/** How many were not used yet. */
	left: number;
	/** There is a second factor that they could stand in for. */
	needed: boolean;
	asks: ProofAsked;
	/** Gets `password` where that is asked. */
	make: (form: FormData) => Promise<{ ok: true; codes: string[] } | RefusalView>;
}) {
	const t = useTranslations("security.codes");
	const [open, setOpen] = useState(false);
	const [codes, setCodes] = useState<string[] | null>(null);
	const submit = async (form: FormData) => {
		const done = await make(form);
		if (!done.ok) return done;
		setCodes(done.codes);
		return null;
	};
	return (
		<Section id="recovery-codes" title={t("title")} description={t("description")}>
			<Panel>
				<SettingRow
					id="recovery-codes-left"
					name={t("left", { count: left })}
					sentence={t("each")}
					reason={needed ? undefined : t("notNeeded")}
					control={
						<Button
							unavailable={!needed && settingIds("recovery-codes-left").reason}
							onClick={() => setOpen(true)}
						>
							{t("make")}
						</Button>
					}
				/>
			</Panel>
			<ProofDialog
				open={open}
				onOpenChange={setOpen}
				asks={asks}
				title={t("question")}
				description={t("consequence")}
				confirm={t("confirm")}
				action={submit}
			/>
			<CodesDialog codes={codes} place={workspace} onDone={() => setCodes(null)} />
		</Section>
	);
}
