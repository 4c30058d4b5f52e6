/** A Chromium for the end-to-end tests: one already there, or one that is fetched. Plain Node. */
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { aptInstall, isDebian, isRoot } from "./apt.mjs";
import { run, tail } from "./run.mjs";
import { Refusal, step } from "./say.mjs";

/** Chromium without what only a window needs: the walks take a third less of the processor in it. */
const light = "chromium-headless-shell";
const whole = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

function executable(path) {
	try {
		accessSync(path, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}

function onPath(...names) {
	const folders = (process.env.PATH ?? "").split(delimiter);
	return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(executable);
}

/** Playwright's own browser, if it was downloaded before. Needs the dependencies. */
async function downloaded() {
	const { chromium } = await import("@playwright/test");
	return existsSync(chromium.executablePath());
}

/**
 * Finds a browser, or installs one: Debian's as root, else Playwright's own. The light one goes first.
 * @returns {Promise<string | undefined>} its path; undefined means Playwright's own
 * @throws Refusal when there is none to be had.
 */
export async function provideBrowser() {
	const given = process.env.CHROMIUM_PATH;
	if (given) {
		if (executable(given)) return given;
		throw new Refusal(
			`CHROMIUM_PATH names ${given}, which cannot be run.`,
			"Correct it, or unset it to let the browser be found.",
		);
	}
	if (await downloaded()) return undefined;
	const found = onPath(light, ...whole);
	// A machine that only checks is given the light one even beside a whole one.
	const enough = found && (found.endsWith(light) || !process.env.CI);
	if (!enough && isDebian() && isRoot()) {
		if (!(await aptInstall(light))) return onPath(light);
		if (!found && !(await aptInstall("chromium"))) return onPath("chromium");
	}
	if (found) return found;
	await step("Downloading a browser (playwright install chromium; about 150 MB)", async () => {
		const withLibraries = isRoot() ? ["--with-deps"] : [];
		const { code, output } = await run("npx", [
			"playwright",
			"install",
			...withLibraries,
			"chromium",
		]);
		if (code !== 0)
			throw new Refusal(
				"No browser was found, and Playwright could not download one.",
				"Install Chromium or Chrome, or set CHROMIUM_PATH to one, then run the command again.",
				tail(output, 10),
			);
	});
	return undefined;
}
