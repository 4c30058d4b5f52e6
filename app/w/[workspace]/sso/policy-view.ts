/** From what the database holds to what the policy's pages show. */
import { getTranslations } from "next-intl/server";
import { refusal } from "@/app/refusal";
import type { PolicyView, Why } from "@/components/policy/policy-panel";
import type { PolicyNames } from "@/components/policy/words";
import type { DangerView } from "@/components/sso/danger-zone";
import { database } from "@/db/client";
import { waysBack } from "@/lib/accounts/sso-codes";
import { loadRoles } from "@/lib/members/access";
import { loadChangeFacts } from "@/lib/members/change-facts";
import { memberLabels } from "@/lib/members/list";
import type { Policy } from "@/lib/policy/document";
import type { Reason } from "@/lib/policy/reasons";
import { type Connection, listConnections } from "@/lib/sso/connections";
import { verifiedDomains } from "@/lib/sso/domains";
import { offNumbers } from "@/lib/sso/turned-off";
import { currentPolicy, type PolicyRevision } from "@/lib/workspaces/policy";
import type { Workspace } from "@/lib/workspaces/workspaces";

/** What names the provider, roles and people in policies. */
export async function policyNames(
	workspaceId: string,
	documents: readonly Policy[],
): Promise<PolicyNames> {
	const db = await database();
	const connections = await listConnections(db, workspaceId);
	const shown = connections.find(({ status }) => status === "active") ?? connections[0];
	const roles = [...(await loadRoles(db, workspaceId))].sort((a, b) => b.rank - a.rank);
	return {
		provider: shown?.name ?? (await getTranslations("directory"))("anyProvider"),
		roles: roles.map(({ key, name }) => ({ key, name })),
		people: await memberLabels(db, workspaceId, [
			...new Set(documents.flatMap(({ managedHere }) => managedHere)),
		]),
	};
}

export async function policyView(workspace: Workspace, memberId: string): Promise<PolicyView> {
	const db = await database();
	const current: PolicyRevision = await currentPolicy(db, workspace.id);
	const names = await policyNames(workspace.id, [current.document]);
	return {
		...current,
		facts: await loadChangeFacts(db, workspace.id),
		names,
		domains: await verifiedDomains(db, workspace.id),
		whys: await whysOf({ workspace: workspace.name, provider: names.provider }),
		slug: workspace.slug,
		ways: await waysBack(db, workspace.id, memberId),
	};
}

/** Where each reason that closes a value is changed. */
const remedies: Partial<Record<Reason, { href: string; label: string } | null>> = {
	pinned: null,
	needs_connection: { href: "#connection", label: "connection" },
	needs_passed_test: { href: "#connection", label: "test" },
	needs_recovery_codes: null,
	needs_verified_domain: { href: "#domains", label: "domains" },
	needs_directory: { href: "#directory", label: "directory" },
	needs_active_people: { href: "#directory", label: "directory" },
	provisioning_required: { href: "#policy-requireProvisioning", label: "provisioning" },
	needs_groups: { href: "#directory", label: "directory" },
	needs_role_values: { href: "#directory", label: "directory" },
	mappings_in_use: { href: "#directory", label: "directory" },
	two_factor_conflict: { href: "#policy-twoFactor", label: "twoFactor" },
	no_passwords: null,
};

async function whysOf(words: {
	workspace: string;
	provider: string;
}): Promise<Partial<Record<Reason, Why>>> {
	const t = await getTranslations("policy.remedies");
	const found: Partial<Record<Reason, Why>> = {};
	for (const [reason, remedy] of Object.entries(remedies) as [
		Reason,
		{ href: string; label: "connection" } | null,
	][]) {
		const { why, fix } = await refusal(reason, words);
		found[reason] = {
			text: `${why} ${fix}`,
			...(remedy ? { href: remedy.href, label: t(remedy.label) } : {}),
		};
	}
	return found;
}

/** What pausing, turning off and removing each connection would mean. */
export async function dangerViews(
	workspace: Workspace,
	connections: readonly Connection[],
	policy: Policy,
): Promise<DangerView[]> {
	const numbers = await offNumbers(await database(), workspace.id, new Date());
	const active = connections.filter(({ status }) => status === "active").length;
	return connections.map(({ id, name, status }) => ({
		id,
		provider: name,
		slug: workspace.slug,
		active: status === "active",
		last: status === "active" && active === 1,
		first: active === 0,
		numbers,
		policy,
	}));
}
