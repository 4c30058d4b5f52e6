/** What an attack on a SAML response is made with. */
import {
	buildResponse,
	newXmlId,
	type ResponseParts,
	type SamlKeys,
	samlKeys,
} from "../saml-response";

export type Attack = {
	/** Of the catalogue: S1 to S27. */
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

export const cut = (xml: string, pattern: RegExp) => xml.replace(pattern, "");
export const signaturePattern = /<ds:Signature[\s\S]*?<\/ds:Signature>/;
const assertionPattern = /<saml:Assertion[\s\S]*<\/saml:Assertion>/;
export const later = (now: Date, minutes: number) =>
	new Date(now.getTime() + minutes * 60_000).toISOString();

let other: SamlKeys | undefined;

/** The tools for one target, with one genuine response that an attacker holds. */
export function workshop(target: Target) {
	const { nameId, victim } = target;
	// A key takes a while to make, and any will do.
	other ??= samlKeys("Another provider");
	const build = (more: Partial<ResponseParts> = {}) => buildResponse({ ...target, ...more });
	const genuine = build();
	const forged = (xml: string) =>
		cut(xml, signaturePattern)
			.replaceAll(nameId, victim)
			.replace(/ID="[^"]*"/, `ID="${newXmlId()}"`);
	const assertion = assertionPattern.exec(genuine)?.[0] ?? "";
	return {
		...target,
		other,
		build,
		/** Signed in its assertion, and as a whole. */
		genuine,
		bySender: build({ sign: ["response"] }),
		assertion,
		signature: signaturePattern.exec(genuine)?.[0] ?? "",
		/** The same without its signature, with the victim's name and an ID of its own. */
		forged,
		evil: forged(assertion),
		/** Changes an assertion, or the response around one, before the provider signs it. */
		replace: (from: string | RegExp, to: string): Partial<ResponseParts> => ({
			assertion: (xml) => replaced(xml, from, to),
		}),
		around: (from: string | RegExp, to: string): Partial<ResponseParts> => ({
			response: (xml) => replaced(xml, from, to),
		}),
		/** Changes the genuine response after it was signed. */
		inSignature: (from: string | RegExp, to: string) => replaced(genuine, from, to),
	};
}

export type Workshop = ReturnType<typeof workshop>;

/** @throws where there is nothing to replace: an attack that changes nothing shows nothing. */
export function replaced(xml: string, from: string | RegExp, to: string): string {
	const after = xml.replace(from, to);
	if (after === xml) throw new Error(`the response has no ${from}`);
	return after;
}
