/**
 * Passwords that are guessed first: those of a bundled list of leaked ones, words about the person
 * and the workspace, runs and repetitions, and any of these with a few digits around it. Several
 * words in a row pass, common as each of them may be. Length is ./passwords' matter.
 */

type Verdict = "password_common" | "password_personal" | null;

/** Keys pressed one after the other, in either direction. */
const rows = ["01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm"];
const runs = rows.flatMap((row) => [row, [...row].reverse().join("")]);

let leaked: Promise<ReadonlySet<string>> | undefined;

/** The list, about 50,000 entries, unpacked when a first password is chosen. */
function leakedPasswords(): Promise<ReadonlySet<string>> {
	leaked ??= import("@zxcvbn-ts/language-common").then(
		({ dictionary }) => new Set(dictionary["passwords-common"]),
	);
	return leaked;
}

/**
 * Whether a password is one of those that are tried first.
 * @param about texts about the person and the workspace: email, name, workspace's name.
 */
export async function guessable(password: string, about: readonly string[]): Promise<Verdict> {
	const list = await leakedPasswords();
	const folded = fold(password);
	const plain = lettersAndDigits(folded);
	if (list.has(folded) || isPlain(plain, list) || isRepeated(folded, list))
		return "password_common";
	return isPersonal(plain, about, list) ? "password_personal" : null;
}

const fold = (text: string) => text.normalize("NFKC").toLowerCase();
const lettersAndDigits = (text: string) => text.replace(/[^\p{L}\p{N}]/gu, "");

/** On the list or a run; or that with digits around it that are no better. */
function isPlain(plain: string, list: ReadonlySet<string>): boolean {
	const known = (text: string) => list.has(text) || runs.some((run) => run.includes(text));
	if (plain.length > 0 && known(plain)) return true;
	const [, before = "", core = "", after = ""] = /^(\d*)(.*?)(\d*)$/u.exec(plain) ?? [];
	return core.length > 0 && known(core) && [before, after].every((it) => isShort(it) || known(it));
}

/** A year's length: too little to make a common word uncommon. */
const isShort = (text: string) => text.length <= 4;

/** One short or common piece over and over. */
function isRepeated(text: string, list: ReadonlySet<string>): boolean {
	const [, piece] = /^(.+?)\1+$/su.exec(text) ?? [];
	if (piece === undefined) return false;
	return isShort(piece) || isPlain(lettersAndDigits(piece), list);
}

/** Made of the person's own words, with hardly anything beside them. */
function isPersonal(plain: string, about: readonly string[], list: ReadonlySet<string>): boolean {
	const words = about
		.flatMap((text) => fold(text).split(/[^\p{L}\p{N}]+/u))
		.filter((word) => word.length >= 3)
		.sort((a, b) => b.length - a.length);
	const rest = words.reduce((text, word) => text.replaceAll(word, ""), plain);
	return rest !== plain && (isShort(rest) || isPlain(rest, list));
}
