/** The challenges that a browser has open, and what becomes of a first factor. */
import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import { database } from "@/db/client";
import { writeBrowserId } from "@/lib/accounts/browser";
import {
	type Answered,
	type Challenge,
	findChallenge,
	sendMailCode,
} from "@/lib/accounts/challenges";
import type { Entered } from "@/lib/accounts/enter";
import type { Reason } from "@/lib/policy/reasons";
import { type LoginQuery, loginPath } from "./address";

const challengeCookie = "__Host-gatehouse.challenge";

/** Lax: after Google, the step that asks is reached by a navigation that began at another site. */
const options = {
	httpOnly: true,
	secure: true,
	sameSite: "lax",
	path: "/",
	maxAge: 15 * 60,
} as const;

async function tokens(): Promise<string[]> {
	return ((await cookies()).get(challengeCookie)?.value ?? "").split(".").filter(Boolean);
}

async function keep(kept: readonly string[]): Promise<void> {
	const maxAge = kept.length > 0 ? options.maxAge : 0;
	(await cookies()).set(challengeCookie, kept.join("."), { ...options, maxAge });
}

export type OpenChallenge = { token: string; challenge: Challenge };

/** The challenges this browser has open, which its first factor opened. */
export async function openChallenges(): Promise<OpenChallenge[]> {
	const db = await database();
	const now = new Date();
	const found = await Promise.all(
		(await tokens()).map(async (token) => ({
			token,
			challenge: await findChallenge(db, token, now),
		})),
	);
	return found.flatMap(({ token, challenge }) => (challenge ? [{ token, challenge }] : []));
}

/** The open challenge of a workspace; without a slug the only one. */
export async function openChallenge(slug: string | null): Promise<OpenChallenge | null> {
	const open = await openChallenges();
	const fitting = slug ? open.filter(({ challenge }) => challenge.workspace.slug === slug) : open;
	return fitting[0] ?? null;
}

/** Forgets a challenge that is over. */
async function forgetChallenge(token: string): Promise<void> {
	await keep((await tokens()).filter((other) => other !== token));
}

/** The step that a challenge waits at. */
export function stepPath({ workspace, stage }: Challenge, query: LoginQuery): string {
	const step = stage.kind === "ask" ? "/login/factor" : "/login/enrol";
	return loginPath(step, { ...query, workspace: workspace.slug });
}

/**
 * Goes to the step that a challenge waits at. Where only a mail can bring the code it is sent now:
 * opening the page sends nothing.
 */
export async function enterChallenge(open: OpenChallenge, query: LoginQuery): Promise<string> {
	const { stage, codeSent } = open.challenge;
	if (stage.kind === "ask" && stage.factors[0] === "mail" && !codeSent)
		await sendMailCode(await database(), open.token, new Date());
	return stepPath(open.challenge, query);
}

/**
 * After a first factor: keeps what it opened in cookies. Only in an action or a route handler.
 * @returns the page to go to; several workspaces are chosen from at the front door.
 */
export async function arrive(
	{ browserId, workspaces, challenges }: Entered & { ok: true },
	query: LoginQuery,
): Promise<string> {
	if (workspaces.length > 0 && browserId) await writeBrowserId(browserId);
	await keep(challenges.map(({ token }) => token));
	const [first, ...others] = [...workspaces, ...challenges.map(({ workspace }) => workspace)];
	if (!first || others.length > 0) return "/";
	const [asked] = challenges;
	if (!asked) return query.next ?? `/w/${first.slug}`;
	const challenge = await findChallenge(await database(), asked.token, new Date());
	return challenge ? enterChallenge({ token: asked.token, challenge }, query) : "/login";
}

/**
 * After an answer: into the workspace, or back to the password where the challenge is over.
 * @returns why the same step has to be answered again.
 */
export async function land(
	answered: Answered & ({ ok: false } | { kind: "session" }),
	{ token }: OpenChallenge,
	query: LoginQuery,
): Promise<Reason> {
	if (answered.ok) {
		await writeBrowserId(answered.browserId);
		await forgetChallenge(token);
		redirect(query.next ?? `/w/${answered.workspace.slug}`);
	}
	const { reason } = answered;
	if (tryAgain.has(reason)) return reason;
	await forgetChallenge(token);
	redirect(loginPath("/login/password", { ...query, error: reason }));
}

const tryAgain = new Set<Reason>(["code_wrong", "passkey_refused", "throttled", "factor_off"]);
