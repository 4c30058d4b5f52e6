/**
 * lib/directory owns what provisioning means: the directory of a workspace and its tokens, the
 * people an identity provider (IdP) sent, and what follows from them for members. It knows nothing
 * of the wire: lib/scim speaks the protocol and calls in here, never the other way.
 *
 *   directory  the switch, and whether the directory may answer
 *   tokens     the bearer tokens of the IdP
 *   caller     who a bearer token speaks for, with the entry it asks about, in one statement
 *   person     what an entry says of a person: name, address, keys
 *   entries    reading entries for answers
 *   users      creating, changing and deleting entries; entry-rows writes them
 *   linking    entries of people who were members before; take-over: many of them at once
 *   unmanaged  members that a directory is shown and does not manage
 *   effects    what an entry does to the member behind it
 *   groups     the groups an IdP sent and who is in them
 *   group-effects  what a change of a group does to the members concerned
 *   requirements   what the policy asks of a person before the directory may bring them
 *   apply-entry  what an entry says, applied where an admin had decided otherwise
 *   brake, holds, hold-mail   effects that wait for an admin, and telling of them
 *   welcome    the mail to somebody the directory has brought
 *   mapping    the groups there are to map
 *   request-log, request-notes, request-list   what was asked and answered: writing it, reading it
 *   replay     sending a request again, on trial or for real
 *   jobs       what all this asks for by itself
 *   decide     transactions of this folder: lock, repeat, undo
 */
import { and, eq, isNull, sql } from "drizzle-orm";
import type { Db, Tx } from "@/db/client";
import {
	connections,
	directories,
	directoryGroups,
	directoryTokens,
	directoryUsers,
} from "@/db/schema";
import type { Actor } from "@/lib/activity/actor";
import { record } from "@/lib/activity/record";
import { newId } from "@/lib/platform/ids";
import type { Policy } from "@/lib/policy/document";
import type { Reason } from "@/lib/policy/reasons";
import { currentPolicy } from "@/lib/workspaces/policy";
import { type Plan, planIncludesSso, workspaceById } from "@/lib/workspaces/workspaces";

export type Directory = typeof directories.$inferSelect;

/** Names one directory in every statement. */
export type DirectoryKey = { workspaceId: string; id: string };

/** Why a directory with a valid token still does not answer. */
export type DirectoryClosed =
	| "directory_off"
	| "plan_needed"
	| "connection_needed"
	| "saml_connection_needed";

/** The same for an admin who would turn it on. */
export const reasonOfClosed = {
	plan_needed: "plan_needed",
	connection_needed: "needs_active_connection",
	saml_connection_needed: "needs_saml_connection",
} as const satisfies Partial<Record<DirectoryClosed, Reason>>;

/** What decides whether the directory answers. */
export type DirectoryStanding = {
	enabled: boolean;
	plan: Plan;
	needs: Policy["directoryNeeds"];
	hasActiveConnection: boolean;
	hasActiveSaml: boolean;
};

/** Whether the directory answers, or the first reason why not. Pure. */
export function closedBecause(standing: DirectoryStanding): DirectoryClosed | null {
	if (!standing.enabled) return "directory_off";
	return unmetNeed(standing);
}

function unmetNeed(standing: Omit<DirectoryStanding, "enabled">): DirectoryClosed | null {
	if (!planIncludesSso(standing.plan)) return "plan_needed";
	if (standing.needs === "activeConnection" && !standing.hasActiveConnection)
		return "connection_needed";
	if (standing.needs === "activeSaml" && !standing.hasActiveSaml) return "saml_connection_needed";
	return null;
}

/** Whether an active connection exists, of one protocol or any. For use inside a select. */
export function activeConnectionExists(workspaceId: unknown, protocol?: "saml") {
	const ofProtocol = protocol ? sql`and ${connections.protocol} = ${protocol}` : sql``;
	return sql<boolean>`exists (select 1 from ${connections} where ${connections.workspaceId} = ${workspaceId} and ${connections.status} = 'active' ${ofProtocol})`;
}

/**
 * Turns the directory on, making it the first time. Its tokens stay as they were.
 * Refused: `plan_needed`, `connection_needed`, `saml_connection_needed`.
 */
export async function enableDirectory(
	tx: Tx,
	actor: Actor,
	workspaceId: string,
	now: Date,
): Promise<
	| { ok: true; directory: Directory }
	| { ok: false; reason: Exclude<DirectoryClosed, "directory_off"> }
> {
	const unmet = unmetNeed(await loadStanding(tx, workspaceId));
	if (unmet && unmet !== "directory_off") return { ok: false, reason: unmet };
	const existing = await findDirectory(tx, workspaceId);
	if (existing?.enabled) return { ok: true, directory: existing };
	const [directory] = await tx
		.insert(directories)
		.values({ workspaceId, id: newId(), enabled: true, createdAt: now })
		.onConflictDoUpdate({ target: directories.workspaceId, set: { enabled: true } })
		.returning();
	if (!directory) throw new Error("the directory was not written");
	await record(tx, workspaceId, actor, {
		kind: "directory.enabled",
		subject: { kind: "directory", id: directory.id, label: "Directory sync" },
	});
	return { ok: true, directory };
}

/** Turns the directory off: SCIM answers 403, and everything it brought stays. */
export async function disableDirectory(tx: Tx, actor: Actor, directory: Directory): Promise<void> {
	const changed = await tx
		.update(directories)
		.set({ enabled: false })
		.where(and(keyOf(directory), eq(directories.enabled, true)))
		.returning({ id: directories.id });
	if (changed.length === 0) return;
	await record(tx, directory.workspaceId, actor, {
		kind: "directory.disabled",
		subject: { kind: "directory", id: directory.id, label: "Directory sync" },
	});
}

/** Whether requests that bend the SCIM standard are understood, or refused. */
export async function setStrict(
	tx: Tx,
	actor: Actor,
	directory: Directory,
	strict: boolean,
): Promise<void> {
	if (directory.strict === strict) return;
	await tx.update(directories).set({ strict }).where(keyOf(directory));
	await record(tx, directory.workspaceId, actor, {
		kind: "directory.strict_changed",
		subject: { kind: "directory", id: directory.id, label: "Directory sync" },
		details: { before: directory.strict, after: strict },
	});
}

/** What a PATCH of a group is answered with: 204, or 200 and the group. */
export async function setGroupPatchAnswer(
	tx: Tx,
	actor: Actor,
	directory: Directory,
	answer: Directory["groupPatchAnswer"],
): Promise<void> {
	if (directory.groupPatchAnswer === answer) return;
	await tx.update(directories).set({ groupPatchAnswer: answer }).where(keyOf(directory));
	await record(tx, directory.workspaceId, actor, {
		kind: "directory.group_answer_changed",
		subject: { kind: "directory", id: directory.id, label: "Directory sync" },
		details: { before: directory.groupPatchAnswer, after: answer },
	});
}

/** How many requests a minute the directory may send; null for the usual number. */
export async function setRateLimit(
	tx: Tx,
	actor: Actor,
	directory: Directory,
	rateLimit: number | null,
): Promise<void> {
	if (directory.rateLimit === rateLimit) return;
	await tx.update(directories).set({ rateLimit }).where(keyOf(directory));
	await record(tx, directory.workspaceId, actor, {
		kind: "directory.rate_changed",
		subject: { kind: "directory", id: directory.id, label: "Directory sync" },
		details: { before: directory.rateLimit, after: rateLimit },
	});
}

/** The directory of a workspace, or null where none was ever turned on. */
export async function findDirectory(db: Db | Tx, workspaceId: string): Promise<Directory | null> {
	const [directory] = await db
		.select()
		.from(directories)
		.where(eq(directories.workspaceId, workspaceId));
	return directory ?? null;
}

/** What the page shows of a directory. */
export type DirectoryOverview = {
	directory: Directory | null;
	/** Why SCIM does not answer now, or null where it does. */
	closed: DirectoryClosed | null;
	users: number;
	activeUsers: number;
	/** People with a value in the `roles` attribute. */
	withRoles: number;
	groups: number;
	liveTokens: number;
};

/** Loads the directory part of the page: the switch, whether it answers, and its numbers. */
export async function loadDirectory(
	db: Db | Tx,
	workspaceId: string,
	now: Date,
): Promise<DirectoryOverview> {
	const directory = await findDirectory(db, workspaceId);
	const standing = await loadStanding(db, workspaceId);
	const closed = closedBecause({ ...standing, enabled: directory?.enabled ?? false });
	const none = { users: 0, activeUsers: 0, withRoles: 0, groups: 0, liveTokens: 0 };
	if (!directory) return { directory, closed, ...none };
	const [users] = await db
		.select({
			all: sql<number>`count(*)::int`,
			active: sql<number>`(count(*) filter (where ${directoryUsers.active}))::int`,
			withRoles: sql<number>`(count(*) filter (where jsonb_array_length(case jsonb_typeof(${directoryUsers.resource} -> 'roles') when 'array' then ${directoryUsers.resource} -> 'roles' else '[]'::jsonb end) > 0))::int`,
		})
		.from(directoryUsers)
		.where(
			and(
				eq(directoryUsers.workspaceId, workspaceId),
				eq(directoryUsers.directoryId, directory.id),
			),
		);
	const [tokens] = await db
		.select({ live: sql<number>`count(*)::int` })
		.from(directoryTokens)
		.where(
			and(
				eq(directoryTokens.workspaceId, workspaceId),
				eq(directoryTokens.directoryId, directory.id),
				isNull(directoryTokens.revokedAt),
				sql`(${directoryTokens.expiresAt} is null or ${directoryTokens.expiresAt} > ${now.toISOString()}::timestamptz)`,
			),
		);
	return {
		directory,
		closed,
		users: users?.all ?? 0,
		activeUsers: users?.active ?? 0,
		withRoles: users?.withRoles ?? 0,
		groups: await db.$count(
			directoryGroups,
			and(
				eq(directoryGroups.workspaceId, workspaceId),
				eq(directoryGroups.directoryId, directory.id),
			),
		),
		liveTokens: tokens?.live ?? 0,
	};
}

async function loadStanding(
	db: Db | Tx,
	workspaceId: string,
): Promise<Omit<DirectoryStanding, "enabled">> {
	const workspace = await workspaceById(db, workspaceId);
	if (!workspace) throw new Error("no such workspace");
	const { document } = await currentPolicy(db, workspaceId);
	const active = await db
		.select({ protocol: connections.protocol })
		.from(connections)
		.where(and(eq(connections.workspaceId, workspaceId), eq(connections.status, "active")));
	const protocols = active.map(({ protocol }): string => protocol);
	return {
		plan: workspace.plan,
		needs: document.directoryNeeds,
		hasActiveConnection: protocols.length > 0,
		hasActiveSaml: protocols.includes("saml"),
	};
}

const keyOf = (directory: DirectoryKey) =>
	and(eq(directories.workspaceId, directory.workspaceId), eq(directories.id, directory.id));
