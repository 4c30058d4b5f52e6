/**
 * What a SAML response must be, rule by rule, in the order they are asked. A response is taken when
 * none of them objects; `npm run check:gate` shows that each of them is needed. The stages between
 * them (reading, decrypting, verifying) are in ./gate. Pure.
 */
import type { Element } from "@xmldom/xmldom";
import type { Reason } from "@/lib/policy/reasons";
import { allowed } from "./signature";
import { childOf, childrenOf, elementsOf, isNamed, ns, textOf } from "./xml";

/** What must hold of an answer to one connection. */
export type Expectation = {
	/** The provider's. */
	entityId: string;
	/** Ours, for this connection. */
	audience: string;
	acsUrl: string;
	certificates: readonly string[];
	/** The request it answers; null for a sign-in that the provider began. */
	requestId: string | null;
	/** Refuse an assertion in the clear. */
	wantEncrypted: boolean;
	/** Open assertions that were encrypted to us, in PEM. */
	decryptionKeys: readonly string[];
	now: Date;
};

/** How far two clocks may differ. */
const skewMs = 120_000;
const maxBytes = 256 * 1024;
const maxNodes = 5000;

export type Objection = { expected?: string; received?: string };
/** Null: no objection. */
type Check<T> = (subject: T, expected: Expectation) => Objection | null;
export type Rule<T> = { name: string; reason: Reason; objects: Check<T> };

const unless = (holds: boolean, objection: Objection = {}) => (holds ? null : objection);
const same = (expected: string | null, received: string | null) =>
	unless(expected === received, { expected: expected ?? "", received: received ?? "" });
const contains = (pattern: RegExp) => (text: string) => unless(!pattern.test(text));

/** Of the text, before anything reads it; and again of what was encrypted. */
const text: Rule<string>[] = [
	{
		name: "size",
		reason: "saml_too_large",
		objects: (xml) => unless(Buffer.byteLength(xml) <= maxBytes),
	},
	{
		name: "nodes",
		reason: "saml_too_large",
		objects: (xml) => unless((xml.match(/<[^/]/g)?.length ?? 0) <= maxNodes),
	},
	{ name: "doctype", reason: "saml_malformed", objects: contains(/<!(?:DOCTYPE|ENTITY)/i) },
	{ name: "comment", reason: "saml_malformed", objects: contains(/<!--/) },
	{ name: "cdata", reason: "saml_malformed", objects: contains(/<!\[CDATA\[/i) },
	{ name: "instruction", reason: "saml_malformed", objects: contains(/(?!^)<\?|^<\?(?!xml\s)/) },
];

const idsOf = (root: Element) =>
	[...elementsOf(root)].flatMap((element) =>
		[...element.attributes]
			.filter(({ localName }) => /^id$/i.test(localName ?? ""))
			.map(({ value }) => value),
	);

const named = (root: Element, ...names: string[]) =>
	[...elementsOf(root)].filter(({ localName }) => names.includes(localName ?? ""));

/** Of the document as it arrived. */
const response: Rule<Element>[] = [
	{
		name: "root",
		reason: "saml_malformed",
		objects: (root) => unless(isNamed(root, ns.protocol, "Response")),
	},
	{
		name: "version",
		reason: "saml_malformed",
		objects: (root) => same("2.0", root.getAttribute("Version")),
	},
	{
		name: "one_response",
		reason: "saml_malformed",
		objects: (root) => unless(named(root, "Response").length <= 1),
	},
	{
		name: "unique_ids",
		reason: "saml_malformed",
		objects(root) {
			const ids = idsOf(root);
			return unless(new Set(ids).size === ids.length);
		},
	},
	{
		name: "status",
		reason: "provider_denied",
		objects(root) {
			const status = childOf(root, ns.protocol, "Status");
			const code = status && childOf(status, ns.protocol, "StatusCode");
			const inner = code && childOf(code, ns.protocol, "StatusCode");
			const value = code?.getAttribute("Value") ?? "";
			return unless(value === "urn:oasis:names:tc:SAML:2.0:status:Success", {
				received: (inner?.getAttribute("Value") ?? value).replace(/^.*:/, ""),
			});
		},
	},
	{
		name: "one_assertion",
		reason: "saml_malformed",
		objects(root) {
			const all = named(root, "Assertion", "EncryptedAssertion");
			return unless(all.length === 1 && all[0]?.parentNode === root);
		},
	},
	{
		name: "response_issuer",
		reason: "issuer_differs",
		objects(root, { entityId }) {
			const issuer = childOf(root, ns.assertion, "Issuer");
			return issuer ? same(entityId, textOf(issuer)) : null;
		},
	},
	{
		name: "destination",
		reason: "recipient_differs",
		objects: (root, { acsUrl }) =>
			root.hasAttribute("Destination") ? same(acsUrl, root.getAttribute("Destination")) : null,
	},
	{
		name: "response_request",
		reason: "request_differs",
		objects: (root, { requestId }) =>
			root.hasAttribute("InResponseTo") ? same(requestId, root.getAttribute("InResponseTo")) : null,
	},
	{
		name: "encrypted",
		reason: "saml_not_encrypted",
		objects: (root, { wantEncrypted }) =>
			unless(!wantEncrypted || named(root, "Assertion").length === 0),
	},
];

/** Of each signature in the document, and in the assertion that was encrypted. */
const signature: Rule<Element>[] = [
	{
		name: "signature_place",
		reason: "signature_invalid",
		objects({ parentNode }) {
			const parent = parentNode as Element;
			const once = childrenOf(parent, ns.signature, "Signature").length === 1;
			const root = parent.ownerDocument?.documentElement;
			const isRoot = parent === root;
			const isAssertion = isNamed(parent, ns.assertion, "Assertion") && parent.parentNode === root;
			return unless(once && (isRoot || isAssertion));
		},
	},
	{
		name: "one_signed_info",
		reason: "signature_invalid",
		objects: (element) => unless(named(element, "SignedInfo").length === 1),
	},
	{
		name: "signature_object",
		reason: "signature_invalid",
		objects: (element) => unless(named(element, "Object").length === 0),
	},
	{
		name: "one_reference",
		reason: "signature_invalid",
		objects: (element) => unless(named(element, "Reference").length === 1),
	},
	{
		name: "reference_parent",
		reason: "signature_invalid",
		objects(element) {
			const id = (element.parentNode as Element).getAttribute("ID");
			return unless(
				Boolean(id) && named(element, "Reference")[0]?.getAttribute("URI") === `#${id}`,
			);
		},
	},
	{
		name: "transforms",
		reason: "signature_invalid",
		objects: (element) => onlyFrom(allowed.transform, named(element, "Transform")),
	},
	{
		name: "canonicalization",
		reason: "signature_invalid",
		objects: (element) =>
			onlyFrom(allowed.canonicalization, named(element, "CanonicalizationMethod")),
	},
	{
		name: "signature_algorithm",
		reason: "signature_weak",
		objects: (element) => onlyFrom(allowed.signature, named(element, "SignatureMethod")),
	},
	{
		name: "digest_algorithm",
		reason: "signature_weak",
		objects: (element) => onlyFrom(allowed.digest, named(element, "DigestMethod")),
	},
	{
		name: "digest_text",
		reason: "signature_invalid",
		objects: (element) =>
			unless(
				named(element, "DigestValue", "SignatureValue").every((value) => textOf(value) !== null),
			),
	},
];

function onlyFrom(names: readonly string[], elements: Element[]): Objection | null {
	const used = elements.map((element) => element.getAttribute("Algorithm") ?? "");
	const other = used.find((name) => !names.includes(name));
	return other === undefined ? null : { received: other };
}

const subjectOf = (assertion: Element) => childOf(assertion, ns.assertion, "Subject");

const conditionsOf = (assertion: Element) => childOf(assertion, ns.assertion, "Conditions");

function confirmationOf(assertion: Element): Element | null {
	const subject = subjectOf(assertion);
	const bearers = subject
		? childrenOf(subject, ns.assertion, "SubjectConfirmation").filter(
				(one) => one.getAttribute("Method") === "urn:oasis:names:tc:SAML:2.0:cm:bearer",
			)
		: [];
	const [bearer] = bearers;
	return bearers.length === 1 && bearer
		? childOf(bearer, ns.assertion, "SubjectConfirmationData")
		: null;
}

/** An xs:dateTime in UTC as SAML has it (Core §1.3.3), or NaN, which is neither before nor after. */
export function instantOf(element: Element | null, attribute: string): number {
	const value = element?.getAttribute(attribute) ?? "";
	return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/.test(value) ? Date.parse(value) : Number.NaN;
}

/** @returns an objection unless the instant is there and still to come. */
const ends = (element: Element | null, now: Date) =>
	unless(now.getTime() < instantOf(element, "NotOnOrAfter") + skewMs, {
		received: element?.getAttribute("NotOnOrAfter") ?? "no NotOnOrAfter",
		expected: now.toISOString(),
	});

const begins = (element: Element | null, now: Date) =>
	unless(
		!element?.hasAttribute("NotBefore") ||
			now.getTime() >= instantOf(element, "NotBefore") - skewMs,
		{ received: element?.getAttribute("NotBefore") ?? "", expected: now.toISOString() },
	);

/** Of the assertion, read from its signed bytes. */
const assertion: Rule<Element>[] = [
	{
		name: "assertion_version",
		reason: "saml_malformed",
		objects: (one) => same("2.0", one.getAttribute("Version")),
	},
	{
		name: "assertion_id",
		reason: "saml_malformed",
		objects: (one) => unless(/^[\w.-]{1,256}$/.test(one.getAttribute("ID") ?? "")),
	},
	{
		name: "issuer",
		reason: "issuer_differs",
		objects: (one, { entityId }) => same(entityId, textOf(childOf(one, ns.assertion, "Issuer"))),
	},
	{
		name: "subject",
		reason: "subject_missing",
		objects(one) {
			const subject = subjectOf(one);
			const ids = subject ? childrenOf(subject, ns.assertion, "NameID") : [];
			const [id] = ids;
			return unless(ids.length === 1 && Boolean(id && textOf(id)?.trim()));
		},
	},
	{
		name: "confirmation",
		reason: "saml_malformed",
		objects: (one) => unless(confirmationOf(one) !== null),
	},
	{
		name: "recipient",
		reason: "recipient_differs",
		objects: (one, { acsUrl }) =>
			same(acsUrl, confirmationOf(one)?.getAttribute("Recipient") ?? null),
	},
	{
		name: "request",
		reason: "request_differs",
		objects: (one, { requestId }) =>
			same(requestId, confirmationOf(one)?.getAttribute("InResponseTo") ?? null),
	},
	{
		name: "confirmation_end",
		reason: "clock",
		objects: (one, { now }) => ends(confirmationOf(one), now),
	},
	{
		name: "confirmation_begin",
		reason: "clock",
		objects: (one, { now }) => begins(confirmationOf(one), now),
	},
	{
		name: "conditions_end",
		reason: "clock",
		objects: (one, { now }) => ends(conditionsOf(one), now),
	},
	{
		name: "conditions_begin",
		reason: "clock",
		objects: (one, { now }) => begins(conditionsOf(one), now),
	},
	{
		name: "audience",
		reason: "audience_differs",
		objects(one, { audience }) {
			const conditions = conditionsOf(one);
			const restrictions = conditions
				? childrenOf(conditions, ns.assertion, "AudienceRestriction")
				: [];
			const named = restrictions.map((restriction) =>
				childrenOf(restriction, ns.assertion, "Audience").map(textOf),
			);
			return unless(named.length > 0 && named.every((names) => names.includes(audience)), {
				expected: audience,
				received: named.flat().join(", "),
			});
		},
	},
	{
		name: "authn_statement",
		reason: "saml_malformed",
		objects: (one) => unless(childrenOf(one, ns.assertion, "AuthnStatement").length === 1),
	},
	{
		name: "session_end",
		reason: "clock",
		objects(one, { now }) {
			const statement = childOf(one, ns.assertion, "AuthnStatement");
			if (!statement?.hasAttribute("SessionNotOnOrAfter")) return null;
			const end = instantOf(statement, "SessionNotOnOrAfter");
			return unless(now.getTime() < end + skewMs, {
				received: statement.getAttribute("SessionNotOnOrAfter") ?? "",
				expected: now.toISOString(),
			});
		},
	},
];

export const rules = { text, response, signature, assertion };
export type Rules = typeof rules;
