"use client";
import { Download } from "lucide-react";
import { useTranslations } from "next-intl";
import {
	createContext,
	type ReactNode,
	useContext,
	useEffect,
	useRef,
	useState,
	useTransition,
} from "react";
import { useGuideFacts } from "@/components/guide/guide-facts";
import { Button, buttonClass } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { CopyField } from "@/components/ui/copy-field";
import { Folded } from "@/components/ui/folded";
import { Panel, PanelBody } from "@/components/ui/panel";
import { SelectField } from "@/components/ui/select";
import { TextField } from "@/components/ui/text-field";
import type { SamlDraft } from "@/lib/sso/draft";
import { FormFrame, type TurnOn } from "./form-frame";
import { FormPart } from "./form-part";
import { MappingFields } from "./mapping-fields";
import { MetadataFields } from "./metadata-fields";
import { MetadataPreview, type MetadataView } from "./metadata-preview";
import { useConnectionForm } from "./use-connection-form";
import type { ConnectionActions, Refused } from "./use-test";

const fields = [
	"name",
	"metadataUrl",
	"metadataXml",
	"entityId",
	"ssoUrl",
	"sloUrl",
	"certificates",
	"nameIdFormat",
	"claimMapping",
] as const satisfies (keyof SamlDraft)[];

export type ReadMetadata = (
	id: string,
	values: SamlDraft,
) => Promise<{ ok: true; view: MetadataView } | Refused>;

/** What a SAML provider is given: under which name it wants them is in the guide beside. */
export type SamlAddresses = {
	acsUrl: string;
	entityId: string;
	metadataUrl: string;
	certificateUrl: string;
	loginUrl: string;
};

const Reading = createContext<{ read: () => void; reading: boolean }>({
	read: () => {},
	reading: false,
});

/** Reads into the form what the provider publishes now, from wherever in the form it stands. */
export function UsePublished() {
	const t = useTranslations("connection");
	const { read, reading } = useContext(Reading);
	return (
		<Button busy={reading} busyLabel={t("saml.reading")} onClick={read}>
			{t("instead")}
		</Button>
	);
}

/** What is exchanged with a SAML provider, once the draft has its own addresses. */
export function SamlForm({
	id,
	initial,
	words,
	ours,
	stored,
	storedUrl,
	news,
	domains,
	actions,
	read,
	backHref,
	turnOn,
	result,
}: {
	id: string;
	initial: SamlDraft;
	/** What the provider calls our two addresses. */
	words: { provider: string; acsUrl: string; entityId: string };
	ours: SamlAddresses;
	/** What is stored of the provider's side. */
	stored: MetadataView | null;
	/** The address it was read from, or will be. */
	storedUrl: string | null;
	/** What the provider was found to publish other than what is stored, rendered by the server. */
	news: ReactNode;
	/** The workspace's domains with the state of their proof, rendered by the server. */
	domains: ReactNode;
	actions: ConnectionActions;
	/** Reads the metadata that is entered, without saving. */
	read: ReadMetadata;
	backHref: string;
	/** How it is turned on from here, where it is off. */
	turnOn: TurnOn | null;
	result: ReactNode;
}) {
	const t = useTranslations("connection");
	const { note } = useGuideFacts();
	const state = useConnectionForm<SamlDraft>({
		id,
		initial,
		fields,
		actions,
		provider: words.provider,
		leadTo: () => backHref,
	});
	const { form, fieldProps } = state;
	const [preview, setPreview] = useState<MetadataView | null>(null);
	const [reading, startReading] = useTransition();
	const shown = preview ?? stored;
	useEffect(() => {
		note("metadata", shown !== null);
	}, [note, shown]);
	const panel = useRef<HTMLDivElement>(null);
	const look = form.handleSubmit((values) =>
		startReading(async () => {
			setPreview(null);
			const found = await read(id, values);
			if (found.ok) setPreview(found.view);
			else state.show(found);
		}),
	);
	const lookAtPublished = async () => {
		form.setValue("source", "url");
		await look();
		panel.current?.scrollIntoView({ block: "center" });
	};
	const source = form.watch("source");
	return (
		<FormFrame
			state={state}
			provider={words.provider}
			testable={source !== "none" || stored !== null}
			turnOn={turnOn}
			result={result}
		>
			<Reading value={{ read: () => void lookAtPublished(), reading }}>{news}</Reading>
			<Panel>
				<FormPart title={t("give", words)} lead={t("giveLead")}>
					<CopyField
						label={words.acsUrl}
						value={ours.acsUrl}
						onCopy={() => note("copied:acsUrl")}
					/>
					<CopyField
						label={words.entityId}
						value={ours.entityId}
						onCopy={() => note("copied:entityId")}
					/>
					<CopyField
						label={t("saml.metadataUrl")}
						value={ours.metadataUrl}
						onCopy={() => note("copied:metadataUrl")}
					/>
					<CopyField
						label={t("loginUrl")}
						value={ours.loginUrl}
						onCopy={() => note("copied:loginUrl")}
					/>
					<div className="flex flex-wrap gap-2">
						<a href={ours.metadataUrl} download className={buttonClass()}>
							<Download aria-hidden />
							{t("saml.exportMetadata")}
						</a>
						<a
							href={ours.certificateUrl}
							download
							className={buttonClass()}
							onClick={() => note("certificate")}
						>
							<Download aria-hidden />
							{t("saml.exportCertificate")}
						</a>
					</div>
				</FormPart>
				<FormPart title={t("bring", words)}>
					<TextField label={t("fields.name")} hint={t("hints.name")} {...fieldProps("name")} />
					<MetadataFields
						state={state}
						provider={words.provider}
						stored={stored !== null}
						onChange={() => setPreview(null)}
					/>
					{source === "none" ? null : (
						<Button busy={reading} busyLabel={t("saml.reading")} onClick={() => void look()}>
							{source === "hand"
								? t("saml.check")
								: t(source === "url" && storedUrl ? "saml.update" : "saml.read")}
						</Button>
					)}
					<div ref={panel} aria-live="polite">
						{shown ? <MetadataPreview view={shown} /> : null}
					</div>
				</FormPart>
				<FormPart title={t("who")} lead={t("whoLead", words)}>
					{domains}
				</FormPart>
				<PanelBody className="space-y-4">
					<Folded
						title={t("saml.more.title")}
						note={t("saml.more.lead")}
						open={initial.nameIdFormat !== "" || initial.signRequests || initial.wantEncrypted}
					>
						<div className="space-y-4">
							<SelectField
								label={t("fields.nameIdFormat")}
								hint={t("hints.nameIdFormat")}
								options={(["", "email", "persistent", "unspecified"] as const).map((value) => ({
									value,
									label: t(`saml.formats.${value || "any"}`),
								}))}
								{...fieldProps("nameIdFormat")}
							/>
							<Checkbox
								label={t("fields.signRequests")}
								hint={t("hints.signRequests", words)}
								{...form.register("signRequests")}
							/>
							<Checkbox
								label={t("fields.wantEncrypted")}
								hint={t("hints.wantEncrypted", words)}
								{...form.register("wantEncrypted")}
							/>
						</div>
					</Folded>
					<MappingFields
						state={state}
						protocol="saml"
						open={Object.values(initial.claimMapping).some(Boolean)}
					/>
					<SelectField
						label={t("fields.idpInitiated", words)}
						hint={t("hints.idpInitiated")}
						options={(["page", "accept"] as const).map((value) => ({
							value,
							label: t(`saml.idpInitiated.${value}`),
						}))}
						{...fieldProps("idpInitiated")}
					/>
				</PanelBody>
			</Panel>
		</FormFrame>
	);
}
