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
}: {
	slug: string;
	connection: OidcConnection | null;
	provider: Provider;
	/** What the connection is called, or would be. */
	name: string;
	ours: { redirectUri: string; loginUrl: string };
	domains: ReactNode;
	result: ReactNode;
	turnOn: TurnOn | null;
}) {
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
					clientId: connection?.clientId ?? "",
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
					connection
						? t("secretSet", {
								on: format.dateTime(connection.secretSetAt, { day: "numeric", month: "short" }),
								by: connection.secretSetBy,
							})
						: null
				}
				found={
					connection
						? {
								issuer: connection.issuer,
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
