/**
 * The operator's way back in, when no admin of a workspace can sign in any more. An admin's own
 * way, with recovery codes, is another matter.
 */
import { and, eq } from "drizzle-orm";
import { lockWorkspace, type Tx } from "@/db/client";
import { members } from "@/db/schema";
import type { Actor } from "@/lib/activity/actor";
import { record } from "@/lib/activity/record";
import { applyAccess } from "@/lib/members/access";
import {
	endSessions,
	labelOf,
	type Member,
	memberByEmail,
	memberOf,
	reactivateMember,
} from "@/lib/members/members";
import { adminRole } from "@/lib/roles/permissions";
import { currentPolicy, savePolicy } from "@/lib/workspaces/policy";
import { forgetGoogle } from "./google";
import { setPassword } from "./passwords";

/**
 * Makes a member an active admin who can sign in with `password`: lifts a suspension, pins the
 * admin role where nothing else gives it, ends the member's sessions, and stops enforcing SSO,
 * which would refuse the password.
 * Refused: `no_member` when nobody in this workspace has the address.
 */
export async function recoverAdmin(
	tx: Tx,
	actor: Actor & { kind: "operator" },
	workspaceId: string,
	email: string,
	password: string,
): Promise<
	{ ok: true; member: Member; enforcementEnded: boolean } | { ok: false; reason: "no_member" }
> {
	await lockWorkspace(tx, workspaceId, "exclusive");
	const found = await memberByEmail(tx, workspaceId, email);
	if (!found) return { ok: false, reason: "no_member" };
	await reactivateMember(tx, actor, found, "admin");
	let member = await memberOf(tx, workspaceId, found.id);
	if (member.role !== adminRole) {
		await tx
			.update(members)
			.set({ pinnedRole: adminRole, pinnedReason: "recovered by the operator" })
			.where(and(eq(members.workspaceId, workspaceId), eq(members.id, member.id)));
		await applyAccess(tx, actor, workspaceId, [member.id]);
		member = await memberOf(tx, workspaceId, found.id);
	}
	await setPassword(tx, workspaceId, member.id, password);
	// Where linking Google replaces the password, the new one would not open otherwise.
	await forgetGoogle(tx, member);
	await endSessions(tx, workspaceId, member.id);
	const enforcementEnded = await stopEnforcing(tx, actor, workspaceId);
	await record(tx, workspaceId, actor, {
		kind: "sign_in.recovered",
		subject: { kind: "member", id: member.id, label: labelOf(member) },
		details: { enforcementEnded },
	});
	return { ok: true, member, enforcementEnded };
}

async function stopEnforcing(tx: Tx, actor: Actor, workspaceId: string): Promise<boolean> {
	const { revision, document } = await currentPolicy(tx, workspaceId);
	if (document.enforceSso.mode === "off") return false;
	const off = { enforceSso: { mode: "off" } } as const;
	const saved = await savePolicy(tx, actor, workspaceId, revision, off, "recovery by the operator");
	if (!saved.ok) throw new Error(`the policy was not saved: ${saved.reason}`);
	return true;
}
