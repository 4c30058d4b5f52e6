/**
 * OpenID Connect Back-Channel Logout 1.0: the provider itself says that somebody signed out there,
 * and their sessions here end at once. Owns the keys it verifies with and what ends; whether the
 * token is one is ./logout-token.
 */
import { createHash } from "node:crypto";
import { and, eq, gt, inArray, isNotNull, type SQL, sql } from "drizzle-orm";
import type { JSONWebKeySet } from "jose";
import { type Db, lockWorkspace, type Tx, transact } from "@/db/client";
import { connections, consumedAssertions, members, sessions, signIns } from "@/db/schema";
import { countRefusal, record } from "@/lib/activity/record";
import { labelOf } from "@/lib/members/members";
import { senderOf } from "@/lib/platform/addresses";
import { guardedFetch } from "@/lib/platform/egress";
import { env } from "@/lib/platform/env";
import { consume } from "@/lib/platform/limits";
import { log } from "@/lib/platform/log";
import { type OidcConnection, toConnection } from "./connections";
import {
	type LogoutToken,
	type LogoutTokenProblem,
	newsSeconds,
	readLogoutToken,
} from "./logout-token";

/** What an admin gives the provider as "Back-channel logout URI". */
export const backchannelUri = (connectionId: string) =>
	`${env().PUBLIC_URL}/api/sso/backchannel/${connectionId}`;

export type KeyFetch = (
	address: string,
) => Promise<{ ok: boolean; status?: number; body?: string }>;

export type BackchannelAnswer =
	| { ok: true; ended: number }
	| { ok: false; problem: LogoutTokenProblem | "connection" | "keys" | "used" | "throttled" };

/** Anybody may knock, and each knock may cost a request to the provider. */
const perSender = { name: "sso.backchannel", points: 300, seconds: 60 };

/** Longer than any Logout Token. */
const longestToken = 16_384;

/**
 * Takes a Logout Token for a connection.
 * @returns how many sessions ended; none is well too, since the person may have none here.
 * Refused: what the token is refused for; `connection` where there is no such OpenID connection;
 *   `keys` where the provider's keys cannot be read; `used` for a token seen before; `throttled`.
 */
export async function takeLogoutToken(
	db: Db,
	connectionId: string,
	token: string,
	address: string,
	now: Date,
	fetchKeys: KeyFetch = guardedFetch,
): Promise<BackchannelAnswer> {
	const allowed = await consume(db, perSender, senderOf(address));
	if (!allowed.ok) return { ok: false, problem: "throttled" };
	const connection = await oidcConnection(db, connectionId);
	if (!connection) return { ok: false, problem: "connection" };
	const refuse = async (problem: (BackchannelAnswer & { ok: false })["problem"]) => {
		await countRefusal(db, connection.workspaceId, "sign_out.bad_token", address, now);
		return { ok: false, problem } as const;
	};
	if (token.length > longestToken) return refuse("malformed");
	const read = await readWithKeys(token, connection, now, fetchKeys);
	if (!read.ok) return refuse(read.problem);
	const ended = await transact(db, async (tx) => {
		await lockWorkspace(tx, connection.workspaceId, "shared");
		if (!(await isFirst(tx, connection, read.token, now))) return null;
		return endSessions(tx, connection, read.token, now);
	});
	return ended === null ? refuse("used") : { ok: true, ended };
}

async function oidcConnection(db: Db, id: string): Promise<OidcConnection | null> {
	const [row] = await db.select().from(connections).where(eq(connections.id, id));
	const connection = row ? toConnection(row) : null;
	return connection?.protocol === "oidc" ? connection : null;
}

/** Keys are kept for a while, and asked for anew when a token names one that is not among them. */
const keptMs = 300_000;
const againMs = 30_000;
const slot = Symbol.for("gatehouse.logout-keys");
const shared = globalThis as { [slot]?: Map<string, { at: number; keys: JSONWebKeySet }> };

async function readWithKeys(
	token: string,
	connection: OidcConnection,
	now: Date,
	fetchKeys: KeyFetch,
): Promise<Awaited<ReturnType<typeof readLogoutToken>> | { ok: false; problem: "keys" }> {
	shared[slot] ??= new Map();
	const kept = shared[slot];
	const { jwks_uri: address } = connection.metadata;
	for (;;) {
		const known = kept.get(address);
		const age = known ? now.getTime() - known.at : Number.POSITIVE_INFINITY;
		const usable = known && age < keptMs ? known.keys : await fetched(address, fetchKeys);
		if (!usable) return { ok: false, problem: "keys" };
		const isNew = usable !== known?.keys;
		if (isNew) kept.set(address, { at: now.getTime(), keys: usable });
		const read = await readLogoutToken(token, usable, connection, now);
		const mayBeNewer = !read.ok && read.problem === "key_unknown" && !isNew && age > againMs;
		if (!mayBeNewer) return read;
		kept.delete(address);
	}
}

async function fetched(address: string, fetchKeys: KeyFetch): Promise<JSONWebKeySet | null> {
	const answer = await fetchKeys(address);
	try {
		const body: unknown = answer.ok && answer.status === 200 ? JSON.parse(answer.body ?? "") : null;
		const isSet = typeof body === "object" && body !== null && "keys" in body;
		if (isSet && Array.isArray(body.keys)) return body as JSONWebKeySet;
	} catch {
		// Not JSON: told like any other answer that holds no keys.
	}
	log().warn({ address }, "The keys of an identity provider could not be read");
	return null;
}

/** Whether this token is seen for the first time. It is remembered for as long as it would be news. */
async function isFirst(
	tx: Tx,
	{ workspaceId, id }: OidcConnection,
	token: LogoutToken,
	now: Date,
): Promise<boolean> {
	const taken = await tx
		.insert(consumedAssertions)
		.values({
			workspaceId,
			connectionId: id,
			assertionId: `logout ${createHash("sha256").update(token.id).digest("base64url")}`,
			expiresAt: new Date(now.getTime() + 2 * newsSeconds * 1000),
		})
		.onConflictDoNothing()
		.returning({ id: consumedAssertions.assertionId });
	return taken.length > 0;
}

/** Ends the sessions that came of the provider's, and the sign-ins that are about to become one. */
async function endSessions(
	tx: Tx,
	connection: OidcConnection,
	{ sid, subject }: LogoutToken,
	now: Date,
): Promise<number> {
	const { workspaceId, id, issuer, name } = connection;
	const isMeant = (
		column: typeof sessions.providerSession | typeof signIns.providerSession,
	): SQL => {
		const meant: Record<string, string> = { protocol: "oidc", issuer };
		if (sid !== null) meant.sid = sid;
		if (subject !== null) meant.subject = subject;
		return sql`${column} @> ${JSON.stringify(meant)}::jsonb`;
	};
	await tx
		.update(signIns)
		.set({ ticketHash: null })
		.where(
			and(
				eq(signIns.workspaceId, workspaceId),
				eq(signIns.connectionId, id),
				isNotNull(signIns.ticketHash),
				gt(signIns.ticketExpiresAt, now),
				isMeant(signIns.providerSession),
			),
		);
	const gone = await tx
		.delete(sessions)
		.where(
			and(
				eq(sessions.workspaceId, workspaceId),
				eq(sessions.connectionId, id),
				isMeant(sessions.providerSession),
			),
		)
		.returning({ memberId: sessions.memberId });
	const ids = [...new Set(gone.map(({ memberId }) => memberId))];
	if (ids.length === 0) return 0;
	const people = await tx
		.select()
		.from(members)
		.where(and(eq(members.workspaceId, workspaceId), inArray(members.id, ids)));
	for (const person of people)
		await record(
			tx,
			workspaceId,
			{ kind: "system", label: name },
			{
				kind: "sign_out.by_provider",
				subject: { kind: "member", id: person.id, label: labelOf(person) },
				details: { sessionsEnded: gone.filter(({ memberId }) => memberId === person.id).length },
			},
		);
	return gone.length;
}
