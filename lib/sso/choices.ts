/** What an admin chose of how an OpenID provider is asked, and of how its answer is read. */
import type { Db } from "@/db/client";
import type { ClaimMapping } from "@/db/schema/sso";
import { type Connection, findConnection } from "./connections";
import { type ReadySettings, scopesOf } from "./settings";
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
	// The usual ones are asked for anyhow. With `openid` here, the engine would become a provider.
	const more = scopes?.filter((scope) => scope !== "openid") ?? [];
	return {
		...(more.length > 0 ? { scope: more.join(" ") } : {}),
		...(domain ? { hd: domain } : {}),
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
 */
export function isOfDomain({ hd }: Record<string, unknown>, { hostedDomain }: Choices): boolean {
	return hostedDomain === null || (typeof hd === "string" && hd.toLowerCase() === hostedDomain);
}
