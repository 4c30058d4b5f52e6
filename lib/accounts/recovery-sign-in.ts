/**
 * "Can't use SSO?": an admin comes in with an email and a recovery code (./sso-codes). The session
 * lasts an hour and opens only what mends signing in (lib/roles/permissions). Whatever is wrong is
 * told alike; the reason stands in the log.
 */
import { and, eq, isNotNull, isNull } from "drizzle-orm";
import { type Db, lockWorkspace, type Tx, transact } from "@/db/client";
import { members, recoveryCodes, workspaces } from "@/db/schema";
import { countRefusal, record } from "@/lib/activity/record";
import { mailAdmins } from "@/lib/members/admins";
import { labelOf, memberOf } from "@/lib/members/members";
import { senderOf } from "@/lib/platform/addresses";
import { consume, refund } from "@/lib/platform/limits";
import { foldKey } from "@/lib/platform/text";
import { currentPolicy } from "@/lib/workspaces/policy";
import type { Workspace } from "@/lib/workspaces/workspaces";
import { actorOf, admission } from "./admission";
import { recoveryUsedMail } from "./mails";
import { startSession, type Visitor } from "./sessions";
import { hashOfSsoCode } from "./sso-codes";

const perSender = { name: "recovery.sender", points: 20, seconds: 900 };
/** From everywhere; more than one sender has, so that nobody alone keeps somebody out. */
const perAccount = { name: "recovery.account", points: 100, seconds: 3600 };

/** Minutes that a session by recovery code lasts, whatever the policy says. */
const recoveryMinutes = 60;

/**
 * Takes a code and starts the session.
 * @param slug the one workspace asked for; null where the code alone says which.
 * Refused: throttled; recovery_code_wrong, whatever the reason.
 */
export async function signInByRecoveryCode(
	db: Db,
	input: { email: string; code: string; slug: string | null },
	visitor: Visitor,
	now: Date,
): Promise<
	| { ok: true; workspace: Workspace; browserId: string }
	| { ok: false; reason: "recovery_code_wrong" }
	| { ok: false; reason: "throttled"; retryAfterSeconds: number }
> {
	const emailKey = foldKey(input.email).slice(0, 254);
	const sender = senderOf(visitor.address);
	for (const [limit, key] of [
		[perSender, sender],
		[perAccount, emailKey],
	] as const) {
		const allowed = await consume(db, limit, key);
		if (!allowed.ok) return { ...allowed, reason: "throttled" };
	}
	// One statement, whether or not anybody has the address.
	const [found] = await db
		.select({ workspace: workspaces, memberId: members.id, codeId: recoveryCodes.id })
		.from(recoveryCodes)
		.innerJoin(
			members,
			and(
				eq(members.workspaceId, recoveryCodes.workspaceId),
				eq(members.id, recoveryCodes.memberId),
			),
		)
		.innerJoin(workspaces, eq(workspaces.id, recoveryCodes.workspaceId))
		.where(
			and(
				unused,
				eq(recoveryCodes.hash, hashOfSsoCode(input.code)),
				eq(members.emailKey, emailKey),
				input.slug ? eq(workspaces.slug, input.slug) : undefined,
			),
		);
	const entered = found && (await transact(db, (tx) => enter(tx, found, visitor, now)));
	if (!entered) {
		await countRefusal(
			db,
			found?.workspace.id ?? null,
			"sign_in.wrong_recovery_code",
			visitor.address,
			now,
		);
		return { ok: false, reason: "recovery_code_wrong" };
	}
	await refund(db, perSender, sender);
	return { ok: true, workspace: found.workspace, browserId: entered };
}

const unused = and(
	eq(recoveryCodes.purpose, "sso"),
	isNotNull(recoveryCodes.keptAt),
	isNull(recoveryCodes.usedAt),
);

/** @returns the browser's id, or null where `admit` refuses or the code was used meanwhile. */
async function enter(
	tx: Tx,
	found: { workspace: Workspace; memberId: string; codeId: string },
	visitor: Visitor,
	now: Date,
): Promise<string | null> {
	const { workspace } = found;
	await lockWorkspace(tx, workspace.id, "shared");
	const { document: policy } = await currentPolicy(tx, workspace.id);
	const member = await memberOf(tx, workspace.id, found.memberId);
	const actor = actorOf(member, visitor);
	const attempt = { method: "recovery", subject: null, expectedId: null } as const;
	const admitted = await admission(tx, workspace, policy, member, attempt, now);
	if (admitted.outcome === "refuse") {
		// Somebody who is no admin any more, or suspended: the code stays as it is.
		await record(tx, workspace.id, actor, {
			kind: "sign_in.recovery",
			outcome: "refused",
			details: { reason: admitted.reason },
		});
		return null;
	}
	const taken = await tx
		.update(recoveryCodes)
		.set({ usedAt: now })
		.where(
			and(eq(recoveryCodes.workspaceId, workspace.id), eq(recoveryCodes.id, found.codeId), unused),
		)
		.returning({ id: recoveryCodes.id });
	if (taken.length === 0) return null;
	const browserId = await startSession(tx, {
		workspaceId: workspace.id,
		memberId: member.id,
		method: "recovery",
		policy: { ...policy, sessionIdle: recoveryMinutes, sessionMax: recoveryMinutes },
		visitor,
		now,
	});
	await record(tx, workspace.id, actor, {
		kind: "sign_in.recovery",
		subject: { kind: "member", id: member.id, label: labelOf(member) },
	});
	await mailAdmins(tx, workspace.id, (receiver) =>
		recoveryUsedMail(receiver, { person: labelOf(member), address: visitor.address, at: now }),
	);
	return browserId;
}
