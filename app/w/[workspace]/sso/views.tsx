/** From what the database holds to what the sections show: no secret and no row leaves here. */
import { getTranslations } from "next-intl/server";
import { refusal } from "@/app/refusal";
import type { DirectoryView } from "@/components/directory/directory-panel";
import type { PolicyView } from "@/components/policy/policy-panel";
import type { SetupStep } from "@/components/sso/checklist";
import type { ConnectionView } from "@/components/sso/connection-summary";
import type { DomainView } from "@/components/sso/domains-panel";
import type { Fact } from "@/components/ui/facts-row";
import type { State } from "@/components/ui/state";
import { Time } from "@/components/ui/time";
import { env } from "@/lib/platform/env";
import { redirectUri } from "@/lib/sso/broker";
import type { Connection } from "@/lib/sso/connections";
import { counts, countsUntil, recordOf } from "@/lib/sso/domain-proof";
import { providerOf } from "@/lib/sso/providers";
import type { SsoPage } from "./load";

const isTested = (connection: Connection) => connection.testedRevision === connection.revision;

export function connectionView(connection: Connection): ConnectionView {
	const { id, name, status, issuer } = connection;
	const { testedAt, testedBy } = connection;
	return {
		id,
		name,
		status,
		issuer,
		oidc:
			connection.protocol === "oidc"
				? {
						clientId: connection.clientId,
						secretSetAt: connection.secretSetAt,
						secretSetBy: connection.secretSetBy,
						secretExpiresOn: connection.secretExpiresOn,
					}
				: null,
		redirectUri: redirectUri(connection.workspaceId),
		redirectUriLabel: providerOf(connection.provider).redirectUriLabel,
		tested: isTested(connection) && testedAt && testedBy ? { at: testedAt, by: testedBy } : null,
	};
}

/** The steps of setting up that the facts show as done. */
export function setupSteps({ connection, domains }: SsoPage): SetupStep[] {
	const steps: SetupStep[] = [];
	if (connection) steps.push("choose", "exchange");
	if (connection && isTested(connection)) steps.push("test");
	if (domains.some(({ state }) => state === "verified")) steps.push("domains");
	if (connection?.status === "active") steps.push("enable");
	return steps;
}

export function domainViews({ domains, domainPeople }: SsoPage, now: Date): DomainView[] {
	return domains.map((row) => ({
		domain: row.domain,
		state: row.state,
		verifiedBy: row.verifiedBy,
		people: domainPeople.get(row.domain) ?? 0,
		checkedAt: row.checkedAt,
		missedChecks: row.missedChecks,
		countsUntil: counts(row, now) ? countsUntil(row) : null,
		record: recordOf(row),
		connectionId: row.connectionId,
	}));
}

/** The provider that is on while no domain leads to it. */
export function leadsNobody({ connection, domains }: SsoPage, now: Date): string | null {
	if (connection?.status !== "active") return null;
	return domains.some((domain) => counts(domain, now)) ? null : connection.name;
}

export async function factsOf({ connection, domains, directory }: SsoPage): Promise<Fact[]> {
	const t = await getTranslations("sso.facts");
	const verified = domains.filter(({ state }) => state === "verified");
	const last = directory.directory?.lastRequestAt;
	return [
		{
			label: t("connection"),
			value: { state: connection?.status ?? "not_set_up" },
			note: connection ? t("connectionNote", { provider: connection.name }) : undefined,
			href: "#connection",
		},
		{
			label: t("domains"),
			value: t("domainCount", { count: verified.length }),
			note: verified[0]?.domain ?? t("none"),
			href: "#domains",
		},
		{
			label: t("directory"),
			value: t("people", { count: directory.users }),
			note: last ? t.rich("last", { at: () => <Time at={last} /> }) : t("noRequest"),
			href: "#directory",
		},
	];
}

export async function policyView(page: SsoPage, workspace: string): Promise<PolicyView> {
	const { document, revision, savedAt, savedBy } = page.policy;
	const { autoProvision, requireProvisioning, rolesFrom, defaultRole } = document;
	const provider = page.connection?.name ?? (await getTranslations("directory"))("anyProvider");
	const reasonsOf = async (field: keyof PolicyView["values"]) =>
		Promise.all(
			(page.unavailable[field] ?? []).map(async ({ value, reason }) => {
				const { why, fix } = await refusal(reason, { workspace, provider });
				return { value, why: `${why} ${fix}` };
			}),
		);
	return {
		revision,
		savedBy,
		savedAt,
		values: { autoProvision, requireProvisioning, rolesFrom, defaultRole },
		unavailable: {
			autoProvision: await reasonsOf("autoProvision"),
			requireProvisioning: await reasonsOf("requireProvisioning"),
			rolesFrom: await reasonsOf("rolesFrom"),
			defaultRole: await reasonsOf("defaultRole"),
		},
		roles: page.roles.map(({ key, name }) => ({ key, name })),
		provider,
	};
}

export async function directoryView(page: SsoPage, workspaceId: string): Promise<DirectoryView> {
	const t = await getTranslations("directory");
	const { directory, closed, users, activeUsers } = page.directory;
	const base = `${env().PUBLIC_URL}/api/scim/v2`;
	const now = new Date();
	return {
		enabled: directory?.enabled ?? false,
		state: stateOf(page.directory),
		endpoint: base,
		endpointOfWorkspace: `${base}/${workspaceId}`,
		people: users,
		activePeople: activeUsers,
		lastRequestAt: directory?.lastRequestAt ?? null,
		tokens: page.tokens
			.filter(({ revokedAt }) => revokedAt === null)
			.map((token) => ({
				id: token.id,
				prefix: token.prefix,
				name: token.name,
				createdBy: token.createdBy,
				createdAt: token.createdAt,
				lastUsedAt: token.lastUsedAt,
				expiresAt: token.expiresAt,
				expired: token.expiresAt !== null && token.expiresAt <= now,
			})),
		provider: page.connection?.name ?? t("anyProvider"),
		closed:
			directory?.enabled && closed && closed !== "directory_off" ? t(`closed.${closed}`) : null,
	};
}

function stateOf({ directory, closed }: SsoPage["directory"]): State {
	if (!directory) return "not_set_up";
	if (!directory.enabled) return "paused";
	if (closed) return "needs_attention";
	return directory.lastRequestAt ? "active" : "draft";
}
