/**
 * How long a domain whose record is gone still counts: it leads and links for a week more, so that a
 * slip at the DNS provider locks nobody out.
 */
const graceMs = 7 * 86_400_000;

/** Until when a domain lost at a moment still counts. */
export function graceEnds(lostAt: Date): Date {
	return new Date(lostAt.getTime() + graceMs);
}

/** A domain lost after this moment still counts now. */
export function graceBegan(now: Date): Date {
	return new Date(now.getTime() - graceMs);
}
