/**
 * Statements that come again and again are prepared: Postgres then parses and plans them once a
 * connection instead of each time. Which ones is found by counting, so that a text that is different
 * at every call (a list of ids) fills nobody's memory.
 */

/** A text is prepared from this use on. */
const fromUse = 5;
/** A connection holds at most so many, a process counts at most so many. */
const most = { prepared: 256, counted: 2_000 };
/** Longer texts are one of a kind. */
const longest = 4_000;

/** Gives statements their names. One for all connections of a pool: a name is always one text. */
export class StatementNames {
	#names = new Map<string, string>();
	#uses = new Map<string, number>();

	/** The name to prepare a text under; undefined while it has not shown that it comes again. */
	nameOf(text: string): string | undefined {
		const known = this.#names.get(text);
		if (known || text.length > longest || this.#names.size >= most.prepared) return known;
		const uses = (this.#uses.get(text) ?? 0) + 1;
		if (uses < fromUse) {
			if (this.#uses.size >= most.counted) this.#uses.clear();
			this.#uses.set(text, uses);
			return undefined;
		}
		this.#uses.delete(text);
		const name = `gatehouse_${this.#names.size + 1}`;
		this.#names.set(text, name);
		return name;
	}
}
