/** The revisions of a workspace's policy: reading the current one, saving the next. */
import { desc, eq } from "drizzle-orm";
import type { Db, Tx } from "@/db/client";
import { oncePer } from "@/db/once";
import { policies } from "@/db/schema";
import type { Actor } from "@/lib/activity/actor";
import { record } from "@/lib/activity/record";
import { differences, forbidden } from "@/lib/policy/change";
import { type Policy, policySchema } from "@/lib/policy/document";

export type PolicyRevision = { revision: number; document: Policy; savedAt: Date; savedBy: string };

/** The policy in force. @throws when the workspace does not exist. */
export async function currentPolicy(db: Db | Tx, workspaceId: string): Promise<PolicyRevision> {
	const [row] = await oncePer(db, `policy ${workspaceId}`, [policies], async () =>
		db
			.select()
			.from(policies)
			.where(eq(policies.workspaceId, workspaceId))
			.orderBy(desc(policies.revision))
			.limit(1),
	);
	if (!row) throw new Error("a workspace without a policy");
	return {
		revision: row.revision,
		document: row.document,
		savedAt: row.savedAt,
		savedBy: row.actorLabel,
	};
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
