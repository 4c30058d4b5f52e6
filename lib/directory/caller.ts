/**
 * Who a bearer token speaks for. The token is looked up by its hash in one prepared statement,
 * together with its directory, its workspace and the entry the request asks about, so that the
 * usual request costs one round trip and a revoked token ends at once: nothing is kept between.
 */
import { and, asc, eq, isNull, lte, or, sql } from "drizzle-orm";
import type { Db } from "@/db/client";
import { directories, directoryTokens, directoryUsers, policies, workspaces } from "@/db/schema";
import { hashToken } from "@/lib/platform/crypto";
import type { Policy } from "@/lib/policy/document";
import {
	activeConnectionExists,
	closedBecause,
	type DirectoryClosed,
	type DirectoryKey,
} from "./directory";
import {
	groupsColumn,
	keyOf,
	type ListedUser,
	type Lookup,
	listedColumns,
	matching,
	maxPage,
} from "./entries";

/** A directory that may be acted for, and how. */
export type Caller = {
	directory: {
		workspaceId: string;
		id: string;
		strict: boolean;
		groupPatchAnswer: "204" | "200";
		/** Requests in a minute; null for the usual number. */
		rateLimit: number | null;
	};
	/** Whether the workspace takes groups from its directory (policy `groupsSync`). */
	groupsSync: boolean;
	/** Whether it is shown members it does not manage too (policy `directoryShows`). */
	showsEveryone: boolean;
	/** What every user must have beside userName (policy `directoryRequires`). */
	requires: Policy["directoryRequires"];
	tokenName: string;
	/** Why the directory does not answer although its token is good; null where it does. */
	closed: DirectoryClosed | null;
};

export type Recognised = {
	caller: Caller;
	/** What the lookup found, at most one more than a page. */
	found: ListedUser[];
};

/** A token that opens nothing, and what is known of it where it once was good. */
export type Unrecognised = { caller: null; ended: EndedToken | null };

/** A token that was good, and why it is not any more. */
export type EndedToken = {
	id: string;
	name: string;
	directory: DirectoryKey;
	because: "revoked" | "expired";
	at: Date;
};

/** A token's use is written down at most this often. */
const noteEvery = 60_000;

/**
 * Recognises a token, and looks an entry up for it.
 * @returns `caller: null` for a token that is unknown, revoked or expired.
 */
export async function recognise(
	db: Db,
	token: string,
	now: Date,
	lookup?: Lookup,
): Promise<Recognised | Unrecognised> {
	const statements = preparedFor.get(db) ?? prepare(db);
	preparedFor.set(db, statements);
	const values = { hash: hashToken(token), key: lookup ? keyOf(lookup) : null };
	const rows = await statements[lookup?.by ?? "none"].execute(values);
	const [row] = rows;
	if (!row) return { caller: null, ended: null };
	const { token: stored, directory } = row;
	const { revokedAt, expiresAt } = stored;
	const end = revokedAt ?? (expiresAt !== null && expiresAt <= now ? expiresAt : null);
	if (end !== null) {
		const { id, name } = stored;
		const because = revokedAt ? "revoked" : "expired";
		return { caller: null, ended: { id, name, directory, because, at: end } };
	}
	if (stored.lastUsedAt === null || now.getTime() - stored.lastUsedAt.getTime() >= noteEvery)
		await noteUse(db, directory.workspaceId, stored.id, directory.id, now);
	return {
		caller: {
			directory: {
				workspaceId: directory.workspaceId,
				id: directory.id,
				strict: directory.strict,
				groupPatchAnswer: directory.groupPatchAnswer,
				rateLimit: directory.rateLimit,
			},
			groupsSync: row.rules?.groupsSync !== "off",
			showsEveryone: row.rules?.shows === "everyone",
			requires: row.rules?.requires ?? [],
			tokenName: stored.name,
			closed: closedBecause({
				enabled: directory.enabled,
				plan: row.plan,
				needs: row.rules?.needs ?? "nothing",
				hasActiveConnection: row.hasActiveConnection,
				hasActiveSaml: row.hasActiveSaml,
			}),
		},
		found: lookup
			? rows.flatMap(({ user, groups }) => (user ? { ...user, groups: groups ?? [] } : []))
			: [],
	};
}

/** The statements of one database, one for each kind of lookup. Prepared once a connection. */
function prepare(db: Db) {
	const rules = sql<{
		needs: Policy["directoryNeeds"];
		groupsSync: Policy["groupsSync"];
		shows: Policy["directoryShows"];
		requires: Policy["directoryRequires"];
	} | null>`(select json_build_object('needs', ${policies.document} -> 'directoryNeeds', 'groupsSync', ${policies.document} -> 'groupsSync', 'shows', ${policies.document} -> 'directoryShows', 'requires', ${policies.document} -> 'directoryRequires') from ${policies} where ${policies.workspaceId} = ${workspaces.id} order by ${policies.revision} desc limit 1)`;
	const statement = (by: Lookup["by"] | "none") =>
		db
			.select({
				token: {
					id: directoryTokens.id,
					name: directoryTokens.name,
					revokedAt: directoryTokens.revokedAt,
					expiresAt: directoryTokens.expiresAt,
					lastUsedAt: directoryTokens.lastUsedAt,
				},
				directory: {
					workspaceId: directories.workspaceId,
					id: directories.id,
					enabled: directories.enabled,
					strict: directories.strict,
					groupPatchAnswer: directories.groupPatchAnswer,
					rateLimit: directories.rateLimit,
				},
				plan: workspaces.plan,
				rules,
				hasActiveConnection: activeConnectionExists(workspaces.id),
				hasActiveSaml: activeConnectionExists(workspaces.id, "saml"),
				user: listedColumns,
				groups: by === "none" ? sql<null>`null` : groupsColumn,
			})
			.from(directoryTokens)
			.innerJoin(
				directories,
				and(
					eq(directories.workspaceId, directoryTokens.workspaceId),
					eq(directories.id, directoryTokens.directoryId),
				),
			)
			.innerJoin(workspaces, eq(workspaces.id, directories.workspaceId))
			.leftJoin(
				directoryUsers,
				and(
					eq(directoryUsers.workspaceId, directories.workspaceId),
					eq(directoryUsers.directoryId, directories.id),
					by === "none" ? sql`false` : matching({ by, value: "" }, sql.placeholder("key")),
				),
			)
			.where(eq(directoryTokens.hash, sql.placeholder("hash")))
			.orderBy(asc(directoryUsers.createdAt), asc(directoryUsers.id))
			.limit(maxPage + 1)
			.prepare(`scim_caller_${by.toLowerCase()}`);
	return {
		none: statement("none"),
		id: statement("id"),
		userName: statement("userName"),
		externalId: statement("externalId"),
		email: statement("email"),
	};
}

const preparedFor = new WeakMap<Db, ReturnType<typeof prepare>>();

async function noteUse(
	db: Db,
	workspaceId: string,
	tokenId: string,
	directoryId: string,
	now: Date,
): Promise<void> {
	const before = new Date(now.getTime() - noteEvery);
	await db
		.update(directoryTokens)
		.set({ lastUsedAt: now })
		.where(
			and(
				eq(directoryTokens.workspaceId, workspaceId),
				eq(directoryTokens.id, tokenId),
				or(isNull(directoryTokens.lastUsedAt), lte(directoryTokens.lastUsedAt, before)),
			),
		);
	await db
		.update(directories)
		.set({ lastRequestAt: now })
		.where(
			and(
				eq(directories.workspaceId, workspaceId),
				eq(directories.id, directoryId),
				or(isNull(directories.lastRequestAt), lte(directories.lastRequestAt, before)),
			),
		);
}
