/**
 * Sending a request again: as a dry run, which is rolled back whatever it did, or for real, which is
 * only for what was refused or failed and whose target has not changed since. Also the transaction
 * that the self-test runs in. The endpoint is given by the caller, since lib/scim is above here.
 */
import { and, eq, sql } from "drizzle-orm";
import { type Db, lockWorkspace, type Tx, transact } from "@/db/client";
import { writing } from "@/db/once";
import { directoryGroups, directoryUsers } from "@/db/schema";
import type { Actor } from "@/lib/activity/actor";
import { record } from "@/lib/activity/record";
import { env } from "@/lib/platform/env";
import type { Incoming, Reply } from "@/lib/platform/exchange";
import type { Directory } from "./directory";
import { findDirectory } from "./directory";
import { findRequest, type LoggedRequest } from "./request-list";
import { lendToken } from "./tokens";

/**
 * Answers SCIM requests with a database: lib/scim's handleScim.
 * @param goesOn is asked before each operation of a bulk; it ends where that says no.
 */
export type Endpoint = (
	request: Incoming,
	db: Db,
	goesOn?: () => Promise<boolean>,
) => Promise<Reply>;

/** What a request has beside its method and path. */
type Sent = { body?: string | null; ifMatch?: string | null };

/** Sends one request of a trial. Where its time is over it does not return: the trial ends. */
export type Ask = (method: string, path: string, sent?: Sent) => Promise<Answered>;

/** What an endpoint answered. */
export type Answered = { status: number; body: string };

export type ReplayRefusal =
	/** There is no such request, or no directory any more. */
	| "stale"
	/** Its body was cut, or held a secret: it cannot be sent as it was. */
	| "replay_incomplete"
	/** It was answered well: sending it again could only do harm. */
	| "replay_done"
	/** Its target is another one now. */
	| "replay_moved"
	| "replay_slow";

type Replayed = { ok: true; answer: Answered } | { ok: false; reason: ReplayRefusal };

/** What runs on trial may take this long. */
const longestMs = 5_000;

/** Carries the outcome of a trial out of the transaction that is taken back. */
class TakenBack<T> extends Error {
	readonly outcome: T;

	constructor(outcome: T) {
		super("taken back");
		this.outcome = outcome;
	}
}

/**
 * Runs work in a transaction that is rolled back, mails and jobs included, and lasts at most five
 * seconds, since nobody else in the workspace gets on meanwhile.
 * @param work sends requests with a token of the directory.
 * @returns null where it took too long.
 */
export async function onTrial<T>(
	db: Db,
	actor: Actor,
	directory: Directory,
	endpoint: Endpoint,
	work: (ask: Ask) => Promise<T>,
): Promise<T | null> {
	const now = new Date();
	const until = now.getTime() + longestMs;
	try {
		await transact(db, async (tx) => {
			// A statement's timeout knows only its own time: what is left is set before each step.
			const goesOn = async () => {
				const left = until - Date.now();
				if (left <= 0) return false;
				const timeout = sql`select set_config('statement_timeout', ${String(left)}, true)`;
				await tx.execute(writing(timeout));
				return true;
			};
			await goesOn();
			await lockWorkspace(tx, directory.workspaceId, "exclusive");
			const { token } = await lendToken(tx, actor, directory, "Trial", now);
			const outcome = await work(async (method, path, sent = {}) => {
				if (!(await goesOn())) throw new TakenBack(null);
				return send(endpoint, tx, token, method, path, sent, goesOn);
			});
			throw new TakenBack(Date.now() > until ? null : outcome);
		});
	} catch (error) {
		if (error instanceof TakenBack) return error.outcome as T | null;
		// 57014: a statement was cut off by its timeout.
		const cause = error instanceof Error && error.cause ? error.cause : error;
		if (typeof cause === "object" && cause && "code" in cause && cause.code === "57014")
			return null;
		throw error;
	}
	throw new Error("a trial was not taken back");
}

/** Sends a logged request again and takes back what it did. Refused: stale, replay_incomplete, replay_slow. */
export async function tryAgain(
	db: Db,
	actor: Actor,
	workspaceId: string,
	id: string,
	endpoint: Endpoint,
): Promise<Replayed> {
	const logged = await findRequest(db, workspaceId, id);
	const directory = await findDirectory(db, workspaceId);
	if (!logged || !directory) return { ok: false, reason: "stale" };
	if (logged.cut || logged.redacted) return { ok: false, reason: "replay_incomplete" };
	const { method, path, requestBody: body, ifMatch } = logged;
	const answer = await onTrial(db, actor, directory, endpoint, (ask) =>
		ask(method, path, { body, ifMatch }),
	);
	return answer ? { ok: true, answer } : { ok: false, reason: "replay_slow" };
}

/**
 * Sends a logged request again, for real, and records who did.
 * Refused: stale, replay_incomplete, replay_done, replay_moved.
 */
export function sendAgain(
	db: Db,
	actor: Actor,
	workspaceId: string,
	id: string,
	endpoint: Endpoint,
): Promise<Replayed> {
	return transact(db, async (tx): Promise<Replayed> => {
		await lockWorkspace(tx, workspaceId, "exclusive");
		const logged = await findRequest(tx, workspaceId, id);
		const directory = await findDirectory(tx, workspaceId);
		if (!logged || !directory) return { ok: false, reason: "stale" };
		const refused = await whyNotAgain(tx, logged);
		if (refused) return { ok: false, reason: refused };
		const name = `${logged.tokenName}, sent again by ${actor.label}`.slice(0, 80);
		const { token, takeBack } = await lendToken(tx, actor, directory, name, new Date());
		const { method, path, requestBody: body, ifMatch } = logged;
		const answer = await send(endpoint, tx, token, method, path, { body, ifMatch });
		await takeBack();
		await record(tx, workspaceId, actor, {
			kind: "directory.replayed",
			subject: { kind: "scim_request", id: logged.id, label: `${logged.method} ${logged.path}` },
			details: { status: answer.status },
		});
		return { ok: true, answer };
	});
}

/** Why a request may not be sent again for real; null where it may. */
export async function whyNotAgain(
	db: Db | Tx,
	logged: LoggedRequest,
): Promise<Exclude<ReplayRefusal, "stale" | "replay_slow"> | null> {
	if (logged.cut || logged.redacted) return "replay_incomplete";
	if (logged.status < 400 || isRead(logged.method)) return "replay_done";
	return (await hasMoved(db, logged)) ? "replay_moved" : null;
}

const isRead = (method: string) => method === "GET" || method === "HEAD";

/** Whether the target is gone, or was changed after the request was answered. */
async function hasMoved(db: Db | Tx, logged: LoggedRequest): Promise<boolean> {
	const { workspaceId, directoryId, targetKind, targetId, at } = logged;
	if (!targetKind || !targetId) return false;
	const table = targetKind === "User" ? directoryUsers : directoryGroups;
	const [target] = await db
		.select({ lastModifiedAt: table.lastModifiedAt })
		.from(table)
		.where(
			and(
				eq(table.workspaceId, workspaceId),
				eq(table.directoryId, directoryId),
				eq(table.id, targetId),
			),
		);
	return target ? target.lastModifiedAt > at : logged.status !== 404;
}

async function send(
	endpoint: Endpoint,
	tx: Tx,
	token: string,
	method: string,
	path: string,
	{ body = null, ifMatch = null }: Sent,
	goesOn?: () => Promise<boolean>,
): Promise<Answered> {
	const response = await endpoint(
		new Request(`${env().PUBLIC_URL}/api/scim/v2${path}`, {
			method,
			headers: {
				authorization: `Bearer ${token}`,
				...(body === null ? {} : { "content-type": "application/scim+json" }),
				...(ifMatch === null ? {} : { "if-match": ifMatch }),
			},
			...(body === null || isRead(method) ? {} : { body }),
		}),
		tx as unknown as Db,
		goesOn,
	);
	return { status: response.status, body: response.body ?? "" };
}
