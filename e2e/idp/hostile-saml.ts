/**
 * The attacks of a hostile identity provider, or of somebody who holds one genuine response. Each
 * is a response that must be refused, with the rule of the gate that is there for it.
 */
import {
	assertionPath,
	buildResponse,
	newXmlId,
	type ResponseParts,
	type SamlKeys,
	samlKeys,
	sealed,
	signXml,
} from "./saml-response";

export type Attack = {
	id: string;
	name: string;
	/** The rule or stage of lib/sso/saml that refuses it. */
	rule: string;
	xml: string;
	/** Judged as an answer to no request of ours. */
	unasked?: boolean;
	/** Judged by a connection that takes encrypted assertions alone. */
	wantEncrypted?: boolean;
};

/** Who is attacked: a connection, its provider's keys, and a request of its. */
export type Target = Pick<
	ResponseParts,
	"keys" | "entityId" | "acsUrl" | "audience" | "nameId" | "now"
> & {
	requestId: string;
	/** The name an attacker would like to have. */
	victim: string;
	/** Our certificate, which anybody may encrypt to. */
	ours: string;
};

const cut = (xml: string, pattern: RegExp) => xml.replace(pattern, "");
const signaturePattern = /<ds:Signature[\s\S]*?<\/ds:Signature>/;
const assertionPattern = /<saml:Assertion[\s\S]*<\/saml:Assertion>/;
const later = (now: Date, minutes: number) =>
	new Date(now.getTime() + minutes * 60_000).toISOString();

let weak: SamlKeys | undefined;

/** Every attack on a response, made afresh for a target. */
export function samlAttacks(target: Target): Attack[] {
	const { acsUrl, audience, entityId, nameId, now, victim } = target;
	weak ??= samlKeys("Another provider");
	const other = weak;
	const build = (more: Partial<ResponseParts> = {}) => buildResponse({ ...target, ...more });
	const genuine = build();
	const bySender = build({ sign: ["response"] });
	const replace = (from: string | RegExp, to: string): Partial<ResponseParts> => ({
		assertion: (xml) => replaced(xml, from, to),
	});
	const around = (from: string | RegExp, to: string): Partial<ResponseParts> => ({
		response: (xml) => replaced(xml, from, to),
	});
	const forged = (xml: string) =>
		cut(xml, signaturePattern)
			.replaceAll(nameId, victim)
			.replace(/ID="[^"]*"/, `ID="${newXmlId()}"`);
	const assertion = assertionPattern.exec(genuine)?.[0] ?? "";
	const evil = forged(assertion);
	const wrapped = (id: string, name: string, rule: string, xml: string): Attack => ({
		id,
		name,
		rule,
		xml,
	});
	const signature = signaturePattern.exec(genuine)?.[0] ?? "";
	const inSignature = (from: string | RegExp, to: string) => replaced(genuine, from, to);
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
		wrapped(
			"S3",
			"XSW1: a forged response around the genuine one",
			"one_response",
			forged(bySender).replace(
				"</samlp:Response>",
				`<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">${bySender}</ds:Signature></samlp:Response>`,
			),
		),
		wrapped(
			"S3",
			"XSW2: the genuine response beside its own signature",
			"one_response",
			forged(bySender).replace(
				"</samlp:Response>",
				`${signaturePattern.exec(bySender)?.[0]}${cut(bySender, signaturePattern)}</samlp:Response>`,
			),
		),
		wrapped(
			"S3",
			"XSW3: a forged assertion before the genuine one",
			"one_assertion",
			genuine.replace(assertion, evil + assertion),
		),
		wrapped(
			"S3",
			"XSW4: the genuine assertion inside a forged one",
			"one_assertion",
			genuine.replace(
				assertion,
				evil.replace("</saml:Assertion>", `${assertion}</saml:Assertion>`),
			),
		),
		wrapped(
			"S3",
			"XSW5: a forged assertion that carries the genuine signature",
			"one_assertion",
			genuine.replace(
				assertion,
				evil.replace("</saml:Issuer>", `</saml:Issuer>${signature}`) +
					cut(assertion, signaturePattern),
			),
		),
		wrapped(
			"S3",
			"XSW6: the genuine assertion inside the signature of a forged one",
			"one_assertion",
			genuine.replace(
				assertion,
				evil.replace(
					"</saml:Issuer>",
					`</saml:Issuer>${signature.replace("</ds:Signature>", `${cut(assertion, signaturePattern)}</ds:Signature>`)}`,
				),
			),
		),
		wrapped(
			"S3",
			"XSW7: the genuine assertion in extensions before a forged one",
			"one_assertion",
			genuine.replace(assertion, `<samlp:Extensions>${assertion}</samlp:Extensions>${evil}`),
		),
		wrapped(
			"S3",
			"XSW8: the genuine assertion in an Object of the signature of a forged one",
			"one_assertion",
			genuine.replace(
				assertion,
				evil.replace(
					"</saml:Issuer>",
					`</saml:Issuer>${signature.replace("</ds:Signature>", `<ds:Object>${cut(assertion, signaturePattern)}</ds:Object></ds:Signature>`)}`,
				),
			),
		),
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
			id: "S4",
			name: "a comment inside the NameID",
			rule: "comment",
			xml: build({
				nameId: `${victim}.evil.test`,
				...replace(`${victim}.evil.test`, `${victim}<!---->.evil.test`),
			}),
		},
		{
			id: "S4",
			name: "an element inside the NameID",
			rule: "subject",
			xml: build(replace(nameId, `${victim}<b xmlns="x"/>.evil.test`)),
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
			id: "S6",
			name: "a DOCTYPE",
			rule: "doctype",
			xml: `<!DOCTYPE samlp:Response>${genuine}`,
		},
		{
			id: "S6",
			name: "a processing instruction",
			rule: "instruction",
			xml: genuine.replace("<samlp:Status>", "<?a b?><samlp:Status>"),
		},
		{
			id: "S6",
			name: "text as CDATA",
			rule: "cdata",
			xml: build(replace(nameId, `<![CDATA[${nameId}]]>`)),
		},
		{
			id: "S6",
			name: "one ID twice",
			rule: "unique_ids",
			xml: genuine.replace(
				"<samlp:Status>",
				`<samlp:Status ID="${/<saml:Assertion [^>]*ID="([^"]*)"/.exec(genuine)?.[1]}">`,
			),
		},
		{
			id: "S6",
			name: "no XML at all",
			rule: "well_formed",
			xml: genuine.replace("</samlp:Response>", ""),
		},
		{
			id: "S6",
			name: "another root",
			rule: "root",
			xml: genuine.replaceAll("samlp:Response", "samlp:ArtifactResponse"),
		},
		{
			id: "S6",
			name: "another version of SAML",
			rule: "version",
			xml: genuine.replace('Version="2.0"', 'Version="1.1"'),
		},
		{
			id: "S6",
			name: "another version of the assertion",
			rule: "assertion_version",
			xml: build(replace('Version="2.0"', 'Version="1.1"')),
		},
		{
			id: "S6",
			name: "an ID of an endless length",
			rule: "assertion_id",
			xml: build(replace(/ID="[^"]*"/, `ID="_${"a".repeat(300)}"`)),
		},
		{
			id: "S7",
			name: "an unsigned assertion after the genuine one",
			rule: "one_assertion",
			xml: genuine.replace(assertion, assertion + evil),
		},
		{
			id: "S8",
			name: "an entity bomb",
			rule: "doctype",
			xml: `<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY c "${"&a;".repeat(1000)}">]>${genuine.replace(nameId, "&c;")}`,
		},
		{
			id: "S8",
			name: "an entity that names a file",
			rule: "doctype",
			xml: `<!DOCTYPE b SYSTEM "file:///etc/passwd">${genuine}`,
		},
		{
			id: "S8",
			name: "more elements than any response has",
			rule: "nodes",
			xml: genuine.replace("<samlp:Status>", `${"<a/>".repeat(6000)}<samlp:Status>`),
		},
		{
			id: "S9",
			name: "more than 256 KiB",
			rule: "size",
			xml: genuine.replace("<samlp:Status>", `${" ".repeat(300_000)}<samlp:Status>`),
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
		{
			id: "S11",
			name: "a status that is not Success",
			rule: "status",
			xml: build(around("status:Success", "status:Responder")),
		},
		{
			id: "S13",
			name: "an answer to our request, brought as one to none",
			rule: "response_request",
			xml: genuine,
			unasked: true,
		},
		{
			id: "S13",
			name: "the same with the request named in the assertion alone",
			rule: "request",
			xml: build(around(/ InResponseTo="[^"]*"/, "")),
			unasked: true,
		},
		{
			id: "S14",
			name: "no request named",
			rule: "request",
			xml: build({ requestId: null }),
		},
		{
			id: "S14",
			name: "another request named",
			rule: "response_request",
			xml: build({ requestId: "_another" }),
		},
		{
			id: "S14",
			name: "another request named in the assertion alone",
			rule: "request",
			xml: build(replace(/InResponseTo="[^"]*"/, 'InResponseTo="_another"')),
		},
		{
			id: "S15",
			name: "no audience",
			rule: "audience",
			xml: build(replace(/<saml:AudienceRestriction>.*<\/saml:AudienceRestriction>/, "")),
		},
		{
			id: "S15",
			name: "another audience",
			rule: "audience",
			xml: build({ audience: "https://other.test" }),
		},
		{
			id: "S15",
			name: "an audience that ours is the beginning of",
			rule: "audience",
			xml: build({ audience: `${audience}.evil.test` }),
		},
		{
			id: "S16",
			name: "another Recipient",
			rule: "recipient",
			xml: build(replace(/Recipient="[^"]*"/, 'Recipient="https://other.test/acs"')),
		},
		{
			id: "S16",
			name: "no Recipient",
			rule: "recipient",
			xml: build(replace(/ Recipient="[^"]*"/, "")),
		},
		{
			id: "S16",
			name: "another Destination",
			rule: "destination",
			xml: build(around(`Destination="${acsUrl}"`, 'Destination="https://other.test/acs"')),
		},
		{
			id: "S16",
			name: "no confirmation for a bearer",
			rule: "confirmation",
			xml: build(replace("cm:bearer", "cm:sender-vouches")),
		},
		{
			id: "S17",
			name: "conditions expired",
			rule: "conditions_end",
			xml: build(replace(/(<saml:Conditions [^>]*NotOnOrAfter=")[^"]*/, `$1${later(now, -3)}`)),
		},
		{
			id: "S17",
			name: "conditions without an end",
			rule: "conditions_end",
			xml: build(replace(/(<saml:Conditions [^>]*) NotOnOrAfter="[^"]*"/, "$1")),
		},
		{
			id: "S17",
			name: "conditions with an end that is no time",
			rule: "conditions_end",
			xml: build(replace(/(<saml:Conditions [^>]*NotOnOrAfter=")[^"]*/, "$1never")),
		},
		{
			id: "S17",
			name: "conditions not begun",
			rule: "conditions_begin",
			xml: build(replace(/(<saml:Conditions [^>]*NotBefore=")[^"]*/, `$1${later(now, 3)}`)),
		},
		{
			id: "S17",
			name: "confirmation expired",
			rule: "confirmation_end",
			xml: build(
				replace(/(<saml:SubjectConfirmationData [^>]*NotOnOrAfter=")[^"]*/, `$1${later(now, -3)}`),
			),
		},
		{
			id: "S17",
			name: "confirmation without an end",
			rule: "confirmation_end",
			xml: build(replace(/(<saml:SubjectConfirmationData [^>]*) NotOnOrAfter="[^"]*"/, "$1")),
		},
		{
			id: "S17",
			name: "confirmation not begun",
			rule: "confirmation_begin",
			xml: build(
				replace(
					"<saml:SubjectConfirmationData ",
					`<saml:SubjectConfirmationData NotBefore="${later(now, 3)}" `,
				),
			),
		},
		{
			id: "S17",
			name: "a session that is over",
			rule: "session_end",
			xml: build(
				replace(
					"<saml:AuthnStatement ",
					`<saml:AuthnStatement SessionNotOnOrAfter="${later(now, -3)}" `,
				),
			),
		},
		{
			id: "S17",
			name: "nobody signed in there",
			rule: "authn_statement",
			xml: build(replace(/<saml:AuthnStatement[\s\S]*<\/saml:AuthnStatement>/, "")),
		},
		{
			id: "S19",
			name: "another provider's word in the response",
			rule: "response_issuer",
			xml: build(around(`>${entityId}<`, ">https://other.test<")),
		},
		{
			id: "S19",
			name: "another provider's word in the assertion",
			rule: "issuer",
			xml: build(replace(`>${entityId}<`, ">https://other.test<")),
		},
		{
			id: "S24",
			name: "an unsigned assertion, encrypted to us",
			rule: "signed",
			xml: build({ sign: [], encryptTo: target.ours }),
		},
		{
			id: "S24",
			name: "a forged assertion, encrypted to us",
			rule: "verified",
			xml: genuine.replace(assertion, sealed(signXml(evil, assertionPath, other), target.ours)),
		},
		{
			id: "S24",
			name: "a ciphertext that was changed",
			rule: "decrypted",
			xml: build({ encryptTo: target.ours }).replace(
				/(<\/ds:KeyInfo><xenc:CipherData><xenc:CipherValue>[^<]{60})..../,
				"$1AAAA",
			),
		},
		{
			id: "S24",
			name: "a key that was changed",
			rule: "decrypted",
			xml: build({ encryptTo: target.ours }).replace(
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
				sealed(assertion, target.ours, undefined, "http://www.w3.org/2001/04/xmlenc#rsa-1_5"),
			),
		},
		{
			id: "S24",
			name: "an entity bomb inside what is encrypted",
			rule: "decrypted",
			xml: genuine.replace(
				assertion,
				sealed(`<!DOCTYPE b [<!ENTITY a "${nameId}">]>${assertion}`, target.ours),
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

/** @throws where there is nothing to replace: an attack that changes nothing shows nothing. */
function replaced(xml: string, from: string | RegExp, to: string): string {
	const after = xml.replace(from, to);
	if (after === xml) throw new Error(`the response has no ${from}`);
	return after;
}
