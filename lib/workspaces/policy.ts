/** The revisions of a workspace's policy: reading the current one, saving the next. */
import { and, desc, eq, lt } from "drizzle-orm";
import type { Db, Tx } from "@/db/client";
import { keepOnce, oncePer } from "@/db/once";
import { policies } from "@/db/schema";
import type { Actor } from "@/lib/activity/actor";
import { record } from "@/lib/activity/record";
import { differences, forbidden } from "@/lib/policy/change";
import { type Policy, policySchema } from "@/lib/policy/document";

export type PolicyRevision = {
	revision: number;
	document: Policy;
	savedAt: Date;
	savedBy: string;
	/** Why, in the words of who saved it. */
	reason: string | null;
};

const policyKey = (workspaceId: string) => `policy ${workspaceId}`;

/** Remembers the policy in force for this transaction, from a row that was read with others. */
export function keepPolicy(tx: Tx, row: typeof policies.$inferSelect): void {
	keepOnce(tx, policyKey(row.workspaceId), [policies], [row]);
}

/** The policy in force. @throws when the workspace does not exist. */
export async function currentPolicy(db: Db | Tx, workspaceId: string): Promise<PolicyRevision> {
	const [row] = await oncePer(db, policyKey(workspaceId), [policies], async () =>
		db
			.select()
			.from(policies)
			.where(eq(policies.workspaceId, workspaceId))
			.orderBy(desc(policies.revision))
			.limit(1),
	);
	if (!row) throw new Error("a workspace without a policy");
	return revisionOf(row);
}

/** One revision, or null where there is none of this number. */
export async function policyRevision(
	db: Db | Tx,
	workspaceId: string,
	revision: number,
): Promise<PolicyRevision | null> {
	if (!isRevision(revision)) return null;
	const [row] = await db
		.select()
		.from(policies)
		.where(and(eq(policies.workspaceId, workspaceId), eq(policies.revision, revision)));
	return row ? revisionOf(row) : null;
}

/** Revisions, newest first. @param before only those older than this one. */
export async function listRevisions(
	db: Db | Tx,
	workspaceId: string,
	{ limit, before }: { limit: number; before: number | null },
): Promise<PolicyRevision[]> {
	const rows = await db
		.select()
		.from(policies)
		.where(
			and(
				eq(policies.workspaceId, workspaceId),
				before !== null && isRevision(before) ? lt(policies.revision, before) : undefined,
			),
		)
		.orderBy(desc(policies.revision))
		.limit(limit);
	return rows.map(revisionOf);
}

/** What the column can hold. */
const isRevision = (revision: number) =>
	Number.isInteger(revision) && revision > 0 && revision < 2 ** 31;

function revisionOf(row: typeof policies.$inferSelect): PolicyRevision {
	const { revision, document, savedAt, actorLabel: savedBy, reason } = row;
	return { revision, document, savedAt, savedBy, reason };
}

export type SavePolicyRefusal =
	| { reason: "policy_moved"; current: PolicyRevision }
	| { reason: "pinned"; field: string }
	| { reason: "malformed"; problem: string };

/**
 * Saves the next revision. Call under the workspace's exclusive lock; effects on members are the
 * caller's next step, in the same transaction.
 * @param base the revision the admin was looking at.
 * Refused: `policy_moved` when another save came first; `pinned` for a field closed here;
 * `malformed` with the first problem.
 */
export async function savePolicy(
	tx: Tx,
	actor: Actor,
	workspaceId: string,
	base: number,
	changes: Partial<Policy>,
	reason: string | null,
): Promise<{ ok: true; revision: number } | ({ ok: false } & SavePolicyRefusal)> {
	const current = await currentPolicy(tx, workspaceId);
	if (current.revision !== base) return { ok: false, reason: "policy_moved", current };
	const parsed = policySchema.safeParse({ ...current.document, ...changes });
	if (!parsed.success)
		return {
			ok: false,
			reason: "malformed",
			problem: parsed.error.issues[0]?.message ?? "The policy is malformed",
		};
	const changed = differences(current.document, parsed.data);
	// The operator may lift a pin; an admin may not.
	const [pinned] = actor.kind === "member" ? forbidden(current.document, parsed.data) : [];
	if (pinned) return { ok: false, reason: "pinned", field: pinned };
	if (changed.length === 0) return { ok: true, revision: base };
	const inserted = await tx
		.insert(policies)
		.values({
			workspaceId,
			revision: base + 1,
			document: parsed.data,
			actorLabel: actor.label,
			reason,
		})
		.onConflictDoNothing()
		.returning({ revision: policies.revision });
	if (inserted.length === 0)
		return { ok: false, reason: "policy_moved", current: await currentPolicy(tx, workspaceId) };
	await record(tx, workspaceId, actor, {
		kind: "policy.saved",
		subject: { kind: "policy", id: String(base + 1), label: `revision ${base + 1}` },
		details: { changed, reason },
	});
	return { ok: true, revision: base + 1 };
}
