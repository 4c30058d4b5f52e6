"use client";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { RefusalBand, type RefusalView } from "@/components/refusal-band";
import { Button } from "@/components/ui/button";
import { Panel, PanelRow } from "@/components/ui/panel";
import { Section } from "@/components/ui/section";
import { SettingRow } from "@/components/ui/setting-row";
import { Time } from "@/components/ui/time";
import { useToast } from "@/components/ui/toast";
import { type ProofAsked, ProofDialog } from "./proof-dialog";

/** The personal Google account that opens this member. */
export function GoogleSection({
	linked,
	closed,
	replacesPassword,
	refusal,
	asks,
	actions,
}: {
	linked: { email: string; linkedAt: Date } | null;
	/** Why none can be linked now. */
	closed?: string;
	/** Linking closes the password. */
	replacesPassword: boolean;
	/** Why the one that was just chosen was not linked. */
	refusal?: RefusalView;
	asks: ProofAsked;
	actions: {
		link: (form: FormData) => Promise<{ ok: true; href: string } | RefusalView>;
		unlink: (form: FormData) => Promise<{ ok: true } | RefusalView>;
	};
}) {
	const t = useTranslations("account.google");
	const toast = useToast();
	const [open, setOpen] = useState(false);
	const link = async (form: FormData) => {
		const done = await actions.link(form);
		if (!done.ok) return done;
		// To another site, so not by the router.
		location.assign(done.href);
		return null;
	};
	const unlink = async (form: FormData) => {
		const done = await actions.unlink(form);
		if (!done.ok) return done;
		toast(t("unlinked"));
		return null;
	};
	return (
		<Section id="google" title={t("title")} description={t("description")}>
			<Panel>
				{refusal ? (
					<PanelRow>
						<RefusalBand refusal={refusal} />
					</PanelRow>
				) : null}
				<SettingRow
					id="google-account"
					name={linked ? linked.email : t("none")}
					sentence={
						linked
							? t.rich("since", { at: () => <Time at={linked.linkedAt} /> })
							: t(replacesPassword ? "replaces" : "beside")
					}
					reason={closed}
					control={
						linked ? (
							<Button variant="stop" onClick={() => setOpen(true)}>
								{t("unlink")}
							</Button>
						) : closed ? null : (
							<Button onClick={() => setOpen(true)}>{t("link")}</Button>
						)
					}
				/>
			</Panel>
			<ProofDialog
				open={open}
				onOpenChange={setOpen}
				asks={asks}
				{...(linked
					? {
							title: t("unlinkQuestion"),
							description: t("unlinkConsequence", { email: linked.email }),
							confirm: t("unlinkConfirm"),
							variant: "stop-fill",
							action: unlink,
						}
					: {
							title: t("linkQuestion"),
							description: t("linkConsequence"),
							confirm: t("linkConfirm"),
							action: link,
						})}
			/>
		</Section>
	);
}
