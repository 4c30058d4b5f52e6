/**
 * Who could still come in under other rules: `admit` asked for every member as they would come, by
 * password, by Google and by SSO, with the identity linked or, before the first sign-in, with their
 * own address. Loads and decides; writes nothing.
 */
import { and, eq, inArray, sql } from "drizzle-orm";
import type { AnyPgColumn } from "drizzle-orm/pg-core";
import type { Db, Tx } from "@/db/client";
import {
	connections,
	directoryUsers,
	googleAccounts,
	identities,
	members,
	passwords,
	removals,
	roles,
	signIns,
} from "@/db/schema";
import { removalIsHeld } from "@/lib/members/managed";
import { admit, type SignInAttempt, type SignInFacts } from "@/lib/policy/admit";
import type { Policy } from "@/lib/policy/document";
import type { Reason } from "@/lib/policy/reasons";
import type { WayIn } from "@/lib/policy/ways-in";
import { isAdministrative } from "@/lib/roles/permissions";
import { listConnections } from "@/lib/sso/connections";
import { vouchedDomain } from "@/lib/sso/deployment-client";
import { verifiedDomains } from "@/lib/sso/domains";
import { planIncludesSso, workspaceById } from "@/lib/workspaces/workspaces";

/** The fields of a policy that decide who may come in. */
const decisive = [
	"enforceSso",
	"requireProvisioning",
	"allowedDomains",
	"google",
	"afterRemoval",
	"defaultRole",
] as const satisfies (keyof Policy)[];

/** Whether a change of the policy can close anybody's way in. */
export function closesWays(before: Policy, after: Policy): boolean {
	return decisive.some((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
}

/** What is the same for every member. */
type World = Pick<SignInFacts, "ssoInPlan" | "ssoActive" | "connection" | "verifiedDomains"> & {
	administrative: ReadonlySet<string>;
};

export async function loadWorld(db: Db | Tx, workspaceId: string): Promise<World> {
	const workspace = await workspaceById(db, workspaceId);
	const active = (await listConnections(db, workspaceId)).find(({ status }) => status === "active");
	const vouched = active?.protocol === "oidc" ? vouchedDomain(active) : null;
	const all = await db.select().from(roles).where(eq(roles.workspaceId, workspaceId));
	return {
		ssoInPlan: workspace !== null && planIncludesSso(workspace.plan),
		ssoActive: active !== undefined,
		connection: active
			? {
					id: active.id,
					provider: active.provider,
					status: "active",
					revision: active.revision,
					idpInitiated: "page",
				}
			: null,
		verifiedDomains: [...(await verifiedDomains(db, workspaceId)), ...(vouched ? [vouched] : [])],
		administrative: new Set(all.filter(isAdministrative).map(({ key }) => key)),
	};
}

/** What decides which ways are open to a member. */
type Comer = {
	person: Omit<NonNullable<SignInFacts["known"]>, "hasRole" | "isAdmin">;
	holds: Record<WayIn, boolean>;
	/** A test passed as this very person. */
	tested: boolean;
	removed: boolean;
};

export async function loadComers(
	db: Db | Tx,
	workspaceId: string,
	ids: readonly string[],
): Promise<Map<string, Comer>> {
	const ofMember = (table: { workspaceId: AnyPgColumn; memberId: AnyPgColumn }) =>
		sql`${table.workspaceId} = ${members.workspaceId} and ${table.memberId} = ${members.id}`;
	const active = sql`${connections.workspaceId} = ${members.workspaceId} and ${connections.status} = 'active'`;
	const rows = await db
		.select({
			id: members.id,
			email: members.emailKey,
			status: members.status,
			suspendedBy: members.suspendedBy,
			emailProof: members.emailProof,
			password: sql<boolean>`exists (select 1 from ${passwords} where ${ofMember(passwords)})`,
			google: sql<boolean>`exists (select 1 from ${googleAccounts} where ${ofMember(googleAccounts)})`,
			sso: sql<boolean>`exists (select 1 from ${identities} join ${connections} on ${connections.id} = ${identities.connectionId} where ${active} and ${ofMember(identities)})`,
			tested: sql<boolean>`exists (select 1 from ${signIns} join ${connections} on ${connections.settingsHash} = ${signIns.settingsHash} where ${active} and ${ofMember(signIns)} and ${signIns.intent} = 'test' and ${signIns.outcome} in ('welcome', 'link') and ${signIns.email} = ${members.emailKey})`,
			removed: sql<boolean>`exists (select 1 from ${removals} where ${removals.workspaceId} = ${members.workspaceId} and ${removals.emailKey} = ${members.emailKey})`,
			inDirectory: sql<boolean>`(${directoryUsers.id} is not null or ${removalIsHeld})`,
			entryActive: directoryUsers.active,
			entryEmail: directoryUsers.emailKey,
			externalId: directoryUsers.externalId,
		})
		.from(members)
		.leftJoin(
			directoryUsers,
			and(
				eq(directoryUsers.workspaceId, members.workspaceId),
				eq(directoryUsers.memberId, members.id),
			),
		)
		.where(and(eq(members.workspaceId, workspaceId), inArray(members.id, [...ids])));
	return new Map(
		rows.map((row) => [
			row.id,
			{
				person: {
					memberId: row.id,
					email: row.email,
					active: row.status === "active",
					suspendedBy: row.suspendedBy,
					emailProof: row.emailProof,
					isLastAdmin: false,
					googleLinked: row.google,
					directory: row.inDirectory
						? {
								active: row.entryActive === true || row.status === "active",
								email: row.entryEmail,
								externalId: row.externalId,
							}
						: null,
				},
				holds: { password: row.password, google: row.google, sso: row.sso },
				tested: row.tested,
				removed: row.removed,
			},
		]),
	);
}

/** Why a member with this role could not come in at all; null where some way is open. */
export function stranded(
	policy: Policy,
	world: World,
	comer: Comer,
	role: string | null,
	now: Date,
): Reason | null {
	const { holds, tested, removed } = comer;
	const known = {
		...comer.person,
		hasRole: role !== null,
		isAdmin: role !== null && world.administrative.has(role),
	};
	let why: Reason = "no_other_way_in";
	for (const method of ["password", "google", "sso"] as const) {
		const byLink = method === "sso" && !holds.sso;
		if (byLink ? !world.ssoActive || !known.email : !holds[method]) continue;
		const attempt: SignInAttempt = {
			method,
			intent: "login",
			initiatedBy: "sp",
			connectionRevision: world.connection?.revision ?? null,
			email: known.email,
			emailVerified: null,
			subject: known.directory?.externalId ?? "not signed in yet",
			// What a provider is asked for is taken as sent: only a sign-in can tell.
			names: { name: "-", givenName: "-", familyName: "-" },
			memberId: null,
		};
		const admission = admit(
			policy,
			attempt,
			{
				ssoInPlan: world.ssoInPlan,
				ssoActive: world.ssoActive,
				connection: method === "sso" ? world.connection : null,
				known: byLink ? null : known,
				matches: byLink ? [known] : [],
				verifiedDomains: world.verifiedDomains,
				removed,
				invitation: null,
				testerId: tested ? known.memberId : null,
				provedId: null,
			},
			now,
		);
		if (admission.outcome !== "refuse") return null;
		why = admission.reason;
	}
	return why;
}
