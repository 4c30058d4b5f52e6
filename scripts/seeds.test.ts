/** Holds docs/seeds.md to itself and to the tests it names: every promise once, no test made up. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

/** The guides, and how many promises each makes. */
const guides = { push: 42, assist: 44, observity: 88, intel: 69, cust: 212 };

const page = readFileSync("docs/seeds.md", "utf8");
const rows = [...page.matchAll(/^\| ([a-z]+-\d+) \| (.+?) \| (.+) \|$/gm)].map(
	([, id = "", promise = "", shown = ""]) => ({ id, promise, shown }),
);

/** The tests a row names: a file in backticks, and a name in quotes behind it. */
const testsOf = (shown: string) =>
	[...shown.matchAll(/`([^`]+)` "([^"]+)"/g)].map(([, file = "", name = ""]) => ({ file, name }));

describe("the promises", () => {
	it("are all there, each once, in order", () => {
		const wanted = Object.entries(guides).flatMap(([guide, count]) =>
			Array.from({ length: count }, (_, index) => `${guide}-${String(index + 1).padStart(2, "0")}`),
		);
		expect(rows.map(({ id }) => id)).toEqual(wanted);
	});

	it("are each shown by tests, or departed from with a reason", () => {
		const unclear = rows.filter(({ shown }) => {
			if (/^departure: \S.{20}/.test(shown)) return false;
			const rest = shown.replace(/`[^`]+` "[^"]+"/g, "").replace(/; /g, "");
			return testsOf(shown).length === 0 || rest !== "";
		});
		expect(unclear).toEqual([]);
	});

	it("name files and tests that exist", () => {
		const missing = rows.flatMap(({ id, shown }) =>
			testsOf(shown)
				.filter(({ file, name }) => !existsSync(file) || !readFileSync(file, "utf8").includes(name))
				.map(({ file, name }) => `${id}: ${file} "${name}"`),
		);
		expect(missing).toEqual([]);
	});

	it("are counted as they are", () => {
		const departures = rows.filter(({ shown }) => shown.startsWith("departure: ")).length;
		const shown = rows.length - departures;
		expect(page).toContain(
			`Of ${rows.length} promises ${shown} are shown, and ${departures} are kept in another way on purpose.`,
		);
	});
});
