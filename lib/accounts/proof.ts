/**
 * Proof that whoever acts is the member and not somebody at an open browser: asked before an
 * address, a factor or a way in changes.
 */
import type { Db } from "@/db/client";
import { consume, reset } from "@/lib/platform/limits";
import { hasPassword, storedPassword, verifyPassword } from "./passwords";
import type { LiveSession } from "./sessions";

const guesses = { name: "proof.password", points: 10, seconds: 900 };

/** How recent a sign-in must be to count as proof. */
const freshMinutes = 15;

export type ProofRefusal = "wrong_password" | "throttled" | "needs_fresh_sign_in";

/** Whether a session's sign-in is recent enough for what cannot be taken back. */
export function isRecent({ authenticatedAt }: { authenticatedAt: Date }, now: Date): boolean {
	return now.getTime() - authenticatedAt.getTime() < freshMinutes * 60_000;
}

/**
 * Which proof a member is asked for: the password, unless the session came by a provider; whoever
 * signs in there may have forgotten it, and proves by signing in there again.
 */
export async function proofAsked(
	db: Db,
	{ method, workspace, member }: LiveSession,
): Promise<"password" | "recent"> {
	if (method === "sso" || method === "google") return "recent";
	return (await hasPassword(db, workspace.id, member.id)) ? "password" : "recent";
}

/**
 * Checks the proof of a session's member.
 * @param password what was typed; not looked at where a recent sign-in is asked for.
 * Refused: wrong_password, throttled; needs_fresh_sign_in.
 */
export async function proveMember(
	db: Db,
	session: LiveSession,
	password: string,
	now: Date,
): Promise<{ ok: true } | { ok: false; reason: ProofRefusal }> {
	if ((await proofAsked(db, session)) === "recent")
		return isRecent(session, now) ? { ok: true } : { ok: false, reason: "needs_fresh_sign_in" };
	const { workspace, member } = session;
	const allowed = await consume(db, guesses, member.id);
	if (!allowed.ok) return { ok: false, reason: "throttled" };
	const stored = await storedPassword(db, workspace.id, member.id);
	if (!(await verifyPassword(stored, password))) return { ok: false, reason: "wrong_password" };
	await reset(db, guesses, member.id);
	return { ok: true };
}
