/**
 * Adding and removing second factors, each recorded and told by mail in the transaction of the
 * change. On the account page the member proves itself first (../proof), with a recent sign-in
 * and the credential it has; while signing in, the challenge is the proof (../enrolment).
 */
import type { RegistrationResponseJSON } from "@simplewebauthn/server";
import { and, eq } from "drizzle-orm";
import { type Db, lockWorkspace, type Tx, transact } from "@/db/client";
import { mailFactors } from "@/db/schema";
import type { Actor } from "@/lib/activity/actor";
import { record } from "@/lib/activity/record";
import { labelOf, type Member, memberOf, updateMember } from "@/lib/members/members";
import { consume } from "@/lib/platform/limits";
import { queueMail } from "@/lib/platform/mail";
import type { Policy } from "@/lib/policy/document";
import type { Reason } from "@/lib/policy/reasons";
import { currentPolicy } from "@/lib/workspaces/policy";
import type { Workspace } from "@/lib/workspaces/workspaces";
import { type FactorChange, factorChangedMail } from "../mails";
import { hasPassword, standsAlone } from "../passwords";
import { isRecent, proveMember } from "../proof";
import type { LiveSession } from "../sessions";
import { allowedFactors, type Factor, heldFactors, kindsOf } from "./held";
import { keepPasskey, offerPasskey, type PasskeyOffer, removePasskey } from "./passkeys";
import { makeRecoveryCodes, removeRecoveryCodes } from "./recovery-codes";
import { beginTotp, confirmTotp, pendingTotp, removeTotp, type TotpSeed } from "./totp";

/** Whose factors change, and who changes them. */
export type Who = { workspace: Workspace; member: Member; actor: Actor };

export type Refused = { ok: false; reason: Reason };

/** A session with its member as the actor. */
export type Acting = LiveSession & { actor: Actor };

const codesPerMember = { name: "factor.confirm", points: 10, seconds: 900 };

/**
 * Makes a seed for an authenticator app; it counts once `confirmApp` had a code of it.
 * Refused: needs_fresh_sign_in, wrong_password, throttled, factor_off, factor_exists.
 */
export async function startApp(
	db: Db,
	acting: Acting,
	password: string,
	now: Date,
): Promise<({ ok: true } & TotpSeed) | Refused> {
	const { workspace, member } = acting;
	const refused =
		(await proveFreshly(db, acting, password, now)) ?? (await isOff(db, workspace, "app"));
	if (refused) return { ok: false, reason: refused };
	const names = { workspace: workspace.name, member: member.email ?? labelOf(member) };
	return transact(db, async (tx) => {
		if (!(await beginTotp(tx, member, now))) return { ok: false, reason: "factor_exists" };
		const seed = await pendingTotp(tx, member, names);
		if (!seed) throw new Error("the seed vanished inside its transaction");
		return { ok: true, ...seed };
	});
}

/** What adding a factor answers: recovery codes, shown this once, unless the member has some. */
export type Added = { ok: true; codes: string[] | null } | Refused;

/** Confirms the app with a code. Refused: needs_fresh_sign_in, throttled, code_wrong. */
export async function confirmApp(db: Db, acting: Acting, code: string, now: Date): Promise<Added> {
	if (!isRecent(acting, now)) return { ok: false, reason: "needs_fresh_sign_in" };
	const allowed = await consume(db, codesPerMember, acting.member.id);
	if (!allowed.ok) return { ok: false, reason: "throttled" };
	return transact(db, async (tx) => {
		await lockWorkspace(tx, acting.workspace.id, "shared");
		if (!(await confirmTotp(tx, acting.member, code, now)))
			return { ok: false, reason: "code_wrong" };
		return { ok: true, codes: await factorAdded(tx, acting, "app", null, now) };
	});
}

/**
 * Turns codes by mail on.
 * Refused: needs_fresh_sign_in, wrong_password, throttled, factor_off, email_not_proved,
 *   factor_exists.
 */
export async function addMail(db: Db, acting: Acting, password: string, now: Date): Promise<Added> {
	const refused =
		(await proveFreshly(db, acting, password, now)) ?? (await isOff(db, acting.workspace, "mail"));
	if (refused) return { ok: false, reason: refused };
	return transact(db, async (tx) => {
		await lockWorkspace(tx, acting.workspace.id, "shared");
		const member = await memberOf(tx, acting.workspace.id, acting.member.id);
		if (!member.email || !member.emailProof) return { ok: false, reason: "email_not_proved" };
		if (!(await turnOnMail(tx, { ...acting, member })))
			return { ok: false, reason: "factor_exists" };
		return { ok: true, codes: await factorAdded(tx, acting, "mail", null, now) };
	});
}

/**
 * What a browser needs to make a passkey.
 * Refused: needs_fresh_sign_in, wrong_password, throttled, factor_off.
 */
export async function startPasskey(
	db: Db,
	acting: Acting,
	password: string,
	now: Date,
): Promise<({ ok: true } & PasskeyOffer) | Refused> {
	const { workspace, member } = acting;
	const refused =
		(await proveFreshly(db, acting, password, now)) ?? (await isOff(db, workspace, "passkey"));
	if (refused) return { ok: false, reason: refused };
	const names = { workspace: workspace.name, member: member.email ?? labelOf(member) };
	return { ok: true, ...(await offerPasskey(db, member, names, now)) };
}

/** Keeps the passkey that a browser made. Refused: passkey_refused. */
export async function addPasskey(
	db: Db,
	acting: Acting,
	made: { response: RegistrationResponseJSON; state: string; name: string },
	now: Date,
): Promise<Added> {
	return transact(db, async (tx) => {
		await lockWorkspace(tx, acting.workspace.id, "shared");
		// The sealed state was given to this member after the proof, and to nobody else.
		const name = await keepPasskey(tx, acting.member, made, now);
		if (name === null) return { ok: false, reason: "passkey_refused" };
		return { ok: true, codes: await factorAdded(tx, acting, "passkey", name, now) };
	});
}

/**
 * Removes a factor; with the last one the recovery codes go too.
 * Refused: needs_fresh_sign_in, wrong_password, throttled; factor_required where the workspace
 *   needs it; password_too_short_alone.
 */
export async function removeFactor(
	db: Db,
	acting: Acting,
	which: { kind: "app" | "mail" } | { kind: "passkey"; id: string },
	password: string,
	now: Date,
): Promise<{ ok: true } | Refused> {
	const unproved = await proveFreshly(db, acting, password, now);
	if (unproved) return { ok: false, reason: unproved };
	const { workspace, member } = acting;
	return transact(db, async (tx) => {
		// Alone, so that two removals at once cannot both leave the other one as the last.
		await lockWorkspace(tx, workspace.id, "exclusive");
		const held = await heldFactors(tx, member);
		const rest = kindsOf(held).filter(
			(kind) => kind !== which.kind || (kind === "passkey" && held.passkeys > 1),
		);
		const { document: policy } = await currentPolicy(tx, workspace.id);
		if (policy.twoFactor.required && !takesOne(policy, rest))
			return { ok: false, reason: "factor_required" };
		// A password that was not asked is looked at when it is next used to sign in.
		const short = password !== "" && !standsAlone(password);
		if (rest.length === 0 && short && (await hasPassword(tx, workspace.id, member.id)))
			return { ok: false, reason: "password_too_short_alone" };
		const name = await remove(tx, member, which);
		if (name === null) return { ok: true };
		if (rest.length === 0) await removeRecoveryCodes(tx, member);
		await tell(tx, acting, "factor.removed", `${which.kind}_removed`, now, {
			factor: which.kind,
			name,
		});
		return { ok: true };
	});
}

/** Makes new recovery codes. Refused: needs_fresh_sign_in, wrong_password, throttled, stale. */
export async function newRecoveryCodes(
	db: Db,
	acting: Acting,
	password: string,
	now: Date,
): Promise<{ ok: true; codes: string[] } | Refused> {
	const refused = await proveFreshly(db, acting, password, now);
	if (refused) return { ok: false, reason: refused };
	return transact(db, async (tx) => {
		await lockWorkspace(tx, acting.workspace.id, "shared");
		if (kindsOf(await heldFactors(tx, acting.member)).length === 0)
			return { ok: false, reason: "stale" };
		const codes = await makeRecoveryCodes(tx, acting.member);
		await tell(tx, acting, "factor.codes_made", "codes_made", now);
		return { ok: true, codes };
	});
}

/**
 * Records and tells that a factor was added. The first one comes with recovery codes.
 * @returns the codes, or null where the member has some.
 */
export async function factorAdded(
	tx: Tx,
	who: Who,
	factor: Factor,
	name: string | null,
	now: Date,
): Promise<string[] | null> {
	await tell(tx, who, "factor.added", `${factor}_added`, now, { factor, name });
	const { recoveryCodes } = await heldFactors(tx, who.member);
	return recoveryCodes > 0 ? null : makeRecoveryCodes(tx, who.member);
}

/** Records and tells that a recovery code stood in for a factor. */
export async function codeUsed(tx: Tx, who: Who, now: Date): Promise<void> {
	await tell(tx, who, "factor.code_used", "code_used", now);
}

/** Turns codes by mail on; who could read a code has proved the address. @returns whether it was off. */
export async function turnOnMail(tx: Tx, { member, actor }: Who): Promise<boolean> {
	const added = await tx
		.insert(mailFactors)
		.values({ workspaceId: member.workspaceId, memberId: member.id })
		.onConflictDoNothing()
		.returning({ memberId: mailFactors.memberId });
	if (!member.emailProof)
		await updateMember(tx, actor, member, { email: { address: member.email, proof: "mail" } });
	return added.length > 0;
}

async function proveFreshly(
	db: Db,
	acting: Acting,
	password: string,
	now: Date,
): Promise<Reason | null> {
	if (!isRecent(acting, now)) return "needs_fresh_sign_in";
	const proved = await proveMember(db, acting, password, now);
	return proved.ok ? null : proved.reason;
}

async function isOff(db: Db, workspace: Workspace, factor: Factor): Promise<"factor_off" | null> {
	const { document: policy } = await currentPolicy(db, workspace.id);
	return takesOne(policy, [factor]) ? null : "factor_off";
}

const takesOne = (policy: Policy, kinds: Factor[]) =>
	allowedFactors(policy).some((factor) => kinds.includes(factor));

/** @returns the name of what was removed, or null where nothing was there. */
async function remove(
	tx: Tx,
	member: Member,
	which: { kind: "app" | "mail" } | { kind: "passkey"; id: string },
): Promise<string | null> {
	switch (which.kind) {
		case "app":
			return (await removeTotp(tx, member)) ? "" : null;
		case "mail": {
			const gone = await tx
				.delete(mailFactors)
				.where(
					and(eq(mailFactors.workspaceId, member.workspaceId), eq(mailFactors.memberId, member.id)),
				)
				.returning({ memberId: mailFactors.memberId });
			return gone.length > 0 ? "" : null;
		}
		case "passkey":
			return removePasskey(tx, member, which.id);
	}
}

async function tell(
	tx: Tx,
	{ workspace, member, actor }: Who,
	kind: "factor.added" | "factor.removed" | "factor.codes_made" | "factor.code_used",
	change: FactorChange,
	at: Date,
	details: Record<string, unknown> = {},
): Promise<void> {
	const subject = { kind: "member", id: member.id, label: labelOf(member) };
	await record(tx, workspace.id, actor, { kind, subject, details });
	if (member.email)
		await queueMail(tx, factorChangedMail({ workspace, to: member.email }, { change, at }));
}
