/**
 * How long sign-in attempts are kept. The log keeps what happened; the trace says why, with what the
 * provider told of a person, so it goes sooner.
 */
import { and, eq, exists, inArray, isNull, lt, not, or } from "drizzle-orm";
import type { Db } from "@/db/client";
import { connections, signIns } from "@/db/schema";

const DAY_MS = 24 * 3600_000;

/** Attempts that came to an end, and those that nobody came back for. */
const keptDays = { ended: 90, abandoned: 7 };

/** At most so many in one statement. */
const batch = 2000;

/**
 * Deletes what is older than that. A test that passed stays while a connection has the settings it
 * proved: enforcing and linking rest on it.
 * @returns how many went.
 */
export async function expireTraces(db: Db, now: Date): Promise<number> {
	const before = (days: number) => new Date(now.getTime() - days * DAY_MS);
	const proof = and(
		eq(signIns.intent, "test"),
		inArray(signIns.outcome, ["welcome", "link"]),
		exists(
			db
				.select({ id: connections.id })
				.from(connections)
				.where(
					and(
						eq(connections.workspaceId, signIns.workspaceId),
						eq(connections.settingsHash, signIns.settingsHash),
					),
				),
		),
	);
	let gone = 0;
	for (;;) {
		const due = await db
			.select({ id: signIns.id })
			.from(signIns)
			.where(
				or(
					and(isNull(signIns.outcome), lt(signIns.expiresAt, before(keptDays.abandoned))),
					and(
						lt(signIns.startedAt, before(keptDays.ended)),
						or(isNull(signIns.outcome), not(proof ?? eq(signIns.intent, "test"))),
					),
				),
			)
			.limit(batch);
		if (due.length === 0) return gone;
		await db.delete(signIns).where(
			inArray(
				signIns.id,
				due.map(({ id }) => id),
			),
		);
		gone += due.length;
	}
}
