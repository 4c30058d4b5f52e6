/**
 * The transactions of this folder. Every change runs under the workspace's lock from its start,
 * shared with other changes unless an active admin is touched; a refusal found after the first
 * write undoes it.
 */
import { type Db, lockWorkspace, type Tx, transact } from "@/db/client";
import type { Conflict, Refused } from "./users";

/** How the workspace is locked. */
export type Lock = "shared" | "exclusive";

/** Thrown by work that must begin again: under the other lock, or since another was faster. */
export class Again extends Error {
	override name = "Again";
	readonly lock: Lock;

	constructor(lock: Lock) {
		super("begin again");
		this.lock = lock;
	}
}

/** Carries a refusal out of the transaction, so that it rolls back. */
class Undo extends Error {
	readonly refused: Refused;

	constructor(refused: Refused) {
		super(refused.reason);
		this.refused = refused;
	}
}

const attempts = 4;

/** What a unique constraint says when two were faster than a look could tell. */
const refusals: Record<string, Conflict["reason"]> = {
	directory_users_user_name_unique: "user_name_taken",
	directory_users_external_id_unique: "external_id_taken",
	directory_users_member_unique: "email_taken",
	directory_users_pk: "email_taken",
	directory_groups_name_unique: "group_name_taken",
	directory_groups_external_id_unique: "external_id_taken",
	members_email_unique: "email_taken",
};

/**
 * What fails where the member of a new entry was not added, since another had their address a moment
 * before: there is somebody to link now. (Code 40P01 is a deadlock.)
 */
const nobodyBehind = "directory_users_member_fk";

/**
 * Runs one change in one transaction.
 * @returns what `work` returns; after a refusal nothing of it remains.
 */
export async function decide<T extends { ok: true }>(
	db: Db,
	workspaceId: string,
	work: (tx: Tx, lock: Lock) => Promise<T | Refused>,
): Promise<T | Refused> {
	let lock: Lock = "shared";
	for (let attempt = 1; ; attempt++) {
		try {
			return await transact(db, async (tx) => {
				await lockWorkspace(tx, workspaceId, lock);
				const outcome = await work(tx, lock);
				if (!outcome.ok) throw new Undo(outcome);
				return outcome;
			});
		} catch (error) {
			if (error instanceof Undo) return error.refused;
			const { code, constraint } = databaseError(error);
			const reason = code === "23505" && constraint ? refusals[constraint] : undefined;
			if (reason) return { ok: false, reason };
			const again = error instanceof Again || code === "40P01" || constraint === nobodyBehind;
			if (!again || attempt === attempts) throw error;
			if (error instanceof Again) lock = error.lock;
		}
	}
}

/** The database's own words for an error, which Drizzle wraps. */
function databaseError(error: unknown): { code?: string; constraint?: string } {
	const cause = error instanceof Error && error.cause ? error.cause : error;
	return typeof cause === "object" && cause !== null ? cause : {};
}
