/**
 * The bearer tokens an IdP calls SCIM with. A token is shown once, when it is made; what is kept is
 * its hash and a prefix to tell tokens apart. A revoked token ends with the next request, because
 * nothing caches one.
 */
import { and, desc, eq, gt, isNull, or, sql } from "drizzle-orm";
import type { Db, Tx } from "@/db/client";
import { activity, directoryTokens } from "@/db/schema";
import type { Actor } from "@/lib/activity/actor";
import { record } from "@/lib/activity/record";
import { hashToken, newToken } from "@/lib/platform/crypto";
import { newId } from "@/lib/platform/ids";
import type { DirectoryKey } from "./directory";

/** A token as an admin sees it: never the token itself. */
export type DirectoryToken = Omit<typeof directoryTokens.$inferSelect, "hash">;

/** The most tokens of a directory that work at the same time. */
export const maxLiveTokens = 5;

const tokenPrefix = "ghd_";

const shown = {
	workspaceId: directoryTokens.workspaceId,
	id: directoryTokens.id,
	directoryId: directoryTokens.directoryId,
	name: directoryTokens.name,
	prefix: directoryTokens.prefix,
	createdBy: directoryTokens.createdBy,
	createdAt: directoryTokens.createdAt,
	lastUsedAt: directoryTokens.lastUsedAt,
	expiresAt: directoryTokens.expiresAt,
	revokedAt: directoryTokens.revokedAt,
	replacedById: directoryTokens.replacedById,
};

/** The tokens of a directory, newest first, revoked ones included. */
export async function listTokens(db: Db | Tx, directory: DirectoryKey): Promise<DirectoryToken[]> {
	return db
		.select(shown)
		.from(directoryTokens)
		.where(ofDirectory(directory))
		.orderBy(desc(directoryTokens.createdAt), desc(directoryTokens.id));
}

/**
 * Whether the last revocation came of turning SSO off: the log has why.
 * @param tokenId of this token; else of any of the workspace.
 */
export async function endedWithSso(
	db: Db | Tx,
	workspaceId: string,
	tokenId?: string,
): Promise<boolean> {
	const [last] = await db
		.select({ because: sql<string | null>`${activity.details}->>'because'` })
		.from(activity)
		.where(
			and(
				eq(activity.workspaceId, workspaceId),
				eq(activity.kind, "token.revoked"),
				tokenId ? eq(activity.subjectId, tokenId) : undefined,
			),
		)
		.orderBy(desc(activity.seq))
		.limit(1);
	return last?.because === "sso_off";
}

export type IssuedToken = { ok: true; token: string; stored: DirectoryToken };

/**
 * Makes a token. `token` is the only time it can be read.
 * Refused: `name_missing`, `expired` for an expiry that has passed, `too_many` live tokens.
 */
export async function issueToken(
	tx: Tx,
	actor: Actor,
	directory: DirectoryKey,
	input: { name: string; expiresAt?: Date | null },
	now: Date,
): Promise<IssuedToken | { ok: false; reason: "name_missing" | "expired" | "too_many" }> {
	const name = input.name.trim().slice(0, 80);
	if (!name) return { ok: false, reason: "name_missing" };
	if (input.expiresAt && input.expiresAt <= now) return { ok: false, reason: "expired" };
	if ((await liveTokens(tx, directory, now)).length >= maxLiveTokens)
		return { ok: false, reason: "too_many" };
	const issued = await insertToken(tx, actor, directory, name, input.expiresAt ?? null, now);
	await record(tx, directory.workspaceId, actor, {
		kind: "token.created",
		subject: subjectOf(issued.stored),
		details: { prefix: issued.stored.prefix, expiresAt: issued.stored.expiresAt?.toISOString() },
	});
	return issued;
}

/** Ends a token at once. Refused: `not_found`, also when it was revoked before. */
export async function revokeToken(
	tx: Tx,
	actor: Actor,
	directory: DirectoryKey,
	id: string,
	now: Date,
): Promise<{ ok: true } | { ok: false; reason: "not_found" }> {
	const revoked = await setRevoked(tx, directory, id, now);
	if (!revoked) return { ok: false, reason: "not_found" };
	await record(tx, directory.workspaceId, actor, {
		kind: "token.revoked",
		subject: subjectOf(revoked),
		details: { prefix: revoked.prefix },
	});
	return { ok: true };
}

/** How long an old token may go on beside the one that replaces it. */
export const overlaps = {
	none: 0,
	hour: 3_600_000,
	day: 86_400_000,
	week: 7 * 86_400_000,
} as const;
export type Overlap = keyof typeof overlaps;

/**
 * Replaces a token by a new one of the same name. The old one ends at once, or works on for the
 * overlap, so that nothing is refused while the new one is put into the IdP. A token with an expiry
 * gets as long again. Refused: `not_found`, also for one that no longer works or was replaced
 * before; `too_many` where an overlap would be one live token too many.
 */
export async function rotateToken(
	tx: Tx,
	actor: Actor,
	directory: DirectoryKey,
	id: string,
	overlap: Overlap,
	now: Date,
): Promise<IssuedToken | { ok: false; reason: "not_found" | "too_many" }> {
	const live = await liveTokens(tx, directory, now);
	const old = live.find((token) => token.id === id && token.replacedById === null);
	if (!old) return { ok: false, reason: "not_found" };
	if (overlap !== "none" && live.length >= maxLiveTokens) return { ok: false, reason: "too_many" };
	const lifetime = old.expiresAt && old.expiresAt.getTime() - old.createdAt.getTime();
	const expiresAt = lifetime === null ? null : new Date(now.getTime() + lifetime);
	const issued = await insertToken(tx, actor, directory, old.name, expiresAt, now);
	await tx
		.update(directoryTokens)
		.set({ replacedById: issued.stored.id, ...endOf(old, overlap, now) })
		.where(and(ofDirectory(directory), eq(directoryTokens.id, old.id)));
	await record(tx, directory.workspaceId, actor, {
		kind: "token.rotated",
		subject: subjectOf(issued.stored),
		details: { before: old.prefix, after: issued.stored.prefix, overlap },
	});
	return issued;
}

/** An overlap never makes a token live longer than it would have. */
function endOf({ expiresAt }: DirectoryToken, overlap: Overlap, now: Date) {
	if (overlap === "none") return { revokedAt: now };
	const end = new Date(now.getTime() + overlaps[overlap]);
	return { expiresAt: expiresAt && expiresAt < end ? expiresAt : end };
}

/** Gives a token another name. Refused: `not_found`, `name_missing`. */
export async function renameToken(
	tx: Tx,
	actor: Actor,
	directory: DirectoryKey,
	id: string,
	newName: string,
): Promise<{ ok: true } | { ok: false; reason: "not_found" | "name_missing" }> {
	const name = newName.trim().slice(0, 80);
	if (!name) return { ok: false, reason: "name_missing" };
	const which = and(
		ofDirectory(directory),
		eq(directoryTokens.id, id),
		isNull(directoryTokens.revokedAt),
	);
	const [before] = await tx.select(shown).from(directoryTokens).where(which).for("update");
	if (!before) return { ok: false, reason: "not_found" };
	if (before.name === name) return { ok: true };
	await tx.update(directoryTokens).set({ name }).where(which);
	await record(tx, directory.workspaceId, actor, {
		kind: "token.renamed",
		subject: { ...subjectOf(before), label: name },
		details: { before: before.name, after: name, prefix: before.prefix },
	});
	return { ok: true };
}

/**
 * A token for requests that this system sends to itself in one transaction (a replay, a self-test).
 * The caller takes it back before the transaction ends, or rolls it back.
 */
export async function lendToken(
	tx: Tx,
	actor: Actor,
	directory: DirectoryKey,
	name: string,
	now: Date,
): Promise<{ token: string; takeBack: () => Promise<void> }> {
	const { token, stored } = await insertToken(tx, actor, directory, name, null, now);
	return {
		token,
		takeBack: async () => {
			await tx
				.delete(directoryTokens)
				.where(and(ofDirectory(directory), eq(directoryTokens.id, stored.id)));
		},
	};
}

async function insertToken(
	tx: Tx,
	actor: Actor,
	directory: DirectoryKey,
	name: string,
	expiresAt: Date | null,
	now: Date,
): Promise<IssuedToken> {
	const token = newToken(tokenPrefix);
	const [stored] = await tx
		.insert(directoryTokens)
		.values({
			workspaceId: directory.workspaceId,
			id: newId(),
			directoryId: directory.id,
			name,
			hash: hashToken(token),
			prefix: token.slice(0, tokenPrefix.length + 6),
			createdBy: actor.label,
			createdAt: now,
			expiresAt,
		})
		.returning(shown);
	if (!stored) throw new Error("the token was not written");
	return { ok: true, token, stored };
}

async function liveTokens(tx: Tx, directory: DirectoryKey, now: Date): Promise<DirectoryToken[]> {
	return tx
		.select(shown)
		.from(directoryTokens)
		.where(
			and(
				ofDirectory(directory),
				isNull(directoryTokens.revokedAt),
				or(isNull(directoryTokens.expiresAt), gt(directoryTokens.expiresAt, now)),
			),
		);
}

async function setRevoked(
	tx: Tx,
	directory: DirectoryKey,
	id: string,
	now: Date,
): Promise<DirectoryToken | undefined> {
	const [revoked] = await tx
		.update(directoryTokens)
		.set({ revokedAt: now })
		.where(
			and(ofDirectory(directory), eq(directoryTokens.id, id), isNull(directoryTokens.revokedAt)),
		)
		.returning(shown);
	return revoked;
}

const ofDirectory = ({ workspaceId, id }: DirectoryKey) =>
	and(eq(directoryTokens.workspaceId, workspaceId), eq(directoryTokens.directoryId, id));

const subjectOf = ({ id, name }: DirectoryToken) => ({ kind: "token", id, label: name });
