/** Reading XML from strangers: strictly, with nothing in it but elements, attributes and text. Pure. */
import { DOMParser, type Element, type Node, onErrorStopParsing } from "@xmldom/xmldom";

export const ns = {
	protocol: "urn:oasis:names:tc:SAML:2.0:protocol",
	assertion: "urn:oasis:names:tc:SAML:2.0:assertion",
	metadata: "urn:oasis:names:tc:SAML:2.0:metadata",
	signature: "http://www.w3.org/2000/09/xmldsig#",
	encryption: "http://www.w3.org/2001/04/xmlenc#",
} as const;

export const binding = {
	redirect: "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect",
	post: "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST",
} as const;

/** @returns the root, or null for what is no well-formed document. Warnings count as errors. */
export function parseXml(text: string): Element | null {
	try {
		const parser = new DOMParser({ onError: onErrorStopParsing, locator: false });
		return parser.parseFromString(text, "text/xml").documentElement;
	} catch {
		return null;
	}
}

/** The elements directly inside, of one namespace and name where given. */
export function childrenOf(parent: Node, namespace?: string, name?: string): Element[] {
	const found: Element[] = [];
	for (let node = parent.firstChild; node; node = node.nextSibling)
		if (isElement(node) && (!namespace || isNamed(node, namespace, name ?? ""))) found.push(node);
	return found;
}

/** The first of them, or null. */
export function childOf(parent: Node, namespace: string, name: string): Element | null {
	return childrenOf(parent, namespace, name)[0] ?? null;
}

/** Every element of the document from here on, in document order. */
export function* elementsOf(root: Element): Generator<Element> {
	yield root;
	for (const child of childrenOf(root)) yield* elementsOf(child);
}

export const isNamed = (element: Element, namespace: string, name: string) =>
	element.namespaceURI === namespace && element.localName === name;

const isElement = (node: Node): node is Element => node.nodeType === 1;

/** The text of an element that holds nothing else, or null. Never put together from pieces. */
export function textOf(element: Element | null): string | null {
	if (!element) return null;
	const { childNodes } = element;
	if (childNodes.length === 0) return "";
	const only = childNodes.length === 1 ? childNodes.item(0) : null;
	return only?.nodeType === 3 ? only.nodeValue : null;
}

/** Text made safe to stand in an element or an attribute. */
export function escapeXml(text: string): string {
	const names: Record<string, string> = {
		"&": "&amp;",
		"<": "&lt;",
		">": "&gt;",
		'"': "&quot;",
		"\t": "&#9;",
		"\n": "&#10;",
		"\r": "&#13;",
	};
	return text.replace(/[&<>"\t\n\r]/g, (character) => names[character] ?? "");
}
