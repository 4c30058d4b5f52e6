/**
 * `npm test`: installs what is missing, then runs every check.
 * Plain Node, so that it starts in a fresh clone.
 */
import "./lib/node-version.mjs";
import { checkAll } from "./lib/checks.mjs";
import { ensureInstalled } from "./lib/install.mjs";
import { command } from "./lib/run.mjs";
import { complain } from "./lib/say.mjs";

command(async () => {
	await ensureInstalled();
	return checkAll();
}, complain);
