import { getFormatter, getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { EndpointsPanel } from "@/components/sso/endpoints-panel";
import type { TurnOn } from "@/components/sso/form-frame";
import { OidcForm } from "@/components/sso/oidc-form";
import type { OidcConnection } from "@/lib/sso/connections";
import { mappingFields } from "@/lib/sso/draft";
import type { Provider } from "@/lib/sso/providers";
import {
	saveConnectionAction,
	setEnabledAction,
	testConnectionAction,
	testEndedAction,
} from "../actions";

/** The form of an OpenID Connect connection, with what was found at its issuer. */
export async function OidcPart({
	slug,
	connection,
	provider,
	name,
	ours,
	domains,
	result,
	turnOn,
	sharedHref,
}: {
	slug: string;
	connection: OidcConnection | null;
	provider: Provider;
	/** What the connection is called, or would be. */
	name: string;
	ours: { redirectUri: string; loginUrl: string; initiateUrl?: string };
	domains: ReactNode;
	result: ReactNode;
	turnOn: TurnOn | null;
	/** Where Google is connected by the deployment's client instead, if it has one. */
	sharedHref: string | null;
}) {
	// What is stored with the deployment's client has no client ID of the workspace's own.
	const own = connection?.deploymentClient ? null : connection;
	const t = await getTranslations("connection");
	const format = await getFormatter();
	const algorithms = connection?.metadata.id_token_signing_alg_values_supported ?? ["RS256"];
	return (
		<>
			<OidcForm
				id={connection?.id ?? null}
				initial={{
					protocol: "oidc",
					name,
					provider: provider.key,
					issuer: connection?.issuer ?? "",
					clientId: own?.clientId ?? "",
					clientSecret: "",
					secretExpiresOn: connection?.secretExpiresOn ?? "",
					discoveryEndpoint: connection?.discoveryEndpoint ?? "",
					emailDomain: "",
					hostedDomain: connection?.metadata.hosted_domain ?? "",
					scopes: connection?.scopes?.join(" ") ?? "",
					claimMapping: mappingFields(connection?.claimMapping ?? null),
				}}
				words={{
					provider: name,
					redirectUriLabel: provider.redirectUriLabel,
					issuerExample: provider.issuerExample,
				}}
				ours={ours}
				secretSet={
					connection?.secret
						? t("secretSet", {
								on: format.dateTime(connection.secret.setAt, { day: "numeric", month: "short" }),
								by: connection.secret.setBy,
							})
						: null
				}
				sharedHref={sharedHref}
				found={
					own
						? {
								issuer: own.issuer,
								sentence: t("found", { algorithms: format.list(algorithms) }),
							}
						: null
				}
				domains={domains}
				actions={{
					save: saveConnectionAction.bind(null, slug),
					test: testConnectionAction.bind(null, slug),
					ended: testEndedAction.bind(null, slug),
					enable: setEnabledAction.bind(null, slug),
				}}
				backHref={`/w/${slug}/sso`}
				turnOn={turnOn}
				result={result}
			/>
			{connection ? <EndpointsPanel metadata={connection.metadata} /> : null}
		</>
	);
}
