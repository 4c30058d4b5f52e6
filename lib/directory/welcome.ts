/**
 * The mail to somebody the directory has brought (policy `onProvision`). It waits a minute, so that
 * a connector's test, which creates somebody and deletes them again, mails nobody.
 */
import type { Db, Tx } from "@/db/client";
import { transact } from "@/db/client";
import { findMember, type Member } from "@/lib/members/members";
import { env } from "@/lib/platform/env";
import { enqueue, type Handlers } from "@/lib/platform/jobs";
import { queueMail } from "@/lib/platform/mail";
import { mailTo } from "@/lib/platform/mail-layout";
import { mailText } from "@/lib/platform/mail-text";
import { currentPolicy } from "@/lib/workspaces/policy";
import { workspaceById } from "@/lib/workspaces/workspaces";
import type { Change } from "./effects";

const waitMs = 60_000;

/** Has a new person told of it, where the policy says so. */
export async function welcome(tx: Tx, { now }: Change, member: Member): Promise<void> {
	const { document } = await currentPolicy(tx, member.workspaceId);
	if (document.onProvision === "silent" || member.email === null) return;
	const payload = { workspaceId: member.workspaceId, memberId: member.id };
	await enqueue(tx, "directory.welcome", payload, {
		dueAt: new Date(now.getTime() + waitMs),
		uniqueKey: `directory.welcome ${member.id}`,
	});
}

/** Sends it, to who is still here. */
export function welcomeJobs(db: Db): Handlers {
	return {
		"directory.welcome": async ({ workspaceId, memberId }) => {
			await transact(db, async (tx) => {
				const workspace = await workspaceById(tx, String(workspaceId));
				const member = await findMember(tx, String(workspaceId), String(memberId));
				if (!workspace || !member?.email || member.status !== "active") return;
				const values = { workspace: workspace.name };
				await queueMail(
					tx,
					mailTo(
						{ workspace, to: member.email },
						{
							subject: mailText("provisioned.subject", values),
							paragraphs: [
								mailText("provisioned.what", values),
								mailText("provisioned.means", values),
								mailText("provisioned.unasked", values),
							],
							button: {
								label: mailText("provisioned.button", values),
								href: `${env().PUBLIC_URL}/login?workspace=${workspace.slug}`,
							},
						},
					),
				);
			});
			return undefined;
		},
	};
}
