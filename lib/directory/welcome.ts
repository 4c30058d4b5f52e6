/**
 * Receiving somebody the directory has brought (policy `onProvision`): told by mail, or invited, and
 * then without access until they accept. The mail waits a minute, so that a connector's test, which
 * creates somebody and deletes them again, mails nobody.
 */
import { and, eq } from "drizzle-orm";
import { type Db, type Tx, transact } from "@/db/client";
import { members } from "@/db/schema";
import { inviteMember, withdrawInvitation } from "@/lib/accounts/invitations";
import { loadMemberFacts, previewAccess } from "@/lib/members/access";
import { awaitAcceptance, findMember, type Member } from "@/lib/members/members";
import { env } from "@/lib/platform/env";
import { enqueue, type Handlers } from "@/lib/platform/jobs";
import { queueMail } from "@/lib/platform/mail";
import { mailTo } from "@/lib/platform/mail-layout";
import { mailText } from "@/lib/platform/mail-text";
import { currentPolicy } from "@/lib/workspaces/policy";
import { type Workspace, workspaceById } from "@/lib/workspaces/workspaces";
import type { Change } from "./effects";

const waitMs = 60_000;

/** Has a new person told of it or invited, where the policy says so. */
export async function welcome(tx: Tx, { actor, now }: Change, member: Member): Promise<void> {
	const { document } = await currentPolicy(tx, member.workspaceId);
	if (document.onProvision === "silent" || member.email === null) return;
	if (document.onProvision === "invite") await awaitAcceptance(tx, actor, member);
	const { workspaceId, id: memberId } = member;
	await enqueue(
		tx,
		"directory.welcome",
		{ workspaceId, memberId, by: actor.label },
		{ dueAt: new Date(now.getTime() + waitMs), uniqueKey: `directory.welcome ${memberId}` },
	);
}

/** Takes an invitation back: the directory has switched off who did not accept yet. */
export async function unwelcome(tx: Tx, { workspaceId, id, emailKey }: Member): Promise<void> {
	if (emailKey !== null) await withdrawInvitation(tx, workspaceId, emailKey);
	await tx
		.update(members)
		.set({ suspendedBy: "directory" })
		.where(and(eq(members.workspaceId, workspaceId), eq(members.id, id)));
}

/** Sends it, to who is still here. */
export function welcomeJobs(db: Db): Handlers {
	return {
		"directory.welcome": async ({ workspaceId, memberId, by }, { now }) => {
			await transact(db, async (tx) => {
				const workspace = await workspaceById(tx, String(workspaceId));
				const member = await findMember(tx, String(workspaceId), String(memberId));
				if (!workspace || !member?.email) return;
				if (member.suspendedBy === "invitation")
					await inviteWaiting(tx, workspace, member, String(by), now);
				else if (member.status === "active") await tell(tx, workspace, member.email);
			});
			return undefined;
		},
	};
}

/** The role in the mail is the one that accepting gives. */
async function inviteWaiting(
	tx: Tx,
	workspace: Workspace,
	member: Member,
	by: string,
	now: Date,
): Promise<void> {
	const facts = (await loadMemberFacts(tx, workspace.id, [member.id])).get(member.id);
	const role = facts && (await previewAccess(tx, workspace.id, { ...facts, active: true })).role;
	if (!role || !member.email) return;
	const actor = { kind: "system", label: by } as const;
	await inviteMember(tx, actor, workspace, { email: member.email, role }, now);
}

async function tell(tx: Tx, workspace: Workspace, to: string): Promise<void> {
	const values = { workspace: workspace.name };
	await queueMail(
		tx,
		mailTo(
			{ workspace, to },
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
}
