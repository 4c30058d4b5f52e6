import type { ReactNode } from "react";
import type { TurnOn } from "@/components/sso/form-frame";
import { GoogleForm } from "@/components/sso/google-form";
import type { OidcConnection } from "@/lib/sso/connections";
import { boundBy } from "@/lib/sso/deployment-client";
import { mappingFields } from "@/lib/sso/draft";
import type { SignIn } from "@/lib/sso/sign-in";
import {
	saveConnectionAction,
	setEnabledAction,
	testConnectionAction,
	testEndedAction,
} from "../actions";

/** The form of a Google Workspace connection that uses the deployment's client. */
export function GooglePart({
	slug,
	connection,
	name,
	test,
	domains,
	result,
	turnOn,
	ownHref,
}: {
	slug: string;
	connection: OidcConnection | null;
	name: string;
	/** The member's last test, which may have chosen an account. */
	test: SignIn | null;
	domains: ReactNode;
	result: ReactNode;
	turnOn: TurnOn | null;
	ownHref: string;
}) {
	const saved = connection?.deploymentClient ? (connection.metadata.hosted_domain ?? null) : null;
	const chosen = test && boundBy(test);
	const domain = chosen ?? saved;
	const tested = chosen !== null && (test?.outcome === "welcome" || test?.outcome === "link");
	return (
		<GoogleForm
			id={connection?.id ?? null}
			initial={{
				protocol: "oidc",
				client: "deployment",
				name,
				provider: "google",
				issuer: "",
				clientId: "",
				clientSecret: "",
				secretExpiresOn: "",
				discoveryEndpoint: "",
				hostedDomain: domain ?? "",
				scopes: "",
				claimMapping: mappingFields(null),
			}}
			provider={name}
			bound={domain === null ? null : { domain, tested }}
			saved={saved}
			domains={domains}
			actions={{
				save: saveConnectionAction.bind(null, slug),
				test: testConnectionAction.bind(null, slug),
				ended: testEndedAction.bind(null, slug),
				enable: setEnabledAction.bind(null, slug),
			}}
			backHref={`/w/${slug}/sso`}
			ownHref={ownHref}
			turnOn={turnOn}
			result={result}
		/>
	);
}
