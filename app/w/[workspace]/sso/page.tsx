import { FlaskConical } from "lucide-react";
import { getTranslations } from "next-intl/server";
import { activityNames } from "@/app/activity-names";
import { NoAccessPage } from "@/app/no-access-page";
import { can, requireMember } from "@/app/require";
import { ActivityList } from "@/components/activity/activity-list";
import { DirectoryPanel } from "@/components/directory/directory-panel";
import { EnableScim } from "@/components/directory/enable-scim";
import { MappingSection } from "@/components/directory/mapping-section";
import { Messages } from "@/components/messages";
import { PolicyPanel } from "@/components/policy/policy-panel";
import { PageHeader } from "@/components/shell/page-header";
import { SectionLayout } from "@/components/shell/section-nav";
import { Checklist, NextStep } from "@/components/sso/checklist";
import { ConnectionsSection } from "@/components/sso/connections-section";
import { DangerZone } from "@/components/sso/danger-zone";
import { DomainsPanel } from "@/components/sso/domains-panel";
import { PlanBand } from "@/components/sso/plan-band";
import { ProtocolHelp } from "@/components/sso/protocol-help";
import { ProviderTiles } from "@/components/sso/provider-tiles";
import { ButtonLink } from "@/components/ui/button";
import { FactsRow } from "@/components/ui/facts-row";
import { Part, Section } from "@/components/ui/section";
import { offered } from "@/lib/sso/providers";
import { removeConnectionAction, setEnabledAction } from "./actions";
import { connectionView } from "./connection-view";
import { enableScimAction } from "./directory/enable-action";
import { directoryActions } from "./directory/panel-actions";
import { directoryView, mappingView } from "./directory/view";
import {
	addDomainAction,
	checkDomainAction,
	previewDomainRemovalAction,
	removeDomainAction,
	routeDomainAction,
} from "./domain-actions";
import { loadSsoPage } from "./load";
import {
	applyPolicyAction,
	enforceAction,
	findMemberAction,
	keepCodesAction,
	makeCodesAction,
	movedAction,
	pauseAction,
	previewEnforceAction,
	previewPolicyAction,
	turnOffAction,
} from "./policy-actions";
import { dangerViews, policyView } from "./policy-view";
import { standingParts } from "./standing-text";
import { domainViews, factsOf, leadsNobody, setupSteps } from "./views";

export async function generateMetadata() {
	const t = await getTranslations("sso");
	return { title: t("title") };
}

/** Workspace > SSO: the connection, who may come in, directory sync, and what happened. */
export default async function SsoPage({ params }: PageProps<"/w/[workspace]/sso">) {
	const { workspace: slug } = await params;
	const home = `/w/${slug}/sso`;
	const session = await requireMember(slug, home, { recovery: true });
	const t = await getTranslations("sso");
	const activity = await getTranslations("activity");
	if (!can(session, "sso.manage"))
		return <NoAccessPage session={session} page={t("title")} what={t("what")} />;
	const now = new Date();
	const page = await loadSsoPage(session, now);
	const { connection } = page;
	const done = setupSteps(page, now);
	// Nothing set up yet: there is one thing to do, and nothing to find one's way in.
	const isEmpty = !connection && page.domains.length === 0 && !page.directory.directory;
	const isLive = done.includes("enable") && done.includes("domains");
	const connections = await Promise.all(
		page.connections.map((each) =>
			connectionView(each.connection, each.condition, session.workspace),
		),
	);
	const dangerActions = {
		pause: pauseAction.bind(null, slug),
		turnOff: turnOffAction.bind(null, slug),
		remove: removeConnectionAction.bind(null, slug),
	};
	const danger = await dangerViews(
		session.workspace,
		page.connections.map((each) => each.connection),
		page.policy.document,
	);
	const directory = await directoryView(session.workspace, now);
	const mapping = await mappingView(session.workspace);
	const needsSaml = page.policy.document.directoryNeeds === "activeSaml";
	const scimNeedsSaml = (await getTranslations("directory"))("needsSaml");
	const mappingTitle = (await getTranslations("mapping"))("title");
	const sections = [
		{
			id: "connection",
			label: t("sections.connection"),
			state: page.connections[0]?.condition.state ?? "not_set_up",
		},
		{ id: "domains", label: t("sections.domains"), count: page.domains.length },
		{ id: "policy", label: t("sections.policy") },
		{ id: "directory", label: t("sections.directory"), state: directory.state },
		{ id: "mapping", label: mappingTitle, count: mapping.rows.length },
		{ id: "activity", label: t("sections.activity") },
		...(connection ? [{ id: "danger", label: t("sections.danger") }] : []),
	] as const;
	return (
		<Messages of={["sso", "policy", "directory", "impact"]}>
			<PageHeader
				title={t("title")}
				standing={await standingParts(page.standing)}
				actions={
					connection ? (
						<ButtonLink
							href={`${home}/connection/${connection.id}`}
							icon={<FlaskConical aria-hidden />}
						>
							{t("test")}
						</ButtonLink>
					) : null
				}
			/>
			<div className="space-y-8">
				{page.inPlan ? null : <PlanBand workspace={session.workspace.name} />}
				{connection ? <FactsRow facts={await factsOf(page, now)} /> : null}
				{connection && !isLive ? (
					<NextStep done={done} connectionHref={`${home}/connection/${connection.id}`} />
				) : null}
			</div>
			<div className="mt-10">
				<SectionLayout items={isEmpty ? [] : sections}>
					<Part title={t("parts.sso")}>
						{connection ? (
							<ConnectionsSection
								connections={connections}
								addHref={`${home}/connection/new`}
								setEnabled={setEnabledAction.bind(null, slug)}
								danger={danger}
								actions={dangerActions}
								scim={
									directory.enabled || !can(session, "directory.manage")
										? undefined
										: (each) =>
												needsSaml && each.protocol !== "saml" ? (
													<span>{scimNeedsSaml}</span>
												) : (
													<EnableScim
														provider={each.name}
														href={directory.href}
														enable={enableScimAction.bind(null, slug)}
													/>
												)
								}
							/>
						) : (
							<Section
								id="connection"
								title={t("choose.title")}
								description={t("choose.description")}
							>
								<div className="grid items-start gap-6 xl:grid-cols-[minmax(0,1fr)_300px]">
									<ProviderTiles providers={offered} hrefOf={`${home}/connection/new?provider=`} />
									<Checklist done={done} />
								</div>
								<ProtocolHelp />
							</Section>
						)}
						<DomainsPanel
							domains={domainViews(page, now)}
							connections={page.connections.map(({ connection: { id, name } }) => ({ id, name }))}
							leads={leadsNobody(page, now)}
							actions={{
								add: addDomainAction.bind(null, slug),
								check: checkDomainAction.bind(null, slug),
								route: routeDomainAction.bind(null, slug),
								preview: previewDomainRemovalAction.bind(null, slug),
								remove: removeDomainAction.bind(null, slug),
							}}
						/>
						<PolicyPanel
							policy={await policyView(session.workspace, session.member.id)}
							actions={{
								preview: previewPolicyAction.bind(null, slug),
								apply: applyPolicyAction.bind(null, slug),
								moved: movedAction.bind(null, slug),
								find: findMemberAction.bind(null, slug),
								makeCodes: makeCodesAction.bind(null, slug),
								keepCodes: keepCodesAction.bind(null, slug),
								previewEnforce: previewEnforceAction.bind(null, slug),
								enforce: enforceAction.bind(null, slug),
							}}
						/>
					</Part>
					<Part title={t("parts.directory")}>
						<DirectoryPanel directory={directory} actions={directoryActions(slug)} />
						<MappingSection mapping={mapping} />
					</Part>
					<Part title={t("parts.activity")}>
						<Section
							id="activity"
							title={activity("title")}
							description={activity("description")}
							actions={<ButtonLink href={`/w/${slug}/activity`}>{activity("open")}</ButtonLink>}
						>
							<ActivityList
								rows={page.activity.rows}
								names={await activityNames(session.workspace)}
							/>
						</Section>
					</Part>
					{connection ? <DangerZone views={danger} actions={dangerActions} /> : null}
				</SectionLayout>
			</div>
		</Messages>
	);
}
