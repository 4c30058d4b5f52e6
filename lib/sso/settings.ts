/**
 * What a sign-in rests on, read from a draft and from the provider itself. Nothing is stored here:
 * ready settings can be tested, or saved by ./save.
 */
import { createHmac } from "node:crypto";
import type { ClaimMapping, ProviderMetadata } from "@/db/schema/sso";
import { deriveKey } from "@/lib/platform/crypto";
import { planIncludesSso, type Workspace } from "@/lib/workspaces/workspaces";
import type { EngineConnection } from "./broker";
import { type Connection, type ConnectionRefusal, storedSecret } from "./connections";
import { discover } from "./discovery";
import type { Draft, OidcDraft } from "./draft";

/** Settings that were read from the provider and are complete: ready to store, or to test. */
export type ReadySettings = {
	draft: OidcDraft;
	metadata: ProviderMetadata;
	secret: { kind: "new"; text: string } | { kind: "kept" };
};

/**
 * Checks a draft against the provider itself, without storing anything.
 * @param stored the connection being edited, or null.
 * Refused: plan_needed, secret_missing (also where issuer, token endpoint or client ID changed: a
 *   stored secret belongs to where it was entered for), stale where the stored one speaks another
 *   protocol, and every reason of `discover`.
 */
export async function readyDraft(
	workspace: Workspace,
	draft: Draft,
	stored: Connection | null,
	reader: typeof discover = discover,
): Promise<{ ok: true; settings: ReadySettings } | ConnectionRefusal> {
	if (!planIncludesSso(workspace.plan)) return { ok: false, reason: "plan_needed" };
	if (draft.protocol !== "oidc" || (stored && stored.protocol !== draft.protocol))
		return { ok: false, reason: "stale" };
	if (!draft.clientSecret && !stored)
		return { ok: false, reason: "secret_missing", field: "clientSecret" };
	const found = await reader(draft.issuer, draft.discoveryEndpoint || null);
	if (!found.ok)
		return { ...found, field: draft.discoveryEndpoint ? "discoveryEndpoint" : "issuer" };
	const metadata: ProviderMetadata = {
		...found.metadata,
		...(draft.hostedDomain ? { hosted_domain: draft.hostedDomain.replace(/^@/, "") } : {}),
	};
	if (draft.clientSecret)
		return {
			ok: true,
			settings: { draft, metadata, secret: { kind: "new", text: draft.clientSecret } },
		};
	const sameOwner =
		stored !== null &&
		stored.protocol === "oidc" &&
		stored.metadata.issuer === metadata.issuer &&
		stored.clientId === draft.clientId &&
		hostOf(stored.metadata.token_endpoint) === hostOf(metadata.token_endpoint);
	if (!sameOwner) return { ok: false, reason: "secret_missing", field: "clientSecret" };
	return { ok: true, settings: { draft, metadata, secret: { kind: "kept" } } };
}

const hostOf = (address: string) => new URL(address).host;

/** What the protocol engine needs: of the settings under test, else of the stored connection. */
export function engineSettings(
	settings: ReadySettings | null,
	connection: Connection | null,
): EngineConnection {
	const stored = connection?.protocol === "oidc" ? connection : null;
	if (settings) {
		const { draft, metadata, secret } = settings;
		const clientSecret = secret.kind === "new" ? secret.text : storedSecret(stored);
		return { clientId: draft.clientId, clientSecret, metadata: forEngine(metadata) };
	}
	if (!stored) throw new Error("a sign-in needs a connection or settings to test");
	const { clientId, metadata } = stored;
	return { clientId, clientSecret: storedSecret(stored), metadata: forEngine(metadata) };
}

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
 * reminder date are not of it. Keyed, because the secret is.
 */
export function hashOfSettings(settings: ReadySettings, stored: Connection | null): string {
	const { draft, metadata, secret } = settings;
	const kept = stored?.protocol === "oidc" ? stored : null;
	// What was not asked for leaves the value as it was before it could be.
	const asked = { scopes: scopesOf(draft), claimMapping: mappingOf(draft) };
	return createHmac("sha256", deriveKey("settings"))
		.update(
			JSON.stringify([
				draft.clientId,
				secret.kind === "new" ? secret.text : storedSecret(kept),
				Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1)),
				...(asked.scopes || asked.claimMapping ? [asked] : []),
			]),
		)
		.digest("base64url");
}
