/**
 * Recovery codes of admins: each lets its owner in once when single sign-on does not work
 * (./recovery-sign-in). They are shown once and stored hashed. A new set counts, and the one before
 * ends, when one of it was typed in again: that shows it was kept. Codes that stand in for a second
 * factor are another matter (./factors/recovery-codes).
 */
import { createHmac, randomBytes } from "node:crypto";
import { and, eq, isNotNull, isNull, sql } from "drizzle-orm";
import { type Db, lockWorkspace, type Tx } from "@/db/client";
import { members, recoveryCodes } from "@/db/schema";
import type { Actor } from "@/lib/activity/actor";
import { record } from "@/lib/activity/record";
import { findMember, labelOf } from "@/lib/members/members";
import { deriveKey } from "@/lib/platform/crypto";
import { newId } from "@/lib/platform/ids";
import { adminRole } from "@/lib/roles/permissions";

const howMany = 8;

/** Crockford's: no letter that is read as another. 26 of them are 130 bits. */
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const length = 26;

type Owner = { workspaceId: string; id: string };

const newCode = () =>
	Array.from(randomBytes(length), (byte) => alphabet[byte % alphabet.length]).join("");

/** Two times five, then four times four: a line that can be read out. */
const inGroups = (code: string) =>
	code.replace(/(.{5})(.{5})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-$5-");

/** As people type it: in any case, with or without dashes, O for 0 and I or L for 1. */
function normal(typed: string): string {
	return typed
		.slice(0, 200)
		.toUpperCase()
		.replace(/[^0-9A-Z]/g, "")
		.replaceAll("O", "0")
		.replace(/[IL]/g, "1");
}

/** What is stored of a code. Long enough by itself; keyed so that a stolen table tells nothing. */
export function hashOfSsoCode(typed: string): string {
	return createHmac("sha256", deriveKey("sso-recovery-codes"))
		.update(normal(typed))
		.digest("base64url");
}

const of = ({ workspaceId, id }: Owner) =>
	and(
		eq(recoveryCodes.workspaceId, workspaceId),
		eq(recoveryCodes.memberId, id),
		eq(recoveryCodes.purpose, "sso"),
	);

/**
 * Makes a new set for an admin. It does not count before `keepSsoCodes`; a set that was made and
 * not kept is gone. @returns the codes, the only time they are known.
 * Refused: recovery_for_admins, to who is no active admin.
 */
export async function makeSsoCodes(
	tx: Tx,
	owner: Owner,
): Promise<{ ok: true; codes: string[] } | { ok: false; reason: "recovery_for_admins" }> {
	await lockWorkspace(tx, owner.workspaceId, "shared");
	const member = await findMember(tx, owner.workspaceId, owner.id);
	if (member?.status !== "active" || member.role !== adminRole)
		return { ok: false, reason: "recovery_for_admins" };
	await tx.delete(recoveryCodes).where(and(of(owner), isNull(recoveryCodes.keptAt)));
	const codes = Array.from({ length: howMany }, newCode);
	await tx.insert(recoveryCodes).values(
		codes.map((code) => ({
			workspaceId: owner.workspaceId,
			id: newId(),
			memberId: owner.id,
			purpose: "sso" as const,
			hash: hashOfSsoCode(code),
		})),
	);
	return { ok: true, codes: codes.map(inGroups) };
}

/**
 * The drill: one code of the new set, typed in again, makes the set count. It is not used up.
 * Refused: recovery_code_wrong.
 */
export async function keepSsoCodes(
	tx: Tx,
	actor: Actor,
	owner: Owner,
	typed: string,
	now: Date,
): Promise<{ ok: true } | { ok: false; reason: "recovery_code_wrong" }> {
	await lockWorkspace(tx, owner.workspaceId, "shared");
	const member = await findMember(tx, owner.workspaceId, owner.id);
	const fresh = and(of(owner), isNull(recoveryCodes.keptAt));
	const [found] = await tx
		.select({ id: recoveryCodes.id })
		.from(recoveryCodes)
		.where(and(fresh, eq(recoveryCodes.hash, hashOfSsoCode(typed))));
	if (!found || !member) return { ok: false, reason: "recovery_code_wrong" };
	await tx.delete(recoveryCodes).where(and(of(owner), isNotNull(recoveryCodes.keptAt)));
	await tx.update(recoveryCodes).set({ keptAt: now }).where(fresh);
	await record(tx, owner.workspaceId, actor, {
		kind: "recovery.codes_made",
		subject: { kind: "member", id: member.id, label: labelOf(member) },
		details: { count: howMany },
	});
	return { ok: true };
}

/** The ways back in that a workspace has: unused codes, and how many of its active admins hold any. */
export type WaysBack = { codes: number; holders: number; admins: number; own: number };

export async function waysBack(db: Db | Tx, workspaceId: string, own: string): Promise<WaysBack> {
	const [row] = await db
		.select({
			codes: sql<number>`count(${recoveryCodes.id})::int`,
			holders: sql<number>`count(distinct ${recoveryCodes.memberId})::int`,
			admins: sql<number>`count(distinct ${members.id})::int`,
			own: sql<number>`(count(${recoveryCodes.id}) filter (where ${members.id} = ${own}))::int`,
		})
		.from(members)
		.leftJoin(
			recoveryCodes,
			and(
				eq(recoveryCodes.workspaceId, members.workspaceId),
				eq(recoveryCodes.memberId, members.id),
				eq(recoveryCodes.purpose, "sso"),
				isNotNull(recoveryCodes.keptAt),
				isNull(recoveryCodes.usedAt),
			),
		)
		.where(
			and(
				eq(members.workspaceId, workspaceId),
				eq(members.status, "active"),
				eq(members.role, adminRole),
			),
		);
	return row ?? { codes: 0, holders: 0, admins: 0, own: 0 };
}
