import type { Session } from "@/app/require";
import { database } from "@/db/client";
import { type ActivityPage, listActivity } from "@/lib/activity/list";
import { type DirectoryOverview, loadDirectory } from "@/lib/directory/directory";
import { type DirectoryToken, listTokens } from "@/lib/directory/tokens";
import { loadChangeFacts } from "@/lib/impact/change-facts";
import { peopleOfDomains } from "@/lib/impact/of-domains";
import { loadRoles } from "@/lib/members/access";
import type { RoleFact } from "@/lib/policy/access";
import { type Unavailable, unavailable } from "@/lib/policy/change";
import type { PolicyField } from "@/lib/policy/document";
import { type Sentence, standing } from "@/lib/policy/standing";
import { type Connection, listConnections } from "@/lib/sso/connections";
import { counts } from "@/lib/sso/domain-proof";
import { type Domain, listDomains } from "@/lib/sso/domains";
import { currentPolicy, type PolicyRevision } from "@/lib/workspaces/policy";
import { planIncludesSso } from "@/lib/workspaces/workspaces";

export type SsoPage = {
	connection: Connection | null;
	connections: Connection[];
	domains: Domain[];
	/** Members with an address at each domain. */
	domainPeople: Map<string, number>;
	policy: PolicyRevision;
	unavailable: Partial<Record<PolicyField, Unavailable[]>>;
	roles: RoleFact[];
	directory: DirectoryOverview;
	tokens: DirectoryToken[];
	activity: ActivityPage;
	standing: Sentence[];
	inPlan: boolean;
};

/** Everything Workspace > SSO shows, for one workspace. */
export async function loadSsoPage({ workspace }: Session, now: Date): Promise<SsoPage> {
	const db = await database();
	const [connections, domains, policy, roles, directory, activity] = await Promise.all([
		listConnections(db, workspace.id),
		listDomains(db, workspace.id),
		currentPolicy(db, workspace.id),
		loadRoles(db, workspace.id),
		loadDirectory(db, workspace.id, now),
		listActivity(db, workspace.id, { limit: 6, before: null }),
	]);
	const connection =
		connections.find(({ status }) => status === "active") ?? connections[0] ?? null;
	const tokens = directory.directory ? await listTokens(db, directory.directory) : [];
	const verified = domains.filter((domain) => counts(domain, now));
	const names = domains.map(({ domain }) => domain);
	const facts = await loadChangeFacts(db, workspace.id, now);
	return {
		connection,
		connections,
		domains,
		domainPeople: await peopleOfDomains(db, workspace.id, names),
		policy,
		unavailable: unavailable(policy.document, facts),
		roles: [...roles].sort((a, b) => b.rank - a.rank),
		directory,
		tokens,
		activity,
		standing: standing(
			policy.document,
			{
				workspace: workspace.name,
				connection: connection && connectionState(connection),
				domains: verified.map(({ domain }) => domain),
				directoryOn: facts.directoryOn,
				adminsWithCodes: facts.adminsWithCodes,
			},
			now,
		),
		inPlan: planIncludesSso(workspace.plan),
	};
}

function connectionState({ name: provider, status, pausedAt, changedAt }: Connection) {
	if (status === "paused") return { provider, state: status, since: pausedAt ?? changedAt };
	return { provider, state: status };
}
