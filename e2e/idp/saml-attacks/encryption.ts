/** What anybody may encrypt to us: S24. */
import { assertionPath, sealed, signXml } from "../saml-response";
import { type Attack, replaced, type Workshop } from "./workshop";

export function encryption({
	nameId,
	build,
	genuine,
	assertion,
	evil,
	other,
	ours,
}: Workshop): Attack[] {
	return [
		{
			id: "S24",
			name: "an unsigned assertion, encrypted to us",
			rule: "signed",
			xml: build({ sign: [], encryptTo: ours }),
		},
		{
			id: "S24",
			name: "a forged assertion, encrypted to us",
			rule: "verified",
			xml: genuine.replace(assertion, sealed(signXml(evil, assertionPath, other), ours)),
		},
		{
			id: "S24",
			name: "a ciphertext that was changed",
			rule: "decrypted",
			xml: replaced(
				build({ encryptTo: ours }),
				/(<\/ds:KeyInfo><xenc:CipherData><xenc:CipherValue>[^<]{60})..../,
				"$1AAAA",
			),
		},
		{
			id: "S24",
			name: "a key that was changed",
			rule: "decrypted",
			xml: replaced(
				build({ encryptTo: ours }),
				/(<xenc:EncryptedKey>.*?<xenc:CipherValue>[^<]{40})..../,
				"$1AAAA",
			),
		},
		{
			id: "S24",
			name: "a key in the old padding",
			rule: "decrypted",
			xml: genuine.replace(
				assertion,
				sealed(assertion, ours, undefined, "http://www.w3.org/2001/04/xmlenc#rsa-1_5"),
			),
		},
		{
			id: "S24",
			name: "an entity bomb inside what is encrypted",
			rule: "decrypted",
			xml: genuine.replace(
				assertion,
				sealed(`<!DOCTYPE b [<!ENTITY a "${nameId}">]>${assertion}`, ours),
			),
		},
		{
			id: "S24",
			name: "an assertion in the clear where only encrypted ones are taken",
			rule: "encrypted",
			xml: genuine,
			wantEncrypted: true,
		},
	];
}
