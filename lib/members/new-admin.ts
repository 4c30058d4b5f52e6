/** Telling of a new admin: the person, and every admin there is. */
import { and, eq, isNotNull } from "drizzle-orm";
import type { Tx } from "@/db/client";
import { members } from "@/db/schema";
import { queueMail } from "@/lib/platform/mail";
import { adminRole } from "@/lib/roles/permissions";
import { type Workspace, workspaceById } from "@/lib/workspaces/workspaces";
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
	const admins = await tx
		.select({ email: members.email })
		.from(members)
		.where(
			and(
				eq(members.workspaceId, workspace.id),
				eq(members.status, "active"),
				eq(members.role, adminRole),
				isNotNull(members.email),
			),
		);
	for (const { email: to } of admins)
		if (to)
			await queueMail(
				tx,
				becameAdminMail({ workspace, to }, { person: labelOf(member), actor, at }),
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
