/**
 * Members who wait: the directory has brought them, and the policy has them accept before they come
 * in. Owns that state and asking for the mail; what the mail says is lib/directory/welcome's. An
 * invitation is to one address, so it ends when the member has another one, or is gone.
 */
import { and, eq } from "drizzle-orm";
import type { Tx } from "@/db/client";
import { invitations, members } from "@/db/schema";
import type { Actor } from "@/lib/activity/actor";
import { enqueue } from "@/lib/platform/jobs";
import { applyAccess } from "./access";

type Member = typeof members.$inferSelect;

/** The mail waits so long: a connector's test creates somebody and deletes them at once. */
const mailWaitsMs = 60_000;

/** Whether they are kept out by an invitation that they have not accepted yet. */
export const isWaiting = (member: Member | null): member is Member =>
	member?.status === "suspended" && member.suspendedBy === "invitation";

/** Makes a member wait: they have no access until they accept the invitation they are mailed. */
export async function awaitAcceptance(tx: Tx, actor: Actor, member: Member): Promise<void> {
	const { workspaceId, id } = member;
	await tx
		.update(members)
		.set({ status: "suspended", suspendedBy: "invitation" })
		.where(and(eq(members.workspaceId, workspaceId), eq(members.id, id)));
	await applyAccess(tx, actor, workspaceId, [id], { silent: true });
}

/** Has them invited, or told, in a minute. @param by who is named in the mail. */
export async function askForWelcome(
	tx: Tx,
	{ workspaceId, id: memberId }: Pick<Member, "workspaceId" | "id">,
	by: string,
	now: Date,
): Promise<void> {
	await enqueue(
		tx,
		"directory.welcome",
		{ workspaceId, memberId, by, since: now.toISOString() },
		{
			dueAt: new Date(now.getTime() + mailWaitsMs),
			uniqueKey: `directory.welcome ${memberId}`,
		},
	);
}

/** Takes back what was sent to the address of a member who waits. */
export async function endInvitation(tx: Tx, { workspaceId, emailKey }: Member): Promise<void> {
	if (emailKey === null) return;
	await tx
		.delete(invitations)
		.where(and(eq(invitations.workspaceId, workspaceId), eq(invitations.emailKey, emailKey)));
}
