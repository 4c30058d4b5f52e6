/**
 * What password and Google share once the credential has been verified: each workspace is decided
 * by `admit`, recorded, and opens either a session or the challenge for a second factor.
 */
import { type Db, lockWorkspace, type Tx, transact } from "@/db/client";
import { record } from "@/lib/activity/record";
import { findMember, type Member } from "@/lib/members/members";
import type { Policy } from "@/lib/policy/document";
import type { Reason } from "@/lib/policy/reasons";
import { currentPolicy } from "@/lib/workspaces/policy";
import type { Workspace } from "@/lib/workspaces/workspaces";
import { actorOf, admission, beginSession, type FirstFactor } from "./admission";
import { openChallenge } from "./challenges";
import { asksSecondFactor } from "./factors/held";
import type { Visitor } from "./sessions";

/** Whose credential was verified, and how. */
export type Proved = {
	workspace: Workspace;
	/** Null where the credential names nobody here: `admit` says how that is refused. */
	memberId: string | null;
	method: "password" | "google";
	/** Google's id of the account. */
	subject?: string;
	/** For a sign-in that must come back as the member who is signed in. */
	expectedId?: string | null;
	/** A password too short to be the only factor. */
	short?: boolean;
};

/** What a credential opened: sessions, and challenges where a second factor is due. */
export type Entered =
	| {
			ok: true;
			/** Renewed where a session began; null where none did and the browser had none. */
			browserId: string | null;
			workspaces: Workspace[];
			/** For the challenge cookie, one for each workspace that asks for more. */
			challenges: { workspace: Workspace; token: string }[];
	  }
	| { ok: false; reason: Reason; workspace: Workspace };

/**
 * Enters every workspace that a credential opens. A second factor is asked for each workspace by
 * itself, when the person goes there: accounts of one person share nothing.
 * Refused where none opens: what `admit` says of the last one; password_too_short_alone.
 */
export async function enter(
	db: Db,
	proved: readonly [Proved, ...Proved[]],
	visitor: Visitor,
	now: Date,
): Promise<Entered> {
	const opened: Entered & { ok: true } = {
		ok: true,
		browserId: visitor.browserId,
		workspaces: [],
		challenges: [],
	};
	let refusal: Reason | null = null;
	for (const each of proved) {
		const { workspace } = each;
		const one = await enterOne(db, each, { ...visitor, browserId: opened.browserId }, now);
		if (!one.ok) refusal = one.reason;
		else if ("token" in one) opened.challenges.push({ workspace, token: one.token });
		else {
			opened.browserId = one.browserId;
			opened.workspaces.push(workspace);
		}
	}
	const last = proved.at(-1) ?? proved[0];
	const none = opened.workspaces.length + opened.challenges.length === 0;
	return none && refusal ? { ok: false, reason: refusal, workspace: last.workspace } : opened;
}

/**
 * After a first factor was verified and admitted: the session, or the challenge for the second.
 * @returns the browser's new id, or the token for the challenge cookie.
 */
export async function passFirstFactor(
	tx: Tx,
	input: {
		workspace: Workspace;
		member: Member;
		method: FirstFactor;
		policy: Policy;
		visitor: Visitor;
		now: Date;
	},
): Promise<{ browserId: string } | { token: string }> {
	if (await asksSecondFactor(tx, input.member, input.policy))
		return { token: await openChallenge(tx, input) };
	return { browserId: await beginSession(tx, input) };
}

async function enterOne(
	db: Db,
	proved: Proved,
	visitor: Visitor,
	now: Date,
): Promise<
	{ ok: true; browserId: string } | { ok: true; token: string } | { ok: false; reason: Reason }
> {
	const { workspace, memberId, method } = proved;
	return transact(db, async (tx) => {
		await lockWorkspace(tx, workspace.id, "shared");
		const { document: policy } = await currentPolicy(tx, workspace.id);
		const member = memberId ? await findMember(tx, workspace.id, memberId) : null;
		const { subject = null, expectedId = null } = proved;
		const attempt = { method, subject, expectedId };
		const admitted = await admission(tx, workspace, policy, member, attempt, now);
		const refused =
			admitted.outcome === "refuse"
				? admitted.reason
				: await tooShort(tx, proved.short ?? false, member, policy);
		if (!member) {
			if (!refused) throw new Error("admitted as nobody");
			return { ok: false, reason: refused };
		}
		if (refused) {
			await record(tx, workspace.id, actorOf(member, visitor), {
				kind: `sign_in.${method}`,
				outcome: "refused",
				details: { reason: refused },
			});
			return { ok: false, reason: refused };
		}
		const passed = await passFirstFactor(tx, { workspace, member, method, policy, visitor, now });
		return { ok: true, ...passed };
	});
}

/** A password that was long enough beside a second factor does not open a session without one. */
async function tooShort(
	tx: Tx,
	short: boolean,
	member: Member | null,
	policy: Policy,
): Promise<"password_too_short_alone" | null> {
	const alone = short && member && !(await asksSecondFactor(tx, member, policy));
	return alone ? "password_too_short_alone" : null;
}
