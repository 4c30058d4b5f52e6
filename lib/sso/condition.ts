/**
 * How a connection is doing, beyond how its admins have set it: an active one may be about to stop
 * working, or have stopped. Pure.
 */
import { isReason, type Reason } from "@/lib/policy/reasons";

/** What of a connection its condition rests on. */
export type Watched = {
	status: "draft" | "tested" | "active" | "paused";
	/** A date: 2026-12-16. Null: nobody noted it, or there is no secret. */
	secretExpiresOn: string | null;
	/** When the signing certificates end that the provider still has. Empty for OpenID Connect. */
	certificatesEnd: readonly Date[];
	/** Since when the provider's metadata says what nobody has taken. */
	metadataDiffers: Date | null;
	/** Since when the provider lacks a new certificate of ours. */
	lacksOurs: Date | null;
};

/** An attempt that has ended, of one connection. */
export type Attempt = { at: Date; outcome: string; reason: string | null };

export type Trouble =
	| { kind: "failing"; since: Date; times: number; reason: Reason }
	| { kind: "secret"; days: number; on: Date }
	| { kind: "certificate"; days: number; on: Date }
	| { kind: "metadata" | "ours"; since: Date };

type Ending = Extract<Trouble, { days: number }>;

export type Condition = {
	state: Watched["status"] | "needs_attention" | "not_working";
	trouble: Trouble | null;
};

/**
 * Refusals whose cause is the connection, not the person: whoever tries next is refused as well.
 * Those that a stranger can bring about by a made-up answer are not of it.
 */
const ofConnection = new Set<Reason>([
	"provider_error",
	"provider_unreachable",
	"token_refused",
	"token_malformed",
	"signature_invalid",
	"audience_differs",
	"clock",
	"subject_missing",
]);

const warnDays = 30;
const day = 86_400_000;

/**
 * @param attempts of the last 24 hours, newest first.
 */
export function conditionOf(
	connection: Watched,
	attempts: readonly Attempt[],
	now: Date,
): Condition {
	const { status } = connection;
	if (status !== "active") return { state: status, trouble: null };
	const failing = failingSince(attempts);
	if (failing) return { state: "not_working", trouble: failing };
	const { metadataDiffers, lacksOurs } = connection;
	const trouble =
		firstToEnd(connection, now) ?? since("metadata", metadataDiffers) ?? since("ours", lacksOurs);
	return { state: trouble ? "needs_attention" : "active", trouble };
}

const since = (kind: "metadata" | "ours", at: Date | null): Trouble | null =>
	at && { kind, since: at };

/** The present run of failures: two at least, and nobody has come in since. */
function failingSince(attempts: readonly Attempt[]): Trouble | null {
	const success = attempts.findIndex(({ outcome }) => outcome !== "refuse");
	const since = success === -1 ? attempts : attempts.slice(0, success);
	const failures = since.flatMap(({ at, reason }) =>
		reason && isReason(reason) && ofConnection.has(reason) ? [{ at, reason }] : [],
	);
	const [latest, ...others] = failures;
	const first = others.at(-1);
	if (!latest || !first) return null;
	return { kind: "failing", since: first.at, times: failures.length, reason: latest.reason };
}

/** What ends within the next days, or has: the secret, or the last of the certificates. */
function firstToEnd({ secretExpiresOn, certificatesEnd }: Watched, now: Date): Ending | null {
	const left = (on: Date) => Math.ceil((on.getTime() - now.getTime()) / day);
	const last = certificatesEnd.toSorted((a, b) => b.getTime() - a.getTime())[0];
	const ends: Ending[] = [];
	if (secretExpiresOn) {
		const on = new Date(`${secretExpiresOn}T00:00:00Z`);
		ends.push({ kind: "secret", on, days: left(on) });
	}
	if (last) ends.push({ kind: "certificate", on: last, days: left(last) });
	return ends.find(({ days }) => days <= warnDays) ?? null;
}
