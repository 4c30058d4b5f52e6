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
import { type Incoming, type Reply, toResponse } from "@/lib/platform/exchange";
import type { Directory } from "./directory";
import { findDirectory } from "./directory";
import { findRequest, type LoggedRequest } from "./request-list";
import { logReplay, type RequestEntry } from "./request-log";
import { lendToken } from "./tokens";

/**
 * Answers SCIM requests with a database: lib/scim's handleScim.
 * @param hears.goesOn is asked before each operation of a bulk; it ends where that says no.
 * @param hears.note is told of the request, once it is answered.
 */
export type Endpoint = (
	request: Incoming,
	db: Db,
	hears: { goesOn: () => Promise<boolean>; note?: (entry: RequestEntry) => void },
) => Promise<Reply>;

/** Where a trial's requests go, as a client has it: the base URL, a token, and how to send one. */
export type Door = {
	url: string;
	token: string;
	/** Answers one request. Where the time is over it does not return: the trial ends. */
	fetch: (request: Request) => Promise<Response>;
};

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

/** What runs on trial, or again for real, may take this long: nobody else gets on meanwhile. */
const longestMs = 5_000;

/** Carries the outcome of a transaction out of it, and takes everything back. */
class TakenBack<T> extends Error {
	readonly outcome: T;

	constructor(outcome: T) {
		super("taken back");
		this.outcome = outcome;
	}
}

/**
 * Runs work in a transaction that holds the workspace alone and lasts at most five seconds. A single
 * statement is cut off then too; not by the embedded database, which hears of the time only when the
 * statement has ended, and takes it back then.
 * @param keeps whether what was done in time stays; else it is rolled back, mails and jobs included.
 * @returns null where it took too long, and was taken back.
 */
async function inTime<T>(
	db: Db,
	workspaceId: string,
	keeps: boolean,
	work: (tx: Tx, goesOn: () => Promise<boolean>) => Promise<T>,
): Promise<T | null> {
	const until = Date.now() + longestMs;
	try {
		return await transact(db, async (tx) => {
			// A statement's timeout knows only its own time: what is left is set before each step.
			const goesOn = async () => {
				const left = until - Date.now();
				if (left <= 0) return false;
				const timeout = sql`select set_config('statement_timeout', ${String(left)}, true)`;
				await tx.execute(writing(timeout));
				return true;
			};
			await goesOn();
			await lockWorkspace(tx, workspaceId, "exclusive");
			const outcome = await work(tx, goesOn);
			if (Date.now() >= until) throw new TakenBack(null);
			if (!keeps) throw new TakenBack(outcome);
			return outcome;
		});
	} catch (error) {
		if (error instanceof TakenBack) return error.outcome as T | null;
		// 57014: a statement was cut off by its timeout.
		const cause = error instanceof Error && error.cause ? error.cause : error;
		if (typeof cause === "object" && cause && "code" in cause && cause.code === "57014")
			return null;
		throw error;
	}
}

/**
 * Runs work whose every effect is taken back, and which has five seconds.
 * @param work sends requests with a token of the directory.
 * @returns null where it took too long.
 */
export function onTrial<T>(
	db: Db,
	actor: Actor,
	directory: Directory,
	endpoint: Endpoint,
	work: (door: Door) => Promise<T>,
): Promise<T | null> {
	return inTime(db, directory.workspaceId, false, async (tx, goesOn) => {
		const { token } = await lendToken(tx, actor, directory, "Trial", new Date());
		const fetch = async (request: Request) => {
			if (!(await goesOn())) throw new TakenBack(null);
			return toResponse(await endpoint(request, tx as unknown as Db, { goesOn }));
		};
		return work({ url: baseUrl(), token, fetch });
	});
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
	const answer = await onTrial(db, actor, directory, endpoint, async ({ token, fetch }) => {
		const response = await fetch(requestOf(logged, token));
		return { status: response.status, body: await response.text() };
	});
	return answer ? { ok: true, answer } : { ok: false, reason: "replay_slow" };
}

/**
 * Sends a logged request again, for real, and records who did: in the activity log, and as a request
 * of its own in the request log, which names the one it repeats.
 * Refused: stale, replay_incomplete, replay_done, replay_moved, replay_slow.
 */
export async function sendAgain(
	db: Db,
	actor: Actor,
	workspaceId: string,
	id: string,
	endpoint: Endpoint,
): Promise<Replayed> {
	const done = await inTime(db, workspaceId, true, async (tx, goesOn): Promise<Replayed> => {
		const logged = await findRequest(tx, workspaceId, id);
		const directory = await findDirectory(tx, workspaceId);
		if (!logged || !directory) return { ok: false, reason: "stale" };
		const refused = await whyNotAgain(tx, logged);
		if (refused) return { ok: false, reason: refused };
		const name = `${logged.tokenName}, sent again by ${actor.label}`.slice(0, 80);
		const { token, takeBack } = await lendToken(tx, actor, directory, name, new Date());
		const notes: RequestEntry[] = [];
		const { status, body } = await endpoint(requestOf(logged, token), tx as unknown as Db, {
			goesOn,
			note: (entry) => notes.push(entry),
		});
		await takeBack();
		const [entry] = notes;
		if (!entry) throw new Error("a request that was sent again was not noted");
		const requestId = await logReplay(tx, entry, { by: actor, of: logged.id });
		await record(tx, workspaceId, actor, {
			kind: "directory.replayed",
			subject: { kind: "scim_request", id: logged.id, label: `${logged.method} ${logged.path}` },
			details: { status, requestId },
		});
		return { ok: true, answer: { status, body: body ?? "" } };
	});
	return done ?? { ok: false, reason: "replay_slow" };
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

const baseUrl = () => `${env().PUBLIC_URL}/api/scim/v2`;

/** A logged request, to be sent with another token. */
function requestOf(
	{ method, path, requestBody: body, ifMatch }: LoggedRequest,
	token: string,
): Request {
	return new Request(baseUrl() + path, {
		method,
		headers: {
			authorization: `Bearer ${token}`,
			...(body === null ? {} : { "content-type": "application/scim+json" }),
			...(ifMatch === null ? {} : { "if-match": ifMatch }),
		},
		...(body === null || isRead(method) ? {} : { body }),
	});
}
