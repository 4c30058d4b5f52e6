/**
 * Signing out at the provider too. Signing out here leaves the provider's own session alone, which
 * is how most people expect it; where the provider offers to end it, the person is asked, and led
 * there by a link that works once (RP-Initiated Logout 1.0; SAML profiles §4.4).
 */
import { and, eq, gt, lt } from "drizzle-orm";
import type { Db, Tx } from "@/db/client";
import { sessions, signOuts } from "@/db/schema";
import type { ProviderSession } from "@/db/schema/sso";
import { hashToken, newToken } from "@/lib/platform/crypto";
import { env } from "@/lib/platform/env";
import { newId } from "@/lib/platform/ids";
import { type Connection, findConnection } from "./connections";
import { idTokenHint } from "./provider-session";
import { signingKeys } from "./saml/service-keys";
import { askToLogOut, type Onward, offersLogout } from "./saml/single-logout";

/** How long the link works. */
const offerMinutes = 10;

/** Where a provider sends the browser back to, and what an admin gives it as such. */
export const signedOutUri = (workspaceId: string) =>
	`${env().PUBLIC_URL}/sso/signed-out/${workspaceId}`;

/** The provider's session behind one of ours; read before that ends. */
export async function providerSessionOf(
	db: Db | Tx,
	workspaceId: string,
	sessionId: string,
): Promise<{ session: ProviderSession; connection: Connection } | null> {
	const [row] = await db
		.select({ session: sessions.providerSession, connectionId: sessions.connectionId })
		.from(sessions)
		.where(and(eq(sessions.workspaceId, workspaceId), eq(sessions.id, sessionId)));
	if (!row?.session || !row.connectionId) return null;
	const connection = await findConnection(db, workspaceId, row.connectionId);
	return connection && { session: row.session, connection };
}

/**
 * Keeps what the provider needs to end its session, for the minutes in which the person may ask.
 * @returns the token of the link, or null where the provider offers no such thing.
 */
export async function offerSignOut(
	tx: Tx,
	{ session, connection }: { session: ProviderSession; connection: Connection },
	now: Date,
): Promise<string | null> {
	if (!offers(connection, session)) return null;
	const token = newToken();
	await tx.insert(signOuts).values({
		workspaceId: connection.workspaceId,
		id: newId(),
		tokenHash: hashToken(token),
		connectionId: connection.id,
		providerSession: session,
		expiresAt: new Date(now.getTime() + offerMinutes * 60_000),
	});
	return token;
}

/** What a link would lead to; null once it is used or over. */
export async function findOffer(
	db: Db,
	token: string,
	now: Date,
): Promise<{ provider: string; workspaceId: string } | null> {
	const [row] = await db.select().from(signOuts).where(isOpen(token, now));
	const connection = row && (await findConnection(db, row.workspaceId, row.connectionId));
	return connection ? { provider: connection.name, workspaceId: row.workspaceId } : null;
}

/** Uses the link up. @returns where to send the browser, or null where it is over. */
export async function takeOffer(db: Db, token: string, now: Date): Promise<Onward | null> {
	const [row] = await db.delete(signOuts).where(isOpen(token, now)).returning();
	const connection = row && (await findConnection(db, row.workspaceId, row.connectionId));
	if (!connection) return null;
	const { providerSession: session } = row;
	if (connection.protocol === "saml" && session.protocol === "saml")
		return askToLogOut(connection, session, await signingKeys(db, connection), now);
	const address = addressAt(connection, session);
	return address === null ? null : { address };
}

/** Lets go of offers that nobody took. */
export async function expireOffers(db: Db, now: Date): Promise<void> {
	await db.delete(signOuts).where(lt(signOuts.expiresAt, now));
}

const isOpen = (token: string, now: Date) =>
	and(eq(signOuts.tokenHash, hashToken(token)), gt(signOuts.expiresAt, now));

/** Whether the provider offers to end its session. */
function offers(connection: Connection, session: ProviderSession): boolean {
	if (connection.protocol === "saml" && session.protocol === "saml")
		return offersLogout(connection, session) !== null;
	return addressAt(connection, session) !== null;
}

/**
 * Where the OpenID provider ends its session, with what names it. Null where it offers no such address, or
 * the connection is another than the session came from.
 */
function addressAt(connection: Connection, session: ProviderSession): string | null {
	if (connection.protocol !== "oidc" || session.protocol !== "oidc") return null;
	const { end_session_endpoint: endpoint } = connection.metadata;
	if (!endpoint || session.issuer !== connection.issuer) return null;
	const address = new URL(endpoint);
	const hint = idTokenHint(session);
	if (hint) address.searchParams.set("id_token_hint", hint);
	address.searchParams.set("client_id", connection.clientId);
	address.searchParams.set("post_logout_redirect_uri", signedOutUri(connection.workspaceId));
	return address.href;
}
