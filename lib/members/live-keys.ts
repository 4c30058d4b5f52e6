/** Counting the API keys that end with a member's access. Keys themselves are of lib/accounts. */
import { and, count, eq, gt, inArray, isNull, or } from "drizzle-orm";
import type { Db, Tx } from "@/db/client";
import { apiKeys } from "@/db/schema";

/** How many keys of each of these members work. Those without one are left out. */
export async function countLiveKeys(
	db: Db | Tx,
	workspaceId: string,
	memberIds: readonly string[],
	now: Date,
): Promise<Map<string, number>> {
	const found = new Map<string, number>();
	for (let from = 0; from < memberIds.length; from += 1000) {
		const rows = await db
			.select({ memberId: apiKeys.memberId, count: count() })
			.from(apiKeys)
			.where(
				and(
					eq(apiKeys.workspaceId, workspaceId),
					inArray(apiKeys.memberId, memberIds.slice(from, from + 1000)),
					isNull(apiKeys.revokedAt),
					or(isNull(apiKeys.expiresAt), gt(apiKeys.expiresAt, now)),
				),
			)
			.groupBy(apiKeys.memberId);
		for (const row of rows) found.set(row.memberId, row.count);
	}
	return found;
}
