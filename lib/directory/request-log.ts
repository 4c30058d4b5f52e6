/**
 * The log of what a directory asked: diagnostic, so it is buffered and written beside the requests,
 * never inside their transactions. What must not be lost is in the activity log. Owns writing,
 * hiding secrets, cutting and letting go; reading is ./request-list.
 */
import { getTableColumns, lte, sql } from "drizzle-orm";
import type { Db, Tx } from "@/db/client";
import { scimRequests } from "@/db/schema";
import type { Actor } from "@/lib/activity/actor";
import { newId } from "@/lib/platform/ids";
import type { Handlers } from "@/lib/platform/jobs";
import { log } from "@/lib/platform/log";

/** One request and its answer, as the endpoint knows them. */
export type RequestEntry = {
	directory: { workspaceId: string; id: string };
	tokenName: string;
	at: Date;
	method: string;
	/** Path and query, behind the base URL. */
	path: string;
	status: number;
	milliseconds: number;
	address: string | null;
	userAgent: string | null;
	ifMatch: string | null;
	/** The bodies as they went over the wire; null where there was none. */
	requestBody: string | null;
	responseBody: string | null;
	/** The resource that was created, changed or asked for, where it is one. */
	target: { kind: "User" | "Group"; id: string; version: number } | null;
	/** Names of the attributes that changed. */
	changed: string[];
	/** What was passed over: an unknown attribute, a member that is not there. */
	notes: string[];
};

type Row = typeof scimRequests.$inferInsert;

/** A body longer than this is cut. */
export const longestBody = 16 * 1024;

const keptDays = 14;
const flushMs = 200;
const fullAt = 500;
/** What waits at most while the database does not answer; beyond that requests go unlogged. */
const mostWaiting = 20_000;

type Buffer = { rows: Row[]; timer: NodeJS.Timeout | null; writing: Promise<void> };

// Every bundle of the process fills the same buffer.
const slot = Symbol.for("gatehouse.scim-requests");
const shared = globalThis as { [slot]?: WeakMap<Db, Buffer> };

function bufferOf(db: Db): Buffer {
	shared[slot] ??= new WeakMap();
	const known = shared[slot].get(db);
	if (known) return known;
	const made: Buffer = { rows: [], timer: null, writing: Promise.resolve() };
	shared[slot].set(db, made);
	return made;
}

/** Notes a request, to be written within 200 ms. Call it outside of any transaction. */
export function noteRequest(db: Db, entry: RequestEntry): void {
	const buffer = bufferOf(db);
	if (buffer.rows.length >= mostWaiting) return;
	buffer.rows.push(rowOf(entry));
	if (buffer.rows.length >= fullAt) void flushRequests(db);
	else {
		buffer.timer ??= setTimeout(() => void flushRequests(db), flushMs);
		buffer.timer.unref();
	}
}

/**
 * Writes a request that an admin has sent again, in the transaction of what it did: unlike the
 * directory's own it is an admin's act, and one whose row was lost would name nobody.
 * @param replay.of the request it repeats. @returns the id of its row.
 */
export async function logReplay(
	tx: Tx,
	entry: RequestEntry,
	replay: { by: Actor; of: string },
): Promise<string> {
	const { by, of } = replay;
	const address = "address" in by ? (by.address ?? null) : null;
	const row = { ...rowOf({ ...entry, address }), replayedBy: by.label, repeatsId: of };
	await tx.insert(scimRequests).values(row);
	return row.id;
}

/** Writes what waits. A failure is told to the process's log and the rows are given up. */
export function flushRequests(db: Db): Promise<void> {
	const buffer = bufferOf(db);
	if (buffer.timer) clearTimeout(buffer.timer);
	buffer.timer = null;
	const rows = buffer.rows.splice(0);
	if (rows.length > 0)
		buffer.writing = buffer.writing.then(async () => {
			try {
				for (let from = 0; from < rows.length; from += fullAt)
					await write(db, rows.slice(from, from + fullAt));
			} catch (err) {
				log().warn({ err, count: rows.length }, "SCIM requests could not be logged");
			}
		});
	return buffer.writing;
}

/**
 * Writes rows as one parameter, whose statement is always the same text. Building one with a
 * parameter for each of the 22 columns cost more than answering the request did.
 */
async function write(db: Db, rows: readonly Row[]): Promise<void> {
	await db.execute(
		sql`insert into ${scimRequests} select * from json_populate_recordset(null::${scimRequests}, ${JSON.stringify(rows.map(columnsOf))}::json)`,
	);
}

const columnNames = Object.entries(getTableColumns(scimRequests)).map(
	([property, { name }]) => [property as keyof Row, name] as const,
);

const columnsOf = (row: Row) =>
	Object.fromEntries(columnNames.map(([property, name]) => [name, row[property]]));

/** The row of an entry: secrets hidden, bodies cut, and both said. */
export function rowOf(entry: RequestEntry): Row {
	const sent = bodyOf(entry.requestBody);
	const answered = bodyOf(entry.responseBody);
	return {
		workspaceId: entry.directory.workspaceId,
		id: newId(),
		directoryId: entry.directory.id,
		tokenName: entry.tokenName,
		at: entry.at,
		method: entry.method.slice(0, 16),
		path: storable(entry.path).slice(0, 2048),
		status: entry.status,
		milliseconds: Math.round(entry.milliseconds),
		address: entry.address,
		userAgent: entry.userAgent && storable(entry.userAgent).slice(0, 200),
		ifMatch: entry.ifMatch && storable(entry.ifMatch).slice(0, 200),
		requestBody: sent.text,
		responseBody: answered.text,
		redacted: sent.redacted,
		cut: sent.cut || entry.path.length > 2048,
		targetKind: entry.target?.kind ?? null,
		targetId: entry.target?.id ?? null,
		targetVersion: entry.target?.version ?? null,
		changed: entry.changed.map(storable).slice(0, 100),
		notes: entry.notes.map(storable).slice(0, 20),
	};
}

/** Postgres keeps no NUL in a text, and takes no half of a surrogate pair from JSON. */
const storable = (text: string) => text.replace(/[\0\p{Surrogate}]/gu, "\uFFFD");

function bodyOf(body: string | null): { text: string | null; redacted: boolean; cut: boolean } {
	if (body === null || body === "") return { text: null, redacted: false, cut: false };
	const { text, redacted } = hideSecrets(storable(body));
	const cut = text.length > longestBody;
	return { text: cut ? text.slice(0, longestBody) : text, redacted, cut };
}

/** Stands where a secret was. */
const hidden = "[hidden]";
const secretName = /password|secret|token|credential|privatekey/i;

/**
 * The body without the values of secrets, whatever form they take: an attribute, a dotted or
 * URN-prefixed key, or the value of a PATCH operation on one. A body without any stays as it is,
 * letter by letter.
 */
export function hideSecrets(body: string): { text: string; redacted: boolean } {
	if (!secretName.test(body)) return { text: body, redacted: false };
	let found = false;
	const hide = (value: unknown, depth: number): unknown => {
		if (typeof value !== "object" || value === null) return value;
		if (depth > 40) {
			found = true;
			return hidden;
		}
		if (Array.isArray(value)) return value.map((each) => hide(each, depth + 1));
		const path = Object.entries(value).find(([name]) => name.toLowerCase() === "path")?.[1];
		const onSecret = typeof path === "string" && secretName.test(path);
		return Object.fromEntries(
			Object.entries(value).map(([name, each]) => {
				const secret = secretName.test(name) || (onSecret && name.toLowerCase() === "value");
				if (!secret || each === null) return [name, hide(each, depth + 1)];
				found = true;
				return [name, hidden];
			}),
		);
	};
	try {
		const kept = hide(JSON.parse(body), 0);
		return found ? { text: JSON.stringify(kept), redacted: true } : { text: body, redacted: false };
	} catch {
		// It names a secret and is no JSON: nobody can tell which part of it is one.
		return { text: hidden, redacted: true };
	}
}

/** Lets go of what is older than 14 days, some thousand rows at a time. @returns how many. */
export async function expireRequests(db: Db, now: Date): Promise<number> {
	const before = new Date(now.getTime() - keptDays * 86_400_000);
	let gone = 0;
	for (;;) {
		const some = db
			.select({ id: scimRequests.id })
			.from(scimRequests)
			.where(lte(scimRequests.at, before))
			.limit(5_000);
		const deleted = await db
			.delete(scimRequests)
			.where(sql`${scimRequests.id} in ${some}`)
			.returning({ id: scimRequests.id });
		gone += deleted.length;
		if (deleted.length < 5_000) return gone;
	}
}

const hourMs = 3_600_000;

/** What the log asks for by itself. */
export function requestJobs(db: Db): Handlers {
	return {
		"scim_requests.expire": async (_, { now }) => {
			await expireRequests(db, now);
			return new Date(now.getTime() + hourMs);
		},
	};
}
