/**
 * The step between a first and a second factor. A challenge is a row of its own and no session: it
 * opens no page and no API, lives 15 minutes, and ends after five wrong answers. Its token is in a
 * cookie that nothing but the sign-in steps reads. Owns asking and answering; setting up a factor
 * where one is required is in ./enrolment, the factors themselves are in ./factors.
 */
import { createHmac, randomInt } from "node:crypto";
import type {
	AuthenticationResponseJSON,
	PublicKeyCredentialRequestOptionsJSON,
} from "@simplewebauthn/server";
import { and, eq, gt, lt, sql } from "drizzle-orm";
import { type Db, lockWorkspace, type Tx, transact } from "@/db/client";
import { loginChallenges, members, workspaces } from "@/db/schema";
import { record } from "@/lib/activity/record";
import { findMember, type Member } from "@/lib/members/members";
import { deriveKey, hashToken, newToken } from "@/lib/platform/crypto";
import { newId } from "@/lib/platform/ids";
import { consume, reset } from "@/lib/platform/limits";
import { queueMail } from "@/lib/platform/mail";
import type { Policy } from "@/lib/policy/document";
import type { Reason } from "@/lib/policy/reasons";
import { currentPolicy } from "@/lib/workspaces/policy";
import type { Workspace } from "@/lib/workspaces/workspaces";
import { actorOf, admission, beginSession, type FirstFactor } from "./admission";
import { codeUsed } from "./factors/changes";
import { allowedFactors, type Factor, type Held, heldFactors, kindsOf } from "./factors/held";
import { askPasskey, takePasskey } from "./factors/passkeys";
import { takeRecoveryCode } from "./factors/recovery-codes";
import { takeTotp } from "./factors/totp";
import { signInCodeMail } from "./mails";
import type { Visitor } from "./sessions";

const challengeMinutes = 15;
const codeMinutes = 10;
const mostTries = 5;

/** Wrong answers for one member, over all challenges: a right password does not buy guesses. */
const perMember = { name: "factor.member", points: 10, seconds: 3600 };
/** Mails with a code to one member. */
const mailsPerMember = { name: "factor.mail", points: 5, seconds: 900 };

/** What is next: an answer, another factor to set up, or only to go on. */
type Stage =
	| { kind: "ask"; factors: Factor[] }
	| { kind: "enrol"; factors: Factor[] }
	| { kind: "passed" };

export type Challenge = {
	id: string;
	method: FirstFactor;
	workspace: Workspace;
	member: Member;
	policy: Policy;
	held: Held;
	stage: Stage;
	/** A code was mailed and still works. */
	codeSent: boolean;
};

/** Opens a challenge for a member whose first factor was verified. @returns the cookie's token. */
export async function openChallenge(
	tx: Tx,
	input: { workspace: Workspace; member: Member; method: FirstFactor; now: Date },
): Promise<string> {
	const { workspace, member, method, now } = input;
	const token = newToken();
	await tx.insert(loginChallenges).values({
		workspaceId: workspace.id,
		id: newId(),
		memberId: member.id,
		method,
		tokenHash: hashToken(token),
		createdAt: now,
		expiresAt: new Date(now.getTime() + challengeMinutes * 60_000),
	});
	return token;
}

/** The challenge of a token, or null where it is over. */
export async function findChallenge(
	db: Db | Tx,
	token: string,
	now: Date,
): Promise<Challenge | null> {
	const [found] = await db
		.select({ row: loginChallenges, workspace: workspaces, member: members })
		.from(loginChallenges)
		.innerJoin(workspaces, eq(workspaces.id, loginChallenges.workspaceId))
		.innerJoin(
			members,
			and(
				eq(members.workspaceId, loginChallenges.workspaceId),
				eq(members.id, loginChallenges.memberId),
			),
		)
		.where(
			and(
				eq(loginChallenges.tokenHash, hashToken(token)),
				gt(loginChallenges.expiresAt, now),
				lt(loginChallenges.attempts, mostTries),
			),
		);
	if (!found) return null;
	const { row, workspace, member } = found;
	const { document: policy } = await currentPolicy(db, workspace.id);
	const held = await heldFactors(db, member);
	return {
		id: row.id,
		method: row.method,
		workspace,
		member,
		policy,
		held,
		stage: stageOf(policy, held, row.provedAt !== null),
		codeSent: row.mailCodeExpiresAt !== null && row.mailCodeExpiresAt > now,
	};
}

/**
 * Which step comes next. A factor that the policy no longer takes is still asked for, so that
 * forbidding one opens nobody's account by the password alone; then another has to be set up.
 */
function stageOf(policy: Policy, held: Held, proved: boolean): Stage {
	const has = kindsOf(held);
	const allowed = allowedFactors(policy);
	const usable = has.filter((factor) => allowed.includes(factor));
	if (usable.length > 0) return proved ? { kind: "passed" } : { kind: "ask", factors: usable };
	return has.length > 0 && !proved
		? { kind: "ask", factors: has }
		: { kind: "enrol", factors: allowed };
}

export type Answer =
	| { kind: "app" | "mail" | "recovery"; code: string }
	| { kind: "passkey"; response: AuthenticationResponseJSON };

export type AnswerRefusal = { ok: false; reason: Reason };

export type Answered =
	| { ok: true; kind: "session"; browserId: string; workspace: Workspace }
	/** Right, and another factor is to be set up before anything opens. */
	| { ok: true; kind: "enrol" }
	| AnswerRefusal;

/**
 * Answers a challenge.
 * Refused: challenge_over, throttled, factor_off, code_wrong, passkey_refused; and where the
 *   answer was right what `admit` says by now.
 */
export async function answerChallenge(
	db: Db,
	token: string,
	answer: Answer,
	visitor: Visitor,
	now: Date,
): Promise<Answered> {
	const challenge = await findChallenge(db, token, now);
	if (challenge?.stage.kind !== "ask") return { ok: false, reason: "challenge_over" };
	const { workspace, member, policy, stage } = challenge;
	if (answer.kind !== "recovery" && !stage.factors.includes(answer.kind))
		return { ok: false, reason: "factor_off" };
	const refused = await countTry(db, challenge, now);
	if (refused) return { ok: false, reason: refused };
	const actor = actorOf(member, visitor);
	const answered = await transact(db, async (tx): Promise<Answered> => {
		await lockWorkspace(tx, workspace.id, "shared");
		if (!(await isRight(tx, challenge, answer, now))) {
			const reason = answer.kind === "passkey" ? "passkey_refused" : "code_wrong";
			const details = { reason, secondFactor: answer.kind };
			await record(tx, workspace.id, actor, {
				kind: "sign_in.second_factor",
				outcome: "refused",
				details,
			});
			return { ok: false, reason };
		}
		if (answer.kind === "recovery") await codeUsed(tx, { workspace, member, actor }, now);
		const allowed = allowedFactors(policy);
		if (stage.factors.some((factor) => allowed.includes(factor)))
			return finishChallenge(tx, challenge, visitor, answer.kind, now);
		await tx.update(loginChallenges).set({ provedAt: now }).where(keyOf(challenge));
		return { ok: true, kind: "enrol" };
	});
	if (answered.ok) await reset(db, perMember, member.id);
	return answered;
}

/**
 * Counts a try before it is looked at, outside of any transaction, so that it stays counted.
 * @returns why there is none left, or null.
 */
export async function countTry(
	db: Db,
	challenge: Challenge,
	now: Date,
): Promise<"throttled" | "challenge_over" | null> {
	const allowed = await consume(db, perMember, challenge.member.id);
	if (!allowed.ok) return "throttled";
	const counted = await db
		.update(loginChallenges)
		.set({ attempts: sql`${loginChallenges.attempts} + 1` })
		.where(
			and(
				keyOf(challenge),
				lt(loginChallenges.attempts, mostTries),
				gt(loginChallenges.expiresAt, now),
			),
		)
		.returning({ id: loginChallenges.id });
	return counted.length > 0 ? null : "challenge_over";
}

async function isRight(tx: Tx, challenge: Challenge, answer: Answer, now: Date): Promise<boolean> {
	const { member } = challenge;
	switch (answer.kind) {
		case "app":
			return takeTotp(tx, member, answer.code, now);
		case "mail":
			return takeMailCode(tx, challenge, answer.code, now);
		case "recovery":
			return takeRecoveryCode(tx, member, answer.code, now);
		case "passkey": {
			const asked = await takeQuestion(tx, challenge);
			return asked !== null && takePasskey(tx, member, answer.response, asked, now);
		}
	}
}

/**
 * Ends a challenge with a session. Whether the member may come in is decided anew: rules and
 * people may have changed since the first factor.
 */
export async function finishChallenge(
	tx: Tx,
	challenge: Challenge,
	visitor: Visitor,
	secondFactor: string,
	now: Date,
): Promise<Answered> {
	const { workspace, method } = challenge;
	// Whoever deletes the row is the one who goes on.
	const taken = await tx
		.delete(loginChallenges)
		.where(keyOf(challenge))
		.returning({ id: loginChallenges.id });
	const member = await findMember(tx, workspace.id, challenge.member.id);
	if (taken.length === 0 || !member) return { ok: false, reason: "challenge_over" };
	const { document: policy } = await currentPolicy(tx, workspace.id);
	const first = method === "google" ? "google" : "password";
	const attempt = { method: first, subject: null, expectedId: null } as const;
	const admitted = await admission(tx, workspace, policy, member, attempt, now);
	if (admitted.outcome === "refuse") {
		await record(tx, workspace.id, actorOf(member, visitor), {
			kind: `sign_in.${first}`,
			outcome: "refused",
			details: { reason: admitted.reason },
		});
		return { ok: false, reason: admitted.reason };
	}
	const begun = { workspace, member, method, secondFactor, policy, visitor, now };
	return { ok: true, kind: "session", workspace, browserId: await beginSession(tx, begun) };
}

/**
 * Mails a code, which replaces the one before.
 * Refused: challenge_over, factor_off, throttled.
 */
export async function sendMailCode(
	db: Db,
	token: string,
	now: Date,
): Promise<{ ok: true } | AnswerRefusal> {
	const challenge = await findChallenge(db, token, now);
	if (!challenge || challenge.stage.kind === "passed")
		return { ok: false, reason: "challenge_over" };
	const { workspace, member, stage } = challenge;
	const to = member.email;
	if (!to || !stage.factors.includes("mail")) return { ok: false, reason: "factor_off" };
	const allowed = await consume(db, mailsPerMember, member.id);
	if (!allowed.ok) return { ok: false, reason: "throttled" };
	const code = String(randomInt(1_000_000)).padStart(6, "0");
	await transact(db, async (tx) => {
		await tx
			.update(loginChallenges)
			.set({
				mailCodeHash: codeHash(challenge, code),
				mailCodeExpiresAt: new Date(now.getTime() + codeMinutes * 60_000),
			})
			.where(keyOf(challenge));
		await queueMail(tx, signInCodeMail({ workspace, to }, { code, minutes: codeMinutes }));
	});
	return { ok: true };
}

/** Takes the mailed code of this challenge, once. */
export async function takeMailCode(
	tx: Tx,
	challenge: Challenge,
	typed: string,
	now: Date,
): Promise<boolean> {
	const taken = await tx
		.update(loginChallenges)
		.set({ mailCodeHash: null, mailCodeExpiresAt: null })
		.where(
			and(
				keyOf(challenge),
				eq(loginChallenges.mailCodeHash, codeHash(challenge, typed.replace(/\s/g, ""))),
				gt(loginChallenges.mailCodeExpiresAt, now),
			),
		)
		.returning({ id: loginChallenges.id });
	return taken.length > 0;
}

/** Keyed, since a million codes are soon tried out, and bound to the challenge. */
function codeHash({ id }: Challenge, code: string): string {
	return createHmac("sha256", deriveKey("mail-codes")).update(`${id} ${code}`).digest("base64url");
}

/** What the browser needs to answer with a passkey; null where none can. */
export async function askForPasskey(
	db: Db,
	token: string,
	now: Date,
): Promise<PublicKeyCredentialRequestOptionsJSON | null> {
	const challenge = await findChallenge(db, token, now);
	if (challenge?.stage.kind !== "ask" || !challenge.stage.factors.includes("passkey")) return null;
	const options = await askPasskey(db, challenge.member);
	await db
		.update(loginChallenges)
		.set({ passkeyChallenge: options.challenge })
		.where(keyOf(challenge));
	return options;
}

/** What the browser was asked, for one answer. */
async function takeQuestion(tx: Tx, challenge: Challenge): Promise<string | null> {
	const [row] = await tx
		.select({ asked: loginChallenges.passkeyChallenge })
		.from(loginChallenges)
		.where(keyOf(challenge))
		.for("update");
	await tx.update(loginChallenges).set({ passkeyChallenge: null }).where(keyOf(challenge));
	return row?.asked ?? null;
}

/** Ends the challenges that are open for a member: their first factor changed. */
export async function endChallenges(
	tx: Tx,
	{ workspaceId, id }: Pick<Member, "workspaceId" | "id">,
): Promise<void> {
	await tx
		.delete(loginChallenges)
		.where(and(eq(loginChallenges.workspaceId, workspaceId), eq(loginChallenges.memberId, id)));
}

/** Deletes what is over. A job calls it. */
export async function expireChallenges(db: Db, now: Date): Promise<void> {
	await db.delete(loginChallenges).where(lt(loginChallenges.expiresAt, now));
}

export const keyOf = ({ workspace, id }: Pick<Challenge, "workspace" | "id">) =>
	and(eq(loginChallenges.workspaceId, workspace.id), eq(loginChallenges.id, id));
