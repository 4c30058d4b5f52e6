/**
 * Receiving somebody the directory has brought (policy `onProvision`): told by mail, or invited, and
 * then without access until they accept. The mail waits a minute, so that a connector's test, which
 * creates somebody and deletes them again, mails nobody. Nobody is invited to no role: where a group
 * brings one later, they are invited then. Nor can anybody be without an address: they wait until
 * the directory, or an admin, gives them one.
 */
import { and, eq } from "drizzle-orm";
import { type Db, type Tx, transact } from "@/db/client";
import { members } from "@/db/schema";
import { inviteMember } from "@/lib/accounts/invitations";
import { record } from "@/lib/activity/record";
import { loadMemberFacts, previewAccess } from "@/lib/members/access";
import { findMember, labelOf, type Member } from "@/lib/members/members";
import { askForWelcome, awaitAcceptance, endInvitation } from "@/lib/members/waiting";
import { env } from "@/lib/platform/env";
import type { Handlers } from "@/lib/platform/jobs";
import { queueMail } from "@/lib/platform/mail";
import { mailTo } from "@/lib/platform/mail-layout";
import { mailText } from "@/lib/platform/mail-text";
import { currentPolicy } from "@/lib/workspaces/policy";
import { type Workspace, workspaceById } from "@/lib/workspaces/workspaces";
import type { Change } from "./effects";

/** Who has no role is looked at again, ever more seldom, and never given up: at last once a day. */
const shortestWaitMs = 60_000;
const longestWaitMs = 86_400_000;

/**
 * Has somebody told of it or invited, where the policy says so: when they are brought, and when they
 * first become active where the directory had brought them switched off.
 */
export async function welcome(tx: Tx, { actor, now }: Change, member: Member): Promise<void> {
	const { document } = await currentPolicy(tx, member.workspaceId);
	if (document.onProvision === "silent") return;
	if (document.onProvision === "invite") await awaitAcceptance(tx, actor, member);
	else if (member.toldAt !== null) return;
	if (member.email !== null) await askForWelcome(tx, member, actor.label, now);
	else if (document.onProvision === "invite")
		await record(tx, member.workspaceId, actor, {
			kind: "directory.invitation_waits",
			outcome: "held",
			subject: { kind: "member", id: member.id, label: labelOf(member) },
		});
}

/** Has somebody told who could not be before, for want of an address. Who waits is invited anyway. */
export async function welcomeAtAddress(
	tx: Tx,
	{ actor, now }: Pick<Change, "actor" | "now">,
	member: Member,
): Promise<void> {
	const { document } = await currentPolicy(tx, member.workspaceId);
	if (document.onProvision !== "notify" || member.status !== "active") return;
	if (neverCameIn(member) && member.toldAt === null)
		await askForWelcome(tx, member, actor.label, now);
}

/** Whether the directory brought them, and they have not signed in yet. */
export const neverCameIn = ({ createdBy, lastSignInAt }: Member) =>
	createdBy === "directory" && lastSignInAt === null;

/** Takes an invitation back: the directory has switched off who did not accept yet. */
export async function unwelcome(tx: Tx, member: Member): Promise<void> {
	await endInvitation(tx, member);
	await tx.update(members).set({ suspendedBy: "directory" }).where(keyOf(member));
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
					if (member.status === "active") await tell(tx, workspace, member, member.email, now);
					return undefined;
				}
				if (await inviteWaiting(tx, workspace, member, String(by), now)) return undefined;
				// Jobs of an earlier version do not say since when.
				return nextLook(since ? new Date(String(since)) : member.createdAt, now);
			}),
	};
}

/** When to look again whether there is a role: after as long as it has been, within limits. */
function nextLook(since: Date, now: Date): Date {
	const waited = now.getTime() - since.getTime();
	return new Date(now.getTime() + Math.min(Math.max(waited, shortestWaitMs), longestWaitMs));
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

async function tell(
	tx: Tx,
	workspace: Workspace,
	member: Member,
	to: string,
	now: Date,
): Promise<void> {
	if (member.toldAt !== null) return;
	await tx.update(members).set({ toldAt: now }).where(keyOf(member));
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

const keyOf = ({ workspaceId, id }: Member) =>
	and(eq(members.workspaceId, workspaceId), eq(members.id, id));
