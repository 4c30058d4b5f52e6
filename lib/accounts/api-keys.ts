/**
 * Keys that act for a member on /api/v1, within their scopes. A key is shown once, when it is made;
 * what is kept is its hash and a prefix to tell keys apart. It holds no rights of its own: each
 * request looks up the member and the role as they are then, so a key stops with the member's
 * access, and with the permission to have keys. Removing the member removes it.
 */
import { and, count, desc, eq, gt, isNull, lt, lte, ne, or, sql } from "drizzle-orm";
import type { Db, Tx } from "@/db/client";
import { apiKeys, members, roles, workspaces } from "@/db/schema";
import type { Actor } from "@/lib/activity/actor";
import { record } from "@/lib/activity/record";
import { hashToken, newToken } from "@/lib/platform/crypto";
import { newId } from "@/lib/platform/ids";
import { storable } from "@/lib/platform/text";
import { type Permission, permissionsOf } from "@/lib/roles/permissions";

/** What a key may be made for, and the permission of its member that this takes. */
export const apiScopes = {
	"me:read": "workspace.read",
	"activity:read": "activity.read",
} as const satisfies Record<string, Permission>;
export type ApiScope = keyof typeof apiScopes;

/** How long a key may be asked to work. None works for ever. */
export const keyLifetimes = [30, 90, 365] as const;

/** The most keys of one member that work at the same time. */
export const maxLiveKeys = 20;

const keyPrefix = "ghk_";

/** A key as a person sees it: never the key itself. */
export type ApiKey = {
	id: string;
	name: string;
	prefix: string;
	scopes: ApiScope[];
	createdAt: Date;
	lastUsedAt: Date | null;
	expiresAt: Date | null;
	owner: { id: string; name: string; email: string | null };
};

type Owner = { workspaceId: string; id: string };

const shown = {
	id: apiKeys.id,
	name: apiKeys.name,
	prefix: apiKeys.prefix,
	scopes: sql<ApiScope[]>`${apiKeys.scopes}`,
	createdAt: apiKeys.createdAt,
	lastUsedAt: apiKeys.lastUsedAt,
	expiresAt: apiKeys.expiresAt,
};

const ofMember = and(
	eq(members.workspaceId, apiKeys.workspaceId),
	eq(members.id, apiKeys.memberId),
);

/** The keys of one member that are not revoked, expired ones included, newest first. */
export async function listOwnKeys(db: Db | Tx, owner: Owner): Promise<ApiKey[]> {
	return keysWhere(db, owner.workspaceId, eq(apiKeys.memberId, owner.id)).limit(500);
}

/**
 * A page of the keys of everybody else that are not revoked, newest first.
 * @param before a key's id: those made before it. Null begins at the newest.
 */
export async function listOthersKeys(
	db: Db | Tx,
	owner: Owner,
	{ limit, before }: { limit: number; before: string | null },
): Promise<{ keys: ApiKey[]; next: string | null }> {
	const others = and(ne(apiKeys.memberId, owner.id), before ? lt(apiKeys.id, before) : undefined);
	const keys = await keysWhere(db, owner.workspaceId, others).limit(limit + 1);
	const page = keys.slice(0, limit);
	return { keys: page, next: keys.length > limit ? (page.at(-1)?.id ?? null) : null };
}

function keysWhere(db: Db | Tx, workspaceId: string, which: ReturnType<typeof and>) {
	return db
		.select({ ...shown, owner: { id: members.id, name: members.name, email: members.email } })
		.from(apiKeys)
		.innerJoin(members, ofMember)
		.where(and(eq(apiKeys.workspaceId, workspaceId), isNull(apiKeys.revokedAt), which))
		.orderBy(desc(apiKeys.id));
}

/**
 * Makes a key for the actor. `key` is the only time it can be read.
 * @param held the permissions the actor has: a key is made for none beyond them.
 * Refused: `name_missing`, `scope_missing`, `not_permitted` for a scope beyond the role,
 *   `lifetime` for one that is not offered, `too_many` keys that work.
 */
export async function issueApiKey(
	tx: Tx,
	actor: Actor & { kind: "member" },
	workspaceId: string,
	held: readonly Permission[],
	input: { name: string; scopes: readonly string[]; days: number },
	now: Date,
): Promise<
	| { ok: true; key: string; id: string }
	| {
			ok: false;
			reason: "name_missing" | "scope_missing" | "not_permitted" | "lifetime" | "too_many";
	  }
> {
	const name = storable(input.name, 80).trim();
	if (!name) return { ok: false, reason: "name_missing" };
	const scopes = input.scopes.filter(isScope);
	if (scopes.length === 0) return { ok: false, reason: "scope_missing" };
	if (!held.includes("api_keys.own") || scopes.some((scope) => !held.includes(apiScopes[scope])))
		return { ok: false, reason: "not_permitted" };
	const days = keyLifetimes.find((offered) => offered === input.days);
	if (!days) return { ok: false, reason: "lifetime" };
	if ((await liveKeys(tx, { workspaceId, id: actor.id }, now)) >= maxLiveKeys)
		return { ok: false, reason: "too_many" };
	const key = newToken(keyPrefix);
	const id = newId();
	const prefix = key.slice(0, keyPrefix.length + 6);
	const expiresAt = new Date(now.getTime() + days * 86_400_000);
	await tx.insert(apiKeys).values({
		workspaceId,
		id,
		memberId: actor.id,
		name,
		hash: hashToken(key),
		prefix,
		scopes: [...new Set(scopes)],
		createdAt: now,
		expiresAt,
	});
	await record(tx, workspaceId, actor, {
		kind: "api_key.created",
		subject: { kind: "api_key", id, label: name },
		details: { prefix, scopes, expiresAt: expiresAt.toISOString() },
	});
	return { ok: true, key, id };
}

/**
 * Ends a key at once.
 * @param ownerId whose key it must be; null for anybody's.
 * Refused: `not_found`, also when it was revoked before.
 */
export async function revokeApiKey(
	tx: Tx,
	actor: Actor,
	workspaceId: string,
	id: string,
	ownerId: string | null,
	now: Date,
): Promise<{ ok: true } | { ok: false; reason: "not_found" }> {
	const [revoked] = await tx
		.update(apiKeys)
		.set({ revokedAt: now })
		.where(
			and(
				eq(apiKeys.workspaceId, workspaceId),
				eq(apiKeys.id, id),
				isNull(apiKeys.revokedAt),
				ownerId ? eq(apiKeys.memberId, ownerId) : undefined,
			),
		)
		.returning({ name: apiKeys.name, prefix: apiKeys.prefix, memberId: apiKeys.memberId });
	if (!revoked) return { ok: false, reason: "not_found" };
	await record(tx, workspaceId, actor, {
		kind: "api_key.revoked",
		subject: { kind: "api_key", id, label: revoked.name },
		details: { prefix: revoked.prefix, memberId: revoked.memberId },
	});
	return { ok: true };
}

/** Whom a key speaks for, and what it may do now. */
export type KeyCaller = {
	keyId: string;
	workspace: { id: string; slug: string; name: string };
	member: { id: string; name: string; email: string | null };
	role: { key: string; name: string };
	scopes: ApiScope[];
	/** Of the member's permissions those that the scopes are about. */
	permissions: Permission[];
};

/** A key's use is written down at most this often. */
const noteEvery = 60_000;

/**
 * Recognises a key, in one statement.
 * @returns `caller: null` for a key that is unknown, revoked or expired, and for one whose member is
 * suspended, has no role, or a role that may no longer have keys. The workspace is known where the
 * key once was good.
 */
export async function recogniseApiKey(
	db: Db,
	key: string,
	now: Date,
): Promise<{ caller: KeyCaller | null; workspaceId: string | null }> {
	const statement = preparedFor.get(db) ?? prepare(db);
	preparedFor.set(db, statement);
	const [row] = await statement.execute({ hash: hashToken(key) });
	if (!row) return { caller: null, workspaceId: null };
	const workspaceId = row.workspace.id;
	const held = permissionsOf(row.role);
	const ended = row.revokedAt !== null || (row.expiresAt !== null && row.expiresAt <= now);
	if (ended || row.status !== "active" || !held.includes("api_keys.own"))
		return { caller: null, workspaceId };
	if (row.lastUsedAt === null || now.getTime() - row.lastUsedAt.getTime() >= noteEvery)
		await noteUse(db, workspaceId, row.id, now);
	const scopes = row.scopes.filter(isScope);
	const about = new Set<Permission>(scopes.map((scope) => apiScopes[scope]));
	const caller = {
		keyId: row.id,
		workspace: row.workspace,
		member: row.member,
		role: { key: row.role.key, name: row.role.name },
		scopes,
		permissions: held.filter((permission) => about.has(permission)),
	};
	return { caller, workspaceId };
}

function prepare(db: Db) {
	return db
		.select({
			...shown,
			revokedAt: apiKeys.revokedAt,
			status: members.status,
			member: { id: members.id, name: members.name, email: members.email },
			role: roles,
			workspace: { id: workspaces.id, slug: workspaces.slug, name: workspaces.name },
		})
		.from(apiKeys)
		.innerJoin(members, ofMember)
		.innerJoin(roles, and(eq(roles.workspaceId, members.workspaceId), eq(roles.key, members.role)))
		.innerJoin(workspaces, eq(workspaces.id, members.workspaceId))
		.where(eq(apiKeys.hash, sql.placeholder("hash")))
		.prepare("api_key_caller");
}

const preparedFor = new WeakMap<Db, ReturnType<typeof prepare>>();

async function noteUse(db: Db, workspaceId: string, id: string, now: Date): Promise<void> {
	const before = new Date(now.getTime() - noteEvery);
	await db
		.update(apiKeys)
		.set({ lastUsedAt: now })
		.where(
			and(
				eq(apiKeys.workspaceId, workspaceId),
				eq(apiKeys.id, id),
				or(isNull(apiKeys.lastUsedAt), lte(apiKeys.lastUsedAt, before)),
			),
		);
}

async function liveKeys(tx: Tx, owner: Owner, now: Date): Promise<number> {
	const [row] = await tx
		.select({ live: count() })
		.from(apiKeys)
		.where(
			and(
				eq(apiKeys.workspaceId, owner.workspaceId),
				eq(apiKeys.memberId, owner.id),
				isNull(apiKeys.revokedAt),
				gt(apiKeys.expiresAt, now),
			),
		);
	return row?.live ?? 0;
}

function isScope(name: string): name is ApiScope {
	return Object.hasOwn(apiScopes, name);
}
