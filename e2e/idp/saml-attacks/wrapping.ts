/** A genuine signature beside what an attacker wrote: S3 and S7. */
import { type Attack, cut, signaturePattern, type Workshop } from "./workshop";

export function wrapping({
	genuine,
	bySender,
	forged,
	assertion,
	evil,
	signature,
	inSignature,
}: Workshop): Attack[] {
	return [
		{
			id: "S3",
			name: "XSW1: a forged response around the genuine one",
			rule: "one_response",
			xml: forged(bySender).replace(
				"</samlp:Response>",
				`<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">${bySender}</ds:Signature></samlp:Response>`,
			),
		},
		{
			id: "S3",
			name: "XSW2: the genuine response beside its own signature",
			rule: "one_response",
			xml: forged(bySender).replace(
				"</samlp:Response>",
				`${signaturePattern.exec(bySender)?.[0]}${cut(bySender, signaturePattern)}</samlp:Response>`,
			),
		},
		{
			id: "S3",
			name: "XSW3: a forged assertion before the genuine one",
			rule: "one_assertion",
			xml: genuine.replace(assertion, evil + assertion),
		},
		{
			id: "S3",
			name: "XSW4: the genuine assertion inside a forged one",
			rule: "one_assertion",
			xml: genuine.replace(
				assertion,
				evil.replace("</saml:Assertion>", `${assertion}</saml:Assertion>`),
			),
		},
		{
			id: "S3",
			name: "XSW5: a forged assertion that carries the genuine signature",
			rule: "one_assertion",
			xml: genuine.replace(
				assertion,
				evil.replace("</saml:Issuer>", `</saml:Issuer>${signature}`) +
					cut(assertion, signaturePattern),
			),
		},
		{
			id: "S3",
			name: "XSW6: the genuine assertion inside the signature of a forged one",
			rule: "one_assertion",
			xml: genuine.replace(
				assertion,
				evil.replace(
					"</saml:Issuer>",
					`</saml:Issuer>${signature.replace("</ds:Signature>", `${cut(assertion, signaturePattern)}</ds:Signature>`)}`,
				),
			),
		},
		{
			id: "S3",
			name: "XSW7: the genuine assertion in extensions before a forged one",
			rule: "one_assertion",
			xml: genuine.replace(assertion, `<samlp:Extensions>${assertion}</samlp:Extensions>${evil}`),
		},
		{
			id: "S3",
			name: "XSW8: the genuine assertion in an Object of the signature of a forged one",
			rule: "one_assertion",
			xml: genuine.replace(
				assertion,
				evil.replace(
					"</saml:Issuer>",
					`</saml:Issuer>${signature.replace("</ds:Signature>", `<ds:Object>${cut(assertion, signaturePattern)}</ds:Object></ds:Signature>`)}`,
				),
			),
		},
		{
			id: "S3",
			name: "a signature that is moved elsewhere in the document",
			rule: "signature_place",
			xml: genuine.replace(signature, "").replace("<samlp:Status>", `<samlp:Status>${signature}`),
		},
		{
			id: "S3",
			name: "an Object inside the signature",
			rule: "signature_object",
			xml: inSignature("</ds:Signature>", "<ds:Object>anything</ds:Object></ds:Signature>"),
		},
		{
			id: "S3",
			name: "a signature over another element than the one it stands in",
			rule: "reference_parent",
			xml: inSignature(/URI="#[^"]*"/, 'URI=""'),
		},
		{
			id: "S7",
			name: "an unsigned assertion after the genuine one",
			rule: "one_assertion",
			xml: genuine.replace(assertion, assertion + evil),
		},
	];
}
