/**
 * What of a connection ends by itself: the client secret, by the date an admin noted, and the
 * provider's signing certificates. Pure: when to say so by mail is decided here.
 */
import { X509Certificate } from "node:crypto";
import type { Connection } from "./connections";

export type Expiry = {
	what: "secret" | "certificate";
	/** Names this very secret or certificate: another one is told of anew. */
	key: string;
	at: Date;
};

const dayMs = 86_400_000;

/** Days before the end at which all admins get a mail. */
const reminders = [30, 7, 1] as const;

/**
 * What ends next in a connection, or null where nothing is known to. Of several certificates the
 * one that lasts longest counts: the others are on their way out, and sign-ins go on without them.
 */
export function expiryOf(connection: Connection): Expiry | null {
	if (connection.protocol === "oidc") {
		const { secretExpiresOn: day } = connection;
		return day ? { what: "secret", key: `secret ${day}`, at: new Date(`${day}T00:00:00Z`) } : null;
	}
	const certificates = (connection.saml.idp?.certificates ?? []).map(certificateExpiry);
	return certificates.reduce<Expiry | null>(
		(last, next) => (last && last.at >= next.at ? last : next),
		null,
	);
}

function certificateExpiry(pem: string): Expiry {
	const { validTo, fingerprint256 } = new X509Certificate(pem);
	return { what: "certificate", key: `certificate ${fingerprint256}`, at: new Date(validTo) };
}

/** Whole days until then; 0 on the last day, less once it is over. */
export function daysLeft({ at }: Pick<Expiry, "at">, now: Date): number {
	return Math.ceil((at.getTime() - now.getTime()) / dayMs);
}

/**
 * The reminders that are due, the latest first. Only the first is sent: whoever comes in late is
 * told once, not three times.
 */
export function dueReminders(expiry: Expiry, now: Date): number[] {
	const left = daysLeft(expiry, now);
	if (left < 0) return [];
	return reminders.filter((days) => left <= days).reverse();
}
