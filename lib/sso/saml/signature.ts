/**
 * Verifies one XML signature with the certificates of a connection, and answers the bytes it is
 * over. What those bytes say is all that may be read. Pure.
 */
import { type Element, XMLSerializer } from "@xmldom/xmldom";
import { SignedXml } from "xml-crypto";

/** What a signature here may be made of: nothing with SHA-1, a shared secret or inclusive c14n. */
export const allowed = {
	canonicalization: ["http://www.w3.org/2001/10/xml-exc-c14n#"],
	transform: [
		"http://www.w3.org/2000/09/xmldsig#enveloped-signature",
		"http://www.w3.org/2001/10/xml-exc-c14n#",
	],
	signature: [
		"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
		"http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
	],
	digest: ["http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2001/04/xmlenc#sha512"],
};

/**
 * @param xml the document the signature stands in, byte for byte.
 * @param certificates in PEM; a certificate in the document itself is never looked at.
 * @returns the canonical bytes of the one element that is signed, or null.
 */
export function signedBytes(
	xml: string,
	signature: Element,
	certificates: readonly string[],
): string | null {
	for (const publicCert of certificates) {
		try {
			const verifier = new SignedXml({ publicCert, getCertFromKeyInfo: () => null });
			keepOnly(verifier.SignatureAlgorithms, allowed.signature);
			keepOnly(verifier.HashAlgorithms, allowed.digest);
			keepOnly(verifier.CanonicalizationAlgorithms, allowed.transform);
			verifier.loadSignature(new XMLSerializer().serializeToString(signature));
			const signed = verifier.checkSignature(xml) ? verifier.getSignedReferences() : [];
			if (signed.length === 1 && signed[0]) return signed[0];
		} catch {
			// Another key, or no signature at all: the next certificate may fit.
		}
	}
	return null;
}

function keepOnly(algorithms: object, names: readonly string[]): void {
	for (const name of Object.keys(algorithms))
		if (!names.includes(name)) Reflect.deleteProperty(algorithms, name);
}
