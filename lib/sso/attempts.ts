/** What has become of the last day's sign-ins, for the state of each connection and the page's bars. */
import { and, desc, eq, gt, gte, isNotNull } from "drizzle-orm";
import type { Db } from "@/db/client";
import { signIns } from "@/db/schema";
import type { Attempt } from "./condition";

const day = 86_400_000;

/** More than these tell nothing new of a connection. */
const most = 2_000;

/** The sign-ins of the last 24 hours by connection, newest first. Tests are not of it. */
export async function attemptsOfDay(
	db: Db,
	workspaceId: string,
	now: Date,
): Promise<Map<string, Attempt[]>> {
	const rows = await db
		.select({
			connectionId: signIns.connectionId,
			at: signIns.endedAt,
			outcome: signIns.outcome,
			reason: signIns.reason,
		})
		.from(signIns)
		.where(
			and(
				eq(signIns.workspaceId, workspaceId),
				// Ids begin with the time they were made, and they are the key.
				gte(signIns.id, idAt(now.getTime() - day)),
				gt(signIns.startedAt, new Date(now.getTime() - day)),
				eq(signIns.intent, "login"),
				isNotNull(signIns.outcome),
			),
		)
		.orderBy(desc(signIns.id))
		.limit(most);
	const found = new Map<string, Attempt[]>();
	for (const { connectionId, at, outcome, reason } of rows) {
		if (!connectionId || !at || !outcome) continue;
		const known = found.get(connectionId);
		if (known) known.push({ at, outcome, reason });
		else found.set(connectionId, [{ at, outcome, reason }]);
	}
	return found;
}

/** The smallest id (UUIDv7) of a moment. */
function idAt(milliseconds: number): string {
	const hex = Math.max(0, milliseconds).toString(16).padStart(12, "0");
	return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
