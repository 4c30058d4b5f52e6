/**
 * A workspace: its name, slug and plan, and what every workspace begins with. Its policy's
 * revisions are in ./policy; members, connections and directories have folders of their own.
 */
import { and, eq, sql } from "drizzle-orm";
import type { Db, Tx } from "@/db/client";
import { connections, policies, roles, workspaces } from "@/db/schema";
import type { Actor } from "@/lib/activity/actor";
import { record } from "@/lib/activity/record";
import { newId } from "@/lib/platform/ids";
import { defaultPolicy, type ProfileName, profiles } from "@/lib/policy/profiles";
import { builtInRoles, profileRoles } from "@/lib/roles/permissions";

export type Workspace = typeof workspaces.$inferSelect;
export type Plan = Workspace["plan"];

const slugForm = /^[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?$/;
// Words that would read as a page of the product in an address or a mail.
const reserved = new Set([
	"account",
	"admin",
	"api",
	"login",
	"new",
	"setup",
	"signup",
	"sso",
	"w",
	"www",
]);

export type CreateWorkspaceRefusal = "slug_malformed" | "slug_taken" | "name_missing";

/**
 * Creates a workspace with its built-in roles, those of the profile, and the first revision of
 * its policy.
 * @param input.id where it was fixed before, unused so far.
 * @param input.slug 1 to 48 of a-z, 0-9 and hyphens; it is the workspace's address for good.
 * @param input.profile the starting rules; `assist` (side by side) unless said.
 */
export async function createWorkspace(
	tx: Tx,
	actor: Actor,
	input: { id?: string; slug: string; name: string; plan: Plan; profile?: ProfileName },
): Promise<{ ok: true; workspace: Workspace } | { ok: false; reason: CreateWorkspaceRefusal }> {
	const name = input.name.trim();
	if (!name || name.length > 64) return { ok: false, reason: "name_missing" };
	if (!slugForm.test(input.slug) || reserved.has(input.slug))
		return { ok: false, reason: "slug_malformed" };
	const [workspace] = await tx
		.insert(workspaces)
		.values({ id: input.id ?? newId(), slug: input.slug, name, plan: input.plan })
		.onConflictDoNothing()
		.returning();
	if (!workspace) return { ok: false, reason: "slug_taken" };
	const seeded = (input.profile && profileRoles[input.profile]) ?? [];
	await tx
		.insert(roles)
		.values([
			...builtInRoles.map((role) => ({ workspaceId: workspace.id, builtIn: true, ...role })),
			...seeded.map((role) => ({ workspaceId: workspace.id, builtIn: false, ...role })),
		]);
	await tx.insert(policies).values({
		workspaceId: workspace.id,
		revision: 1,
		document: input.profile ? profiles[input.profile].policy : defaultPolicy,
		actorLabel: actor.label,
	});
	await record(tx, workspace.id, actor, {
		kind: "workspace.created",
		subject: { kind: "workspace", id: workspace.id, label: name },
		details: { plan: input.plan },
	});
	return { ok: true, workspace };
}

/** The workspace of a slug, or null. */
export async function findWorkspace(db: Db | Tx, slug: string): Promise<Workspace | null> {
	const [workspace] = await db.select().from(workspaces).where(eq(workspaces.slug, slug));
	return workspace ?? null;
}

/** The workspace of an id, or null. */
export async function workspaceById(db: Db | Tx, id: string): Promise<Workspace | null> {
	const [workspace] = await db.select().from(workspaces).where(eq(workspaces.id, id));
	return workspace ?? null;
}

/** Every workspace by name: for the operator alone. */
export async function listWorkspaces(db: Db | Tx): Promise<Workspace[]> {
	return db.select().from(workspaces).orderBy(workspaces.name);
}

/** Changes the plan, which decides whether SSO and directory sync may be used at all. */
export async function changePlan(
	tx: Tx,
	actor: Actor,
	workspace: Workspace,
	plan: Plan,
): Promise<void> {
	if (workspace.plan === plan) return;
	await tx.update(workspaces).set({ plan }).where(eq(workspaces.id, workspace.id));
	await record(tx, workspace.id, actor, {
		kind: "workspace.plan_changed",
		subject: { kind: "workspace", id: workspace.id, label: workspace.name },
		details: { before: workspace.plan, after: plan },
	});
}

/** Ends every session of the workspace: sessions carry the epoch they were admitted under. */
export async function endAllSessions(tx: Tx, workspaceId: string): Promise<void> {
	await tx
		.update(workspaces)
		.set({ epoch: sql`${workspaces.epoch} + 1` })
		.where(eq(workspaces.id, workspaceId));
}

/** Whether the plan includes single sign-on and directory sync. */
export function planIncludesSso(plan: Plan): boolean {
	return plan === "enterprise";
}

/** Whether anybody can sign in here through an identity provider at all. */
export async function ssoIsActive(db: Db | Tx, workspaceId: string): Promise<boolean> {
	const active = await db
		.select({ id: connections.id })
		.from(connections)
		.where(and(eq(connections.workspaceId, workspaceId), eq(connections.status, "active")))
		.limit(1);
	return active.length > 0;
}
