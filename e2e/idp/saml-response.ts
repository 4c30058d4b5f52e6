/** Builds SAML responses as an identity provider would, and with every part open to change. */
import {
	type CipherGCM,
	constants,
	createCipheriv,
	createPublicKey,
	generateKeyPairSync,
	publicEncrypt,
	randomBytes,
} from "node:crypto";
import { inflateRawSync } from "node:zlib";
import { SignedXml } from "xml-crypto";
import { base64Of } from "@/lib/sso/saml/certificates";
import { selfSigned } from "@/lib/sso/saml/self-signed";
import { escapeXml } from "@/lib/sso/saml/xml";

export type SamlKeys = { privateKey: string; certificate: string };

/** A key with its certificate, both in PEM. */
export function samlKeys(name = "A provider of tests", bits = 2048): SamlKeys {
	const { privateKey } = generateKeyPairSync("rsa", {
		modulusLength: bits,
		privateKeyEncoding: { type: "pkcs8", format: "pem" },
		publicKeyEncoding: { type: "spki", format: "pem" },
	});
	const [from, until] = [new Date("2026-01-01T00:00:00Z"), new Date("2036-01-01T00:00:00Z")];
	return { privateKey, certificate: selfSigned(privateKey, name, from, until) };
}

export type Algorithms = { signature: string; digest: string; canonicalization: string };
const strong: Algorithms = {
	signature: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
	digest: "http://www.w3.org/2001/04/xmlenc#sha256",
	canonicalization: "http://www.w3.org/2001/10/xml-exc-c14n#",
};

/** An attribute with what providers write beside its name. One name may stand in several. */
export type Attribute = {
	name: string;
	values: string[];
	friendlyName?: string;
	/** The end of the URN. */
	nameFormat?: "basic" | "uri" | "unspecified";
	/** The xsi:type of its values. */
	type?: "xs:string" | "xs:anyType";
};

export type ResponseParts = {
	keys: SamlKeys;
	entityId: string;
	acsUrl: string;
	audience: string;
	/** The request it answers, or null. */
	requestId: string | null;
	nameId: string;
	nameIdFormat?: string;
	attributes?: Record<string, string | string[]> | readonly Attribute[];
	/** Says of each issuer that it is an entity, as some do. */
	issuerFormat?: boolean;
	now: Date;
	/** What is signed, the assertion unless said. */
	sign?: ("assertion" | "response")[];
	algorithms?: Partial<Algorithms>;
	/** Namespace prefixes as the provider writes them; "" is the default namespace. */
	prefixes?: { protocol: string; assertion: string; signature: string };
	/** Encrypts the assertion to this certificate. */
	encryptTo?: string;
	encryption?: string;
	/** Puts the encrypted key beside the data instead of inside. */
	keyBeside?: boolean;
	/** Changes the assertion, or the response around it, before it is signed. */
	assertion?: (xml: string) => string;
	response?: (xml: string) => string;
};

const entityFormat = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity";
const emailFormat = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";
export const newXmlId = () => `_${randomBytes(16).toString("hex")}`;
const instant = (now: Date, minutes: number) =>
	new Date(now.getTime() + minutes * 60_000).toISOString();

/** Signs the one element an XPath finds, the signature right after its issuer. */
export function signXml(
	xml: string,
	where: string,
	keys: SamlKeys,
	algorithms: Partial<Algorithms> = {},
	prefix = "ds",
): string {
	const used = { ...strong, ...algorithms };
	const signer = new SignedXml({
		privateKey: keys.privateKey,
		signatureAlgorithm: used.signature as typeof strong.signature,
		canonicalizationAlgorithm: used.canonicalization as "http://www.w3.org/2001/10/xml-exc-c14n#",
		getKeyInfoContent: (args) => {
			const colon = args?.prefix ? `${args.prefix}:` : "";
			const body = base64Of(keys.certificate);
			return `<${colon}X509Data><${colon}X509Certificate>${body}</${colon}X509Certificate></${colon}X509Data>`;
		},
	});
	signer.addReference({
		xpath: where,
		digestAlgorithm: used.digest,
		transforms: ["http://www.w3.org/2000/09/xmldsig#enveloped-signature", used.canonicalization],
	});
	signer.computeSignature(xml, {
		...(prefix ? { prefix } : {}),
		location: { reference: `${where}/*[local-name()='Issuer']`, action: "after" },
	});
	return signer.getSignedXml();
}

export const assertionPath = "//*[local-name()='Assertion']";
export const responsePath = "/*[local-name()='Response']";

/** @returns the XML of a response. */
export function buildResponse(parts: ResponseParts): string {
	const { keys, now, sign = ["assertion"], algorithms } = parts;
	const prefixes = { protocol: "samlp", assertion: "saml", signature: "ds", ...parts.prefixes };
	const [p, a] = [prefixes.protocol, prefixes.assertion].map((name) => (name ? `${name}:` : ""));
	const declare = (name: string, uri: string) =>
		name ? `xmlns:${name}="${uri}"` : `xmlns="${uri}"`;
	const asked = parts.requestId ? ` InResponseTo="${parts.requestId}"` : "";
	const entity = parts.issuerFormat ? ` Format="${entityFormat}"` : "";
	const issuer = `<${a}Issuer${entity}>${escapeXml(parts.entityId)}</${a}Issuer>`;
	const inNamespace = declare(prefixes.assertion, "urn:oasis:names:tc:SAML:2.0:assertion");
	const attributes = attributesOf(parts)
		.map((attribute) => attributeXml(attribute, a ?? ""))
		.join("");
	let assertion =
		`<${a}Assertion ${inNamespace} ID="${newXmlId()}" Version="2.0" IssueInstant="${instant(now, 0)}">` +
		`${issuer}<${a}Subject><${a}NameID Format="${parts.nameIdFormat ?? emailFormat}">` +
		`${escapeXml(parts.nameId)}</${a}NameID>` +
		`<${a}SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">` +
		`<${a}SubjectConfirmationData${asked} NotOnOrAfter="${instant(now, 5)}" Recipient="${escapeXml(parts.acsUrl)}"/>` +
		`</${a}SubjectConfirmation></${a}Subject>` +
		`<${a}Conditions NotBefore="${instant(now, -5)}" NotOnOrAfter="${instant(now, 5)}">` +
		`<${a}AudienceRestriction><${a}Audience>${escapeXml(parts.audience)}</${a}Audience></${a}AudienceRestriction>` +
		`</${a}Conditions><${a}AuthnStatement AuthnInstant="${instant(now, 0)}" SessionIndex="${newXmlId()}">` +
		`<${a}AuthnContext><${a}AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</${a}AuthnContextClassRef></${a}AuthnContext>` +
		`</${a}AuthnStatement>${attributes ? `<${a}AttributeStatement>${attributes}</${a}AttributeStatement>` : ""}</${a}Assertion>`;
	assertion = parts.assertion?.(assertion) ?? assertion;
	const signed = sign.includes("assertion")
		? signXml(assertion, assertionPath, keys, algorithms, prefixes.signature)
		: assertion;
	const inside = parts.encryptTo
		? sealed(signed, parts.encryptTo, parts.encryption, undefined, parts.keyBeside)
		: signed;
	let response =
		`<${p}Response ${declare(prefixes.protocol, "urn:oasis:names:tc:SAML:2.0:protocol")} ID="${newXmlId()}" ` +
		`Version="2.0" IssueInstant="${instant(now, 0)}" Destination="${escapeXml(parts.acsUrl)}"${asked}>` +
		`<${a}Issuer ${inNamespace}${entity}>${escapeXml(parts.entityId)}</${a}Issuer>` +
		`<${p}Status><${p}StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></${p}Status>` +
		`${inside}</${p}Response>`;
	response = parts.response?.(response) ?? response;
	return sign.includes("response")
		? signXml(response, responsePath, keys, algorithms, prefixes.signature)
		: response;
}

function attributesOf({ attributes = [] }: ResponseParts): Attribute[] {
	if (Array.isArray(attributes)) return attributes;
	return Object.entries(attributes).map(([name, value]) => ({ name, values: [value].flat() }));
}

function attributeXml(
	{ name, values, friendlyName, nameFormat, type }: Attribute,
	prefix: string,
): string {
	const schema = "http://www.w3.org/2001/XMLSchema";
	const typed = type
		? ` xmlns:xs="${schema}" xmlns:xsi="${schema}-instance" xsi:type="${type}"`
		: "";
	const friendly = friendlyName ? ` FriendlyName="${escapeXml(friendlyName)}"` : "";
	const format = nameFormat
		? ` NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:${nameFormat}"`
		: "";
	const inside = values.map(
		(value) => `<${prefix}AttributeValue${typed}>${escapeXml(value)}</${prefix}AttributeValue>`,
	);
	return `<${prefix}Attribute${friendly} Name="${escapeXml(name)}"${format}>${inside.join("")}</${prefix}Attribute>`;
}

const oaep = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p";
const xenc = "http://www.w3.org/2001/04/xmlenc#";
const gcm = "http://www.w3.org/2009/xmlenc11#aes256-gcm";

/** An EncryptedAssertion for a certificate; AES in GCM, or CBC as older providers send. */
export function sealed(
	assertion: string,
	certificate: string,
	encryption = gcm,
	keyEncryption = oaep,
	keyBeside = false,
): string {
	const key = randomBytes(32);
	const isGcm = encryption === gcm;
	const iv = randomBytes(isGcm ? 12 : 16);
	const cipher = createCipheriv(isGcm ? "aes-256-gcm" : "aes-256-cbc", key, iv);
	const body = Buffer.concat([iv, cipher.update(assertion, "utf8"), cipher.final()]);
	const tag = isGcm ? (cipher as CipherGCM).getAuthTag() : Buffer.alloc(0);
	const padding =
		keyEncryption === oaep ? constants.RSA_PKCS1_OAEP_PADDING : constants.RSA_PKCS1_PADDING;
	const wrapped = publicEncrypt({ key: createPublicKey(certificate), padding }, key);
	const encryptedKey =
		`<xenc:EncryptedKey${keyBeside ? ` xmlns:xenc="${xenc}" Id="_key"` : ""}>` +
		`<xenc:EncryptionMethod Algorithm="${keyEncryption}"/>` +
		`<xenc:CipherData><xenc:CipherValue>${wrapped.toString("base64")}</xenc:CipherValue></xenc:CipherData>` +
		"</xenc:EncryptedKey>";
	const inside = keyBeside
		? `<ds:RetrievalMethod Type="${xenc}EncryptedKey" URI="#_key"/>`
		: encryptedKey;
	return (
		'<saml:EncryptedAssertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">' +
		`<xenc:EncryptedData xmlns:xenc="${xenc}" Type="${xenc}Element">` +
		`<xenc:EncryptionMethod Algorithm="${encryption}"/>` +
		`<ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">${inside}</ds:KeyInfo>` +
		`<xenc:CipherData><xenc:CipherValue>${Buffer.concat([body, tag]).toString("base64")}</xenc:CipherValue>` +
		`</xenc:CipherData></xenc:EncryptedData>${keyBeside ? encryptedKey : ""}</saml:EncryptedAssertion>`
	);
}

/** A provider's metadata, with one KeyDescriptor a certificate. */
export function providerMetadata({
	entityId,
	ssoUrl,
	certificates,
	use = "signing",
	sloUrl,
}: {
	entityId: string;
	ssoUrl: string;
	certificates: string[];
	/** Null leaves it out. */
	use?: string | null;
	sloUrl?: string;
}): string {
	const keys = certificates.map(
		(pem) =>
			`<md:KeyDescriptor${use === null ? "" : ` use="${use}"`}><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">` +
			`<ds:X509Data><ds:X509Certificate>${base64Of(pem)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`,
	);
	const at = (name: string, url: string) =>
		`<md:${name} Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${escapeXml(url)}"/>`;
	return (
		`<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${escapeXml(entityId)}">` +
		`<md:IDPSSODescriptor WantAuthnRequestsSigned="false" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">` +
		`${keys.join("")}${sloUrl ? at("SingleLogoutService", sloUrl) : ""}` +
		"<md:NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress</md:NameIDFormat>" +
		`${at("SingleSignOnService", ssoUrl)}</md:IDPSSODescriptor></md:EntityDescriptor>`
	);
}

/** What a browser was sent to a provider with: the request's id, and the state to bring back. */
export function readRequest(url: string): { requestId: string; state: string; xml: string } {
	const query = new URL(url).searchParams;
	const bytes = Buffer.from(query.get("SAMLRequest") ?? "", "base64");
	const xml = inflateRawSync(bytes).toString("utf8");
	const requestId = /\bID="([^"]*)"/.exec(xml)?.[1] ?? "";
	return { requestId, state: query.get("RelayState") ?? "", xml };
}

/** A response as a form posts it. */
export const posted = (xml: string, RelayState: string) => ({
	SAMLResponse: Buffer.from(xml).toString("base64"),
	RelayState,
});
