/** Codes on paper: ten, shown once, each standing in for a second factor once. */
import { createHmac, randomInt } from "node:crypto";
import { and, eq, isNull } from "drizzle-orm";
import type { Tx } from "@/db/client";
import { recoveryCodes } from "@/db/schema";
import { deriveKey } from "@/lib/platform/crypto";
import { newId } from "@/lib/platform/ids";
import type { Owner } from "./held";

const howMany = 10;

/** Crockford's: no letter that is read as another. Ten of them are 50 bits. */
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

const newCode = () =>
	Array.from({ length: 10 }, () => alphabet[randomInt(alphabet.length)]).join("");

/** Keyed: 50 bits alone could be tried out on a stolen table. */
function hashed({ id }: Owner, code: string): string {
	return createHmac("sha256", deriveKey("recovery-codes"))
		.update(`${id} ${code}`)
		.digest("base64url");
}

/** As people type it: in any case, with or without the dash, O for 0 and I or L for 1. */
const normal = (typed: string) =>
	typed
		.toUpperCase()
		.replace(/[^0-9A-Z]/g, "")
		.replaceAll("O", "0")
		.replace(/[IL]/g, "1");

const of = ({ workspaceId, id }: Owner) =>
	and(
		eq(recoveryCodes.workspaceId, workspaceId),
		eq(recoveryCodes.memberId, id),
		eq(recoveryCodes.purpose, "factor"),
	);

/** Makes ten new codes; those before no longer work. @returns them, the only time they are known. */
export async function makeRecoveryCodes(tx: Tx, owner: Owner): Promise<string[]> {
	await tx.delete(recoveryCodes).where(of(owner));
	const codes = Array.from({ length: howMany }, newCode);
	await tx.insert(recoveryCodes).values(
		codes.map((code) => ({
			workspaceId: owner.workspaceId,
			id: newId(),
			memberId: owner.id,
			purpose: "factor" as const,
			hash: hashed(owner, code),
		})),
	);
	return codes.map((code) => `${code.slice(0, 5)}-${code.slice(5)}`);
}

/** Takes a code, once. */
export async function takeRecoveryCode(
	tx: Tx,
	owner: Owner,
	typed: string,
	now: Date,
): Promise<boolean> {
	const taken = await tx
		.update(recoveryCodes)
		.set({ usedAt: now })
		.where(
			and(
				of(owner),
				eq(recoveryCodes.hash, hashed(owner, normal(typed))),
				isNull(recoveryCodes.usedAt),
			),
		)
		.returning({ id: recoveryCodes.id });
	return taken.length > 0;
}

/** Removes all of a member's codes. */
export async function removeRecoveryCodes(tx: Tx, owner: Owner): Promise<void> {
	await tx.delete(recoveryCodes).where(of(owner));
}
