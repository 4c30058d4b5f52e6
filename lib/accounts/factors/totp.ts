/** The authenticator app: time-based codes (RFC 6238, SHA-1, 6 digits, 30 seconds). */
import { and, eq, isNotNull, isNull, lt, or } from "drizzle-orm";
import { generateSecret, generateURI, verify } from "otplib";
import { create } from "qrcode";
import type { Db, Tx } from "@/db/client";
import { totpFactors } from "@/db/schema";
import { open, seal } from "@/lib/platform/crypto";
import type { Owner } from "./held";

/** One step to either side: for clocks that differ, and for codes typed slowly. */
const toleranceSeconds = 30;

/** What an app needs to make codes: as text, and as a QR code (its side in modules, and a path). */
export type TotpSeed = { secret: string; qr: { size: number; path: string } };

const placeOf = ({ workspaceId, id }: Owner) => `totp_factors/${workspaceId}/${id}/secret`;

const of = ({ workspaceId, id }: Owner) =>
	and(eq(totpFactors.workspaceId, workspaceId), eq(totpFactors.memberId, id));

/**
 * Makes a seed that counts once a code of it was confirmed; one that still waits is replaced.
 * @returns false when the member has a confirmed app.
 */
export async function beginTotp(tx: Tx, owner: Owner, now: Date): Promise<boolean> {
	const row = { secret: seal(generateSecret(), placeOf(owner)), lastStep: null, createdAt: now };
	const made = await tx
		.insert(totpFactors)
		.values({ workspaceId: owner.workspaceId, memberId: owner.id, ...row })
		.onConflictDoUpdate({
			target: [totpFactors.workspaceId, totpFactors.memberId],
			set: row,
			setWhere: isNull(totpFactors.confirmedAt),
		})
		.returning({ memberId: totpFactors.memberId });
	return made.length > 0;
}

/** The seed that waits for its first code, or null. */
export async function pendingTotp(
	db: Db | Tx,
	owner: Owner,
	names: { workspace: string; member: string },
): Promise<TotpSeed | null> {
	const [row] = await db
		.select()
		.from(totpFactors)
		.where(and(of(owner), isNull(totpFactors.confirmedAt)));
	if (!row) return null;
	const secret = open(row.secret, placeOf(owner));
	// A colon would end the issuer's part of the label.
	const issuer = names.workspace.replaceAll(":", " ");
	return { secret, qr: qrOf(generateURI({ issuer, label: names.member, secret })) };
}

function qrOf(text: string): TotpSeed["qr"] {
	const { size, data } = create(text, { errorCorrectionLevel: "M" }).modules;
	const dark = [...data].flatMap((module, at) =>
		module ? [`M${at % size} ${Math.floor(at / size)}h1v1h-1z`] : [],
	);
	return { size, path: dark.join("") };
}

/** Confirms the waiting seed with a code of it. */
export function confirmTotp(tx: Tx, owner: Owner, code: string, now: Date): Promise<boolean> {
	return take(tx, owner, code, "waiting", now);
}

/** Takes a code, once: it and those before it do not work again. */
export function takeTotp(tx: Tx, owner: Owner, code: string, now: Date): Promise<boolean> {
	return take(tx, owner, code, "confirmed", now);
}

async function take(
	tx: Tx,
	owner: Owner,
	code: string,
	state: "waiting" | "confirmed",
	now: Date,
): Promise<boolean> {
	const token = code.replace(/\s/g, "");
	if (!/^\d{6}$/.test(token)) return false;
	const inState =
		state === "waiting" ? isNull(totpFactors.confirmedAt) : isNotNull(totpFactors.confirmedAt);
	const [row] = await tx
		.select()
		.from(totpFactors)
		.where(and(of(owner), inState));
	if (!row) return false;
	const result = await verify({
		strategy: "totp",
		secret: open(row.secret, placeOf(owner)),
		token,
		epoch: Math.floor(now.getTime() / 1000),
		epochTolerance: toleranceSeconds,
	});
	if (!result.valid || !("timeStep" in result)) return false;
	// The condition, not the look before it, decides between two that bring one code.
	const taken = await tx
		.update(totpFactors)
		.set({
			lastStep: result.timeStep,
			...(state === "waiting" ? { confirmedAt: now } : {}),
		})
		.where(
			and(
				of(owner),
				inState,
				eq(totpFactors.secret, row.secret),
				or(isNull(totpFactors.lastStep), lt(totpFactors.lastStep, result.timeStep)),
			),
		)
		.returning({ memberId: totpFactors.memberId });
	return taken.length > 0;
}

/** Removes the app, confirmed or waiting. */
export async function removeTotp(tx: Tx, owner: Owner): Promise<boolean> {
	const removed = await tx
		.delete(totpFactors)
		.where(of(owner))
		.returning({ confirmedAt: totpFactors.confirmedAt });
	return removed.some(({ confirmedAt }) => confirmedAt !== null);
}
