/** Every check of the repository, in the order in which a mistake shows soonest. Plain Node. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { provideBrowser } from "./browser.mjs";
import { build } from "./build.mjs";
import { freePort } from "./ports.mjs";
import { providePostgres } from "./postgres.mjs";
import { atEnd, root, run, tail } from "./run.mjs";
import { bold, note, Refusal, say, step, took } from "./say.mjs";

/**
 * Runs a tool as a check of its own.
 * @param {string} title
 * @param {string[]} words the command and its arguments
 * @param {string} again how to run this one alone
 * @param {Record<string, string>} [env]
 */
const tool = (title, words, again, env) => ({
	title,
	work: async () => {
		const [name, ...args] = words;
		const { code, output } = await run(name, args, { env: { ...quiet, ...env } });
		if (code !== 0)
			throw new Refusal(`${title}: failed.`, `Run it alone with: ${again}`, tail(output, 80));
		return testsPassed(output);
	},
});

/** How many tests vitest or Playwright say they passed, where they say it. */
const testsPassed = (output) => {
	const count = /Tests\s+(\d+) passed/.exec(output) ?? /(\d+) passed \(/.exec(output);
	return count ? `${count[1]} test${count[1] === "1" ? "" : "s"}` : undefined;
};

const quiet = { NEXT_TELEMETRY_DISABLED: "1", NO_COLOR: "1" };

/**
 * Runs all checks and stops at the first that fails. The last line it prints is
 * `N passed, N failed`.
 * @returns {Promise<number>} the exit code
 */
export async function checkAll() {
	const began = performance.now();
	say(bold("Preparing"));
	const postgres = await providePostgres();
	if ("url" in postgres) note(`database tests run on PGlite and on Postgres`);
	else note(`database and end-to-end tests run on PGlite only: ${postgres.missing}.`);
	const browser = await provideBrowser();
	note(`the browser is ${browser ?? "Playwright's own Chromium"}`);

	const checks = list(postgres, browser);
	say(bold("\nChecking"));
	let passed = 0;
	let failure;
	for (const check of checks) {
		try {
			await step(check.title, check.work);
			passed++;
		} catch (error) {
			failure = error;
			break;
		}
	}
	const notRun = checks.length - passed - (failure ? 1 : 0);
	if (failure instanceof Refusal) {
		if (failure.detail) say(`\n${failure.detail}`);
		say(`\n${bold(failure.message)}\n${failure.remedy}`);
	} else if (failure) say(`\n${failure.stack}`);
	if (notRun > 0) note(`${notRun} checks were not run`);
	say(`\nTook ${took(performance.now() - began)}.`);
	say(`${passed} passed, ${failure ? 1 : 0} failed`);
	return failure ? 1 : 0;
}

/** @param {import("./postgres.mjs").Postgres} postgres */
function list(postgres, browser) {
	const onPostgres = "url" in postgres ? { TEST_DATABASE_URL: postgres.url } : undefined;
	const chromium = browser ? { CHROMIUM_PATH: browser } : undefined;
	const engine = onPostgres ? "Postgres" : "PGlite";
	return [
		tool("Types", ["npm", "run", "check:types"], "npm run check:types"),
		tool("Style and imports", ["npm", "run", "check:style"], "npm run check:style"),
		tool("Unused code", ["npm", "run", "check:unused"], "npm run check:unused"),
		tool("Unit tests", vitest("unit"), "npx vitest run --project unit"),
		tool("Database tests on PGlite", vitest("pglite"), "npx vitest run --project pglite"),
		...(onPostgres
			? [
					tool(
						"Database tests on Postgres",
						vitest("postgres"),
						"TEST_DATABASE_URL=postgres://... npx vitest run --project postgres",
						onPostgres,
					),
				]
			: []),
		{ title: "Build", work: build },
		{
			title: `End to end on ${engine}, in a browser`,
			work: async () => {
				const port = String(await freePort());
				return playwright("playwright.config.ts", { ...onPostgres, ...chromium, E2E_PORT: port });
			},
		},
		{
			title: "The demo on PGlite, walked through in a browser",
			work: async () => {
				const port = String(await freePort());
				const folder = join(root, "test-results/demo-data");
				atEnd(() => rmSync(folder, { recursive: true, force: true }));
				return playwright("e2e/demo.config.ts", { ...chromium, E2E_PORT: port, E2E_DATA: folder });
			},
		},
	];
}

const vitest = (project) => ["npx", "vitest", "run", "--project", project];

async function playwright(config, env) {
	const words = ["npx", "playwright", "test", "--config", config];
	const { code, output } = await run("npx", words.slice(1), { env: { ...quiet, ...env } });
	if (code !== 0)
		throw new Refusal(
			`${config}: a walk failed.`,
			`Run it alone with: ${words.join(" ")} (screenshots and traces are in test-results/)`,
			tail(output, 80),
		);
	return testsPassed(output);
}
