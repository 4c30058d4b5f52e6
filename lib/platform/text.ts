/** The language of every text: British order of day and month, and 24 hours. */
export const locale = "en-GB";

/**
 * The one folding of names that compare without case: emails, userName, group names, domains.
 * Done here and never by SQL `lower`, whose answer depends on the database's locale.
 */
export function foldKey(text: string): string {
	return text.normalize("NFKC").trim().toLowerCase();
}

// Deliberately narrow: one @, no blanks or control characters, a dot in the domain or localhost.
const email = /^[^\s@<>"(),:;[\]\\\p{C}]{1,64}@[^\s@<>"(),:;[\]\\\p{C}]{1,189}$/u;

/** Whether the text is an email address that mail can be sent to. */
export function isEmail(text: string): boolean {
	return email.test(text) && text.normalize("NFKC") === text;
}

/** What a database can hold of a text from outside: no NUL, and no half of a surrogate pair. */
export function storable(text: string, most: number): string {
	return text.slice(0, most).replace(/[\0\p{Surrogate}]/gu, "");
}

/** The folded domain of an email address. Empty for a text that is none. */
export function domainOf(address: string): string {
	return foldKey(address.slice(address.lastIndexOf("@") + 1));
}
