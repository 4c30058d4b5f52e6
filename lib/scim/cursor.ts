/**
 * Cursors (RFC 9865): where a page ended, so that the next begins there, however many came before.
 * A cursor says nothing that its holder may not see, and opens nothing: it only positions a query
 * that is scoped by the token. Pure.
 */
import { createHash } from "node:crypto";
import { isId } from "@/lib/platform/ids";
import { badRequest } from "./errors";

/** How long a cursor is good, in seconds; ServiceProviderConfig says the same. */
export const cursorTimeout = 3600;

/** The row a page ended with, or began with. `key` is what it was sorted by, null where it has no value. */
export type Position = { key: string | null; micros: string; id: string };

/** A position, whether to go back from it, and what was counted when the first page was read. */
export type Mark = { position: Position; back: boolean; total: number };

/** What a query is, so that its cursor is not used for another. */
export function fingerprint(parts: readonly string[]): string {
	return createHash("sha256").update(JSON.stringify(parts)).digest("base64url").slice(0, 16);
}

/** Writes a cursor, of unreserved characters alone. */
export function writeCursor({ position, back, total }: Mark, query: string, now: Date): string {
	const { key, micros, id } = position;
	const parts = [query, now.getTime(), total, micros, id, key, back];
	return Buffer.from(JSON.stringify(parts)).toString("base64url");
}

/**
 * Reads a cursor.
 * @throws ScimError 400 invalidCursor for one that is not ours or of another query, expiredCursor.
 */
export function readCursor(text: string, query: string, now: Date): Mark {
	const parts = parse(text);
	if (!parts)
		throw badRequest("invalidCursor", "The cursor is not valid. Begin at the first page.");
	const [of, at, total, micros, id, key, back] = parts;
	if (of !== query)
		throw badRequest(
			"invalidCursor",
			"The cursor belongs to another query. Begin at the first page.",
		);
	if (now.getTime() - at > cursorTimeout * 1000)
		throw badRequest("expiredCursor", "The cursor has expired. Begin at the first page.");
	return { position: { key, micros, id }, back, total };
}

type Parts = [string, number, number, string, string, string | null, boolean];

function parse(text: string): Parts | undefined {
	let parts: unknown;
	try {
		parts = JSON.parse(Buffer.from(text.slice(0, 4096), "base64url").toString());
	} catch {
		return undefined;
	}
	if (!Array.isArray(parts) || parts.length !== 7) return undefined;
	const [of, at, total, micros, id, key, back]: unknown[] = parts;
	if (typeof of !== "string" || !isCount(at) || !isCount(total)) return undefined;
	if (typeof micros !== "string" || !/^\d{1,17}$/.test(micros)) return undefined;
	if (typeof id !== "string" || !isId(id)) return undefined;
	if (key !== null && (typeof key !== "string" || /\0|\p{Surrogate}/u.test(key))) return undefined;
	if (typeof back !== "boolean") return undefined;
	return [of, at, total, micros, id, key, back];
}

const isCount = (value: unknown): value is number =>
	Number.isSafeInteger(value) && Number(value) >= 0;
