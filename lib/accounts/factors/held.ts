/**
 * Second factors: what is asked beside a password or a personal Google account. This folder owns
 * what a member holds (here), one file for each kind, and adding and removing them (./changes).
 * When a factor is due, and the step of signing in that asks for it, is in ../challenges.
 */
import { and, count, eq, isNotNull, isNull } from "drizzle-orm";
import type { Db, Tx } from "@/db/client";
import { mailFactors, passkeys, recoveryCodes, totpFactors } from "@/db/schema";
import type { Policy } from "@/lib/policy/document";

/** The kinds, in the order in which they are offered. */
const factors = ["app", "passkey", "mail"] as const;
export type Factor = (typeof factors)[number];

/** Whose factors: a row of `members` fits. */
export type Owner = { workspaceId: string; id: string };

export type Held = {
	app: boolean;
	mail: boolean;
	/** How many of them. */
	passkeys: number;
	/** Recovery codes that were not used yet. */
	recoveryCodes: number;
};

/** What a member has set up, whatever the policy takes. */
export async function heldFactors(db: Db | Tx, { workspaceId, id }: Owner): Promise<Held> {
	const of = (
		t: typeof totpFactors | typeof mailFactors | typeof passkeys | typeof recoveryCodes,
	) => and(eq(t.workspaceId, workspaceId), eq(t.memberId, id));
	const number = async (rows: Promise<{ n: number }[]>) => (await rows)[0]?.n ?? 0;
	// One after the other: a transaction has one connection.
	const app = await number(
		db
			.select({ n: count() })
			.from(totpFactors)
			.where(and(of(totpFactors), isNotNull(totpFactors.confirmedAt))),
	);
	const mail = await number(db.select({ n: count() }).from(mailFactors).where(of(mailFactors)));
	return {
		app: app > 0,
		mail: mail > 0,
		passkeys: await number(db.select({ n: count() }).from(passkeys).where(of(passkeys))),
		recoveryCodes: await number(
			db
				.select({ n: count() })
				.from(recoveryCodes)
				.where(
					and(of(recoveryCodes), eq(recoveryCodes.purpose, "factor"), isNull(recoveryCodes.usedAt)),
				),
		),
	};
}

/** The kinds a member has. */
export function kindsOf(held: Held): Factor[] {
	const has = { app: held.app, passkey: held.passkeys > 0, mail: held.mail };
	return factors.filter((factor) => has[factor]);
}

/** The kinds the policy takes. */
export function allowedFactors({ twoFactor }: Policy): Factor[] {
	return factors.filter((factor) => twoFactor.factors.includes(factor));
}

/**
 * Whether a second factor is asked at this member's next password sign-in: they have one, or the
 * workspace requires one. It lets a shorter password do.
 */
export async function asksSecondFactor(
	db: Db | Tx,
	owner: Owner,
	policy: Policy,
): Promise<boolean> {
	return policy.twoFactor.required || kindsOf(await heldFactors(db, owner)).length > 0;
}
