/**
 * Choosing a password by mail: a reset, which a person asks for, and a first password, which an
 * admin offers. A reset never makes a first one. A link works once, opens a page that asks before
 * it acts, ends every session when used, and takes no second factor away.
 */
import { and, asc, eq, gt, inArray, lt } from "drizzle-orm";
import { type Db, lockWorkspace, type Tx, transact, transactOrUndo } from "@/db/client";
import { mailLinks, members, workspaces } from "@/db/schema";
import type { Actor } from "@/lib/activity/actor";
import { record } from "@/lib/activity/record";
import { endSessions, findMember, labelOf, type Member, updateMember } from "@/lib/members/members";
import { senderOf } from "@/lib/platform/addresses";
import { hashToken, newToken } from "@/lib/platform/crypto";
import { env } from "@/lib/platform/env";
import { newId } from "@/lib/platform/ids";
import { enqueue, type Handlers } from "@/lib/platform/jobs";
import { consume } from "@/lib/platform/limits";
import { queueMail } from "@/lib/platform/mail";
import { foldKey } from "@/lib/platform/text";
import type { Reason } from "@/lib/policy/reasons";
import { currentPolicy } from "@/lib/workspaces/policy";
import type { Workspace } from "@/lib/workspaces/workspaces";
import { actorOf } from "./admission";
import { expireChallenges } from "./challenges";
import {
	newMethodMail,
	noPasswordMail,
	passwordChangedMail,
	passwordSetMail,
	resetMail,
} from "./mails";
import {
	endPasswordLinks,
	passwordClosed,
	passwordRules,
	replacePassword,
} from "./password-change";
import { hasPassword, type PasswordRules, refusePassword } from "./passwords";
import type { Visitor } from "./sessions";

const resetHours = 1;
const offerHours = 72;
const mostAccounts = 5;
const perSender = { name: "reset.sender", points: 20, seconds: 3600 };
const perEmail = { name: "reset.email", points: 3, seconds: 3600 };

type LinkKind = "reset" | "password_set";

/**
 * Asks for a reset. Known and unknown addresses are told the same at the same cost: whether there
 * is anybody is looked up by a job, after the answer.
 * @param input.slug the one workspace asked for; null means all that know the address.
 * Refused: throttled, by sender alone.
 */
export async function askForReset(
	db: Db,
	input: { email: string; slug: string | null },
	address: string,
	now: Date,
): Promise<{ ok: true } | { ok: false; reason: "throttled" }> {
	const sender = await consume(db, perSender, senderOf(address));
	if (!sender.ok) return { ok: false, reason: "throttled" };
	const emailKey = foldKey(input.email).slice(0, 254);
	if ((await consume(db, perEmail, emailKey)).ok)
		await enqueue(db, "reset.mail", { emailKey, slug: input.slug }, { dueAt: now });
	return { ok: true };
}

/** Answers resets that were asked for, and deletes what is over. */
export function resetJobs(db: Db): Handlers {
	return {
		"reset.mail": async ({ emailKey, slug }, { now }) => {
			const asked = await db
				.select({ workspace: workspaces, memberId: members.id })
				.from(members)
				.innerJoin(workspaces, eq(workspaces.id, members.workspaceId))
				.where(
					and(
						eq(members.emailKey, String(emailKey)),
						typeof slug === "string" ? eq(workspaces.slug, slug) : undefined,
					),
				)
				.orderBy(asc(members.createdAt))
				.limit(mostAccounts);
			for (const { workspace, memberId } of asked)
				await transact(db, (tx) => mailReset(tx, workspace, memberId, now));
			return undefined;
		},
		"accounts.expire": async (_, { now }) => {
			await expireChallenges(db, now);
			await db.delete(mailLinks).where(lt(mailLinks.expiresAt, now));
			return new Date(now.getTime() + 3600_000);
		},
	};
}

/** To a proved address alone; who has no password to reset is told how else to come in. */
async function mailReset(tx: Tx, workspace: Workspace, memberId: string, now: Date): Promise<void> {
	await lockWorkspace(tx, workspace.id, "shared");
	const member = await findMember(tx, workspace.id, memberId);
	if (!member?.email || !member.emailProof) return;
	const to = { workspace, to: member.email };
	const closed = await passwordClosed(tx, workspace, member, now);
	if (closed === "suspended" || closed === "no_role") return;
	if (closed || !(await hasPassword(tx, workspace.id, member.id))) {
		const href = `${env().PUBLIC_URL}/login?${new URLSearchParams({ workspace: workspace.slug })}`;
		await queueMail(tx, noPasswordMail(to, { sso: closed === "sso_required", href }));
		return;
	}
	const link = await makeLink(tx, member, "reset", resetHours, now);
	await queueMail(tx, resetMail(to, { link }));
}

/**
 * Mails a member a link to choose a password, as an admin asks for it: a first one, or a reset
 * where there is one. The caller has checked that the actor may.
 * Refused: email_missing; password_mail_blocked where people without a password stay out; and
 *   what `admit` says of the password (sso_required, suspended, no_role, password_replaced).
 */
export async function mailPasswordLink(
	tx: Tx,
	actor: Actor,
	workspace: Workspace,
	member: Member,
	now: Date,
): Promise<{ ok: true; kind: LinkKind } | { ok: false; reason: Reason }> {
	if (!member.email) return { ok: false, reason: "email_missing" };
	const closed = await passwordClosed(tx, workspace, member, now);
	if (closed) return { ok: false, reason: closed };
	const kind = (await hasPassword(tx, workspace.id, member.id)) ? "reset" : "password_set";
	const { document: policy } = await currentPolicy(tx, workspace.id);
	if (kind === "password_set" && policy.afterSsoOff === "blocked")
		return { ok: false, reason: "password_mail_blocked" };
	const link = await makeLink(tx, member, kind, offerHours, now);
	const to = { workspace, to: member.email };
	await queueMail(
		tx,
		kind === "reset" ? resetMail(to, { link }) : passwordSetMail(to, { actor: actor.label, link }),
	);
	await record(tx, workspace.id, actor, {
		kind: "password.link_sent",
		subject: { kind: "member", id: member.id, label: labelOf(member) },
		details: { link: kind },
	});
	return { ok: true, kind };
}

/** Makes a link; those before it end. */
async function makeLink(tx: Tx, member: Member, kind: LinkKind, hours: number, now: Date) {
	await endPasswordLinks(tx, member);
	const token = newToken();
	const until = new Date(now.getTime() + hours * 3600_000);
	await tx.insert(mailLinks).values({
		workspaceId: member.workspaceId,
		id: newId(),
		memberId: member.id,
		kind,
		tokenHash: hashToken(token),
		createdAt: now,
		expiresAt: until,
	});
	return { href: `${env().PUBLIC_URL}/reset/choose?${new URLSearchParams({ token })}`, until };
}

const isOpen = (token: string, now: Date) =>
	and(
		eq(mailLinks.tokenHash, hashToken(token)),
		inArray(mailLinks.kind, ["reset", "password_set"]),
		gt(mailLinks.expiresAt, now),
	);

/** What the page of a link shows: whose it is, and what the new password is held to. */
export type PasswordLink = {
	kind: LinkKind;
	workspace: Workspace;
	member: Member;
	rules: PasswordRules;
};

/** The link of a token, or null where it was used or is too old. It is not used up by looking. */
export async function findPasswordLink(
	db: Db,
	token: string,
	now: Date,
): Promise<PasswordLink | null> {
	const [row] = await db
		.select({ link: mailLinks, workspace: workspaces, member: members })
		.from(mailLinks)
		.innerJoin(workspaces, eq(workspaces.id, mailLinks.workspaceId))
		.innerJoin(
			members,
			and(eq(members.workspaceId, mailLinks.workspaceId), eq(members.id, mailLinks.memberId)),
		)
		.where(isOpen(token, now));
	if (!row || row.link.kind === "email_change") return null;
	const { link, workspace, member } = row;
	return {
		kind: link.kind as LinkKind,
		workspace,
		member,
		rules: await passwordRules(db, workspace, member),
	};
}

/**
 * Sets the password by a link, once, and ends every session. It makes none: the person signs in
 * with the new password, and with the second factor where one is asked.
 * Refused: link_expired; what `refusePassword` says, which leaves the link as it was; what `admit`
 *   says of the password here.
 */
export async function choosePassword(
	db: Db,
	token: string,
	password: string,
	visitor: Visitor,
	now: Date,
): Promise<
	| { ok: true; workspace: Workspace; email: string }
	| { ok: false; reason: Reason; workspace?: Workspace }
> {
	const found = await findPasswordLink(db, token, now);
	if (!found) return { ok: false, reason: "link_expired" };
	const { workspace, kind } = found;
	const refused = await refusePassword(password, found.rules);
	if (refused) return { ok: false, reason: refused };
	return transactOrUndo(db, async (tx) => {
		await lockWorkspace(tx, workspace.id, "shared");
		// Whoever deletes the row is the one who chooses; a second form finds none.
		const taken = await tx
			.delete(mailLinks)
			.where(isOpen(token, now))
			.returning({ id: mailLinks.id });
		const member = await findMember(tx, workspace.id, found.member.id);
		if (taken.length === 0 || !member?.email) return { ok: false, reason: "link_expired" };
		// A first password that came about meanwhile is not replaced by the offer of one.
		if ((await hasPassword(tx, workspace.id, member.id)) !== (kind === "reset"))
			return { ok: false, reason: "link_expired" };
		const closed = await passwordClosed(tx, workspace, member, now);
		if (closed) return { ok: false, reason: closed, workspace };
		await replacePassword(tx, member, password);
		const sessionsEnded = await endSessions(tx, workspace.id, member.id);
		const actor = actorOf(member, visitor);
		// Who could follow the link reads the mailbox.
		if (!member.emailProof)
			await updateMember(tx, actor, member, { email: { address: member.email, proof: "mail" } });
		await record(tx, workspace.id, actor, {
			kind: kind === "reset" ? "password.reset" : "password.set",
			subject: { kind: "member", id: member.id, label: labelOf(member) },
			details: { sessionsEnded },
		});
		const to = { workspace, to: member.email };
		await queueMail(
			tx,
			kind === "reset"
				? passwordChangedMail(to, { at: now })
				: newMethodMail(to, { method: "password", at: now }),
		);
		return { ok: true, workspace, email: member.email };
	});
}
