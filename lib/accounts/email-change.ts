/**
 * A member's own change of address. It takes effect when the new address follows the link that was
 * mailed there, which proves that it is the person's; until then the former one stays in use. What
 * a directory says of an address is in lib/directory, an admin's edit in lib/members/manage.
 */
import { and, eq, gt } from "drizzle-orm";
import { type Db, lockWorkspace, type Tx, transactOrUndo } from "@/db/client";
import { loginChallenges, mailLinks, members, workspaces } from "@/db/schema";
import type { Actor } from "@/lib/activity/actor";
import { emailChangedMail } from "@/lib/members/mails";
import { locksOf } from "@/lib/members/managed";
import { findMember, labelOf, type Member, updateMember } from "@/lib/members/members";
import { hashToken, newToken } from "@/lib/platform/crypto";
import { env } from "@/lib/platform/env";
import { newId } from "@/lib/platform/ids";
import { consume } from "@/lib/platform/limits";
import { queueMail } from "@/lib/platform/mail";
import { isEmail } from "@/lib/platform/text";
import { currentPolicy } from "@/lib/workspaces/policy";
import type { Workspace } from "@/lib/workspaces/workspaces";
import { confirmEmailMail } from "./mails";

const hours = 24;
const perMember = { name: "email_change", points: 5, seconds: 3600 };

export type EmailChangeRefusal =
	| "email_malformed"
	| "throttled"
	| "managed_by_directory"
	| "email_taken"
	| "link_expired";

/**
 * Mails a link to the address that is to become a member's own; an earlier one ends. The caller
 * has asked for proof (./proof). Whether another member has the address is only said to whoever
 * follows the link. The member's present address may be given too, to prove it.
 * Refused: email_malformed, throttled, managed_by_directory.
 */
export async function askForEmailChange(
	db: Db,
	workspace: Workspace,
	member: Member,
	email: string,
	now: Date,
): Promise<{ ok: true } | { ok: false; reason: EmailChangeRefusal }> {
	if (!isEmail(email)) return { ok: false, reason: "email_malformed" };
	if (!(await consume(db, perMember, member.id)).ok) return { ok: false, reason: "throttled" };
	return transactOrUndo(db, async (tx) => {
		if (await isManaged(tx, member)) return { ok: false, reason: "managed_by_directory" };
		await cancelEmailChange(tx, member);
		const token = newToken();
		const until = new Date(now.getTime() + hours * 3600_000);
		await tx.insert(mailLinks).values({
			workspaceId: workspace.id,
			id: newId(),
			memberId: member.id,
			kind: "email_change",
			tokenHash: hashToken(token),
			email,
			createdAt: now,
			expiresAt: until,
		});
		const href = `${env().PUBLIC_URL}/account/email?${new URLSearchParams({ token })}`;
		await queueMail(tx, confirmEmailMail({ workspace, to: email }, { link: { href, until } }));
		return { ok: true };
	});
}

/** The address that still waits for its link to be followed, or null. */
export async function pendingEmailChange(
	db: Db | Tx,
	{ workspaceId, id }: Pick<Member, "workspaceId" | "id">,
	now: Date,
): Promise<{ email: string; until: Date } | null> {
	const [row] = await db
		.select({ email: mailLinks.email, until: mailLinks.expiresAt })
		.from(mailLinks)
		.where(and(changeOf(workspaceId, id), gt(mailLinks.expiresAt, now)));
	return row?.email ? { email: row.email, until: row.until } : null;
}

/** Ends a change that waits. */
export async function cancelEmailChange(
	tx: Tx,
	{ workspaceId, id }: Pick<Member, "workspaceId" | "id">,
): Promise<void> {
	await tx.delete(mailLinks).where(changeOf(workspaceId, id));
}

/** Whose link a token is and what it would do, for the page that asks; null where it has ended. */
export async function findEmailChange(
	db: Db,
	token: string,
	now: Date,
): Promise<{ workspace: Workspace; memberId: string; email: string } | null> {
	const [row] = await db
		.select({ workspace: workspaces, memberId: mailLinks.memberId, email: mailLinks.email })
		.from(mailLinks)
		.innerJoin(workspaces, eq(workspaces.id, mailLinks.workspaceId))
		.innerJoin(
			members,
			and(eq(members.workspaceId, mailLinks.workspaceId), eq(members.id, mailLinks.memberId)),
		)
		.where(and(isOpen(token, now), eq(members.status, "active")));
	return row?.email ? { ...row, email: row.email } : null;
}

/**
 * Follows the link: the address becomes the member's, proved. Open links to other things end, a
 * sign-in that waits for a mailed code too, and the former address is told.
 * Refused: link_expired, email_taken, managed_by_directory.
 */
export async function followEmailChange(
	db: Db,
	token: string,
	now: Date,
): Promise<
	| { ok: true; workspace: Workspace; email: string }
	| { ok: false; reason: EmailChangeRefusal; workspace?: Workspace }
> {
	const found = await findEmailChange(db, token, now);
	if (!found) return { ok: false, reason: "link_expired" };
	const { workspace, email } = found;
	return transactOrUndo(db, async (tx) => {
		await lockWorkspace(tx, workspace.id, "shared");
		// Whoever deletes the link is the one who follows it; a second press finds none.
		const taken = await tx.delete(mailLinks).where(isOpen(token, now)).returning();
		const member = taken[0] && (await findMember(tx, workspace.id, found.memberId));
		if (!member) return { ok: false, reason: "link_expired", workspace };
		if (await isManaged(tx, member))
			return { ok: false, reason: "managed_by_directory", workspace };
		const actor: Actor = { kind: "member", id: member.id, label: labelOf(member) };
		const address = { address: email, proof: "mail" } as const;
		const updated = await updateMember(tx, actor, member, { email: address });
		if (!updated.ok) return { ...updated, workspace };
		await endWhatWaits(tx, member);
		if (member.email && member.emailKey !== updated.member.emailKey)
			await queueMail(
				tx,
				emailChangedMail({ workspace, to: member.email }, { email, actor: actor.label, at: now }),
			);
		return { ok: true, workspace, email };
	});
}

async function isManaged(tx: Tx, member: Member): Promise<boolean> {
	const { document: policy } = await currentPolicy(tx, member.workspaceId);
	return (await locksOf(tx, policy, member)).profile;
}

/** What was mailed to the former address must open nothing any more. */
async function endWhatWaits(tx: Tx, { workspaceId, id }: Member): Promise<void> {
	for (const table of [mailLinks, loginChallenges])
		await tx.delete(table).where(and(eq(table.workspaceId, workspaceId), eq(table.memberId, id)));
}

const changeOf = (workspaceId: string, memberId: string) =>
	and(
		eq(mailLinks.workspaceId, workspaceId),
		eq(mailLinks.memberId, memberId),
		eq(mailLinks.kind, "email_change"),
	);

const isOpen = (token: string, now: Date) =>
	and(
		eq(mailLinks.tokenHash, hashToken(token)),
		eq(mailLinks.kind, "email_change"),
		gt(mailLinks.expiresAt, now),
	);
