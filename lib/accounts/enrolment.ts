/**
 * Setting up a second factor while signing in, where the workspace requires one and the member has
 * none it takes. The password was right; there is no session before the factor works and its
 * recovery codes were seen.
 */
import type { RegistrationResponseJSON } from "@simplewebauthn/server";
import { type Db, lockWorkspace, type Tx, transact } from "@/db/client";
import { loginChallenges } from "@/db/schema";
import { labelOf } from "@/lib/members/members";
import { actorOf } from "./admission";
import {
	type Answered,
	type AnswerRefusal,
	type Challenge,
	countTry,
	findChallenge,
	finishChallenge,
	keyOf,
	takeMailCode,
} from "./challenges";
import { factorAdded, turnOnMail, type Who } from "./factors/changes";
import { type Factor, kindsOf } from "./factors/held";
import { keepPasskey, offerPasskey, type PasskeyOffer } from "./factors/passkeys";
import { beginTotp, confirmTotp, pendingTotp, type TotpSeed } from "./factors/totp";
import type { Visitor } from "./sessions";

async function enrolling(
	db: Db,
	token: string,
	factor: Factor,
	now: Date,
): Promise<{ ok: true; challenge: Challenge } | AnswerRefusal> {
	const challenge = await findChallenge(db, token, now);
	if (challenge?.stage.kind !== "enrol") return { ok: false, reason: "challenge_over" };
	const allowed = challenge.stage.factors.includes(factor);
	return allowed ? { ok: true, challenge } : { ok: false, reason: "factor_off" };
}

const namesOf = ({ workspace, member }: Challenge) => ({
	workspace: workspace.name,
	member: member.email ?? labelOf(member),
});

/** Makes a seed for an authenticator app. Refused: challenge_over, factor_off. */
export async function enrolApp(
	db: Db,
	token: string,
	now: Date,
): Promise<{ ok: true } | AnswerRefusal> {
	const found = await enrolling(db, token, "app", now);
	if (!found.ok) return found;
	await transact(db, (tx) => beginTotp(tx, found.challenge.member, now));
	return { ok: true };
}

/** The seed that waits for its first code. */
export function enrolledSeed(db: Db, challenge: Challenge): Promise<TotpSeed | null> {
	return pendingTotp(db, challenge.member, namesOf(challenge));
}

/** What a browser needs to make a passkey. Refused: challenge_over, factor_off. */
export async function enrolPasskey(
	db: Db,
	token: string,
	now: Date,
): Promise<({ ok: true } & PasskeyOffer) | AnswerRefusal> {
	const found = await enrolling(db, token, "passkey", now);
	if (!found.ok) return found;
	const { challenge } = found;
	return { ok: true, ...(await offerPasskey(db, challenge.member, namesOf(challenge), now)) };
}

export type Proof =
	| { kind: "app" | "mail"; code: string }
	| { kind: "passkey"; response: RegistrationResponseJSON; state: string; name: string };

/**
 * Sets the factor up with its first code, or with the key that was made.
 * @returns recovery codes, shown this once; null where the member has some.
 * Refused: challenge_over, factor_off, throttled, code_wrong, passkey_refused.
 */
export async function confirmEnrolment(
	db: Db,
	token: string,
	proof: Proof,
	visitor: Visitor,
	now: Date,
): Promise<{ ok: true; codes: string[] | null } | AnswerRefusal> {
	const found = await enrolling(db, token, proof.kind, now);
	if (!found.ok) return found;
	const { challenge } = found;
	const refused = await countTry(db, challenge, now);
	if (refused) return { ok: false, reason: refused };
	return transact(db, async (tx) => {
		await lockWorkspace(tx, challenge.workspace.id, "shared");
		const { workspace, member } = challenge;
		const who = { workspace, member, actor: actorOf(member, visitor) };
		const set = await setUp(tx, challenge, who, proof, now);
		if (!set.ok)
			return { ok: false, reason: proof.kind === "passkey" ? "passkey_refused" : "code_wrong" };
		await tx.update(loginChallenges).set({ provedAt: now }).where(keyOf(challenge));
		return { ok: true, codes: await factorAdded(tx, who, proof.kind, set.name, now) };
	});
}

async function setUp(
	tx: Tx,
	challenge: Challenge,
	who: Who,
	proof: Proof,
	now: Date,
): Promise<{ ok: boolean; name: string | null }> {
	const { member } = who;
	switch (proof.kind) {
		case "app":
			return { ok: await confirmTotp(tx, member, proof.code, now), name: null };
		case "mail": {
			const ok = await takeMailCode(tx, challenge, proof.code, now);
			if (ok) await turnOnMail(tx, who);
			return { ok, name: null };
		}
		case "passkey": {
			const name = await keepPasskey(tx, member, proof, now);
			return { ok: name !== null, name };
		}
	}
}

/** Goes on after a factor was set up. Refused: challenge_over, and what `admit` says by now. */
export async function finishEnrolment(
	db: Db,
	token: string,
	visitor: Visitor,
	now: Date,
): Promise<Answered> {
	const challenge = await findChallenge(db, token, now);
	if (challenge?.stage.kind !== "passed") return { ok: false, reason: "challenge_over" };
	return transact(db, async (tx) => {
		await lockWorkspace(tx, challenge.workspace.id, "shared");
		const [factor = ""] = kindsOf(challenge.held);
		return finishChallenge(tx, challenge, visitor, factor, now);
	});
}
