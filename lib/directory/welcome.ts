/**
 * Receiving somebody the directory has brought (policy `onProvision`): told by mail, or invited, and
 * then without access until they accept. The mail waits a minute, so that a connector's test, which
 * creates somebody and deletes them again, mails nobody. Nobody is invited to no role: where a group
 * brings one later, they are invited then.
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
/** Who has no role is looked at again, ever more seldom, for two weeks. */
const longestWaitMs = 6 * 3_600_000;
const givesUpMs = 14 * 86_400_000;

/** Has a new person told of it or invited, where the policy says so. */
export async function welcome(tx: Tx, { actor, now }: Change, member: Member): Promise<void> {
	const { document } = await currentPolicy(tx, member.workspaceId);
	if (document.onProvision === "silent" || member.email === null) return;
	if (document.onProvision === "invite") await awaitAcceptance(tx, actor, member);
	const { workspaceId, id: memberId } = member;
	await enqueue(
		tx,
		"directory.welcome",
		{ workspaceId, memberId, by: actor.label, since: now.toISOString() },
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
		"directory.welcome": ({ workspaceId, memberId, by, since }, { now }) =>
			transact(db, async (tx) => {
				const workspace = await workspaceById(tx, String(workspaceId));
				const member = await findMember(tx, String(workspaceId), String(memberId));
				if (!workspace || !member?.email) return undefined;
				if (member.suspendedBy !== "invitation") {
					if (member.status === "active") await tell(tx, workspace, member.email);
					return undefined;
				}
				if (await inviteWaiting(tx, workspace, member, String(by), now)) return undefined;
				// Jobs of an earlier version do not say since when.
				return nextLook(since ? new Date(String(since)) : member.createdAt, now);
			}),
	};
}

/** When to look again whether there is a role: after as long as it has been, within limits. */
function nextLook(since: Date, now: Date): Date | undefined {
	const waited = now.getTime() - since.getTime();
	if (waited >= givesUpMs) return undefined;
	return new Date(now.getTime() + Math.min(Math.max(waited, waitMs), longestWaitMs));
}

/**
 * The role in the mail is the one that accepting gives.
 * @returns whether there is one; else nobody is invited.
 */
async function inviteWaiting(
	tx: Tx,
	workspace: Workspace,
	member: Member,
	by: string,
	now: Date,
): Promise<boolean> {
	const facts = (await loadMemberFacts(tx, workspace.id, [member.id])).get(member.id);
	const role = facts && (await previewAccess(tx, workspace.id, { ...facts, active: true })).role;
	if (!role || !member.email) return false;
	const actor = { kind: "system", label: by } as const;
	await inviteMember(tx, actor, workspace, { email: member.email, role }, now);
	return true;
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
