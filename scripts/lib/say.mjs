/**
 * What the commands print. Plain Node: this runs before anything is installed.
 * A step shows that it is under way, and ends with how long it took.
 */

const terminal = process.stdout.isTTY === true && process.env.CI !== "true";
const colour = terminal && !process.env.NO_COLOR;

const paint = (code) => (text) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
export const bold = paint(1);
export const faint = paint(2);
const red = paint(31);
const green = paint(32);
const yellow = paint(33);

/** Prints one line. */
export function say(line = "") {
	process.stdout.write(`${line}\n`);
}

/** Prints something the reader should know, but that stops nothing. */
export function note(text) {
	say(`  ${yellow("note")}  ${text}`);
}

/** How long something took, in words. */
export function took(milliseconds) {
	const seconds = milliseconds / 1000;
	if (seconds < 10) return `${seconds.toFixed(1)} s`;
	if (seconds < 60) return `${Math.round(seconds)} s`;
	return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** A refusal with a reason and a remedy. The commands print it without a stack. */
export class Refusal extends Error {
	name = "Refusal";

	/**
	 * @param {string} reason what is wrong
	 * @param {string} remedy what to do about it
	 * @param {string} [detail] output that shows it
	 */
	constructor(reason, remedy, detail) {
		super(reason);
		this.remedy = remedy;
		this.detail = detail;
	}
}

/**
 * Runs `work` as a named step: says that it began, that it is still under way (a running clock on
 * a terminal, a line each 15 seconds elsewhere), and how long it took. Where the work returns a
 * text, the last line carries it.
 */
export async function step(title, work) {
	const began = performance.now();
	const elapsed = () => took(performance.now() - began);
	if (!terminal) say(`  ....  ${title}`);
	const tick = setInterval(
		() => {
			if (terminal) process.stdout.write(`\r  ....  ${title} ${faint(elapsed())}\u001b[K`);
			else say(`  ....  ${title}, ${elapsed()} so far`);
		},
		terminal ? 250 : 15_000,
	);
	const end = (mark, text = title) => {
		clearInterval(tick);
		say(
			`${terminal ? "\r" : ""}  ${mark}  ${text} ${faint(elapsed())}${terminal ? "\u001b[K" : ""}`,
		);
	};
	try {
		const result = await work();
		end(green("done"), typeof result === "string" ? `${title}: ${result}` : title);
		return result;
	} catch (error) {
		end(red("fail"));
		throw error;
	}
}

/** Prints an error the way its reader can use it: a refusal with its remedy, a fault with a stack. */
export function complain(error) {
	const out = (line) => process.stderr.write(`${line}\n`);
	if (error instanceof Refusal) {
		if (error.detail) out(`\n${error.detail.trimEnd()}`);
		out(`\n${red(bold(error.message))}`);
		out(error.remedy);
	} else out(`\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
}
