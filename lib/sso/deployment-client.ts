/**
 * The deployment's own client at Google, which every workspace may use that has none. Its id and
 * secret stay in the environment: a connection says only that it uses them, and which id it was set
 * up with. What makes it safe to share is the hosted domain (`hd`), which Google signs.
 */
import { createHmac } from "node:crypto";
import type { ProviderMetadata } from "@/db/schema/sso";
import { deriveKey } from "@/lib/platform/crypto";
import { env } from "@/lib/platform/env";
import type { Reason } from "@/lib/policy/reasons";
import type { SignIn } from "./attempt";
import type { Connection } from "./connections";
import { normalDomain } from "./domains";

/** Null where the operator has configured none. */
export function deploymentClient(): { id: string; secret: string; issuer: string } | null {
	const { GOOGLE_CLIENT_ID: id, GOOGLE_CLIENT_SECRET: secret, GOOGLE_ISSUER: issuer } = env();
	return id && secret ? { id, secret, issuer } : null;
}

/**
 * Stands for the secret wherever one is passed along or stored. Nobody can type it, so no settings
 * of a workspace's own can ask for the real one.
 */
export const placeholder = () => deriveKey("deployment-client").toString("base64url");

/** The secret itself, at the moment it is sent to Google; any other secret is left as it is. */
export function revealed(secret: string): string {
	return secret === placeholder() ? (deploymentClient()?.secret ?? secret) : secret;
}

/** Why nobody can begin at a connection just now, or null: it may rest on a client that is gone. */
export function whyWithoutClient({
	deploymentClient: uses,
	issuer,
}: Pick<Connection, "deploymentClient" | "issuer">): Reason | null {
	return uses && deploymentClient()?.issuer !== issuer ? "google_client_missing" : null;
}

/** One value for what such a connection rests on. The secret is Google's and the operator's matter. */
export function hashOfShared(rests: {
	clientId: string;
	issuer: string;
	hostedDomain: string | null;
}): string {
	const { clientId, issuer, hostedDomain } = rests;
	return createHmac("sha256", deriveKey("settings"))
		.update(JSON.stringify(["deployment", clientId, issuer, hostedDomain]))
		.digest("base64url");
}

/**
 * Whether an account may come in through the deployment's client.
 * @param hostedDomain the domain the connection is bound to; null while this answer is to bind it.
 * @returns the account's domain. Refused: hosted_domain_missing of an account that belongs to no
 *   organization, hosted_domain_differs, email_not_verified.
 */
export function judgeAccount(
	{ hd, email_verified: verified }: Record<string, unknown>,
	hostedDomain: string | null,
): { ok: true; hostedDomain: string } | { ok: false; reason: Reason } {
	if (typeof hd !== "string" || !isOwned(hd)) return { ok: false, reason: "hosted_domain_missing" };
	if (hostedDomain !== null && hd !== hostedDomain)
		return { ok: false, reason: "hosted_domain_differs" };
	// Google says it of every account; one of which it is not said is none of Google's.
	if (verified !== true) return { ok: false, reason: "email_not_verified" };
	return { ok: true, hostedDomain: hd };
}

/** A domain in its one normal form, and none that everybody shares. */
function isOwned(hd: string): boolean {
	const normal = normalDomain(hd);
	return normal.ok && normal.domain === hd;
}

/** The domain of the account that a test was made with, where it fixed one. */
export function boundBy({
	deploymentClient: used,
	draft,
	claims,
}: Pick<SignIn, "deploymentClient" | "draft" | "claims">): string | null {
	return used && claims ? (draft?.hostedDomain ?? null) : null;
}

/**
 * The domain whose emails Google itself vouches for at this connection, or null. It counts for
 * linking and adding people here as a proved one does, and for nothing else: nobody is led by it.
 */
export function vouchedDomain(connection: {
	deploymentClient: boolean;
	metadata?: Partial<ProviderMetadata> | null;
}): string | null {
	return connection.deploymentClient ? (connection.metadata?.hosted_domain ?? null) : null;
}
