import type { ReactNode } from "react";
import { BeginSaml } from "@/components/sso/begin-saml";
import type { TurnOn } from "@/components/sso/form-frame";
import { MetadataNews } from "@/components/sso/metadata-news";
import { type SamlAddresses, SamlForm, UsePublished } from "@/components/sso/saml-form";
import type { Policy } from "@/lib/policy/document";
import { profiles } from "@/lib/policy/profiles";
import { closestProfile } from "@/lib/policy/start";
import type { SamlConnection } from "@/lib/sso/connections";
import { mappingFields, type SamlDraft } from "@/lib/sso/draft";
import type { Guide, OurValue } from "@/lib/sso/guides";
import type { Provider } from "@/lib/sso/providers";
import {
	saveConnectionAction,
	setEnabledAction,
	testConnectionAction,
	testEndedAction,
} from "../actions";
import { readMetadataAction } from "../metadata-action";
import { metadataView } from "../metadata-view";

const formats: Record<string, SamlDraft["nameIdFormat"]> = {
	"urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress": "email",
	"urn:oasis:names:tc:SAML:2.0:nameid-format:persistent": "persistent",
	"urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified": "unspecified",
};

/** The form of a SAML connection; for one that does not exist yet, its beginning. */
export function SamlPart({
	slug,
	connection,
	provider,
	name,
	guide,
	ours,
	domains,
	result,
	turnOn,
	policy,
}: {
	slug: string;
	connection: SamlConnection | null;
	provider: Provider;
	/** What the connection is called, or would be. */
	name: string;
	guide: Guide;
	/** Null until the connection has addresses of its own. */
	ours: SamlAddresses | null;
	domains: ReactNode;
	result: ReactNode;
	turnOn: TurnOn | null;
	policy: Policy;
}) {
	const home = `/w/${slug}/sso`;
	const actions = {
		save: saveConnectionAction.bind(null, slug),
		test: testConnectionAction.bind(null, slug),
		ended: testEndedAction.bind(null, slug),
		enable: setEnabledAction.bind(null, slug),
	};
	const initial = draftOf(connection, provider, name, policy);
	if (!connection || !ours)
		return <BeginSaml initial={initial} provider={name} actions={actions} home={home} />;
	const { idp } = connection.saml;
	return (
		<SamlForm
			id={connection.id}
			initial={initial}
			words={{
				provider: name,
				acsUrl: labelOf(guide, "acsUrl", "ACS URL"),
				entityId: labelOf(guide, "entityId", "SP Entity ID"),
			}}
			ours={ours}
			stored={idp ? metadataView(idp, undefined, new Date()) : null}
			storedUrl={connection.metadataUrl}
			news={
				connection.metadataNews ? (
					<MetadataNews news={connection.metadataNews} provider={name} action={<UsePublished />} />
				) : null
			}
			domains={domains}
			actions={actions}
			read={readMetadataAction.bind(null, slug)}
			backHref={home}
			turnOn={turnOn}
			result={result}
		/>
	);
}

function draftOf(
	connection: SamlConnection | null,
	provider: Provider,
	name: string,
	policy: Policy,
): SamlDraft {
	const saml = connection?.saml;
	const idp = saml?.idp ?? null;
	const url = connection?.metadataUrl ?? "";
	return {
		protocol: "saml",
		name,
		provider: provider.key,
		claimMapping: mappingFields(connection?.claimMapping ?? null),
		source: idp ? (url ? "url" : "none") : connection ? "url" : "later",
		metadataUrl: url,
		metadataXml: "",
		entityId: idp?.entityId ?? "",
		ssoUrl: idp?.ssoUrl ?? "",
		ssoBinding: idp?.ssoBinding ?? "redirect",
		sloUrl: idp?.sloUrl ?? "",
		certificates: idp?.certificates.join("\n") ?? "",
		nameIdFormat: formats[saml?.nameIdFormat ?? ""] ?? "",
		idpInitiated: connection?.idpInitiated ?? profiles[closestProfile(policy)].idpInitiated,
		signRequests: saml?.signRequests ?? false,
		wantEncrypted: saml?.wantEncrypted ?? false,
	};
}

/** What the provider calls one of our values, where its guide says so. */
function labelOf(guide: Guide, value: OurValue, usual: string): string {
	const given = guide.steps.flatMap(({ values }) => values ?? []);
	return given.find(({ of }) => of === value)?.label ?? usual;
}
