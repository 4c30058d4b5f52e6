/** Installs the dependencies where they are missing or older than the lock file. Plain Node. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { root, run, tail } from "./run.mjs";
import { Refusal, step } from "./say.mjs";

/** What npm's errors mean, and what to do about each. */
const remedies = [
	[
		/ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN/,
		"The registry could not be reached. Check the network (behind a proxy: npm config set proxy http://...), then run the command again.",
	],
	[
		/SELF_SIGNED_CERT|UNABLE_TO_GET_ISSUER|UNABLE_TO_VERIFY|CERT_/,
		"The registry's certificate is not trusted here. Set NODE_EXTRA_CA_CERTS to your network's certificate file, then run the command again.",
	],
	[/ENOSPC/, "The disk is full: about 1 GB is needed. Make room, then run the command again."],
	[
		/EACCES|EPERM/,
		"This folder cannot be written by this user. Change its owner, or clone again as this user.",
	],
	[
		/EUSAGE|can only install packages when/,
		"package-lock.json does not match package.json. Restore both: git checkout package.json package-lock.json",
	],
	[/EBADENGINE|Unsupported engine/, "Use a newer Node: nvm install 22"],
];

/** npm writes this file last, so it tells a finished install from a broken one. */
const receipt = join(root, "node_modules/.package-lock.json");

function installed() {
	return (
		existsSync(receipt) &&
		statSync(receipt).mtimeMs >= statSync(join(root, "package-lock.json")).mtimeMs &&
		// What an install without development dependencies leaves out.
		existsSync(join(root, "node_modules/tsx/package.json"))
	);
}

/**
 * Makes sure that `node_modules` is what the lock file says. Takes about half a minute from
 * nothing, no time when it is.
 * @throws Refusal with npm's reason and the remedy.
 */
export async function ensureInstalled() {
	if (installed()) return;
	await step("Installing dependencies (npm ci; about a minute, once)", async () => {
		const { code, output } = await run("npm", ["ci", "--include=dev", "--no-audit", "--no-fund"]);
		if (code === 0) return;
		const known = remedies.find(([symptom]) => symptom.test(output));
		throw new Refusal(
			code === 127 ? "npm could not be started." : `npm ci failed with exit code ${code}.`,
			known?.[1] ?? "The output above has the reason. After mending it, run the command again.",
			tail(output),
		);
	});
}
