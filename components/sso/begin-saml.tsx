"use client";
import { useTranslations } from "next-intl";
import { Panel } from "@/components/ui/panel";
import { TextField } from "@/components/ui/text-field";
import type { SamlDraft } from "@/lib/sso/draft";
import { FormFrame } from "./form-frame";
import { FormPart } from "./form-part";
import { useConnectionForm } from "./use-connection-form";
import type { ConnectionActions } from "./use-test";

/**
 * The beginning of a SAML connection: a draft with a name and addresses of its own, which the
 * provider is given before anything of its side is known.
 */
export function BeginSaml({
	initial,
	provider,
	actions,
	home,
}: {
	initial: SamlDraft;
	provider: string;
	actions: ConnectionActions;
	/** The page that the connections are listed on. */
	home: string;
}) {
	const t = useTranslations("connection");
	const state = useConnectionForm<SamlDraft>({
		id: null,
		initial,
		fields: ["name", "metadataUrl"],
		actions,
		provider,
		leadTo: (id) => `${home}/connection/${id}`,
	});
	return (
		<FormFrame
			state={state}
			provider={provider}
			testable={false}
			save={{ label: t("saml.begin"), busy: t("saml.beginning") }}
			note={t("saml.beginNote")}
			result={null}
		>
			<Panel>
				<FormPart title={t("give", { provider })} lead={t("saml.beginLead", { provider })}>
					<TextField
						label={t("fields.name")}
						hint={t("hints.name")}
						{...state.fieldProps("name")}
					/>
					<TextField
						mono
						label={t("fields.metadataUrl")}
						aside={t("optional")}
						placeholder="https://"
						hint={t("saml.beginUrl", { provider })}
						inputMode="url"
						autoComplete="off"
						{...state.fieldProps("metadataUrl")}
					/>
				</FormPart>
			</Panel>
		</FormFrame>
	);
}
