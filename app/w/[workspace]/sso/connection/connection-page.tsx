import { getTranslations } from "next-intl/server";
import type { Session } from "@/app/require";
import { GuideFacts } from "@/components/guide/guide-facts";
import { GuidePane } from "@/components/guide/guide-pane";
import { HaveReady, type SecondFactor } from "@/components/guide/have-ready";
import { Messages } from "@/components/messages";
import { PageHeader } from "@/components/shell/page-header";
import type { TurnOn } from "@/components/sso/form-frame";
import { KnownDomains } from "@/components/sso/known-domains";
import { OurCertificate } from "@/components/sso/our-certificate";
import { ProtocolSwitch } from "@/components/sso/protocol-switch";
import { SignOutValues } from "@/components/sso/sign-out-values";
import { TestResult } from "@/components/sso/test-result";
import { ArchTile } from "@/components/ui/arch-tile";
import { StateBadge } from "@/components/ui/state";
import { database } from "@/db/client";
import { loadRoles } from "@/lib/members/access";
import { type Policy, turningOnSignsOut } from "@/lib/policy/document";
import { backchannelUri } from "@/lib/sso/backchannel";
import { redirectUri } from "@/lib/sso/broker";
import type { Connection } from "@/lib/sso/connections";
import { deploymentClient } from "@/lib/sso/deployment-client";
import { listDomains } from "@/lib/sso/domains";
import { readGuide } from "@/lib/sso/guide-files";
import { type GuideFact, withoutClient } from "@/lib/sso/guides";
import { initiateUri } from "@/lib/sso/initiate";
import { type Protocol, type Provider, providerOf } from "@/lib/sso/providers";
import { viewCertificate } from "@/lib/sso/saml/certificates";
import { newCertificateSince, serviceKeys, usesOurKey } from "@/lib/sso/saml/service-keys";
import { serviceAddresses } from "@/lib/sso/saml/sp";
import { lastTest } from "@/lib/sso/sign-in";
import { signedOutUri } from "@/lib/sso/sign-out";
import { offNumbers } from "@/lib/sso/turned-off";
import { currentPolicy } from "@/lib/workspaces/policy";
import { ssoIsActive } from "@/lib/workspaces/workspaces";
import { loginUrl } from "../addresses";
import { noteCertificateAction } from "../certificate-action";
import { testView } from "../test-view";
import { GooglePart } from "./google-part";
import { OidcPart } from "./oidc-part";
import { SamlPart } from "./saml-part";

/** The form of a connection, new or stored, its guide, and the result of the member's last test. */
export async function ConnectionPage({
	session,
	connection,
	providerKey,
	asked,
	askedClient,
}: {
	session: Session;
	connection: Connection | null;
	providerKey: string;
	/** The protocol of a new connection; the provider's first, if it is none that it speaks. */
	asked?: string;
	/** Of Google: "own" or "deployment", where the admin chose between them. */
	askedClient?: string;
}) {
	const { workspace } = session;
	const provider = providerOf(providerKey);
	const protocol = connection?.protocol ?? protocolOf(provider, asked);
	const t = await getTranslations("connection");
	const db = await database();
	const test = await lastTest(db, workspace.id, connection?.id ?? null, session.member.id);
	const name = connection?.name ?? provider.name;
	const home = `/w/${workspace.slug}/sso`;
	const isShared = protocol === "oidc" && usesShared(provider, connection, askedClient);
	const whole = await readGuide(provider.key, protocol);
	const guide = isShared ? withoutClient(whole) : whole;
	const here = connection
		? `${home}/connection/${connection.id}?`
		: `${home}/connection/new?provider=${provider.key}&protocol=oidc&`;
	const { document } = await currentPolicy(db, workspace.id);
	const result = test ? (
		<TestResult
			test={await testView(test, name, workspace.name, await loadRoles(db, workspace.id))}
		/>
	) : null;
	const oidc = {
		redirectUri: redirectUri(workspace.id),
		loginUrl: loginUrl(workspace.slug),
		...(connection ? { initiateUrl: initiateUri(connection.id) } : {}),
	};
	const saml =
		connection?.protocol === "saml" ? samlAddresses(workspace.slug, connection.id) : null;
	const ours = protocol === "oidc" ? oidc : (saml ?? { loginUrl: oidc.loginUrl });
	const certificate = await ourCertificate(connection);
	const turnOn = await turnOnOf(workspace.id, connection, document);
	const domains = (
		<KnownDomains domains={await listDomains(db, workspace.id)} workspace={workspace.name} />
	);
	const part = { slug: workspace.slug, provider, name, domains, result, turnOn };
	return (
		<Messages of={["connection", "guide"]}>
			<PageHeader
				back={{ href: home, label: t("back") }}
				tile={<ArchTile size="xl">{name}</ArchTile>}
				title={t(connection ? "edit" : "connect", { provider: name })}
				badge={<StateBadge state={connection?.status ?? "draft"} />}
				actions={
					connection || provider.speaks.length < 2 ? null : (
						<ProtocolSwitch
							provider={provider}
							protocol={protocol}
							href={`${home}/connection/new?provider=${provider.key}&protocol=`}
						/>
					)
				}
			/>
			<GuideFacts known={knownFacts(connection)}>
				<div className="grid gap-6 lg:grid-cols-[minmax(0,1fr)_320px] lg:gap-7">
					<aside className="min-w-0 lg:col-start-2 lg:row-start-1">
						<GuidePane
							guide={guide}
							protocol={protocol}
							provider={provider.name}
							values={ours}
							directoryHref={
								provider.scim ? `${home}/directory?provider=${provider.key}` : undefined
							}
						/>
					</aside>
					<div className="min-w-0 space-y-6 lg:col-start-1 lg:row-start-1">
						{certificate ? (
							<OurCertificate
								view={certificate}
								provider={name}
								note={noteCertificateAction.bind(null, workspace.slug, certificate.connectionId)}
							/>
						) : null}
						{connection ? null : (
							<HaveReady
								guide={guide}
								provider={provider.name}
								workspace={workspace.name}
								secondFactor={secondFactorOf(document)}
							/>
						)}
						{isShared ? (
							<GooglePart
								{...part}
								connection={connection?.protocol === "oidc" ? connection : null}
								test={test}
								ownHref={`${here}client=own`}
							/>
						) : protocol === "oidc" ? (
							<OidcPart
								{...part}
								connection={connection?.protocol === "oidc" ? connection : null}
								ours={oidc}
								sharedHref={offersShared(provider) ? `${here}client=deployment` : null}
							/>
						) : (
							<SamlPart
								{...part}
								connection={connection?.protocol === "saml" ? connection : null}
								guide={guide}
								ours={saml}
								policy={document}
							/>
						)}
						{connection && !isShared ? (
							<SignOutValues
								provider={name}
								{...(connection.protocol === "saml"
									? { singleLogout: serviceAddresses(connection.id).sloUrl }
									: {
											signedOut: signedOutUri(workspace.id),
											backchannel: backchannelUri(connection.id),
										})}
							/>
						) : null}
					</div>
				</div>
			</GuideFacts>
		</Messages>
	);
}

/** What a SAML provider is given for one connection. */
function samlAddresses(slug: string, id: string) {
	const addresses = serviceAddresses(id);
	const escaped = addresses.acsUrl.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
	return { ...addresses, loginUrl: loginUrl(slug), acsUrlPattern: `^${escaped}$` };
}

/** The certificate of ours that this provider needs in the place of another. Null: it has the one there is. */
async function ourCertificate(connection: Connection | null) {
	if (connection?.protocol !== "saml" || !usesOurKey(connection)) return null;
	const { next } = await serviceKeys(await database());
	const { id, createdAt } = connection;
	// One that was made since was given the new one from the beginning.
	if (!next || createdAt >= next.publishedAt) return null;
	const { fingerprint, expiresAt } = viewCertificate(next.certificate);
	return {
		connectionId: id,
		taken: newCertificateSince(next.publishedAt, connection) === null,
		publishedAt: next.publishedAt,
		fingerprint,
		expiresAt: new Date(expiresAt),
		href: serviceAddresses(id).certificateUrl,
	};
}

/** How the form turns the connection on, and what that would end. Null: it is on. */
async function turnOnOf(
	workspaceId: string,
	connection: Connection | null,
	policy: Policy,
): Promise<TurnOn | null> {
	if (connection?.status === "active") return null;
	const db = await database();
	const now = new Date();
	const signsOut = turningOnSignsOut(policy, !(await ssoIsActive(db, workspaceId)), now);
	const { sessions } = await offNumbers(db, workspaceId, now);
	return { by: policy.activation, endsSessions: signsOut ? sessions : 0 };
}

/** Whether Google Workspace can be connected by a client that the deployment has. */
const offersShared = ({ key }: Provider) => key === "google" && deploymentClient() !== null;

/** Whether a connection is, or would be, made with the deployment's client. */
function usesShared(
	provider: Provider,
	connection: Connection | null,
	asked: string | undefined,
): boolean {
	if (!offersShared(provider)) return false;
	if (asked === "own" || asked === "deployment") return asked === "deployment";
	return connection?.deploymentClient ?? true;
}

function protocolOf({ speaks }: Provider, asked: string | undefined): Protocol {
	return speaks.find((protocol) => protocol === asked) ?? speaks[0] ?? "oidc";
}

/** What of the steps is known to be done, whatever this browser has seen. */
function knownFacts(connection: Connection | null): GuideFact[] {
	if (!connection) return [];
	const tested = connection.testedRevision === connection.revision;
	return [
		...(connection.protocol === "oidc" ? (["issuer"] as const) : []),
		...(connection.protocol === "saml" && connection.saml.idp ? (["metadata"] as const) : []),
		...(tested ? (["tested"] as const) : []),
		...(connection.status === "active" ? (["active"] as const) : []),
	];
}

function secondFactorOf({ twoFactor }: Policy): SecondFactor {
	if (!twoFactor.required) return "none";
	return twoFactor.withSso === "conflict" ? "conflict" : "beside";
}
