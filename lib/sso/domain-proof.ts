/**
 * When a domain counts as proved. Pure. A domain waits for its TXT record, is verified once a check
 * finds it, and lost when three daily checks in a row did not. For a week a lost domain still leads
 * people to its connection and links them, so that a slip at the DNS provider locks nobody out.
 */
import type { domains } from "@/db/schema";
import { graceEnds } from "@/lib/policy/domain-grace";

type Row = typeof domains.$inferSelect;
export type Proof = Pick<
	Row,
	"state" | "verifiedAt" | "verifiedBy" | "checkedAt" | "missedChecks" | "lostAt"
>;

/** Daily checks without the record after which it is lost. */
const missesAllowed = 3;
const dayMs = 86_400_000;

/** The record that proves a domain: where it stands, and what it says. */
export function recordOf({ domain, proofToken }: Pick<Row, "domain" | "proofToken">): {
	name: string;
	value: string;
} {
	return { name: `_gatehouse.${domain}`, value: `gatehouse=${proofToken}` };
}

/** Whether texts found there prove the domain. Some DNS providers keep quotes that were typed. */
export function proves(texts: readonly string[], row: Pick<Row, "domain" | "proofToken">): boolean {
	const { value } = recordOf(row);
	return texts.some((text) => text.trim().replace(/^"(.*)"$/, "$1") === value);
}

/** Until when a lost domain still counts. Null for one that is not lost. */
export function countsUntil({ lostAt }: Pick<Row, "lostAt">): Date | null {
	return lostAt && graceEnds(lostAt);
}

/** Whether a domain leads and links at this moment. */
export function counts({ state, lostAt }: Pick<Row, "state" | "lostAt">, now: Date): boolean {
	const until = countsUntil({ lostAt });
	return state === "verified" || (state === "lost" && until !== null && until > now);
}

/**
 * When the schedule looks at a domain next: often while it is new, daily afterwards.
 * @returns null for a domain the operator vouched for, which has no record to look for.
 */
export function checkDue(row: Proof & Pick<Row, "createdAt">, now: Date): Date | null {
	const { state, verifiedBy, checkedAt, createdAt } = row;
	if (state === "verified" && verifiedBy !== "dns") return null;
	const isNew = state === "pending" && now.getTime() - createdAt.getTime() < 3 * dayMs;
	// An hour less than a day, so that a schedule that runs by the hour does not slip to 25.
	const wait = isNew ? dayMs / 96 : dayMs - dayMs / 24;
	return checkedAt ? new Date(checkedAt.getTime() + wait) : createdAt;
}

export type ProofEvent = "verified" | "lost" | "returned";

/**
 * What a check that got an answer makes of a domain.
 * @param daily the check of the schedule: only these are counted as missed, or an admin who looks
 *   three times in a row would lose the domain.
 * @returns the new state, and what is worth telling; null where nothing changes.
 */
export function afterCheck(
	row: Proof,
	found: boolean,
	daily: boolean,
	now: Date,
): { proof: Proof; event: ProofEvent | null } | null {
	if (found) {
		const event = { pending: "verified", lost: "returned", verified: null } as const;
		const first = row.state === "pending" || row.verifiedAt === null;
		return {
			proof: {
				state: "verified",
				verifiedAt: first ? now : row.verifiedAt,
				verifiedBy: "dns",
				checkedAt: now,
				missedChecks: 0,
				lostAt: null,
			},
			event: event[row.state],
		};
	}
	if (row.state === "pending") return { proof: { ...row, checkedAt: now }, event: null };
	if (!daily) return null;
	const missedChecks = row.missedChecks + 1;
	const isLost = row.state === "verified" && missedChecks >= missesAllowed;
	return {
		proof: {
			...row,
			checkedAt: now,
			missedChecks,
			...(isLost ? { state: "lost", lostAt: now } : {}),
		},
		event: isLost ? "lost" : null,
	};
}
