import type { Session } from "@/app/require";
import { database } from "@/db/client";
import { type WaysBack, waysBack } from "@/lib/accounts/sso-codes";
import { type ActivityPage, listActivity } from "@/lib/activity/list";
import { type DirectoryOverview, loadDirectory } from "@/lib/directory/directory";
import { peopleOfDomains } from "@/lib/impact/of-domains";
import { loadRoles } from "@/lib/members/access";
import { loadChangeFacts } from "@/lib/members/change-facts";
import type { RoleFact } from "@/lib/policy/access";
import { type Unavailable, unavailable } from "@/lib/policy/change";
import type { PolicyField } from "@/lib/policy/document";
import { type Sentence, standing } from "@/lib/policy/standing";
import { attemptsOfDay } from "@/lib/sso/attempts";
import { watched } from "@/lib/sso/certificates";
import { type Attempt, type Condition, conditionOf, type Trouble } from "@/lib/sso/condition";
import { type Connection, listConnections } from "@/lib/sso/connections";
import { counts } from "@/lib/sso/domain-proof";
import { type Domain, listDomains } from "@/lib/sso/domains";
import { replacementSince } from "@/lib/sso/saml/service-keys";
import { currentPolicy, type PolicyRevision } from "@/lib/workspaces/policy";
import { planIncludesSso } from "@/lib/workspaces/workspaces";

export type SsoPage = {
	/** The one that is on, else the oldest. */
	connection: Connection | null;
	/** All of them, the one that is on first. */
	connections: { connection: Connection; condition: Condition }[];
	attempts: Attempt[];
	domains: Domain[];
	/** Members with an address at each domain. */
	domainPeople: Map<string, number>;
	policy: PolicyRevision;
	unavailable: Partial<Record<PolicyField, Unavailable[]>>;
	roles: RoleFact[];
	directory: DirectoryOverview;
	activity: ActivityPage;
	standing: Sentence[];
	inPlan: boolean;
	/** Unused recovery codes, and who holds them. */
	ways: WaysBack;
};

/** Everything Workspace > SSO shows, for one workspace. */
export async function loadSsoPage({ workspace, member }: Session, now: Date): Promise<SsoPage> {
	const db = await database();
	const [found, attempts, domains, policy, roles, directory, activity, replacing] =
		await Promise.all([
			listConnections(db, workspace.id),
			attemptsOfDay(db, workspace.id, now),
			listDomains(db, workspace.id),
			currentPolicy(db, workspace.id),
			loadRoles(db, workspace.id),
			loadDirectory(db, workspace.id, now),
			listActivity(db, workspace.id, { limit: 6, before: null }),
			replacementSince(db),
		]);
	const isOn = ({ status }: Connection) => Number(status === "active");
	const connections = found
		.toSorted((a, b) => isOn(b) - isOn(a))
		.map((connection) => ({
			connection,
			condition: conditionOf(
				watched(connection, replacing),
				attempts.get(connection.id) ?? [],
				now,
			),
		}));
	const { connection = null, condition } = connections[0] ?? {};
	const verified = domains.filter((domain) => counts(domain, now));
	const names = domains.map(({ domain }) => domain);
	const facts = await loadChangeFacts(db, workspace.id, now);
	return {
		connection,
		connections,
		attempts: [...attempts.values()].flat(),
		domains,
		domainPeople: await peopleOfDomains(db, workspace.id, names),
		policy,
		unavailable: unavailable(policy.document, facts),
		roles: [...roles].sort((a, b) => b.rank - a.rank),
		directory,
		activity,
		standing: standing(
			policy.document,
			{
				workspace: workspace.name,
				connection: connection && connectionState(connection, condition?.trouble ?? null),
				domains: verified.map(({ domain }) => domain),
				directoryOn: facts.directoryOn,
				adminsWithCodes: facts.adminsWithCodes,
			},
			now,
		),
		inPlan: planIncludesSso(workspace.plan),
		ways: await waysBack(db, workspace.id, member.id),
	};
}

function connectionState(
	{ name: provider, status, pausedAt, changedAt }: Connection,
	trouble: Trouble | null,
) {
	if (trouble?.kind === "failing")
		return { provider, state: "failing", since: trouble.since } as const;
	if (status === "paused") return { provider, state: status, since: pausedAt ?? changedAt };
	return { provider, state: status };
}
