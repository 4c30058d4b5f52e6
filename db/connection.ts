/**
 * A connection to Postgres that saves ways there and back, of which the time of a change is made.
 * Owns what is prepared and what goes together; what is sent is what Drizzle asks for.
 */
import type { Writable } from "node:stream";
import pg from "pg";
import type { StatementNames } from "./prepared";

/** Sends behind what is under way, without waiting for it. What fails, fails alone. */
const send = pg.Client.prototype.query as (...args: unknown[]) => Promise<unknown>;

/** A lock until the transaction ends, whose result nobody reads. */
const lock = /^select pg_advisory_xact_lock(_shared)?\(/;

/**
 * A prepared statement keeps the plan it was given, and while a table is small that may be to read
 * all of it. After an import it would go on so until Postgres has looked at the table, a minute or
 * more. So plans are made anew this often: it takes milliseconds.
 */
const plansLastMs = 5_000;

/** What the driver has to encode, which may fail there: not a list of texts. */
const isEncoded = (value: unknown) =>
	typeof value === "object" &&
	value !== null &&
	!(Array.isArray(value) && value.every((item) => typeof item === "string"));

const nothing = () => Promise.resolve({ rows: [], rowCount: null });

/**
 * The class of a pool's connections.
 * - Statements that come again are prepared; what has a name of its own keeps it. Plans are not kept
 *   for long.
 * - `begin`, and a lock right after it, go with the statement after them: before that one, nothing
 *   is seen that they would have to come before.
 * - `commit` goes with the last statement, where that is announced (`commitAfterNext`). The server
 *   undoes the transaction all the same if that statement fails.
 */
export function connectionClass(names: StatementNames): typeof pg.Client {
	class Connection extends pg.Client {
		/** What goes before the next statement. */
		before: string[] = [];
		isLast = false;
		/** How many statements of this transaction are not known to have come to the server. */
		unsure = 0;
		/** How many were handed to this connection. */
		seen = 0;
		plannedAt = Date.now();
		/** The commit that went with the last statement, until it is asked for. */
		committed: Promise<unknown> | null = null;

		constructor(config: pg.ClientConfig) {
			super({ ...config, pipeline: true });
			// One that dies within a transaction tells whoever waits for a statement; this is for nobody.
			this.on("error", () => {});
		}
	}

	Connection.prototype.query = function (this: Connection, config: unknown, ...rest: unknown[]) {
		const { text = "", name } = (typeof config === "object" && config ? config : {}) as {
			text?: string;
			name?: string;
		};
		const [values] = rest;
		const hasValues = Array.isArray(values) && values.length > 0;
		const { before, committed } = this;
		const ends = text === "commit" || text === "rollback";
		this.seen += 1;
		const encodes = hasValues && values.some(isEncoded);
		// The last statement may have failed before it came here; and one that the driver has to encode
		// may fail there, without a sign of it: the server would commit what is left.
		const isLast = this.isLast && !ends && !encodes && this.unsure === 0;
		if (committed) {
			if (ends) this.committed = null;
			if (text === "commit") return committed;
			if (text === "rollback") return committed.then(nothing, nothing);
			return Promise.reject(new Error("a statement after the last of its transaction"));
		}
		if (text === "begin" || (before.length > 0 && !hasValues && lock.test(text))) {
			if (text === "begin") this.unsure = 0;
			before.push(text);
			return nothing();
		}
		this.isLast = false;
		if (ends && before.length > 0) {
			// It ends before it began: nothing was seen and nothing done.
			this.before = [];
			return nothing();
		}
		// Without values a text goes as it is, as `commit` does: one message instead of five.
		const named =
			text && !name && hasValues ? { ...(config as object), name: names.nameOf(text) } : config;
		inOneWrite(this);
		this.before = [];
		const now = Date.now();
		if (now - this.plannedAt > plansLastMs) {
			this.plannedAt = now;
			// Not possible in a transaction that has failed: the next time, then.
			send.call(this, "discard plans").catch(() => {});
		}
		const begun = before.length > 0 ? send.call(this, before.join("; ")) : null;
		const sent = send.call(this, named, ...rest);
		if (encodes) {
			this.unsure += 1;
			const arrived = () => {
				this.unsure -= 1;
			};
			// Nothing where the pool asked for a call back.
			sent?.then(arrived, () => {});
		}
		if (isLast) {
			this.committed = send.call(this, "commit");
			// Nobody asks for it where the statement failed.
			this.committed.catch(() => {});
		}
		// If what goes before fails, so does the rest: whoever waits hears of the first.
		return begun ? Promise.all([begun, sent]).then(([, result]) => result) : sent;
	} as unknown as pg.Client["query"];
	return Connection;
}

/** Keeps what is sent until all that goes at once is there, and writes it to the socket together. */
function inOneWrite(client: pg.Client): void {
	const { stream } = (client as unknown as { connection: { stream: Writable } }).connection;
	if (stream.writableCorked > 0) return;
	stream.cork();
	process.nextTick(() => stream.uncork());
}

/**
 * Says that the next statement of a transaction is its last, so that the commit goes with it. One
 * more would be refused, although all was committed. On the embedded database there is no way to
 * save, and it does nothing.
 */
export function commitAfterNext(tx: object): void {
	const client = clientOf(tx);
	if ("isLast" in client) client.isLast = true;
}

/**
 * Sends a statement that nobody waits for. Where it does not come here at once, because a value could
 * not be encoded, its transaction does not commit with its last statement.
 */
export function seenByConnection<T>(tx: object, send: () => T): T {
	const client = clientOf(tx) as { seen?: number; unsure?: number };
	const { seen } = client;
	const sent = send();
	if (seen !== undefined && client.seen === seen) client.unsure = (client.unsure ?? 0) + 1;
	return sent;
}

const clientOf = (tx: object) => (tx as { session: { client: object } }).session.client;
