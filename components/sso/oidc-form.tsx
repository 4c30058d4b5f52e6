"use client";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { type ReactNode, useEffect } from "react";
import { useGuideFacts } from "@/components/guide/guide-facts";
import { CopyField } from "@/components/ui/copy-field";
import { Folded } from "@/components/ui/folded";
import { Panel, PanelBody } from "@/components/ui/panel";
import { SecretField, TextField } from "@/components/ui/text-field";
import type { OidcDraft } from "@/lib/sso/draft";
import { FormFrame, type TurnOn } from "./form-frame";
import { FormPart } from "./form-part";
import { MappingFields } from "./mapping-fields";
import { useConnectionForm } from "./use-connection-form";
import type { ConnectionActions } from "./use-test";

const fields = [
	"name",
	"issuer",
	"clientId",
	"clientSecret",
	"secretExpiresOn",
	"discoveryEndpoint",
	"emailDomain",
	"hostedDomain",
	"scopes",
	"claimMapping",
] as const satisfies (keyof OidcDraft)[];

/** The form of a Secret ID at Entra, which stands beside the Value there. */
const isId = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text.trim());

/** What is exchanged with an OpenID provider. */
export function OidcForm({
	id,
	initial,
	words,
	ours,
	secretSet,
	sharedHref,
	found,
	domains,
	actions,
	backHref,
	turnOn,
	result,
}: {
	/** The connection being edited; null for a new one. */
	id: string | null;
	initial: OidcDraft;
	/** The provider's own words. */
	words: { provider: string; redirectUriLabel: string; issuerExample: string };
	/** What the provider is given. */
	ours: { redirectUri: string; loginUrl: string; initiateUrl?: string };
	/** "Set 12 Mar by Maya Lindqvist", where a secret is stored. */
	secretSet: string | null;
	/** Where Google is connected without a client of one's own, if it can be. */
	sharedHref: string | null;
	/** What the stored issuer's document says, in a sentence. */
	found: { issuer: string; sentence: string } | null;
	/** The workspace's domains with the state of their proof, rendered by the server. */
	domains: ReactNode;
	actions: ConnectionActions;
	backHref: string;
	/** How it is turned on from here, where it is off. */
	turnOn: TurnOn | null;
	/** The last test, rendered by the server. */
	result: ReactNode;
}) {
	const t = useTranslations("connection");
	const { note } = useGuideFacts();
	const state = useConnectionForm<OidcDraft>({
		id,
		initial,
		fields,
		actions,
		provider: words.provider,
		leadTo: () => backHref,
	});
	const { form, fieldProps } = state;
	const [issuer, endpoint, clientId, secret] = form.watch([
		"issuer",
		"discoveryEndpoint",
		"clientId",
		"clientSecret",
	]);
	const hasSecret = Boolean(secret || secretSet);
	useEffect(() => {
		note("secret", hasSecret);
		note("credentials", hasSecret && clientId !== "");
		note("issuer", URL.canParse(issuer || endpoint));
	}, [note, hasSecret, clientId, issuer, endpoint]);
	return (
		<FormFrame state={state} provider={words.provider} turnOn={turnOn} result={result}>
			<Panel>
				<FormPart title={t("give", words)} lead={t("giveLead")}>
					{sharedHref ? (
						<p className="text-sm">
							<Link href={sharedHref} className="link">
								{t("google.sharedLink")}
							</Link>
						</p>
					) : null}
					<CopyField
						label={words.redirectUriLabel}
						value={ours.redirectUri}
						onCopy={() => note("copied:redirectUri")}
					/>
					{state.testing === "waiting" ? (
						<p className="text-sm text-ink-2">
							{t("redirectRefused", { provider: words.provider, label: words.redirectUriLabel })}
						</p>
					) : null}
					<CopyField
						label={t("loginUrl")}
						value={ours.loginUrl}
						onCopy={() => note("copied:loginUrl")}
					/>
					{ours.initiateUrl ? (
						<div>
							<CopyField
								label={t("initiateUrl")}
								value={ours.initiateUrl}
								onCopy={() => note("copied:initiateUrl")}
							/>
							<p className="mt-1.5 text-sm text-ink-2">{t("initiateHint", words)}</p>
						</div>
					) : (
						<p className="text-sm text-ink-2">{t("initiateLater")}</p>
					)}
				</FormPart>
				<FormPart title={t("bring", words)}>
					<TextField label={t("fields.name")} hint={t("hints.name")} {...fieldProps("name")} />
					<TextField
						mono
						label={t("fields.issuer")}
						placeholder={words.issuerExample}
						inputMode="url"
						autoComplete="off"
						found={found?.issuer === issuer ? found.sentence : undefined}
						{...fieldProps("issuer")}
						error={
							state.instead?.field === "issuer" && fieldProps("issuer").error ? (
								<>
									{fieldProps("issuer").error}{" "}
									<button type="button" className="link font-medium" onClick={state.instead.take}>
										{t("instead")}
									</button>
								</>
							) : (
								fieldProps("issuer").error
							)
						}
					/>
					<div className="grid gap-4 md:grid-cols-2">
						<TextField
							mono
							label={t("fields.clientId")}
							autoComplete="off"
							{...fieldProps("clientId")}
						/>
						<SecretField
							label={t("fields.clientSecret")}
							aside={secretSet ? t("keep") : undefined}
							set={secretSet ?? undefined}
							{...fieldProps("clientSecret")}
						/>
						{initial.provider === "entra" && isId(secret) ? (
							<p role="status" className="text-sm text-care md:col-span-2">
								{t("secretId", words)}
							</p>
						) : null}
						<TextField
							type="date"
							label={t("fields.secretExpiresOn")}
							aside={t("optional")}
							hint={t("hints.secretExpiresOn", words)}
							{...fieldProps("secretExpiresOn")}
						/>
						<TextField
							mono
							label={t("fields.discoveryEndpoint")}
							aside={t("optional")}
							placeholder="{issuer}/.well-known/openid-configuration"
							hint={t("hints.discoveryEndpoint", words)}
							autoComplete="off"
							{...fieldProps("discoveryEndpoint")}
						/>
					</div>
				</FormPart>
				<FormPart title={t("who")} lead={t("whoLead", words)}>
					{domains}
					<div className="grid gap-4 md:grid-cols-2">
						<TextField
							mono
							label={t("fields.emailDomain")}
							aside={t("optional")}
							placeholder="your-company.com"
							hint={t("hints.emailDomain")}
							autoComplete="off"
							{...fieldProps("emailDomain")}
						/>
						{initial.provider === "google" ? (
							<TextField
								mono
								label={t("fields.hostedDomain")}
								aside={t("optional")}
								placeholder="your-company.com"
								hint={t("hints.hostedDomain")}
								autoComplete="off"
								{...fieldProps("hostedDomain")}
							/>
						) : null}
					</div>
				</FormPart>
				<PanelBody className="space-y-3">
					<Folded title={t("scopes.title")} note={t("scopes.lead")} open={initial.scopes !== ""}>
						<TextField
							mono
							label={t("fields.scopes")}
							placeholder="groups"
							hint={t("hints.scopes")}
							autoComplete="off"
							{...fieldProps("scopes")}
						/>
					</Folded>
					<MappingFields
						state={state}
						protocol="oidc"
						open={Object.values(initial.claimMapping).some(Boolean)}
					/>
				</PanelBody>
			</Panel>
		</FormFrame>
	);
}
