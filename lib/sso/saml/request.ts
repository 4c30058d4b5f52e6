/** Our AuthnRequest, and how a browser carries it (Core §3.4.1, Bindings §3.4 and §3.5). Pure. */
import { sign } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import { SignedXml } from "xml-crypto";
import type { SamlIdp, SamlSettings } from "@/db/schema/sso";
import { base64Of } from "./certificates";
import type { ServiceKeys } from "./sp";
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
function requestXml(
	{ id, entityId, acsUrl, forceAuthn, now }: AuthnRequest,
	idp: SamlIdp,
	{ nameIdFormat }: SamlSettings,
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

const rsaSha256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";

/** The address a browser is sent to: the request in its query, and the signature over that. */
export function redirectAddress(
	request: AuthnRequest,
	idp: SamlIdp,
	settings: SamlSettings,
	relayState: string,
	keys: ServiceKeys | null,
): string {
	const deflated = deflateRawSync(requestXml(request, idp, settings)).toString("base64");
	const query = [
		["SAMLRequest", deflated],
		["RelayState", relayState],
		...(keys ? [["SigAlg", rsaSha256]] : []),
	]
		.map(([name, value]) => `${name}=${encodeURIComponent(value ?? "")}`)
		.join("&");
	const signed = keys
		? `&Signature=${encodeURIComponent(sign("sha256", Buffer.from(query), keys.privateKey).toString("base64"))}`
		: "";
	return `${idp.ssoUrl}${idp.ssoUrl.includes("?") ? "&" : "?"}${query}${signed}`;
}

/** The field a form is posted with: the request, and the signature inside it. */
export function postField(
	request: AuthnRequest,
	idp: SamlIdp,
	settings: SamlSettings,
	keys: ServiceKeys | null,
): string {
	const xml = requestXml(request, idp, settings);
	if (!keys) return Buffer.from(xml).toString("base64");
	const signer = new SignedXml({
		privateKey: keys.privateKey,
		signatureAlgorithm: rsaSha256,
		canonicalizationAlgorithm: "http://www.w3.org/2001/10/xml-exc-c14n#",
		getKeyInfoContent: () =>
			`<X509Data><X509Certificate>${base64Of(keys.certificate)}</X509Certificate></X509Data>`,
	});
	signer.addReference({
		xpath: "/*",
		digestAlgorithm: "http://www.w3.org/2001/04/xmlenc#sha256",
		transforms: [
			"http://www.w3.org/2000/09/xmldsig#enveloped-signature",
			"http://www.w3.org/2001/10/xml-exc-c14n#",
		],
	});
	// The schema has the signature right after the issuer.
	signer.computeSignature(xml, {
		location: { reference: "/*/*[local-name()='Issuer']", action: "after" },
	});
	return Buffer.from(signer.getSignedXml()).toString("base64");
}
