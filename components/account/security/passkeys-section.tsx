"use client";
import {
	type PublicKeyCredentialCreationOptionsJSON,
	type RegistrationResponseJSON,
	startRegistration,
} from "@simplewebauthn/browser";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { RefusalView } from "@/components/refusal-band";
import { Button } from "@/components/ui/button";
import { Reason } from "@/components/ui/field";
import { Panel, PanelFoot, PanelRow } from "@/components/ui/panel";
import { Section } from "@/components/ui/section";
import { SettingRow } from "@/components/ui/setting-row";
import { TextField } from "@/components/ui/text-field";
import { Time } from "@/components/ui/time";
import { useToast } from "@/components/ui/toast";
import { type ProofAsked, ProofDialog } from "../proof-dialog";
import { CodesDialog } from "./codes-dialog";
import type { Added } from "./two-factor-section";

export type PasskeyView = { id: string; name: string; createdAt: Date; lastUsedAt: Date | null };

type Offer = { ok: true; options: PublicKeyCredentialCreationOptionsJSON; state: string };

/** Passkeys as a second factor: this device, a phone, a security key. */
export function PasskeysSection({
	workspace,
	passkeys,
	unavailable,
	asks,
	actions,
}: {
	workspace: string;
	passkeys: readonly PasskeyView[];
	/** Why none can be added here. */
	unavailable?: string | undefined;
	asks: ProofAsked;
	actions: {
		start: (form: FormData) => Promise<Offer | RefusalView>;
		add: (made: {
			response: RegistrationResponseJSON;
			state: string;
			name: string;
		}) => Promise<Added>;
		remove: (id: string, form: FormData) => Promise<{ ok: true } | RefusalView>;
	};
}) {
	const t = useTranslations("security.passkeys");
	const toast = useToast();
	const [adding, setAdding] = useState(false);
	const [removing, setRemoving] = useState<PasskeyView | null>(null);
	const [codes, setCodes] = useState<string[] | null>(null);

	const add = async (form: FormData): Promise<RefusalView | null> => {
		const offer = await actions.start(form);
		if (!offer.ok) return offer;
		// The browser throws where the person closes its window.
		const response = await startRegistration({ optionsJSON: offer.options }).catch(() => null);
		if (!response) return { ok: false, reason: "passkey_refused", why: t("notMade"), fix: "" };
		const name = String(form.get("name") ?? "");
		const done = await actions.add({ response, state: offer.state, name });
		if (!done.ok) return done;
		if (done.codes) setCodes(done.codes);
		else toast(t("added"));
		return null;
	};
	const remove = async (form: FormData): Promise<RefusalView | null> => {
		if (!removing) return null;
		const done = await actions.remove(removing.id, form);
		if (!done.ok) return done;
		toast(t("removed"));
		return null;
	};
	return (
		<Section
			id="passkeys"
			title={t("title")}
			description={t("description")}
			actions={
				<Button unavailable={unavailable && "passkeys-reason"} onClick={() => setAdding(true)}>
					{t("add")}
				</Button>
			}
		>
			<Panel>
				{passkeys.map((passkey) => (
					<SettingRow
						key={passkey.id}
						id={`passkey-${passkey.id}`}
						name={passkey.name}
						sentence={t.rich(passkey.lastUsedAt ? "used" : "unused", {
							made: () => <Time at={passkey.createdAt} />,
							last: () => <Time at={passkey.lastUsedAt ?? passkey.createdAt} />,
						})}
						control={
							<Button
								variant="stop"
								aria-label={t("removeOne", { name: passkey.name })}
								onClick={() => setRemoving(passkey)}
							>
								{t("remove")}
							</Button>
						}
					/>
				))}
				{passkeys.length === 0 ? (
					<PanelRow>
						<span className="text-ink-2">{t("none")}</span>
					</PanelRow>
				) : null}
				{unavailable ? (
					<PanelFoot>
						<Reason id="passkeys-reason">{unavailable}</Reason>
					</PanelFoot>
				) : null}
			</Panel>
			<ProofDialog
				open={adding}
				onOpenChange={setAdding}
				asks={asks}
				title={t("question")}
				description={t("consequence")}
				confirm={t("confirm")}
				action={add}
			>
				{() => <TextField name="name" label={t("name")} defaultValue={t("defaultName")} />}
			</ProofDialog>
			<ProofDialog
				open={removing !== null}
				onOpenChange={(open) => (open ? undefined : setRemoving(null))}
				asks={asks}
				title={t("removeQuestion", { name: removing?.name ?? "" })}
				description={t("removeConsequence")}
				confirm={t("removeConfirm")}
				variant="stop-fill"
				action={remove}
			/>
			<CodesDialog codes={codes} place={workspace} onDone={() => setCodes(null)} />
		</Section>
	);
}
