"use client";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { NewPasswordField } from "@/components/login/new-password-field";
import type { RefusalView } from "@/components/refusal-band";
import { Button } from "@/components/ui/button";
import { Panel } from "@/components/ui/panel";
import { Section } from "@/components/ui/section";
import { SettingRow, settingIds } from "@/components/ui/setting-row";
import { Time } from "@/components/ui/time";
import { useToast } from "@/components/ui/toast";
import { type ProofAsked, ProofDialog } from "../proof-dialog";

/** One's own password, and changing it. A first one is only made by a mailed link. */
export function PasswordSection({
	setAt,
	closed,
	minimum,
	about,
	asks,
	change,
}: {
	/** Null: there is none. */
	setAt: Date | null;
	/** Why it opens nothing at present. */
	closed?: string | undefined;
	minimum: number;
	about: readonly string[];
	asks: ProofAsked;
	/** Gets `next`, and `password` where that is asked. */
	change: (form: FormData) => Promise<{ ok: true } | RefusalView>;
}) {
	const t = useTranslations("security.password");
	const toast = useToast();
	const [open, setOpen] = useState(false);
	const ids = settingIds("password-own");
	const submit = async (form: FormData) => {
		const done = await change(form);
		if (!done.ok) return done;
		toast(t("changed"));
		return null;
	};
	return (
		<Section id="password" title={t("title")} description={t("description")}>
			<Panel>
				<SettingRow
					id="password-own"
					name={setAt ? t("has") : t("none")}
					sentence={setAt ? t.rich("since", { at: () => <Time at={setAt} /> }) : t("how")}
					reason={closed}
					control={
						setAt ? (
							<Button unavailable={closed && ids.reason} onClick={() => setOpen(true)}>
								{t("change")}
							</Button>
						) : null
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
			>
				{(refusal) => (
					<NewPasswordField
						name="next"
						size="md"
						label={t("next")}
						minimum={minimum}
						about={about}
						error={refusal?.field === "next" ? refusal.why : undefined}
					/>
				)}
			</ProofDialog>
		</Section>
	);
}
