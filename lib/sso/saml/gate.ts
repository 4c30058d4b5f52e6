/**
 * The gate: what a SAML response must pass before anything else reads it. The rules are in ./rules;
 * here are the three stages between them that nothing can leave out: reading the text, opening what
 * was encrypted, and verifying signatures. Whatever is answered was read from signed bytes. Pure.
 */
import type { Element } from "@xmldom/xmldom";
import type { Reason } from "@/lib/policy/reasons";
import { openEncrypted } from "./encryption";
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
	/** `openedWith`: which of our keys opened it. Null: it came in the clear. */
	| { ok: true; facts: Facts; openedWith: number | null }
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
		return first(by.assertion, signed.element) ?? passed(signed.element, null);
	}
	// Where the response is signed, what is opened are the bytes its signature is over.
	const opened = openEncrypted(signed?.bytes ?? xml, expected.decryptionKeys);
	const inside = opened && !first(by.text, opened.text) ? parseXml(opened.text) : null;
	// One answer for every cause: what differs would tell how far a guess came.
	if (!opened || !inside || !isNamed(inside, ns.assertion, "Assertion"))
		return refuse("saml_encryption", "decrypted");
	const nested = signaturesOf(inside);
	if (nested.length === 0) {
		if (!signed) return refuse("signature_missing", "signed");
		return first(by.assertion, inside) ?? passed(inside, opened.key);
	}
	for (const signature of nested) {
		const bad = first(by.signature, signature);
		if (bad) return bad;
		const bytes = signedBytes(opened.text, signature, expected.certificates);
		const element = bytes && assertionIn(parseXml(bytes));
		if (!bytes || !element) return refuse("signature_invalid", "verified");
		signed = { element, bytes };
	}
	if (!signed) return refuse("signature_missing", "signed");
	return first(by.assertion, signed.element) ?? passed(signed.element, opened.key);
}

const passed = (assertion: Element, openedWith: number | null) =>
	({ ok: true, facts: factsOf(assertion), openedWith }) as const;

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
