/**
 * The activity log: what happened, who made it happen, and how it ended. Owns writing and counting;
 * reading for a page is in ./list, the sentences are texts (messages/en/activity.json) keyed by
 * `kind`. An event is written in the transaction of its change, so a change that could not be
 * recorded did not happen.
 */
import { sql } from "drizzle-orm";
import type { Db, Tx } from "@/db/client";
import { atEnd } from "@/db/once";
import { activity, refusals } from "@/db/schema";
import { inserting } from "@/db/statement";
import { senderOf } from "@/lib/platform/addresses";
import { newId } from "@/lib/platform/ids";
import type { Actor } from "./actor";

/** Every kind of event there is. Each has one sentence in messages/en/activity.json. */
const kinds = [
	"workspace.created",
	"workspace.plan_changed",
	"domain.added",
	"domain.vouched",
	"domain.removed",
	"domain.verified",
	"domain.lost",
	"domain.returned",
	"domain.routed",
	"connection.created",
	"connection.changed",
	"connection.tested",
	"connection.activated",
	"connection.paused",
	"connection.removed",
	"connection.expiring",
	"connection.metadata_changed",
	"connection.metadata_differs",
	"connection.certificate_taken",
	"connection.certificate_not_taken",
	"saml_key.published",
	"saml_key.retired",
	"policy.saved",
	"policy.enforced",
	"directory.enabled",
	"directory.disabled",
	"directory.strict_changed",
	"token.created",
	"token.rotated",
	"token.revoked",
	"token.renamed",
	"activity.exported",
	"activity.expired",
	"api_key.created",
	"api_key.revoked",
	"sign_in.password",
	"sign_in.sso",
	"sign_in.google",
	"sign_in.second_factor",
	"sign_in.recovered",
	"sign_in.recovery",
	"recovery.codes_made",
	"password.changed",
	"password.reset",
	"password.set",
	"password.link_sent",
	"factor.added",
	"factor.removed",
	"factor.codes_made",
	"factor.code_used",
	"sign_out",
	"sign_out.by_provider",
	"session.ended",
	"google.linked",
	"google.unlinked",
	"member.created",
	"member.linked",
	"member.replaced",
	"member.updated",
	"member.role_changed",
	"member.role_set",
	"member.role_pinned",
	"member.role_unpinned",
	"member.suspended",
	"member.reactivated",
	"member.removed",
	"members.roles_changed",
	"role.created",
	"role.changed",
	"role.deleted",
	"group.created",
	"group.changed",
	"group.deleted",
	"group.member_added",
	"group.member_removed",
	"invitation.sent",
	"invitation.resent",
	"invitation.revoked",
	"invitation.accepted",
	"directory.user_created",
	"directory.user_updated",
	"directory.user_deactivated",
	"directory.user_reactivated",
	"directory.user_deleted",
	"directory.group_created",
	"directory.group_updated",
	"directory.group_members_changed",
	"directory.group_deleted",
	"directory.effect_held",
	"directory.invitation_waits",
	"directory.brake_held",
	"directory.hold_applied",
	"directory.hold_dismissed",
	"directory.hold_lapsed",
	"directory.group_answer_changed",
	"directory.rate_changed",
	"directory.replayed",
] as const;
type ActivityKind = (typeof kinds)[number];

export type ActivityEvent = {
	kind: ActivityKind;
	outcome?: "done" | "refused" | "held" | "ignored";
	subject?: { kind: string; id?: string; label: string };
	/** What the sentence needs beyond the labels: reason, before, after, counts. No secrets. */
	details?: Record<string, unknown>;
};

/**
 * Writes one event into the workspace's log, in the transaction of the change it records: all events
 * of one transaction together, right before it commits.
 */
export async function record(
	tx: Tx,
	workspaceId: string,
	actor: Actor,
	event: ActivityEvent,
): Promise<void> {
	const row: typeof activity.$inferInsert = {
		workspaceId,
		id: newId(),
		at: new Date(),
		kind: event.kind,
		outcome: event.outcome ?? "done",
		actorKind: actor.kind,
		actorId: "id" in actor ? actor.id : null,
		actorLabel: actor.label,
		subjectKind: event.subject?.kind ?? null,
		subjectId: event.subject?.id ?? null,
		subjectLabel: event.subject?.label ?? null,
		details: event.details ?? {},
		address: "address" in actor ? (actor.address ?? null) : null,
	};
	await atEnd(tx, "activity", row, write);
}

const write = inserting(activity, [
	"workspaceId",
	"id",
	"at",
	"kind",
	"outcome",
	"actorKind",
	"actorId",
	"actorLabel",
	"subjectKind",
	"subjectId",
	"subjectLabel",
	"details",
	"address",
]);

/** Refusals that carried no valid credential. */
export type RefusalKind =
	| "scim.unknown_token"
	| "api.unknown_key"
	| "sign_in.wrong_password"
	| "sign_in.wrong_recovery_code"
	| "sign_in.google_not_linked"
	| "sign_in.unknown_state"
	| "sign_in.not_initiated"
	| "sign_in.more_refused"
	| "sign_out.bad_token";

/**
 * Counts a refusal by (kind, workspace, sender, minute), so that strangers cannot flood a log.
 * @param workspaceId null where the request did not even name a workspace.
 */
export async function countRefusal(
	db: Db | Tx,
	workspaceId: string | null,
	kind: RefusalKind,
	address: string,
	now: Date,
): Promise<void> {
	const minute = new Date(Math.floor(now.getTime() / 60_000) * 60_000);
	await db
		.insert(refusals)
		.values({ workspaceId, kind, address: senderOf(address), minute, count: 1 })
		.onConflictDoUpdate({
			target: [refusals.workspaceId, refusals.kind, refusals.address, refusals.minute],
			set: { count: sql`${refusals.count} + 1` },
		});
}
