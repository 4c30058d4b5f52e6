/**
 * The gate: what a SAML response must pass before anything else reads it. The rules are in ./rules;
 * here are the three stages between them that nothing can leave out: reading the text, opening what
 * was encrypted, and verifying signatures. Whatever is answered was read from signed bytes. Pure.
 */
import type { Element } from "@xmldom/xmldom";
import { decrypt } from "xml-encryption";
import type { Reason } from "@/lib/policy/reasons";
import { type Expectation, instantOf, type Objection, type Rule, type Rules, rules } from "./rules";
import { signedBytes } from "./signature";
import { childOf, childrenOf, elementsOf, isNamed, ns, parseXml, textOf } from "./xml";

type NameId = {
	value: string;
	format: string | null;
	nameQualifier: string | null;
	spNameQualifier: string | null;
};

/** What a response that passed says. */
export type Facts = {
	assertionId: string;
	/** Until when the same assertion would pass again. */
	expiresAt: Date;
	nameId: NameId;
	sessionIndex: string | null;
	authenticatedAt: string | null;
	attributes: Record<string, string[]>;
};

export type Verdict =
	| { ok: true; facts: Facts }
	| ({ ok: false; reason: Reason; rule: string } & Objection);

/**
 * Judges a response.
 * @param xml the decoded SAMLResponse.
 * Refused: whatever ./rules names; saml_malformed where it cannot be read, saml_encryption where it
 *   cannot be opened (one answer for every cause), signature_missing, signature_invalid.
 */
export const gate = (xml: string, expected: Expectation): Verdict => judge(rules, xml, expected);

/** The same by other rules: what a rule is good for is seen by leaving it out. */
export function judge(by: Rules, xml: string, expected: Expectation): Verdict {
	const first = <T>(rulesOf: Rule<T>[], subject: T) => {
		for (const { name, reason, objects } of rulesOf) {
			const objection = objects(subject, expected);
			if (objection) return { ok: false, reason, rule: name, ...objection } as const;
		}
		return null;
	};

	const badText = first(by.text, xml);
	if (badText) return badText;
	const root = parseXml(xml);
	if (!root) return refuse("saml_malformed", "well_formed");
	const badResponse = first(by.response, root);
	if (badResponse) return badResponse;

	const inResponse = signaturesOf(root);
	for (const signature of inResponse) {
		const bad = first(by.signature, signature);
		if (bad) return bad;
	}
	// Every signature there is must hold, and at least one must be.
	let signed: { element: Element; bytes: string } | null = null;
	for (const signature of inResponse) {
		const bytes = signedBytes(xml, signature, expected.certificates);
		const element = bytes && assertionIn(parseXml(bytes));
		if (!bytes || !element) return refuse("signature_invalid", "verified");
		signed = { element, bytes };
	}

	if (!childOf(root, ns.assertion, "EncryptedAssertion")) {
		if (!signed) return refuse("signature_missing", "signed");
		return first(by.assertion, signed.element) ?? { ok: true, facts: factsOf(signed.element) };
	}
	// Where the response is signed, what is opened are the bytes its signature is over.
	const opened = open(signed?.bytes ?? xml, expected.decryptionKey);
	const inside = opened !== null && !first(by.text, opened) ? parseXml(opened) : null;
	// One answer for every cause: what differs would tell how far a guess came.
	if (opened === null || !inside || !isNamed(inside, ns.assertion, "Assertion"))
		return refuse("saml_encryption", "decrypted");
	const nested = signaturesOf(inside);
	if (nested.length === 0) {
		if (!signed) return refuse("signature_missing", "signed");
		return first(by.assertion, inside) ?? { ok: true, facts: factsOf(inside) };
	}
	for (const signature of nested) {
		const bad = first(by.signature, signature);
		if (bad) return bad;
		const bytes = signedBytes(opened, signature, expected.certificates);
		const element = bytes && assertionIn(parseXml(bytes));
		if (!bytes || !element) return refuse("signature_invalid", "verified");
		signed = { element, bytes };
	}
	if (!signed) return refuse("signature_missing", "signed");
	return first(by.assertion, signed.element) ?? { ok: true, facts: factsOf(signed.element) };
}

const refuse = (reason: Reason, rule: string) => ({ ok: false, reason, rule }) as const;

function signaturesOf(root: Element): Element[] {
	return [...elementsOf(root)].filter((element) => isNamed(element, ns.signature, "Signature"));
}

/** The assertion that signed bytes hold, in the clear or encrypted. */
function assertionIn(element: Element | null): Element | null {
	if (!element) return null;
	if (isNamed(element, ns.assertion, "Assertion")) return element;
	if (!isNamed(element, ns.protocol, "Response")) return null;
	return (
		childOf(element, ns.assertion, "Assertion") ??
		childOf(element, ns.assertion, "EncryptedAssertion")
	);
}

/** Old padding for keys is never tried: it answers guesses (Bleichenbacher). */
const keyTransports = [
	"http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p",
	"http://www.w3.org/2009/xmlenc11#rsa-oaep",
];

function open(xml: string, key: string | null): string | null {
	const root = parseXml(xml);
	if (!key || !root) return null;
	const methods = [...elementsOf(root)].filter(
		(element) =>
			element.localName === "EncryptionMethod" &&
			(element.parentNode as Element).localName === "EncryptedKey",
	);
	if (!methods.every((one) => keyTransports.includes(one.getAttribute("Algorithm") ?? "")))
		return null;
	let opened: string | null = null;
	try {
		// Cipher block chaining is what most providers still send. What it hides is signed.
		decrypt(
			xml,
			{
				key,
				disallowDecryptionWithInsecureAlgorithm: false,
				warnInsecureAlgorithm: false,
			},
			(error, result) => {
				opened = error ? null : result;
			},
		);
	} catch {
		return null;
	}
	return opened;
}

/** What the assertion says. Called once every rule has passed, which is what the texts rest on. */
function factsOf(assertion: Element): Facts {
	const subject = childOf(assertion, ns.assertion, "Subject");
	const id = subject && childOf(subject, ns.assertion, "NameID");
	const confirmation = subject && childOf(subject, ns.assertion, "SubjectConfirmation");
	const data = confirmation && childOf(confirmation, ns.assertion, "SubjectConfirmationData");
	const statement = childOf(assertion, ns.assertion, "AuthnStatement");
	const conditions = childOf(assertion, ns.assertion, "Conditions");
	const until = Math.max(
		...[instantOf(data, "NotOnOrAfter"), instantOf(conditions, "NotOnOrAfter")].filter(
			(time) => !Number.isNaN(time),
		),
	);
	const authenticated = instantOf(statement, "AuthnInstant");
	return {
		assertionId: assertion.getAttribute("ID") ?? "",
		expiresAt: new Date(until + 300_000),
		nameId: {
			value: textOf(id)?.trim() ?? "",
			format: id?.getAttribute("Format") || null,
			nameQualifier: id?.getAttribute("NameQualifier") || null,
			spNameQualifier: id?.getAttribute("SPNameQualifier") || null,
		},
		sessionIndex: statement?.getAttribute("SessionIndex") || null,
		authenticatedAt: Number.isNaN(authenticated) ? null : new Date(authenticated).toISOString(),
		attributes: attributesOf(assertion),
	};
}

function attributesOf(assertion: Element): Record<string, string[]> {
	const attributes: Record<string, string[]> = Object.create(null);
	for (const statement of childrenOf(assertion, ns.assertion, "AttributeStatement"))
		for (const attribute of childrenOf(statement, ns.assertion, "Attribute")) {
			const name = attribute.getAttribute("Name") ?? "";
			const values = childrenOf(attribute, ns.assertion, "AttributeValue").flatMap(
				(value) => textOf(value)?.trim() || [],
			);
			attributes[name] = [...(attributes[name] ?? []), ...values];
		}
	return attributes;
}
