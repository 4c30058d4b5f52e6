/** From what a SAML response says to who that is here. Pure. */
import type { ClaimMapping, ProviderSession } from "@/db/schema/sso";
import { foldKey, isEmail, storable } from "@/lib/platform/text";
import type { Identity } from "../claims";
import type { Facts } from "./gate";

/**
 * The names under which Okta, Entra, Google, JumpCloud, OneLogin, Keycloak, ADFS and Ping usually
 * send what is asked for, the first that is there wins. Compared without case.
 */
const usualNames: Record<Exclude<keyof ClaimMapping, "subject">, readonly string[]> = {
	email: [
		"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
		"urn:oid:0.9.2342.19200300.100.1.3",
		"urn:oid:1.2.840.113549.1.9.1",
		"email",
		"emailaddress",
		"email_address",
		"mail",
		"user.email",
		"saml_subject",
	],
	name: [
		"http://schemas.microsoft.com/identity/claims/displayname",
		"urn:oid:2.16.840.1.113730.3.1.241",
		"displayname",
		"display_name",
		"fullname",
		"full_name",
		"name",
		"cn",
	],
	givenName: [
		"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname",
		"urn:oid:2.5.4.42",
		"givenname",
		"given_name",
		"firstname",
		"first_name",
		"user.firstname",
	],
	familyName: [
		"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname",
		"urn:oid:2.5.4.4",
		"surname",
		"sn",
		"familyname",
		"family_name",
		"lastname",
		"last_name",
		"user.lastname",
	],
};

const formatOf = (name: string) => `:nameid-format:${name}`;

/**
 * Reads the identity.
 * @param mapping the admin's own names, each in place of the usual ones.
 * Refused: name_id_transient (unless a lasting attribute was chosen as the subject),
 *   subject_missing where that attribute did not come.
 */
export function samlIdentity(
	entityId: string,
	{ nameId, attributes, authenticatedAt }: Facts,
	mapping: ClaimMapping | null,
):
	| { ok: true; identity: Identity }
	| { ok: false; reason: "name_id_transient" | "subject_missing"; expected?: string } {
	const sent = new Map(
		Object.entries(attributes).map(([name, values]) => [name.toLowerCase(), values] as const),
	);
	const read = (name: string) => sent.get(name.toLowerCase())?.[0] ?? null;
	const find = (what: keyof typeof usualNames) => {
		const chosen = mapping?.[what];
		for (const name of chosen ? [chosen] : usualNames[what]) {
			const value = read(name);
			if (value) return storable(value, 256).trim() || null;
		}
		return null;
	};
	const chosen = mapping?.subject;
	if (!chosen && nameId.format?.endsWith(formatOf("transient")))
		return { ok: false, reason: "name_id_transient" };
	// Never shortened or mended: two that differ must not become the same.
	const subject = chosen ? (read(chosen) ?? "") : nameId.value;
	if (subject === "" || subject !== storable(subject, 1024))
		return { ok: false, reason: "subject_missing", ...(chosen ? { expected: chosen } : {}) };
	// The name of the person stands in for an address only where it says that it is one.
	const isAddress = nameId.format?.endsWith(formatOf("emailAddress")) || isEmail(nameId.value);
	const address = find("email") ?? (isAddress && !mapping?.email ? nameId.value : "");
	return {
		ok: true,
		identity: {
			issuer: entityId,
			subject,
			email: isEmail(address) ? foldKey(address) : null,
			// SAML has no word for it.
			emailVerified: null,
			names: { name: find("name"), givenName: find("givenName"), familyName: find("familyName") },
			authenticatedAt,
		},
	};
}

/** What of a response an admin sees in a test, as texts by name. */
export function shownFacts({ nameId, attributes }: Facts): Record<string, string> {
	const format = nameId.format?.replace(/^.*:/, "") ?? "unspecified";
	return Object.fromEntries([
		["NameID", storable(nameId.value, 500)],
		["NameID format", storable(format, 100)],
		...Object.entries(attributes)
			.filter(([name]) => !/token|secret|password/i.test(name))
			.slice(0, 50)
			.map(([name, values]) => [storable(name, 200), storable(values.join(", "), 500)]),
	]);
}

/** What a fact of `shownFacts` was read as. */
export type ReadAs = "email" | "name" | "givenName" | "familyName" | "subject" | "subjectAndEmail";

/** Which of the facts shown were used, and as what: the same choice that `samlIdentity` makes. */
export function factsUsed(
	shown: Readonly<Record<string, string>>,
	mapping: ClaimMapping | null,
): Record<string, ReadAs> {
	const names = Object.keys(shown).filter((name) => shown[name]);
	const sentAs = (wanted: string) =>
		names.find((name) => name.toLowerCase() === wanted.toLowerCase());
	const used: Record<string, ReadAs> = {};
	for (const field of ["familyName", "givenName", "name", "email"] as const) {
		const chosen = mapping?.[field];
		const found = (chosen ? [chosen] : usualNames[field]).map(sentAs).find(Boolean);
		if (found) used[found] = field;
	}
	const isEmailToo = !Object.values(used).includes("email") && !mapping?.email;
	const subject = mapping?.subject ? sentAs(mapping.subject) : "NameID";
	if (subject) used[subject] = subject === "NameID" && isEmailToo ? "subjectAndEmail" : "subject";
	return used;
}

/** What a logout will need of it. */
export function samlSession(entityId: string, { nameId, sessionIndex }: Facts): ProviderSession {
	const { value, format, nameQualifier, spNameQualifier } = nameId;
	return {
		protocol: "saml",
		issuer: entityId,
		nameId: value,
		format,
		nameQualifier,
		spNameQualifier,
		sessionIndex,
	};
}
