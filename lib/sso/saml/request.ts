/** Our AuthnRequest (Core §3.4.1). How it travels is in ./carry. Pure. */
import type { SamlIdp, SamlSettings } from "@/db/schema/sso";
import { binding, escapeXml, ns } from "./xml";

export type AuthnRequest = {
	id: string;
	entityId: string;
	acsUrl: string;
	/** Have the person prove themselves again, whatever session they have there. */
	forceAuthn: boolean;
	now: Date;
};

/** Written without a signature: how it is signed depends on how it travels. */
export function requestXml(
	{ id, entityId, acsUrl, forceAuthn, now }: AuthnRequest,
	idp: SamlIdp,
	{ nameIdFormat }: Pick<SamlSettings, "nameIdFormat">,
): string {
	const format = nameIdFormat ? ` Format="${escapeXml(nameIdFormat)}"` : "";
	return (
		`<samlp:AuthnRequest xmlns:samlp="${ns.protocol}" xmlns:saml="${ns.assertion}" ID="${id}" ` +
		`Version="2.0" IssueInstant="${now.toISOString().slice(0, 19)}Z" ` +
		`Destination="${escapeXml(idp.ssoUrl)}" AssertionConsumerServiceURL="${escapeXml(acsUrl)}" ` +
		`ProtocolBinding="${binding.post}"${forceAuthn ? ' ForceAuthn="true"' : ""}>` +
		`<saml:Issuer>${escapeXml(entityId)}</saml:Issuer>` +
		`<samlp:NameIDPolicy${format} AllowCreate="true"/></samlp:AuthnRequest>`
	);
}
