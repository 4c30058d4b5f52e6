/** How a browser carries a SAML message of ours, and how it is signed then (Bindings §3.4, §3.5). Pure. */
import { sign } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import { SignedXml } from "xml-crypto";
import { base64Of } from "./certificates";
import type { KeyPair } from "./service-keys";

/** The field a message travels in. */
export type Field = "SAMLRequest" | "SAMLResponse";

/** A form that a page of ours posts. */
export type SamlForm = { address: string; fields: Record<string, string> };

const rsaSha256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";

/**
 * The address a browser is sent to: the message in its query, and the signature over that.
 * @param keys null leaves it unsigned.
 */
export function redirectTo(
	address: string,
	field: Field,
	xml: string,
	relayState: string | null,
	keys: KeyPair | null,
): string {
	const query = [
		[field, deflateRawSync(xml).toString("base64")],
		...(relayState === null ? [] : [["RelayState", relayState]]),
		...(keys ? [["SigAlg", rsaSha256]] : []),
	]
		.map(([name, value]) => `${name}=${encodeURIComponent(value ?? "")}`)
		.join("&");
	const signed = keys
		? `&Signature=${encodeURIComponent(sign("sha256", Buffer.from(query), keys.privateKey).toString("base64"))}`
		: "";
	return `${address}${address.includes("?") ? "&" : "?"}${query}${signed}`;
}

/** The field a form is posted with: the message, and the signature inside it. */
export function postField(xml: string, keys: KeyPair | null): string {
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
