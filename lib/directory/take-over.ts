/** Taking over, all at once, people the directory names as members of a group and does not manage. */
import { and, asc, eq, inArray } from "drizzle-orm";
import type { Tx } from "@/db/client";
import { members } from "@/db/schema";
import type { Lock } from "./decide";
import type { Change } from "./effects";
import { findUnmanaged, unmanagedEntry } from "./unmanaged";
import { createUser } from "./users";

/** The most people taken over at once, a usual push: each costs what creating them does. */
const mostAtOnce = 256;

/**
 * Takes over those of these ids whom the directory is shown and does not manage, as they are, by
 * the same rules. Where these refuse it nothing is written of the person, and whoever asked finds
 * them unknown. Call it only where the policy shows everyone.
 */
export async function takeOverAll(
	tx: Tx,
	lock: Lock,
	by: Change,
	ids: readonly string[],
): Promise<void> {
	const { directory } = by;
	const shown = (await findUnmanaged(tx, directory, ids)).map(({ id }) => id);
	if (shown.length === 0) return;
	const some = shown.sort().slice(0, mostAtOnce);
	// Two groups pushed at once have the same people: the second waits, and then finds entries.
	await tx
		.select({ id: members.id })
		.from(members)
		.where(and(eq(members.workspaceId, directory.workspaceId), inArray(members.id, some)))
		.orderBy(asc(members.id))
		.for("no key update");
	for (const member of await findUnmanaged(tx, directory, some))
		await createUser(tx, lock, by, unmanagedEntry(directory, member).resource, member);
}
