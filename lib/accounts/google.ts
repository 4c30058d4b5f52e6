/**
 * Personal Google accounts: one may open a member in each of several workspaces, where the member
 * linked it. Owns linking, unlinking and resolving; the protocol is next-auth's (./next-auth), and
 * whether Google may be used at all is `admit`'s decision. Identity is Google's subject, never the
 * email. A company's Google Workspace is another matter: a connection (lib/sso).
 */
import { and, asc, eq } from "drizzle-orm";
import { z } from "zod";
import { type Db, lockWorkspace, type Tx, transactOrUndo } from "@/db/client";
import { googleAccounts, identities, workspaces } from "@/db/schema";
import type { Actor } from "@/lib/activity/actor";
import { countRefusal, record } from "@/lib/activity/record";
import { findMember, labelOf, type Member } from "@/lib/members/members";
import { open, seal } from "@/lib/platform/crypto";
import { env } from "@/lib/platform/env";
import { queueMail } from "@/lib/platform/mail";
import { enforcesSso } from "@/lib/policy/document";
import type { Reason } from "@/lib/policy/reasons";
import { currentPolicy } from "@/lib/workspaces/policy";
import {
	findWorkspace,
	planIncludesSso,
	ssoIsActive,
	type Workspace,
} from "@/lib/workspaces/workspaces";
import { admission } from "./admission";
import { type Entered, enter, type Proved } from "./enter";
import { newMethodMail } from "./mails";
import { hasPassword } from "./passwords";
import { endOtherSessions } from "./session-list";
import type { LiveSession, Visitor } from "./sessions";

/** What Google says of an account. */
export type GoogleIdentity = {
	/** The account itself: it stays when the address changes. */
	subject: string;
	email: string;
	emailVerified: boolean;
	name: string;
	/** The company whose Google Workspace the account belongs to. */
	hostedDomain: string | null;
};

/** Whether this installation has a client at Google. */
export function googleConfigured(): boolean {
	return Boolean(env().GOOGLE_CLIENT_ID);
}

const query = { slug: z.string().nullable(), next: z.string().nullable() };

const intents = z.discriminatedUnion("kind", [
	z.object({ kind: z.literal("login"), ...query }),
	/** Once more, as the member who is signed in. */
	z.object({ kind: z.literal("again"), ...query, memberId: z.string() }),
	/** The session that proved its member a moment ago. */
	z.object({ kind: z.literal("link"), slug: z.string(), sessionId: z.string() }),
	z.object({ kind: z.literal("signUp") }),
]);

/** Why a browser was sent to Google. Fixed before it goes; its cookie brings it back. */
export type GoogleIntent = z.infer<typeof intents>;

const intentMinutes = 10;

/** An intent as a text that only we can make and read. */
export function sealIntent(intent: GoogleIntent, now: Date): string {
	return seal(JSON.stringify({ intent, at: now.getTime() }), "google_intent");
}

/** The intent of a sealed text; null where it is not ours, or too old. */
export function openIntent(text: string, now: Date): GoogleIntent | null {
	try {
		const { intent, at } = JSON.parse(open(text, "google_intent"));
		const parsed = intents.safeParse(intent);
		return parsed.success && now.getTime() - at < intentMinutes * 60_000 ? parsed.data : null;
	} catch {
		return null;
	}
}

/** Whether the sign-in page offers Google: there is a client, and the workspace does not close it. */
export async function offersGoogle(
	db: Db,
	workspace: Workspace | null,
	now: Date,
): Promise<boolean> {
	if (!googleConfigured()) return false;
	if (!workspace) return true;
	const { document } = await currentPolicy(db, workspace.id);
	if (document.google === "off") return false;
	const enforced = planIncludesSso(workspace.plan) && enforcesSso(document, now);
	return !(enforced && (await ssoIsActive(db, workspace.id)));
}

export type GoogleSignIn =
	| (Entered & { ok: true })
	| { ok: false; reason: Reason; workspace: Workspace | null };

/**
 * Signs a browser in to every workspace where a member linked this account.
 * @param asked.slug the one workspace asked for; null tries all.
 * @param asked.expectedId the member who must come back, for a sign-in once more.
 * Refused: google_not_linked, and what `admit` says: google_off, sso_required (with the
 *   workspace), suspended, no_role, other_person.
 */
export async function signInByGoogle(
	db: Db,
	{ subject }: GoogleIdentity,
	asked: { slug: string | null; expectedId?: string },
	visitor: Visitor,
	now: Date,
): Promise<GoogleSignIn> {
	const [first, ...others] = await accountsOf(db, subject, asked.slug);
	if (!first) return { ok: false, reason: "google_not_linked", workspace: null };
	if (!first.memberId) {
		const { id } = first.workspace;
		await countRefusal(db, id, "sign_in.google_not_linked", visitor.address, now);
	}
	const proved = (account: Account): Proved => ({
		...account,
		method: "google",
		subject,
		expectedId: asked.expectedId ?? null,
	});
	return enter(db, [proved(first), ...others.map(proved)], visitor, now);
}

type Account = Pick<Proved, "workspace" | "memberId">;

/** Whom an account opens. A workspace that was asked for is there even where it opens nobody. */
async function accountsOf(db: Db, subject: string, slug: string | null): Promise<Account[]> {
	const linked = await db
		.select({ workspace: workspaces, memberId: googleAccounts.memberId })
		.from(googleAccounts)
		.innerJoin(workspaces, eq(workspaces.id, googleAccounts.workspaceId))
		.where(and(eq(googleAccounts.subject, subject), slug ? eq(workspaces.slug, slug) : undefined))
		.orderBy(asc(googleAccounts.linkedAt));
	if (linked.length > 0 || !slug) return linked;
	const workspace = await findWorkspace(db, slug);
	return workspace ? [{ workspace, memberId: null }] : [];
}

/** The Google account a member has linked. */
export async function linkedGoogle(
	db: Db | Tx,
	{ workspaceId, id }: Pick<Member, "workspaceId" | "id">,
): Promise<{ email: string; linkedAt: Date } | null> {
	const [row] = await db
		.select({ email: googleAccounts.email, linkedAt: googleAccounts.linkedAt })
		.from(googleAccounts)
		.where(and(eq(googleAccounts.workspaceId, workspaceId), eq(googleAccounts.memberId, id)));
	return row ?? null;
}

/**
 * Links an account to the member of a session, which has proved itself (./proof). Ends the
 * member's other sessions and tells them by mail.
 * Refused: email_not_verified, google_taken by another member here, stale where another account is
 *   linked already, and what `admit` says of Google: google_off, sso_required.
 */
export async function linkGoogle(
	db: Db,
	session: LiveSession,
	actor: Actor,
	identity: GoogleIdentity,
	now: Date,
): Promise<{ ok: true } | { ok: false; reason: Reason }> {
	const { workspace } = session;
	if (!identity.emailVerified) return { ok: false, reason: "email_not_verified" };
	return transactOrUndo(db, async (tx) => {
		await lockWorkspace(tx, workspace.id, "shared");
		const member = await findMember(tx, workspace.id, session.member.id);
		if (!member) return { ok: false, reason: "stale" };
		const refused = await linkRefused(tx, workspace, member, identity, now);
		if (refused) return { ok: false, reason: refused };
		const { subject, email } = identity;
		const key = { workspaceId: workspace.id, memberId: member.id };
		const linked = await tx
			.insert(googleAccounts)
			.values({ ...key, subject, email, linkedAt: now })
			.onConflictDoNothing()
			.returning({ subject: googleAccounts.subject });
		if (linked.length === 0)
			return { ok: false, reason: (await linkedGoogle(tx, member)) ? "stale" : "google_taken" };
		await endOtherSessions(tx, actor, member, session.id);
		await record(tx, workspace.id, actor, {
			kind: "google.linked",
			subject: { kind: "member", id: member.id, label: labelOf(member) },
			details: { email },
		});
		if (member.email) {
			const notice = { method: "google", detail: email, at: now } as const;
			await queueMail(tx, newMethodMail({ workspace, to: member.email }, notice));
		}
		return { ok: true };
	});
}

async function linkRefused(
	tx: Tx,
	workspace: Workspace,
	member: Member,
	{ subject }: GoogleIdentity,
	now: Date,
): Promise<Reason | null> {
	const { document: policy } = await currentPolicy(tx, workspace.id);
	const attempt = { method: "google", subject, expectedId: member.id } as const;
	const admitted = await admission(tx, workspace, policy, member, attempt, now);
	return admitted.outcome === "refuse" ? admitted.reason : null;
}

/**
 * Unlinks a member's Google account. A password that it replaced opens again.
 * Refused: no_other_way_in where Google is all the member has.
 */
export async function unlinkGoogle(
	tx: Tx,
	actor: Actor,
	workspace: Workspace,
	member: Member,
): Promise<{ ok: true } | { ok: false; reason: "no_other_way_in" }> {
	await lockWorkspace(tx, workspace.id, "shared");
	const linked = await linkedGoogle(tx, member);
	if (!linked) return { ok: true };
	if (!(await hasOtherWayIn(tx, workspace, member)))
		return { ok: false, reason: "no_other_way_in" };
	await forgetGoogle(tx, member);
	await record(tx, workspace.id, actor, {
		kind: "google.unlinked",
		subject: { kind: "member", id: member.id, label: labelOf(member) },
		details: { email: linked.email },
	});
	return { ok: true };
}

/** Deletes the link and nothing else. */
export async function forgetGoogle(
	tx: Tx,
	{ workspaceId, id }: Pick<Member, "workspaceId" | "id">,
): Promise<void> {
	await tx
		.delete(googleAccounts)
		.where(and(eq(googleAccounts.workspaceId, workspaceId), eq(googleAccounts.memberId, id)));
}

async function hasOtherWayIn(tx: Tx, workspace: Workspace, member: Member): Promise<boolean> {
	if (await hasPassword(tx, workspace.id, member.id)) return true;
	if (!planIncludesSso(workspace.plan) || !(await ssoIsActive(tx, workspace.id))) return false;
	const known = await tx
		.select({ subject: identities.subject })
		.from(identities)
		.where(and(eq(identities.workspaceId, workspace.id), eq(identities.memberId, member.id)))
		.limit(1);
	return known.length > 0;
}
