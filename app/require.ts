/**
 * Who may see a page or run an action. Asked in every page, action and route, never in a layout or
 * the proxy alone: those can be passed by.
 */
import { redirect } from "next/navigation";
import { database } from "@/db/client";
import { readVisitor } from "@/lib/accounts/browser";
import { findSession, type LiveSession, touchSession } from "@/lib/accounts/sessions";
import type { Actor } from "@/lib/activity/actor";
import { labelOf } from "@/lib/members/members";
import type { Reason } from "@/lib/policy/reasons";
import type { Permission } from "@/lib/roles/permissions";
import { currentPolicy } from "@/lib/workspaces/policy";

export type Session = LiveSession & { actor: Actor & { kind: "member" } };

/** How recent a sign-in must be for what cannot be taken back. */
const freshMinutes = 15;

async function currentSession(slug: string): Promise<Session | null> {
	const [db, visitor] = await Promise.all([database(), readVisitor()]);
	const now = new Date();
	const session = await findSession(db, { slug }, visitor.browserId, now);
	if (!session) return null;
	const { document } = await currentPolicy(db, session.workspace.id);
	await touchSession(db, session, document.sessionIdle, now);
	const { member } = session;
	const actor = {
		kind: "member",
		id: member.id,
		label: labelOf(member),
		address: visitor.address,
	} as const;
	return { ...session, actor };
}

/**
 * The member behind a page of a workspace. Whoever is not signed in goes to /login and comes back.
 * @param path where to come back to.
 * @param recovery a session by recovery code may open this too; elsewhere it is led to what it is for.
 */
export async function requireMember(
	slug: string,
	path = `/w/${slug}`,
	{ recovery = false } = {},
): Promise<Session> {
	const session = await currentSession(slug);
	if (!session) redirect(`/login?${new URLSearchParams({ workspace: slug, next: path })}`);
	if (session.method === "recovery" && !recovery) redirect(`/w/${slug}/sso`);
	return session;
}

/** Whether a member may do something here. */
export function can(session: Session, permission: Permission): boolean {
	return session.permissions.includes(permission);
}

/** Whether the person signed in recently enough for what cannot be taken back. */
export function isFresh(session: Session, now = new Date()): boolean {
	return now.getTime() - session.authenticatedAt.getTime() < freshMinutes * 60_000;
}

export type NotAuthorized = { ok: false; reason: Reason };

/**
 * The member behind an action that changes something.
 * @param fresh ask for a sign-in within the last 15 minutes.
 * Refused: not_permitted, needs_fresh_sign_in. Without a session: to /login.
 */
export async function authorize(
	slug: string,
	permission: Permission,
	{ fresh = false } = {},
): Promise<{ ok: true; session: Session } | NotAuthorized> {
	// What a recovery code does not open, its session has no permission for.
	const session = await requireMember(slug, undefined, { recovery: true });
	if (!can(session, permission)) return { ok: false, reason: "not_permitted" };
	if (fresh && !isFresh(session)) return { ok: false, reason: "needs_fresh_sign_in" };
	return { ok: true, session };
}
