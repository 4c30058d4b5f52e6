/** Opens what a provider encrypted to us (XML Encryption). Pure. */
import type { Element } from "@xmldom/xmldom";
import { decrypt } from "xml-encryption";
import { elementsOf, parseXml } from "./xml";

/** Old padding for keys is never tried: it answers guesses (Bleichenbacher). */
const keyTransports = [
	"http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p",
	"http://www.w3.org/2009/xmlenc11#rsa-oaep",
];

/**
 * Opens the one encrypted element of a document with the first key that fits.
 * @param keys in PEM, the likeliest first: several while one replaces another.
 * @returns the text that was inside, not yet looked at, and which key it was; null for every cause.
 */
export function openEncrypted(
	xml: string,
	keys: readonly string[],
): { text: string; key: number } | null {
	const root = parseXml(xml);
	if (!root) return null;
	const methods = [...elementsOf(root)].filter(
		(element) =>
			element.localName === "EncryptionMethod" &&
			(element.parentNode as Element).localName === "EncryptedKey",
	);
	if (!methods.every((one) => keyTransports.includes(one.getAttribute("Algorithm") ?? "")))
		return null;
	for (const [at, key] of keys.entries()) {
		const text = decrypted(xml, key);
		if (text !== null) return { text, key: at };
	}
	return null;
}

function decrypted(xml: string, key: string): string | null {
	let opened: string | null = null;
	try {
		// Cipher block chaining is what most providers still send. What it hides is signed.
		decrypt(
			xml,
			{ key, disallowDecryptionWithInsecureAlgorithm: false, warnInsecureAlgorithm: false },
			(error, result) => {
				opened = error ? null : result;
			},
		);
	} catch {
		return null;
	}
	return opened;
}
