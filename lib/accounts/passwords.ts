/** Passwords of members: argon2id, one a member, never shown, never mailed. */
import { hash, verify } from "@node-rs/argon2";
import { and, eq } from "drizzle-orm";
import type { Db, Tx } from "@/db/client";
import { passwords } from "@/db/schema";
import { guessable } from "./blocklist";

// OWASP's floor for argon2id: 19 MiB, two passes, one lane. About 50 ms on a small machine.
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Shortest password where it is the only factor, and beside a second (NIST SP 800-63B-4). */
export const minimumLength = { alone: 15, withFactor: 8 } as const;
const maximumLength = 256;

export type PasswordRefusal =
	| "password_too_short"
	| "password_too_short_with_factor"
	| "password_too_long"
	| "password_common"
	| "password_personal";

/** What a new password is held to. */
export type PasswordRules = {
	/** A second factor is asked beside it at every sign-in. */
	secondFactor: boolean;
	/** Texts about the person and the workspace, which must not make up the password. */
	about: readonly string[];
};

/**
 * Whether a new password may be used; null when it may. Length and the list of what is guessed
 * first (./blocklist): no composition rules.
 */
export async function refusePassword(
	password: string,
	rules: PasswordRules,
): Promise<PasswordRefusal | null> {
	const length = lengthOf(password);
	if (rules.secondFactor && length < minimumLength.withFactor)
		return "password_too_short_with_factor";
	if (!rules.secondFactor && length < minimumLength.alone) return "password_too_short";
	if (length > maximumLength) return "password_too_long";
	return guessable(password.normalize("NFC"), rules.about);
}

/** Whether a password is long enough to be the only factor. */
export function standsAlone(password: string): boolean {
	return lengthOf(password) >= minimumLength.alone;
}

/** Characters as people count them, whatever way they were typed. */
const lengthOf = (password: string) => [...password.normalize("NFC")].length;

/** Sets a member's password, replacing the one before. The caller has checked it. */
export async function setPassword(
	tx: Tx,
	workspaceId: string,
	memberId: string,
	password: string,
): Promise<void> {
	const row = { hash: await hash(password.normalize("NFC"), cost), setAt: new Date() };
	await tx
		.insert(passwords)
		.values({ workspaceId, memberId, ...row })
		.onConflictDoUpdate({ target: [passwords.workspaceId, passwords.memberId], set: row });
}

/** Whether a member has a password to sign in with. */
export async function hasPassword(
	db: Db | Tx,
	workspaceId: string,
	memberId: string,
): Promise<boolean> {
	return (await passwordSetAt(db, workspaceId, memberId)) !== null;
}

/** When a member's password was set, or null where there is none. */
export async function passwordSetAt(
	db: Db | Tx,
	workspaceId: string,
	memberId: string,
): Promise<Date | null> {
	const [row] = await db
		.select({ setAt: passwords.setAt })
		.from(passwords)
		.where(and(eq(passwords.workspaceId, workspaceId), eq(passwords.memberId, memberId)));
	return row?.setAt ?? null;
}

/** What is stored of a member's password, or null where there is none. */
export async function storedPassword(
	db: Db | Tx,
	workspaceId: string,
	memberId: string,
): Promise<string | null> {
	const [row] = await db
		.select({ hash: passwords.hash })
		.from(passwords)
		.where(and(eq(passwords.workspaceId, workspaceId), eq(passwords.memberId, memberId)));
	return row?.hash ?? null;
}

// The work of one real check, done where there is nothing to check against.
let dummy: Promise<string> | undefined;

/** Compares a password with a stored hash. With null it does the same work and answers false. */
export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
	dummy ??= hash("no account has this password", cost);
	const matches = await verify(stored ?? (await dummy), password.slice(0, 1024).normalize("NFC"));
	return stored !== null && matches;
}
