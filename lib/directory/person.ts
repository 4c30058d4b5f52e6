/**
 * What an entry says of a person, read from its attributes by the names of RFC 7643 §4.1. Pure.
 * The attributes have been through a schema before; here they are only looked at.
 */
import { isDeepStrictEqual } from "node:util";
import { foldKey, isEmail } from "@/lib/platform/text";

/** The attributes of an entry: what the IdP sent, without id, meta, groups and password. */
export type Attributes = Record<string, unknown>;

/** What this system takes from an entry. Login email, userName and emails are three things. */
export type Person = {
	userName: string;
	userNameKey: string;
	externalId: string | null;
	active: boolean;
	/** The address that is the member's, as sent; null where there is none mail can reach. */
	email: string | null;
	emailKey: string | null;
	/** All addresses, folded, each once. */
	emailKeys: string[];
	displayName: string | null;
	/** What the member is called. */
	name: string;
};

/** Folds a text for comparing without case where blanks count, as in a part of a name. */
export const foldText = (text: string): string => text.normalize("NFKC").toLowerCase();

/** A value with every name and text in it folded: what filters that know no case look at. */
export function foldDeep(value: unknown): unknown {
	if (typeof value === "string") return foldText(value);
	if (Array.isArray(value)) return value.map(foldDeep);
	if (!isAttributes(value)) return value;
	return Object.fromEntries(
		Object.entries(value).map(([name, item]) => [name.toLowerCase(), foldDeep(item)]),
	);
}

/** The names of the attributes that are not the same. */
export function differing(before: Attributes, after: Attributes): string[] {
	const names = new Set([...Object.keys(before), ...Object.keys(after)]);
	return [...names].filter((name) => !isDeepStrictEqual(before[name], after[name])).sort();
}

/** Reads a person. An entry without `active` is active. */
export function personOf(attributes: Attributes): Person {
	const userName = textOf(attributes.userName) ?? "";
	const emails = listOf(attributes.emails).filter((email) => textOf(email.value) !== null);
	const email = primaryEmail(emails, userName);
	const displayName = textOf(attributes.displayName);
	return {
		userName,
		userNameKey: foldKey(userName),
		externalId: textOf(attributes.externalId),
		active: attributes.active !== false,
		email,
		emailKey: email === null ? null : foldKey(email),
		emailKeys: [...new Set(emails.map(({ value }) => foldKey(textOf(value) ?? "")))],
		displayName,
		name: displayName ?? fullName(attributes.name) ?? email ?? userName,
	};
}

/** The primary address, else the first for work, else the first, else a userName that is one. */
function primaryEmail(emails: Attributes[], userName: string): string | null {
	const chosen =
		emails.find(({ primary }) => primary === true) ??
		emails.find(({ type }) => textOf(type)?.toLowerCase() === "work") ??
		emails[0];
	const address = (chosen ? textOf(chosen.value) : userName)?.trim() ?? "";
	return isEmail(address) ? address : null;
}

function fullName(name: unknown): string | null {
	if (!isAttributes(name)) return null;
	const parts = [name.givenName, name.familyName].map(textOf).filter((part) => part !== null);
	return textOf(name.formatted) ?? (parts.join(" ") || null);
}

const listOf = (value: unknown): Attributes[] =>
	Array.isArray(value) ? value.filter(isAttributes) : [];

const isAttributes = (value: unknown): value is Attributes =>
	typeof value === "object" && value !== null && !Array.isArray(value);

const textOf = (value: unknown): string | null =>
	typeof value === "string" && value.trim() !== "" ? value : null;
