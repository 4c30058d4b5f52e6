/**
 * Loads what decides which policy values can be chosen at present (lib/policy/change). It stands
 * here, and asks the tables of other folders itself, because a save is checked in its own
 * transaction (./policy-change).
 */
import { eq, type SQL, sql } from "drizzle-orm";
import type { Db, Tx } from "@/db/client";
import {
	connections,
	directories,
	directoryGroups,
	directoryUsers,
	domains,
	members,
	recoveryCodes,
	signIns,
	workspaces,
} from "@/db/schema";
import type { ChangeFacts } from "@/lib/policy/change";
import { adminRole } from "@/lib/roles/permissions";

/** @throws when the workspace does not exist. */
export async function loadChangeFacts(
	db: Db | Tx,
	workspaceId: string,
	now = new Date(),
): Promise<ChangeFacts> {
	// A lost one counts for seven days more (lib/sso/domains).
	const lately = new Date(now.getTime() - 7 * 86_400_000).toISOString();
	const counting = sql`(${domains.state} = 'verified' or (${domains.state} = 'lost' and ${domains.lostAt} > ${lately}::timestamptz))`;
	const active = sql`${connections.status} = 'active'`;
	const [row] = await db
		.select({
			connected: connection(sql`true`),
			active: connection(active),
			proved: connection(proved),
			activeProved: connection(sql`${active} and ${proved}`),
			directoryOn: exists(
				sql`${directories} where ${here(directories)} and ${directories.enabled}`,
			),
			adminsWithCodes: count(
				sql`${members} where ${activeAdmin} and exists (select 1 from ${recoveryCodes} where ${here(recoveryCodes)} and ${recoveryCodes.memberId} = ${members.id} and ${recoveryCodes.purpose} = 'sso' and ${recoveryCodes.keptAt} is not null and ${recoveryCodes.usedAt} is null)`,
			),
			verifiedDomains: count(sql`${domains} where ${here(domains)} and ${counting}`),
			groups: count(sql`${directoryGroups} where ${here(directoryGroups)}`),
			activePeople: count(
				sql`${directoryUsers} where ${here(directoryUsers)} and ${directoryUsers.active}`,
			),
			peopleWithRoles: count(
				sql`${directoryUsers} where ${here(directoryUsers)} and jsonb_typeof(${directoryUsers.resource} -> 'roles') = 'array' and ${directoryUsers.resource} -> 'roles' <> '[]'::jsonb`,
			),
		})
		.from(workspaces)
		.where(eq(workspaces.id, workspaceId));
	if (!row) throw new Error("no such workspace");
	const { connected, active: isActive, proved: anyProved, activeProved, ...counts } = row;
	return {
		...counts,
		connection: connected
			? { active: isActive, passedTest: isActive ? activeProved : anyProved }
			: null,
	};
}

const here = (table: { workspaceId: unknown }) => sql`${table.workspaceId} = ${workspaces.id}`;

const activeAdmin = sql`${here(members)} and ${members.status} = 'active' and ${members.role} = ${adminRole}`;

/** Tested through its present revision, and whom the test would have let in is an active admin. */
const proved = sql`${connections.testedRevision} = ${connections.revision} and exists (select 1 from ${signIns} join ${members} on ${activeAdmin} and ${members.id}::text = ${signIns.verdict} -> 'admission' ->> 'memberId' where ${here(signIns)} and ${signIns.intent} = 'test' and ${signIns.outcome} in ('welcome', 'link') and (${signIns.settingsHash} = ${connections.settingsHash} or ${signIns.connectionId} = ${connections.id}))`;

// Wrapped once more: of a column that stands in a selected expression itself, the table is left out.
const exists = (from: SQL) => sql<boolean>`${sql`exists (select 1 from ${from})`}`;
const count = (from: SQL) => sql<number>`${sql`(select count(*)::int from ${from})`}`;
const connection = (where: SQL) =>
	exists(sql`${connections} where ${here(connections)} and ${where}`);
