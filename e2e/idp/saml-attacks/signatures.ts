/** What is signed, by whom and how: S1, S2, S5 and S10. */
import { type Attack, cut, signaturePattern, type Workshop } from "./workshop";

export function signatures({
	nameId,
	victim,
	build,
	genuine,
	inSignature,
	other,
}: Workshop): Attack[] {
	return [
		{ id: "S1", name: "never signed", rule: "signed", xml: build({ sign: [] }) },
		{
			id: "S1",
			name: "signature removed",
			rule: "signed",
			xml: cut(genuine, signaturePattern),
		},
		{
			id: "S2",
			name: "signed by another key, whose certificate is in KeyInfo",
			rule: "verified",
			xml: build({ keys: other }),
		},
		{
			id: "S2",
			name: "changed after it was signed",
			rule: "verified",
			xml: genuine.replaceAll(nameId, victim),
		},
		{
			id: "S5",
			name: "an element inside DigestValue",
			rule: "digest_text",
			xml: inSignature(/<ds:DigestValue>/, '<ds:DigestValue><b xmlns="x"/>'),
		},
		{
			id: "S5",
			name: "two SignedInfo",
			rule: "one_signed_info",
			xml: inSignature(
				/<ds:SignedInfo>[\s\S]*<\/ds:SignedInfo>/,
				(/<ds:SignedInfo>[\s\S]*<\/ds:SignedInfo>/.exec(genuine)?.[0] ?? "").repeat(2),
			),
		},
		{
			id: "S5",
			name: "two References",
			rule: "one_reference",
			xml: inSignature(
				/<ds:Reference [\s\S]*<\/ds:Reference>/,
				(/<ds:Reference [\s\S]*<\/ds:Reference>/.exec(genuine)?.[0] ?? "").repeat(2),
			),
		},
		{
			id: "S5",
			name: "a signature with a shared secret",
			rule: "signature_algorithm",
			xml: inSignature(
				"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
				"http://www.w3.org/2000/09/xmldsig#hmac-sha1",
			),
		},
		{
			id: "S10",
			name: "signed with SHA-1",
			rule: "signature_algorithm",
			xml: build({ algorithms: { signature: "http://www.w3.org/2000/09/xmldsig#rsa-sha1" } }),
		},
		{
			id: "S10",
			name: "digested with SHA-1",
			rule: "digest_algorithm",
			xml: build({ algorithms: { digest: "http://www.w3.org/2000/09/xmldsig#sha1" } }),
		},
		{
			id: "S10",
			name: "a transform that keeps comments",
			rule: "transforms",
			xml: build({
				algorithms: { canonicalization: "http://www.w3.org/2001/10/xml-exc-c14n#WithComments" },
			}),
		},
		{
			id: "S10",
			name: "canonicalised with its surroundings",
			rule: "canonicalization",
			xml: inSignature(
				/(<ds:CanonicalizationMethod Algorithm=")[^"]*/,
				"$1http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
			),
		},
	];
}
