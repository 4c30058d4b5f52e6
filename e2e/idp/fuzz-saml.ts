/** Responses that were genuine before something was done to them, the same for the same seed. */

/** A small generator of numbers from 0 to 1 (mulberry32). */
export function seeded(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
	};
}

/**
 * Does one to three things to a response: what it says is changed, or where it says it.
 * @param victim a name that an attacker would like to be let in by.
 */
export function mutate(xml: string, victim: string, random: () => number): string {
	let changed = xml;
	for (let times = 1 + Math.floor(random() * 3); times > 0; times--)
		changed = pick(mutations, random)(changed, victim, random);
	return changed;
}

type Mutation = (xml: string, victim: string, random: () => number) => string;

const pick = <T>(all: readonly T[], random: () => number): T =>
	all[Math.floor(random() * all.length)] as T;

const spots = (xml: string, pattern: RegExp) => [...xml.matchAll(pattern)];

/** An element with all that is in it, somewhere in the document. */
function anElement(xml: string, random: () => number): { at: number; text: string } {
	const open = pick(spots(xml, /<([\w:]+)[^<>]*?>/g), random);
	const end = xml.indexOf(`</${open?.[1]}>`, open?.index ?? 0);
	const at = open?.index ?? 0;
	const text =
		end < 0 || open?.[0].endsWith("/>")
			? (open?.[0] ?? "")
			: xml.slice(at, end + (open?.[1]?.length ?? 0) + 3);
	return { at, text };
}

const insert = (xml: string, at: number, text: string) => xml.slice(0, at) + text + xml.slice(at);
const between = (xml: string, random: () => number) => pick(spots(xml, /></g), random)?.index ?? 0;

const mutations: readonly Mutation[] = [
	(xml, _, random) => xml.replace(anElement(xml, random).text, ""),
	(xml, _, random) => insert(xml, between(xml, random) + 1, anElement(xml, random).text),
	(xml, victim, random) =>
		insert(
			xml,
			between(xml, random) + 1,
			anElement(xml, random).text.replace(/>[^<>]+@[^<>]+</, `>${victim}<`),
		),
	(xml, victim, random) => {
		const { at, text } = anElement(xml, random);
		const copy = text.replace(/ID="[^"]*"/, 'ID="_copy"').replace(/>[^<>]+@[^<>]+</, `>${victim}<`);
		return insert(xml, random() < 0.5 ? at : at + text.length, copy);
	},
	(xml, victim) => xml.replace(/>[^<>]+@[^<>]+</, `>${victim}<`),
	(xml, victim) => xml.replace(/@/, `<!---->@${victim}`),
	(xml, victim) =>
		`<!DOCTYPE a [<!ENTITY b "${victim}">]>${xml.replace(/>[^<>]+@[^<>]+</, ">&b;<")}`,
	(xml, _, random) => {
		const at = Math.floor(random() * xml.length);
		return xml.slice(0, at) + String.fromCharCode(Math.floor(random() * 0x250)) + xml.slice(at + 1);
	},
	(xml, _, random) => xml.slice(0, Math.floor(random() * xml.length)),
	(xml, _, random) => {
		const [one, two] = [anElement(xml, random).text, anElement(xml, random).text];
		return xml.replace(one, two);
	},
	(xml, victim, random) => {
		const attribute = pick(spots(xml, /="([^"]*)"/g), random);
		const values = ["", victim, "_", "&#0;", pick(spots(xml, /="([^"]*)"/g), random)?.[1] ?? ""];
		const at = attribute?.index ?? 0;
		const value = pick(values, random);
		return `${xml.slice(0, at)}="${value}"${xml.slice(at + (attribute?.[0].length ?? 0))}`;
	},
	(xml, _, random) => {
		const prefix = pick(["samlp", "saml", "ds"], random);
		return xml.replaceAll(`${prefix}:`, `${pick(["x", "saml", "samlp"], random)}:`);
	},
	(xml, _, random) =>
		insert(
			xml,
			between(xml, random) + 1,
			pick(["<?a b?>", "<![CDATA[a]]>", "\u0000", "\uFEFF", "&amp;"], random),
		),
];
