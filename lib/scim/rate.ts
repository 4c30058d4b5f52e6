/**
 * How fast one directory may ask. The bucket is in memory, so that counting costs nothing on the
 * fastest path there is; with several processes each counts for itself. It is there to keep a
 * client gone wild from taking the service from the others, not to ration a busy one.
 */
import { ScimError } from "./errors";

/** Requests in a minute, unless the directory has a number of its own: 10,000 a second. */
const usualRate = 600_000;

type Bucket = { left: number; at: number };

/** Module state exists several times in one process; what counts is shared. */
const slot = Symbol.for("gatehouse.scim.rates");
const shared = globalThis as { [slot]?: Map<string, Bucket> };

/**
 * Counts a request. The bucket holds a tenth of a minute's requests, and fills evenly.
 * @throws ScimError 429 with Retry-After.
 */
export function countRequest(directory: { id: string; rateLimit: number | null }, now: Date): void {
	const buckets = shared[slot] ?? new Map<string, Bucket>();
	shared[slot] = buckets;
	const aMinute = Math.max(1, directory.rateLimit ?? usualRate);
	const most = Math.max(1, aMinute / 10);
	const known = buckets.get(directory.id);
	const passed = known ? Math.max(0, now.getTime() - known.at) : 0;
	const left = known ? Math.min(most, known.left + (passed * aMinute) / 60_000) : most;
	const taken = left >= 1;
	buckets.set(directory.id, { left: taken ? left - 1 : left, at: now.getTime() });
	if (taken) return;
	const seconds = Math.max(1, Math.ceil(((1 - left) * 60) / aMinute));
	throw new ScimError(
		429,
		undefined,
		`More than ${aMinute} requests a minute came from this directory. Try again in ${seconds} s.`,
		{ "retry-after": String(seconds) },
	);
}
