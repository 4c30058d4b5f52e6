/** Writing to the admins of a workspace. */
import { and, eq, isNotNull } from "drizzle-orm";
import type { Db, Tx } from "@/db/client";
import { members } from "@/db/schema";
import { type Mail, queueMail } from "@/lib/platform/mail";
import type { Receiver } from "@/lib/platform/mail-layout";
import { adminRole } from "@/lib/roles/permissions";
import { type Workspace, workspaceById } from "@/lib/workspaces/workspaces";

/** The addresses of the active admins. An admin without one is not among them. */
async function adminAddresses(db: Db | Tx, workspaceId: string): Promise<string[]> {
	const rows = await db
		.select({ email: members.email })
		.from(members)
		.where(
			and(
				eq(members.workspaceId, workspaceId),
				eq(members.status, "active"),
				eq(members.role, adminRole),
				isNotNull(members.email),
			),
		);
	return rows.flatMap(({ email }) => email ?? []);
}

/**
 * Queues a mail to each active admin, in the transaction of what it tells.
 * @param compose makes the mail of one receiver.
 */
export async function mailAdmins(
	tx: Tx,
	workspaceId: string,
	compose: (receiver: Receiver & { workspace: Workspace }) => Mail,
): Promise<void> {
	const workspace = await workspaceById(tx, workspaceId);
	if (!workspace) throw new Error("no such workspace");
	for (const to of await adminAddresses(tx, workspaceId))
		await queueMail(tx, compose({ workspace, to }));
}
