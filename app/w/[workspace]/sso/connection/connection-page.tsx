import { getFormatter, getTranslations } from "next-intl/server";
import type { Session } from "@/app/require";
import { GuideFacts } from "@/components/guide/guide-facts";
import { GuidePane } from "@/components/guide/guide-pane";
import { HaveReady, type SecondFactor } from "@/components/guide/have-ready";
import { Messages } from "@/components/messages";
import { PageHeader } from "@/components/shell/page-header";
import { ConnectionForm } from "@/components/sso/connection-form";
import { TestResult } from "@/components/sso/test-result";
import { ArchTile } from "@/components/ui/arch-tile";
import { StateBadge } from "@/components/ui/state";
import { database } from "@/db/client";
import { loadRoles } from "@/lib/members/access";
import type { Policy } from "@/lib/policy/document";
import { redirectUri } from "@/lib/sso/broker";
import type { OidcConnection } from "@/lib/sso/connections";
import { mappingFields } from "@/lib/sso/draft";
import { readGuide } from "@/lib/sso/guide-files";
import type { GuideFact } from "@/lib/sso/guides";
import { providerOf } from "@/lib/sso/providers";
import { lastTest } from "@/lib/sso/sign-in";
import { currentPolicy } from "@/lib/workspaces/policy";
import { saveConnectionAction, testConnectionAction, testEndedAction } from "../actions";
import { loginUrl } from "../addresses";
import { testView } from "../test-view";

/** The form of a connection, new or stored, its guide, and the result of the member's last test. */
export async function ConnectionPage({
	session,
	connection,
	providerKey,
}: {
	session: Session;
	connection: OidcConnection | null;
	providerKey: string;
}) {
	const { workspace } = session;
	const provider = providerOf(providerKey);
	const t = await getTranslations("connection");
	const format = await getFormatter();
	const db = await database();
	const test = await lastTest(db, workspace.id, connection?.id ?? null, session.member.id);
	const name = connection?.name ?? provider.name;
	const home = `/w/${workspace.slug}/sso`;
	const guide = await readGuide(provider.key, "oidc");
	const { document } = await currentPolicy(db, workspace.id);
	return (
		<Messages of={["connection", "guide"]}>
			<PageHeader
				back={{ href: home, label: t("back") }}
				tile={<ArchTile size="xl">{name}</ArchTile>}
				title={t(connection ? "edit" : "connect", { provider: name })}
				badge={<StateBadge state={connection?.status ?? "draft"} />}
			/>
			<GuideFacts known={knownFacts(connection)}>
				<div className="grid gap-6 lg:grid-cols-[minmax(0,1fr)_320px] lg:gap-7">
					<aside className="min-w-0 lg:col-start-2 lg:row-start-1">
						<GuidePane
							guide={guide}
							protocol="oidc"
							provider={provider.name}
							values={{
								redirectUri: redirectUri(workspace.id),
								loginUrl: loginUrl(workspace.slug),
							}}
						/>
					</aside>
					<div className="min-w-0 space-y-6 lg:col-start-1 lg:row-start-1">
						{connection ? null : (
							<HaveReady
								guide={guide}
								provider={provider.name}
								workspace={workspace.name}
								secondFactor={secondFactorOf(document)}
							/>
						)}
						<ConnectionForm
							id={connection?.id ?? null}
							initial={{
								protocol: "oidc",
								name,
								provider: provider.key,
								issuer: connection?.issuer ?? "",
								clientId: connection?.clientId ?? "",
								clientSecret: "",
								secretExpiresOn: connection?.secretExpiresOn ?? "",
								discoveryEndpoint: connection?.discoveryEndpoint ?? "",
								scopes: connection?.scopes?.join(" ") ?? "",
								claimMapping: mappingFields(connection?.claimMapping ?? null),
							}}
							words={{
								provider: name,
								redirectUriLabel: provider.redirectUriLabel,
								issuerExample: provider.issuerExample,
							}}
							redirectUri={redirectUri(workspace.id)}
							secretSet={
								connection
									? t("secretSet", {
											on: format.dateTime(connection.secretSetAt, {
												day: "numeric",
												month: "short",
											}),
											by: connection.secretSetBy,
										})
									: null
							}
							actions={{
								save: saveConnectionAction.bind(null, workspace.slug),
								test: testConnectionAction.bind(null, workspace.slug),
								ended: testEndedAction.bind(null, workspace.slug),
							}}
							backHref={home}
							result={
								test ? (
									<TestResult
										test={
											await testView(test, name, workspace.name, await loadRoles(db, workspace.id))
										}
									/>
								) : null
							}
						/>
					</div>
				</div>
			</GuideFacts>
		</Messages>
	);
}

/** What of the steps is known to be done, whatever this browser has seen. */
function knownFacts(connection: OidcConnection | null): GuideFact[] {
	if (!connection) return [];
	const tested = connection.testedRevision === connection.revision;
	return [
		"issuer",
		...(tested ? (["tested"] as const) : []),
		...(connection.status === "active" ? (["active"] as const) : []),
	];
}

function secondFactorOf({ twoFactor }: Policy): SecondFactor {
	if (!twoFactor.required) return "none";
	return twoFactor.withSso === "conflict" ? "conflict" : "beside";
}
