/**
 * OpenID Connect Back-Channel Logout 1.0: the provider itself says that somebody signed out there,
 * and their sessions here end at once. Owns the keys it verifies with; whether the token is one is
 * ./logout-token, what ends is ./provider-sign-out.
 */
import { eq } from "drizzle-orm";
import type { JSONWebKeySet } from "jose";
import { type Db, lockWorkspace, transact } from "@/db/client";
import { connections } from "@/db/schema";
import { countRefusal } from "@/lib/activity/record";
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
import { endProviderSessions, isFirst } from "./provider-sign-out";

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
		const until = new Date(now.getTime() + 2 * newsSeconds * 1000);
		if (!(await isFirst(tx, connection, read.token.id, until))) return null;
		return endProviderSessions(tx, connection, [sessionOf(connection, read.token)], now);
	});
	return ended === null ? refuse("used") : { ok: true, ended };
}

/** What of a session the token names. */
function sessionOf({ issuer }: OidcConnection, { sid, subject }: LogoutToken) {
	return {
		protocol: "oidc" as const,
		issuer,
		...(sid === null ? {} : { sid }),
		...(subject === null ? {} : { subject }),
	};
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
