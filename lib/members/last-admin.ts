/**
 * Nobody locks the last admin out: no act in the product may leave a workspace without an active
 * admin who has a working way in. What counts as one is decided in lib/policy/ways-in; here its
 * facts are loaded, and acts are undone that would break the rule.
 */
import { and, eq, inArray, ne, type SQL, sql } from "drizzle-orm";
import type { AnyPgColumn } from "drizzle-orm/pg-core";
import { type Db, lockWorkspace, type Tx } from "@/db/client";
import {
	connections,
	directoryUsers,
	domains,
	googleAccounts,
	identities,
	members,
	passwords,
	removals,
	signIns,
	workspaces,
} from "@/db/schema";
import type { Policy } from "@/lib/policy/document";
import { graceBegan } from "@/lib/policy/domain-grace";
import {
	type AdminsStanding,
	adminsStanding,
	isWorse,
	type SsoFacts,
	type WaysInFacts,
} from "@/lib/policy/ways-in";
import { adminRole } from "@/lib/roles/permissions";
import { currentPolicy } from "@/lib/workspaces/policy";
import { planIncludesSso, ssoIsActive } from "@/lib/workspaces/workspaces";
import { removalIsHeld } from "./managed";

/**
 * Runs an act that may take an admin's role, status or way in, and undoes it where it would leave
 * the workspace worse looked after than before. Holds the workspace alone.
 * @param stood how its admins stood, where something that comes with the act is done already.
 * @returns what `act` returns; what it refuses is undone too. Refused: `last_admin`.
 */
export async function keepAnAdmin<T extends { ok: boolean }>(
	tx: Tx,
	workspaceId: string,
	act: (tx: Tx) => Promise<T>,
	now = new Date(),
	stood?: AdminsStanding,
): Promise<T | { ok: false; reason: "last_admin" }> {
	await lockWorkspace(tx, workspaceId, "exclusive");
	const before = stood ?? (await standingOf(tx, workspaceId, now));
	let undone: T | { ok: false; reason: "last_admin" } | undefined;
	try {
		return await tx.transaction(async (inner) => {
			const result = await act(inner);
			if (!result.ok) undone = result;
			else if (isWorse(await standingOf(inner, workspaceId, now), before))
				undone = { ok: false, reason: "last_admin" };
			return undone ? inner.rollback() : result;
		});
	} catch (error) {
		if (undone) return undone;
		throw error;
	}
}

/** Whether taking this member out would leave the workspace without an admin who can come in. */
export async function isLastAdmin(
	tx: Tx,
	member: Pick<typeof members.$inferSelect, "workspaceId" | "id" | "status" | "role">,
	now = new Date(),
): Promise<boolean> {
	if (member.status !== "active" || member.role !== adminRole) return false;
	const { workspaceId, id } = member;
	const before = await standingOf(tx, workspaceId, now);
	return isWorse(await standingOf(tx, workspaceId, now, ne(members.id, id)), before);
}

/** Whether another address of this active admin, or none, would leave nobody who can come in as one. */
export async function addressLocksOut(
	db: Db | Tx,
	{ workspaceId, id }: { workspaceId: string; id: string },
	emailKey: string | null,
	now = new Date(),
): Promise<boolean> {
	const key = sql`case when ${members.id} = ${id} then ${emailKey}::text else ${members.emailKey} end`;
	const after = await standingOf(db, workspaceId, now, undefined, key);
	return isWorse(after, await standingOf(db, workspaceId, now));
}

/**
 * How the workspace's active admins stand now.
 * @param among only these of them.
 * @param emailKey what to take for their addresses.
 */
export async function standingOf(
	db: Db | Tx,
	workspaceId: string,
	now: Date,
	among?: SQL,
	emailKey?: SQL,
): Promise<AdminsStanding> {
	const { document } = await currentPolicy(db, workspaceId);
	const admins = await loadWaysIn(
		db,
		workspaceId,
		[eq(members.status, "active"), eq(members.role, adminRole), among],
		now,
		emailKey,
	);
	return adminsStanding(document, await loadSsoFacts(db, workspaceId), admins, now);
}

/** How these members would stand as the admins of a workspace under a policy. For previews. */
export async function standingAs(
	db: Db | Tx,
	workspaceId: string,
	policy: Policy,
	adminIds: readonly string[],
	now: Date,
): Promise<AdminsStanding> {
	// Admins who could come in are few enough to look at; more of them change nothing.
	const among = inArray(members.id, adminIds.slice(0, 10_000));
	const admins = adminIds.length > 0 ? await loadWaysIn(db, workspaceId, [among], now) : [];
	return adminsStanding(policy, await loadSsoFacts(db, workspaceId), admins, now);
}

async function loadSsoFacts(db: Db | Tx, workspaceId: string): Promise<SsoFacts> {
	const [workspace] = await db
		.select({ plan: workspaces.plan })
		.from(workspaces)
		.where(eq(workspaces.id, workspaceId));
	return {
		ssoInPlan: workspace !== undefined && planIncludesSso(workspace.plan),
		ssoActive: await ssoIsActive(db, workspaceId),
	};
}

/** The ways in of some members, each kind once: a thousand with a password alone are one row. */
async function loadWaysIn(
	db: Db | Tx,
	workspaceId: string,
	where: (SQL | undefined)[],
	now: Date,
	emailKey = sql`${members.emailKey}`,
): Promise<WaysInFacts[]> {
	const ofMember = (table: { workspaceId: AnyPgColumn; memberId: AnyPgColumn }) =>
		sql`${table.workspaceId} = ${members.workspaceId} and ${table.memberId} = ${members.id}`;
	// Asked for with the email: without one nobody gets to use it.
	const password = sql<boolean>`(${emailKey} is not null and exists (select 1 from ${passwords} where ${ofMember(passwords)}))`;
	const google = sql<boolean>`exists (select 1 from ${googleAccounts} where ${ofMember(googleAccounts)})`;
	const active = sql`${connections.workspaceId} = ${members.workspaceId} and ${connections.status} = 'active'`;
	const identity = sql`exists (select 1 from ${identities} join ${connections} on ${connections.id} = ${identities.connectionId} and ${connections.issuer} = ${identities.issuer} where ${active} and ${ofMember(identities)})`;
	// What the linking rules ask of an address: a directory vouches for it, or its domain counts.
	const domain = sql`exists (select 1 from ${domains} where ${domains.workspaceId} = ${members.workspaceId} and ${domains.domain} = split_part(${emailKey}, '@', 2) and coalesce(${domains.connectionId}, ${connections.id}) = ${connections.id} and (${domains.state} = 'verified' or ${domains.state} = 'lost' and ${domains.lostAt} > ${graceBegan(now).toISOString()}))`;
	// The domain that Google vouches for (lib/sso/deployment-client), unless it was led elsewhere.
	const vouched = sql`(${connections.deploymentClient} and ${connections.metadata} ->> 'hosted_domain' = split_part(${emailKey}, '@', 2) and not exists (select 1 from ${domains} where ${domains.workspaceId} = ${members.workspaceId} and ${domains.domain} = split_part(${emailKey}, '@', 2) and ${domains.connectionId} <> ${connections.id}))`;
	const linkable = sql`(${directoryUsers.emailKey} = ${emailKey} or ${domain} or ${vouched})`;
	// A test that passed as this very person with the settings in use: the next sign-in links it.
	const tested = sql`exists (select 1 from ${signIns} join ${connections} on ${connections.settingsHash} = ${signIns.settingsHash} where ${active} and ${ofMember(signIns)} and ${signIns.intent} = 'test' and ${signIns.outcome} in ('welcome', 'link') and ${signIns.email} = ${emailKey} and ${linkable})`;
	const rows = await db
		.selectDistinct({
			password,
			google,
			sso: sql<boolean>`(${identity} or ${tested})`,
			// Whose address is not known is under no domain that a policy could name.
			domain: sql<string>`split_part(coalesce(${emailKey}, '@unknown'), '@', 2)`,
			inDirectory: sql<boolean>`(${directoryUsers.id} is not null or ${removalIsHeld})`,
			removed: sql<boolean>`exists (select 1 from ${removals} where ${removals.workspaceId} = ${members.workspaceId} and ${removals.emailKey} = ${emailKey})`,
		})
		.from(members)
		.leftJoin(
			directoryUsers,
			and(
				eq(directoryUsers.workspaceId, members.workspaceId),
				eq(directoryUsers.memberId, members.id),
			),
		)
		.where(and(eq(members.workspaceId, workspaceId), ...where));
	return rows.map(({ password, google, sso, ...rest }) => ({
		...rest,
		holds: { password, google, sso },
	}));
}
