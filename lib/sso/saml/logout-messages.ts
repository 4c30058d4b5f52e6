/**
 * The messages of single logout (Core §3.7): ours, and what a provider's must be before it is
 * believed. A provider's is read from what its signature is over. Pure.
 */
import { createVerify } from "node:crypto";
import { inflateRawSync } from "node:zlib";
import type { Element } from "@xmldom/xmldom";
import type { ProviderSession } from "@/db/schema/sso";
import type { Reason } from "@/lib/policy/reasons";
import { openEncrypted } from "./encryption";
import { instantOf, type Objection, rules } from "./rules";
import { allowed, signedBytes } from "./signature";
import { childOf, childrenOf, elementsOf, escapeXml, isNamed, ns, parseXml, textOf } from "./xml";

type SamlSession = Extract<ProviderSession, { protocol: "saml" }>;

type Envelope = {
	id: string;
	/** Our entity ID, for this connection. */
	entityId: string;
	/** Where it goes. */
	destination: string;
	now: Date;
};

const opening = (name: string, { id, destination, now }: Envelope, more = "") =>
	`<samlp:${name} xmlns:samlp="${ns.protocol}" xmlns:saml="${ns.assertion}" ID="${id}" Version="2.0" ` +
	`IssueInstant="${now.toISOString().slice(0, 19)}Z" Destination="${escapeXml(destination)}"${more}>`;

const issuerXml = ({ entityId }: Envelope) => `<saml:Issuer>${escapeXml(entityId)}</saml:Issuer>`;

/** Asks a provider to end the session a sign-in came from. */
export function logoutRequestXml(envelope: Envelope, session: SamlSession): string {
	const said = (name: string, value: string | null) =>
		value ? ` ${name}="${escapeXml(value)}"` : "";
	const { nameId, format, nameQualifier, spNameQualifier, sessionIndex } = session;
	return (
		opening("LogoutRequest", envelope) +
		issuerXml(envelope) +
		`<saml:NameID${said("Format", format)}${said("NameQualifier", nameQualifier)}` +
		`${said("SPNameQualifier", spNameQualifier)}>${escapeXml(nameId)}</saml:NameID>` +
		(sessionIndex ? `<samlp:SessionIndex>${escapeXml(sessionIndex)}</samlp:SessionIndex>` : "") +
		"</samlp:LogoutRequest>"
	);
}

const success = "urn:oasis:names:tc:SAML:2.0:status:Success";

/** Tells a provider that what it asked for is done. */
export function logoutResponseXml(envelope: Envelope, inResponseTo: string): string {
	return (
		opening("LogoutResponse", envelope, ` InResponseTo="${escapeXml(inResponseTo)}"`) +
		issuerXml(envelope) +
		`<samlp:Status><samlp:StatusCode Value="${success}"/></samlp:Status></samlp:LogoutResponse>`
	);
}

/** A message as a browser brought it: in an address, its query as it came, or in a form. */
export type Brought = { binding: "redirect"; query: string } | { binding: "post"; value: string };

export type LogoutExpectation = {
	/** The provider's. */
	entityId: string;
	/** Ours, where this message had to come. */
	destination: string;
	certificates: readonly string[];
	/** Open a name that was encrypted to us, in PEM. */
	decryptionKeys: readonly string[];
	now: Date;
};

export type LogoutMessage =
	| {
			kind: "request";
			id: string;
			nameId: string;
			/** None: all of the person's sessions. */
			sessionIndexes: string[];
	  }
	| { kind: "response"; inResponseTo: string; succeeded: boolean };

type Refusal = { ok: false; reason: Reason } & Objection;

/** How old a request may be. A response needs no age: it answers a request of ours that has one. */
const newsMs = 300_000;
const skewMs = 120_000;

/**
 * Reads a provider's message.
 * Refused: saml_malformed, signature_missing, signature_weak, signature_invalid, issuer_differs,
 *   recipient_differs, clock, subject_missing, saml_encryption where the name cannot be opened.
 */
export function readLogout(
	brought: Brought,
	expected: LogoutExpectation,
): { ok: true; message: LogoutMessage } | Refusal {
	const read =
		brought.binding === "redirect"
			? readQuery(brought.query, expected)
			: readField(brought.value, expected);
	if (!read.ok) return read;
	const { root, xml } = read;
	const kind = isNamed(root, ns.protocol, "LogoutRequest")
		? "request"
		: isNamed(root, ns.protocol, "LogoutResponse")
			? "response"
			: null;
	const id = root.getAttribute("ID") ?? "";
	if (!kind || root.getAttribute("Version") !== "2.0" || !/^[\w.-]{1,256}$/.test(id))
		return { ok: false, reason: "saml_malformed" };
	const issuer = textOf(childOf(root, ns.assertion, "Issuer"));
	if (issuer !== expected.entityId) return differs("issuer_differs", expected.entityId, issuer);
	const destination = root.getAttribute("Destination");
	if (destination !== expected.destination)
		return differs("recipient_differs", expected.destination, destination);
	return kind === "request" ? readRequest(root, xml, id, expected) : readResponse(root);
}

function differs(reason: Reason, expected: string, received: string | null): Refusal {
	return { ok: false, reason, expected, received: received ?? "" };
}

function readRequest(
	root: Element,
	xml: string,
	id: string,
	{ decryptionKeys, now }: LogoutExpectation,
): { ok: true; message: LogoutMessage } | Refusal {
	const issued = instantOf(root, "IssueInstant");
	const ends = instantOf(root, "NotOnOrAfter");
	const isNews =
		Math.abs(now.getTime() - issued) < newsMs + skewMs &&
		(!root.hasAttribute("NotOnOrAfter") || now.getTime() < ends + skewMs);
	if (!isNews) return differs("clock", now.toISOString(), root.getAttribute("IssueInstant"));
	const named = nameIdOf(root, xml, decryptionKeys);
	if (!named.ok) return named;
	const indexes = childrenOf(root, ns.protocol, "SessionIndex").map((one) => textOf(one)?.trim());
	if (indexes.some((one) => !one)) return { ok: false, reason: "subject_missing" };
	const sessionIndexes = indexes.filter((one) => one !== undefined);
	return { ok: true, message: { kind: "request", id, nameId: named.value, sessionIndexes } };
}

/** Whom a request means, in the clear or encrypted to us. One name, or nobody is meant. */
function nameIdOf(
	root: Element,
	xml: string,
	keys: readonly string[],
): { ok: true; value: string } | Refusal {
	const plain = childrenOf(root, ns.assertion, "NameID");
	const encrypted = childrenOf(root, ns.assertion, "EncryptedID");
	const [only = null] = [...plain, ...encrypted];
	if (plain.length + encrypted.length !== 1) return { ok: false, reason: "subject_missing" };
	if (encrypted.length === 0) return textOfName(only);
	// Nothing else in it may be taken for what was encrypted.
	const data = [...elementsOf(root)].filter((one) => isNamed(one, ns.encryption, "EncryptedData"));
	const opened = data.length === 1 && data[0]?.parentNode === only && openEncrypted(xml, keys);
	const inside = opened ? parsed(opened.text) : null;
	if (!inside || !isNamed(inside, ns.assertion, "NameID"))
		return { ok: false, reason: "saml_encryption" };
	return textOfName(inside);
}

function textOfName(nameId: Element | null): { ok: true; value: string } | Refusal {
	const value = textOf(nameId)?.trim();
	return value ? { ok: true, value } : { ok: false, reason: "subject_missing" };
}

function readResponse(root: Element): { ok: true; message: LogoutMessage } {
	const status = childOf(root, ns.protocol, "Status");
	const code = status && childOf(status, ns.protocol, "StatusCode");
	const inResponseTo = root.getAttribute("InResponseTo") ?? "";
	const succeeded = code?.getAttribute("Value") === success;
	return { ok: true, message: { kind: "response", inResponseTo, succeeded } };
}

/** A message, and the text that it stands in. */
type Verified = { ok: true; root: Element; xml: string } | Refusal;

/** A text that may be parsed, or what the gate refuses in one. */
function parsed(xml: string): Element | null {
	const objects = rules.text.some((rule) => rule.objects(xml, undefined as never));
	return objects ? null : parseXml(xml);
}

/** The signature is over the query as it came (Bindings §3.4.4.1). */
function readQuery(query: string, { certificates }: LogoutExpectation): Verified {
	const parts = query
		.replace(/^\?/, "")
		.split("&")
		.map((part) => [part.slice(0, part.indexOf("=")), part.slice(part.indexOf("=") + 1)] as const);
	const raw = (name: string) => parts.filter(([key]) => key === name).map(([, value]) => value);
	const names = ["SAMLRequest", "SAMLResponse", "RelayState", "SigAlg", "Signature"];
	const field = raw("SAMLRequest").length > 0 ? "SAMLRequest" : "SAMLResponse";
	if (names.some((name) => raw(name).length > 1) || raw(field).length !== 1)
		return { ok: false, reason: "saml_malformed" };
	const [signature] = raw("Signature");
	const [algorithm] = raw("SigAlg");
	if (!signature || !algorithm) return { ok: false, reason: "signature_missing" };
	const decoded = (text: string) => {
		try {
			return decodeURIComponent(text.replaceAll("+", "%20"));
		} catch {
			return "";
		}
	};
	const named = decoded(algorithm);
	if (!allowed.signature.includes(named))
		return { ok: false, reason: "signature_weak", received: named };
	const order = [field, "RelayState", "SigAlg"];
	// As it came; or as it was, where something on the way wrote the same values in other letters.
	const spellings = [
		(text: string) => text,
		(text: string) => encodeURIComponent(decoded(text)),
		(text: string) => encodeURIComponent(decoded(text)).replace(/%../g, (hex) => hex.toLowerCase()),
	].map((spell) =>
		order.flatMap((name) => raw(name).map((value) => `${name}=${spell(value)}`)).join("&"),
	);
	const hash = named.endsWith("512") ? "RSA-SHA512" : "RSA-SHA256";
	const bytes = Buffer.from(decoded(signature), "base64");
	const holds = certificates.some((certificate) =>
		spellings.some((text) => createVerify(hash).update(text).verify(certificate, bytes)),
	);
	if (!holds) return { ok: false, reason: "signature_invalid" };
	const xml = inflated(decoded(raw(field)[0] ?? ""));
	const root = xml === null ? null : parsed(xml);
	return root && xml !== null ? { ok: true, root, xml } : { ok: false, reason: "saml_malformed" };
}

function inflated(base64: string): string | null {
	try {
		const bytes = Buffer.from(base64, "base64");
		return inflateRawSync(bytes, { maxOutputLength: 256 * 1024 }).toString("utf8");
	} catch {
		return null;
	}
}

/** The signature is inside, over the whole message (Bindings §3.5.4). */
function readField(value: string, { certificates }: LogoutExpectation): Verified {
	const xml = Buffer.from(value, "base64").toString("utf8");
	const root = parsed(xml);
	if (!root) return { ok: false, reason: "saml_malformed" };
	const signatures = [...elementsOf(root)].filter((one) => isNamed(one, ns.signature, "Signature"));
	const [signature] = signatures;
	if (!signature) return { ok: false, reason: "signature_missing" };
	if (signatures.length > 1 || signature.parentNode !== root)
		return { ok: false, reason: "signature_invalid" };
	for (const { reason, objects } of rules.signature) {
		const objection = objects(signature, undefined as never);
		if (objection) return { ok: false, reason, ...objection };
	}
	const bytes = signedBytes(xml, signature, certificates);
	const signed = bytes === null ? null : parseXml(bytes);
	return signed && bytes !== null
		? { ok: true, root: signed, xml: bytes }
		: { ok: false, reason: "signature_invalid" };
}
