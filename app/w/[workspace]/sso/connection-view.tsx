import { getTranslations } from "next-intl/server";
import { refusal } from "@/app/refusal";
import type { ConnectionView } from "@/components/sso/connection-summary";
import { Time } from "@/components/ui/time";
import { redirectUri } from "@/lib/sso/broker";
import { readCertificates } from "@/lib/sso/certificates";
import type { Condition, Trouble } from "@/lib/sso/condition";
import type { Connection } from "@/lib/sso/connections";
import { providerOf } from "@/lib/sso/providers";
import { serviceAddresses } from "@/lib/sso/saml/sp";

/** A connection as its panel shows it: no secret and no row leaves here. */
export async function connectionView(
	connection: Connection,
	{ state, trouble }: Condition,
	{ slug, name: workspace }: { slug: string; name: string },
): Promise<ConnectionView> {
	const { id, name, protocol, status, testedAt, testedBy } = connection;
	const isTested = connection.testedRevision === connection.revision;
	return {
		id,
		name,
		protocol,
		status,
		state,
		trouble: trouble && (await troubleView(trouble, name, workspace)),
		values: await valuesOf(connection),
		secret:
			connection.protocol === "oidc" && connection.secret
				? {
						setAt: connection.secret.setAt,
						setBy: connection.secret.setBy,
						expiresOn: connection.secretExpiresOn,
					}
				: null,
		certificates:
			connection.protocol === "saml"
				? readCertificates(connection.saml.idp?.certificates ?? [])
				: [],
		waiting: connection.protocol === "saml" && connection.saml.idp === null,
		tested: isTested && testedAt && testedBy ? { at: testedAt, by: testedBy } : null,
		href: `/w/${slug}/sso/connection/${id}`,
	};
}

async function valuesOf(connection: Connection): Promise<ConnectionView["values"]> {
	const t = await getTranslations("sso.connection");
	const { issuer, workspaceId, provider } = connection;
	if (connection.protocol === "saml") {
		const form = await getTranslations("connection.fields");
		const list = await getTranslations("connections");
		const { acsUrl, entityId } = serviceAddresses(connection.id);
		return [
			...(issuer
				? [{ label: form("entityId", { provider: connection.name }), value: issuer }]
				: []),
			{ label: list("acsUrl"), value: acsUrl },
			{ label: list("entityId"), value: entityId },
		];
	}
	if (connection.deploymentClient) {
		const form = await getTranslations("connection.fields");
		return [
			{ label: t("issuer"), value: connection.issuer },
			{ label: form("hostedDomain"), value: connection.metadata.hosted_domain ?? "" },
		];
	}
	return [
		{ label: t("issuer"), value: connection.issuer },
		{ label: t("clientId"), value: connection.clientId },
		{ label: providerOf(provider).redirectUriLabel, value: redirectUri(workspaceId) },
	];
}

async function troubleView(
	trouble: Trouble,
	provider: string,
	workspace: string,
): Promise<ConnectionView["trouble"]> {
	const t = await getTranslations("connections.trouble");
	if (trouble.kind === "failing") {
		const { why, fix } = await refusal(trouble.reason, { provider, workspace });
		return {
			tone: "stop",
			title: t("failing.title", { provider }),
			body: t.rich("failing.body", {
				times: trouble.times,
				since: () => <Time at={trouble.since} />,
				why,
				fix,
			}),
			action: t("failing.action"),
		};
	}
	if (!("days" in trouble))
		return {
			tone: "care",
			title: t(`${trouble.kind}.title`, { provider }),
			body: t.rich(`${trouble.kind}.body`, { provider, since: () => <Time at={trouble.since} /> }),
			action: t(`${trouble.kind}.action`),
		};
	const { kind, days, on } = trouble;
	const gone = days < 0 ? "yes" : "no";
	return {
		tone: "care",
		title: t(`${kind}.title`, { days, gone }),
		body: t.rich(`${kind}.body`, { provider, on: () => <Time at={on} as="day" /> }),
		action: t(`${kind}.action`),
	};
}
