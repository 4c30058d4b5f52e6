/** What an admin chose of how an OpenID provider is asked, and of how its answer is read. */
import type { Db } from "@/db/client";
import type { ClaimMapping } from "@/db/schema/sso";
import type { Reason } from "@/lib/policy/reasons";
import { type Connection, findConnection } from "./connections";
import { judgeAccount } from "./deployment-client";
import { type ReadySettings, scopesOf, usesDeploymentClient } from "./settings";
import type { SignIn } from "./sign-in";

/** What goes with a request: more scopes, and the Google Workspace domain to choose accounts of. */
export function chosenParameters(
	settings: ReadySettings | null,
	connection: Connection | null,
): Record<string, string> {
	const stored = connection?.protocol === "oidc" ? connection : null;
	const tested = settings?.protocol === "oidc" ? settings : null;
	const scopes = tested ? scopesOf(tested.draft) : (stored?.scopes ?? null);
	const { hosted_domain: domain } = (tested ?? stored)?.metadata ?? {};
	// Any organization's: private accounts need not be shown where one is about to fix the domain.
	const hd = domain ?? (usesDeploymentClient(settings, connection) ? "*" : undefined);
	// The usual ones are asked for anyhow. With `openid` here, the engine would become a provider.
	const more = scopes?.filter((scope) => scope !== "openid") ?? [];
	return {
		...(more.length > 0 ? { scope: more.join(" ") } : {}),
		...(hd ? { hd } : {}),
	};
}

type Choices = { mapping: ClaimMapping | null; hostedDomain: string | null };

/** How an answer is read: by the settings under test, else by the connection's. */
export async function choicesFor(
	db: Db,
	signIn: Pick<SignIn, "draft" | "workspaceId" | "connectionId">,
): Promise<Choices> {
	if (signIn.draft)
		return { mapping: signIn.draft.claimMapping, hostedDomain: signIn.draft.hostedDomain ?? null };
	const connection = signIn.connectionId
		? await findConnection(db, signIn.workspaceId, signIn.connectionId)
		: null;
	if (connection?.protocol !== "oidc") return { mapping: null, hostedDomain: null };
	return {
		mapping: connection.claimMapping,
		hostedDomain: connection.metadata.hosted_domain ?? null,
	};
}

/**
 * Whether an answer is of the organization it must be of. What the request asked for is a hint; only
 * the signed claim says which organization an account belongs to, and a private one has none.
 * @returns `binds`: the domain that this account fixes, where none was.
 */
export function judgeDomain(
	claims: Record<string, unknown>,
	{ deploymentClient }: Pick<SignIn, "deploymentClient">,
	{ hostedDomain }: Pick<Choices, "hostedDomain">,
): { ok: true; binds?: string } | { ok: false; reason: Reason } {
	if (deploymentClient) {
		const judged = judgeAccount(claims, hostedDomain);
		if (!judged.ok) return judged;
		return { ok: true, ...(hostedDomain === null ? { binds: judged.hostedDomain } : {}) };
	}
	const fits = hostedDomain === null || claims.hd === hostedDomain;
	return fits ? { ok: true } : { ok: false, reason: "hosted_domain_differs" };
}
