/**
 * Signing in with email and password. Wrong and unknown look alike and cost the same; both the
 * account and the sender are throttled. Whether a right password may be used is `admit`'s decision.
 */
import { and, asc, eq } from "drizzle-orm";
import type { Db } from "@/db/client";
import { members, passwords, workspaces } from "@/db/schema";
import { countRefusal } from "@/lib/activity/record";
import { senderOf } from "@/lib/platform/addresses";
import { consume, refund, reset } from "@/lib/platform/limits";
import { foldKey } from "@/lib/platform/text";
import { type Entered, enter, type Proved } from "./enter";
import { standsAlone, verifyPassword } from "./passwords";
import type { Visitor } from "./sessions";

/** A password opens at most this many workspaces; more would make each guess worth more. */
const mostAccounts = 5;

/** Guesses from one sender at anybody. Right ones are taken off again: an office shares an address. */
const perSender = { name: "password.sender", points: 50, seconds: 900 };
/** Guesses from one sender at one account. */
const perPair = { name: "password.pair", points: 10, seconds: 900 };
/**
 * Guesses at one account from everywhere: enough to outlast a word list, and more than one sender
 * has, so that nobody alone can keep somebody else out.
 */
const perAccount = { name: "password.account", points: 100, seconds: 3600 };

export type PasswordSignIn =
	| Entered
	| { ok: false; reason: "throttled"; retryAfterSeconds: number }
	| { ok: false; reason: "wrong_password" };

/**
 * Enters every workspace the password opens.
 * @param slug the one workspace asked for; null tries those that know the email.
 * Refused: throttled (with seconds), wrong_password, and what ./enter says of a right password:
 *   sso_required (with the workspace), suspended, no_role, password_too_short_alone.
 */
export async function signInByPassword(
	db: Db,
	input: { email: string; password: string; slug: string | null },
	visitor: Visitor,
	now: Date,
): Promise<PasswordSignIn> {
	const emailKey = foldKey(input.email);
	const sender = senderOf(visitor.address);
	const account = `${input.slug ?? "*"} ${emailKey}`;
	for (const [limit, key] of [
		[perSender, sender],
		[perPair, `${sender} ${account}`],
		[perAccount, account],
	] as const) {
		const allowed = await consume(db, limit, key);
		if (!allowed.ok)
			return { ok: false, reason: "throttled", retryAfterSeconds: allowed.retryAfterSeconds };
	}
	const accounts = await accountsOf(db, emailKey, input.slug);
	const opened: Proved[] = [];
	const short = !standsAlone(input.password);
	for (const { workspace, memberId, hash } of accounts)
		if (await verifyPassword(hash, input.password))
			opened.push({ workspace, memberId, method: "password", short });
	if (accounts.length === 0) await verifyPassword(null, input.password);
	const [first, ...others] = opened;
	if (!first) {
		const workspaceId = accounts[0]?.workspace.id ?? null;
		await countRefusal(db, workspaceId, "sign_in.wrong_password", visitor.address, now);
		return { ok: false, reason: "wrong_password" };
	}
	await refund(db, perSender, sender);
	// A password that opened one account was a wrong guess at another with that address.
	if (opened.length === accounts.length) {
		await reset(db, perPair, `${sender} ${account}`);
		await reset(db, perAccount, account);
	}
	return enter(db, [first, ...others], visitor, now);
}

async function accountsOf(db: Db, emailKey: string, slug: string | null) {
	return db
		.select({ workspace: workspaces, memberId: members.id, hash: passwords.hash })
		.from(members)
		.innerJoin(
			passwords,
			and(eq(passwords.workspaceId, members.workspaceId), eq(passwords.memberId, members.id)),
		)
		.innerJoin(workspaces, eq(workspaces.id, members.workspaceId))
		.where(and(eq(members.emailKey, emailKey), slug ? eq(workspaces.slug, slug) : undefined))
		.orderBy(asc(members.createdAt))
		.limit(mostAccounts);
}
