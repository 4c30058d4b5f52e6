/**
 * Statements that are sent without waiting for those before them, since each wait is a way to the
 * database and back. The database still runs them one after the other, and where one of a
 * transaction fails, so do those behind it.
 */
import { seenByConnection } from "./connection";

const unawaited = new WeakMap<object, Promise<unknown>[]>();

/**
 * Waits for all of some statements that were sent at once, in this order. Where one fails those
 * behind it fail because of it, so what the first says is thrown; and only when nothing of them goes
 * on any more, since the transaction then ends.
 */
export async function together<const T extends readonly unknown[]>(
	sent: T,
): Promise<{ -readonly [I in keyof T]: Awaited<T[I]> }> {
	const ended = await Promise.allSettled(sent);
	for (const end of ended) if (end.status === "rejected") throw end.reason;
	return Promise.all(sent) as Promise<{ -readonly [I in keyof T]: Awaited<T[I]> }>;
}

/**
 * Lets a transaction go on while a statement is under way. Where that fails the transaction does too.
 * @param send sends one statement, and makes nothing of what the database says: by then the commit
 *   may have gone.
 * @returns what the database says, for whom it is early enough later.
 */
export function withoutWaiting<T>(tx: object, send: () => Promise<T>): Promise<T> {
	const others = unawaited.get(tx);
	if (!others) throw new Error("nothing waits for a statement outside of a transaction");
	// A query of Drizzle's is sent at each `then`.
	const sent = seenByConnection(tx, () => send().then((result) => result));
	// Heard of when the transaction ends, or from the next statement that is waited for.
	sent.catch(() => {});
	others.push(sent);
	return sent;
}

/** Waits for what this transaction has sent so far. @throws what the first that failed says. */
export async function waitForSent(tx: object): Promise<void> {
	await together(unawaited.get(tx)?.splice(0) ?? []);
}

/**
 * Runs the work of a transaction, and waits for all that it sent.
 * @throws what the first statement says that failed, rather than what followed from it.
 */
export async function untilSent<T>(tx: object, work: () => Promise<T>): Promise<T> {
	unawaited.set(tx, []);
	try {
		return await work();
	} finally {
		await waitForSent(tx);
	}
}
