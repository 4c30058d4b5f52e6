"use client";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { Qr } from "@/components/login/qr-code";
import type { RefusalView } from "@/components/refusal-band";
import { Button } from "@/components/ui/button";
import { Panel } from "@/components/ui/panel";
import { Section } from "@/components/ui/section";
import { SettingRow, settingIds } from "@/components/ui/setting-row";
import { useToast } from "@/components/ui/toast";
import { type ProofAsked, ProofDialog } from "../proof-dialog";
import { AppDialog } from "./app-dialog";
import { CodesDialog } from "./codes-dialog";

/** What adding a factor answers: recovery codes the first time, shown once. */
export type Added = { ok: true; codes: string[] | null } | RefusalView;

export type TwoFactorActions = {
	/** Each gets `password` where that is asked. */
	startApp: (form: FormData) => Promise<{ ok: true; secret: string; qr: Qr } | RefusalView>;
	confirmApp: (code: string) => Promise<Added>;
	addMail: (form: FormData) => Promise<Added>;
	remove: (kind: "app" | "mail", form: FormData) => Promise<{ ok: true } | RefusalView>;
};

/** The authenticator app and codes by mail: what is asked beside the password. */
export function TwoFactorSection({
	workspace,
	held,
	unavailable,
	required,
	asks,
	actions,
}: {
	workspace: string;
	held: { app: boolean; mail: boolean };
	/** Why a kind cannot be set up here. */
	unavailable: { app?: string; mail?: string };
	/** The workspace asks everybody for one. */
	required: boolean;
	asks: ProofAsked;
	actions: TwoFactorActions;
}) {
	const t = useTranslations("security.twoFactor");
	const toast = useToast();
	const [codes, setCodes] = useState<string[] | null>(null);
	const [seed, setSeed] = useState<{ secret: string; qr: Qr } | null>(null);
	const [asked, setAsked] = useState<{ kind: "app" | "mail"; add: boolean } | null>(null);

	const added = (done: Added): RefusalView | null => {
		if (!done.ok) return done;
		setSeed(null);
		if (done.codes) setCodes(done.codes);
		else toast(t("added"));
		return null;
	};
	const proved = async (form: FormData): Promise<RefusalView | null> => {
		if (!asked) return null;
		const { kind, add } = asked;
		if (!add) {
			const done = await actions.remove(kind, form);
			if (!done.ok) return done;
			toast(t("removed"));
			return null;
		}
		if (kind === "mail") return added(await actions.addMail(form));
		const begun = await actions.startApp(form);
		if (!begun.ok) return begun;
		setSeed(begun);
		return null;
	};
	const row = (kind: "app" | "mail") => {
		const id = `factor-${kind}`;
		const reason = held[kind] ? undefined : unavailable[kind];
		return (
			<SettingRow
				id={id}
				name={t(`${kind}.name`)}
				sentence={held[kind] ? t(`${kind}.on`) : t(`${kind}.off`)}
				reason={reason}
				control={
					held[kind] ? (
						<Button
							variant="stop"
							aria-label={t(`${kind}.remove`)}
							onClick={() => setAsked({ kind, add: false })}
						>
							{t("remove")}
						</Button>
					) : (
						<Button
							aria-label={t(`${kind}.setUp`)}
							unavailable={reason && settingIds(id).reason}
							onClick={() => setAsked({ kind, add: true })}
						>
							{t("setUp")}
						</Button>
					)
				}
			/>
		);
	};
	const kind = asked?.kind ?? "app";
	const step = asked && !asked.add ? "removing" : "adding";
	return (
		<Section
			id="two-factor"
			title={t("title")}
			description={required ? t("required", { workspace }) : t("description")}
		>
			<Panel>
				{row("app")}
				{row("mail")}
			</Panel>
			<ProofDialog
				open={asked !== null}
				onOpenChange={(open) => (open ? undefined : setAsked(null))}
				asks={asks}
				title={t(`${kind}.${step}.question`)}
				description={t(`${kind}.${step}.consequence`)}
				confirm={t(`${kind}.${step}.confirm`)}
				variant={step === "removing" ? "stop-fill" : "ink"}
				action={proved}
			/>
			<AppDialog
				seed={seed}
				onClose={() => setSeed(null)}
				confirm={async (code) => added(await actions.confirmApp(code))}
			/>
			<CodesDialog codes={codes} place={workspace} onDone={() => setCodes(null)} />
		</Section>
	);
}
