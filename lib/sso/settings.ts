/**
 * What a sign-in rests on, read from a draft and from the provider itself. Nothing is stored here:
 * ready settings can be tested, or saved by ./save.
 */
import { createHmac } from "node:crypto";
import type { ClaimMapping, ProviderMetadata, SamlIdp, SamlSettings } from "@/db/schema/sso";
import { deriveKey } from "@/lib/platform/crypto";
import { env } from "@/lib/platform/env";
import { planIncludesSso, type Workspace } from "@/lib/workspaces/workspaces";
import type { EngineConnection } from "./broker";
import {
	type Connection,
	type ConnectionRefusal,
	type OidcConnection,
	type SamlConnection,
	storedSecret,
} from "./connections";
import { deploymentClient, hashOfShared, placeholder } from "./deployment-client";
import { discover } from "./discovery";
import type { Draft, OidcDraft, SamlDraft } from "./draft";
import { readCertificates } from "./saml/certificates";
import { fetchMetadata, isSafeAddress, readMetadata } from "./saml/metadata";

/** Settings that were read from the provider: ready to store, or, where complete, to test. */
export type ReadySettings = OidcSettings | SamlReady;

export type OidcSettings = {
	protocol: "oidc";
	draft: OidcDraft;
	metadata: ProviderMetadata;
	/** Typed, stored already, or the deployment's. */
	secret: { kind: "new"; text: string } | { kind: "kept" } | { kind: "deployment" };
};

type SamlReady = {
	protocol: "saml";
	draft: SamlDraft;
	saml: SamlSettings;
	metadataUrl: string | null;
};

/**
 * Checks a draft against the provider itself, without storing anything.
 * @param stored the connection being edited, or null.
 * @param reader how an OpenID provider is asked, and `metadataReader` how a SAML one is.
 * Refused: plan_needed, secret_missing (also where issuer, token endpoint or client ID changed: a
 *   stored secret belongs to where it was entered for), stale where the stored one speaks another
 *   protocol, google_client_missing, and every reason of `discover` and of ./saml/metadata.
 */
export async function readyDraft(
	workspace: Workspace,
	draft: Draft,
	stored: Connection | null,
	reader: typeof discover = discover,
	metadataReader: typeof fetchMetadata = fetchMetadata,
): Promise<{ ok: true; settings: ReadySettings } | ConnectionRefusal> {
	if (!planIncludesSso(workspace.plan)) return { ok: false, reason: "plan_needed" };
	if (draft.protocol === "oidc")
		return stored?.protocol === "saml"
			? { ok: false, reason: "stale" }
			: readyOidc(draft, stored, reader);
	return stored?.protocol === "oidc"
		? { ok: false, reason: "stale" }
		: readySaml(draft, stored, metadataReader);
}

async function readyOidc(
	draft: OidcDraft,
	stored: OidcConnection | null,
	reader: typeof discover,
): Promise<{ ok: true; settings: OidcSettings } | ConnectionRefusal> {
	if (draft.client === "deployment") return readyShared(draft, reader);
	if (!draft.clientSecret && !stored?.secret)
		return { ok: false, reason: "secret_missing", field: "clientSecret" };
	const found = await reader(draft.issuer, draft.discoveryEndpoint || null);
	if (!found.ok)
		return { ...found, field: draft.discoveryEndpoint ? "discoveryEndpoint" : "issuer" };
	const metadata: ProviderMetadata = {
		...found.metadata,
		...(draft.hostedDomain ? { hosted_domain: draft.hostedDomain.replace(/^@/, "") } : {}),
	};
	const read = { protocol: "oidc", draft, metadata } as const;
	if (draft.clientSecret)
		return { ok: true, settings: { ...read, secret: { kind: "new", text: draft.clientSecret } } };
	const sameOwner =
		stored?.secret !== null &&
		stored !== null &&
		stored.metadata.issuer === metadata.issuer &&
		stored.clientId === draft.clientId &&
		hostOf(stored.metadata.token_endpoint) === hostOf(metadata.token_endpoint);
	if (!sameOwner) return { ok: false, reason: "secret_missing", field: "clientSecret" };
	return { ok: true, settings: { ...read, secret: { kind: "kept" } } };
}

/** With the deployment's client there is nothing to choose but the account: Google is asked itself. */
async function readyShared(
	draft: OidcDraft,
	reader: typeof discover,
): Promise<{ ok: true; settings: OidcSettings } | ConnectionRefusal> {
	const client = deploymentClient();
	if (!client) return { ok: false, reason: "google_client_missing" };
	const found = await reader(client.issuer, null);
	if (!found.ok) return found;
	return {
		ok: true,
		settings: {
			protocol: "oidc",
			draft: { ...draft, issuer: client.issuer, clientId: client.id },
			metadata: {
				...found.metadata,
				...(draft.hostedDomain ? { hosted_domain: draft.hostedDomain } : {}),
			},
			secret: { kind: "deployment" },
		},
	};
}

/** Whether a sign-in goes through the deployment's client: by the settings under test, else as stored. */
export function usesDeploymentClient(
	settings: ReadySettings | null,
	connection: Pick<Connection, "deploymentClient"> | null,
): boolean {
	if (settings) return settings.protocol === "oidc" && settings.secret.kind === "deployment";
	return connection?.deploymentClient ?? false;
}

const hostOf = (address: string) => new URL(address).host;

const nameIdFormats = {
	"": null,
	email: "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
	persistent: "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
	unspecified: "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
} as const satisfies Record<SamlDraft["nameIdFormat"], string | null>;

/** A draft without its provider's side keeps what is stored of it, or waits for it. */
async function readySaml(
	draft: SamlDraft,
	stored: SamlConnection | null,
	reader: typeof fetchMetadata,
): Promise<{ ok: true; settings: SamlReady } | ConnectionRefusal> {
	const read = await providerOf(draft, stored, reader);
	if (!read.ok) return read;
	return {
		ok: true,
		settings: {
			protocol: "saml",
			draft,
			metadataUrl: draft.source === "none" ? (stored?.metadataUrl ?? null) : addressOf(draft),
			saml: {
				idp: read.idp,
				nameIdFormat: nameIdFormats[draft.nameIdFormat],
				signRequests: draft.signRequests,
				wantEncrypted: draft.wantEncrypted,
			},
		},
	};
}

/** Where its metadata is to be read again: an address that it was not read from is none. */
const addressOf = ({ source, metadataUrl }: SamlDraft) =>
	source === "url" || source === "later" ? metadataUrl || null : null;

async function providerOf(
	draft: SamlDraft,
	stored: SamlConnection | null,
	reader: typeof fetchMetadata,
): Promise<{ ok: true; idp: SamlIdp | null } | ConnectionRefusal> {
	const allow = env().EGRESS_ALLOW;
	switch (draft.source) {
		case "none":
			return { ok: true, idp: stored?.saml.idp ?? null };
		case "later":
			if (draft.metadataUrl && !isSafeAddress(draft.metadataUrl, allow))
				return {
					ok: false,
					reason: "metadata_blocked",
					field: "metadataUrl",
					received: draft.metadataUrl,
				};
			return { ok: true, idp: stored?.saml.idp ?? null };
		case "url": {
			if (!draft.metadataUrl)
				return { ok: false, reason: "metadata_missing", field: "metadataUrl" };
			const found = await reader(draft.metadataUrl);
			return found.ok ? found : { ...found, field: "metadataUrl" };
		}
		case "xml": {
			if (!draft.metadataXml)
				return { ok: false, reason: "metadata_missing", field: "metadataXml" };
			const found = readMetadata(draft.metadataXml, allow);
			return found.ok ? found : { ...found, field: "metadataXml" };
		}
		case "hand": {
			const { entityId, ssoUrl, ssoBinding, sloUrl } = draft;
			if (!entityId) return { ok: false, reason: "metadata_missing", field: "entityId" };
			for (const field of ["ssoUrl", "sloUrl"] as const)
				if ((field === "ssoUrl" || draft[field]) && !isSafeAddress(draft[field], allow))
					return { ok: false, reason: "address_unsafe", field, received: draft[field] || "—" };
			const read = readCertificates(draft.certificates);
			if (!read.ok) return { ...read, field: "certificates" };
			const { certificates } = read;
			return {
				ok: true,
				idp: {
					entityId,
					ssoUrl,
					ssoBinding,
					sloUrl: sloUrl || null,
					sloResponseUrl: null,
					sloBinding: "redirect",
					certificates,
				},
			};
		}
	}
}

/** Why ready settings cannot be tested yet: SAML needs addresses of its own, and the provider's side. */
export function whyUntestable(
	settings: ReadySettings,
	stored: Connection | null,
): "save_first" | "metadata_missing" | null {
	if (settings.protocol !== "saml") return null;
	if (!stored) return "save_first";
	return settings.saml.idp ? null : "metadata_missing";
}

/** What the protocol engine needs: of the settings under test, else of the stored connection. */
export function engineSettings(
	settings: OidcSettings | null,
	stored: OidcConnection | null,
): EngineConnection {
	if (settings) {
		const { draft, metadata, secret } = settings;
		const clientSecret = secret.kind === "deployment" ? placeholder() : textOf(secret, stored);
		return { clientId: draft.clientId, clientSecret, metadata: forEngine(metadata) };
	}
	if (!stored) throw new Error("a sign-in needs a connection or settings to test");
	const { clientId, metadata } = stored;
	if (!stored.deploymentClient)
		return { clientId, clientSecret: storedSecret(stored), metadata: forEngine(metadata) };
	const client = deploymentClient();
	// The deployment's secret is for the deployment's issuer alone.
	if (client?.issuer !== metadata.issuer) throw new Error("the deployment has no such client");
	return { clientId: client.id, clientSecret: placeholder(), metadata: forEngine(metadata) };
}

const textOf = (
	secret: { kind: "new"; text: string } | { kind: "kept" },
	stored: OidcConnection | null,
) => (secret.kind === "new" ? secret.text : storedSecret(stored));

/** What the provider itself said. */
function forEngine({ hosted_domain: _, ...metadata }: ProviderMetadata): ProviderMetadata {
	return metadata;
}

/** The names an admin gave, or null where all are left to what providers usually send. */
export function mappingOf({ claimMapping }: Draft): ClaimMapping | null {
	const { email, name, givenName, familyName, subject } = claimMapping;
	const mapping = {
		email: email || null,
		name: name || null,
		givenName: givenName || null,
		familyName: familyName || null,
		subject: subject || null,
	};
	return Object.values(mapping).some(Boolean) ? mapping : null;
}

/** The scopes an admin gave, or null for the usual ones. */
export function scopesOf({ scopes }: OidcDraft): string[] | null {
	const given = scopes.split(/\s+/).filter(Boolean);
	return given.length > 0 ? given : null;
}

/**
 * One value for everything a sign-in rests on: what a test passed with, it proved. The name and the
 * reminder date are not of it. Keyed, because the secret is. Of SAML the certificates are not of it
 * either: a provider that replaces its own, at the same address, is still the one that was proved.
 */
export function hashOfSettings(
	settings: ReadySettings,
	stored: Connection | null,
	id = stored?.id ?? null,
): string {
	const claimMapping = mappingOf(settings.draft);
	if (settings.protocol === "oidc" && settings.secret.kind === "deployment") {
		const { clientId, issuer } = settings.draft;
		const hostedDomain = settings.metadata.hosted_domain ?? null;
		return hashOfShared({ clientId, issuer, hostedDomain });
	}
	return createHmac("sha256", deriveKey("settings"))
		.update(JSON.stringify(partsOf(settings, stored, id, claimMapping)))
		.digest("base64url");
}

function partsOf(
	settings: ReadySettings,
	stored: Connection | null,
	id: string | null,
	claimMapping: ClaimMapping | null,
): unknown[] {
	if (settings.protocol === "saml") {
		const { idp, nameIdFormat, wantEncrypted } = settings.saml;
		const provider = idp && [idp.entityId, hostOf(idp.ssoUrl), idp.ssoBinding];
		// Each connection has its own addresses: what one proved says nothing of another.
		return ["saml", id, provider, nameIdFormat, wantEncrypted, claimMapping];
	}
	const { draft, metadata, secret } = settings;
	const kept = stored?.protocol === "oidc" ? stored : null;
	// What was not asked for leaves the value as it was before it could be.
	const asked = { scopes: scopesOf(draft), claimMapping };
	return [
		draft.clientId,
		secret.kind === "deployment" ? null : textOf(secret, kept),
		Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1)),
		...(asked.scopes || asked.claimMapping ? [asked] : []),
	];
}
