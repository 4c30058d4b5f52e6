/** Telling of a new admin: the person, and every admin there is. */
import type { Tx } from "@/db/client";
import { type Workspace, workspaceById } from "@/lib/workspaces/workspaces";
import { mailAdmins } from "./admins";
import { becameAdminMail } from "./mails";
import { labelOf, type Member, memberOf } from "./members";

/** Queues the mails, in the transaction that made `member` an admin. */
export async function mailNewAdmin(
	tx: Tx,
	workspace: Workspace,
	member: Member,
	actor: string,
	at: Date,
): Promise<void> {
	await mailAdmins(tx, workspace.id, (receiver) =>
		becameAdminMail(receiver, { person: labelOf(member), actor, at }),
	);
}

/** Tells of admins that a group, a role or the policy made; of many, the first twenty. */
export async function mailNewAdmins(
	tx: Tx,
	workspaceId: string,
	memberIds: readonly string[],
	actor: string,
	at: Date,
): Promise<void> {
	if (memberIds.length === 0) return;
	const workspace = await workspaceById(tx, workspaceId);
	if (!workspace) throw new Error("no such workspace");
	for (const id of memberIds.slice(0, 20))
		await mailNewAdmin(tx, workspace, await memberOf(tx, workspaceId, id), actor, at);
}
