/** `npm run admin -- ...`: the operator's commands. Plain Node; admin.ts does the work. */
import "./lib/node-version.mjs";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ensureInstalled } from "./lib/install.mjs";
import { root } from "./lib/run.mjs";
import { complain } from "./lib/say.mjs";

// An installation without development dependencies has the built form.
const built = join(root, "dist/admin.js");
const fromSource = existsSync(join(root, "node_modules/tsx/package.json")) || !existsSync(built);

try {
	if (fromSource) await ensureInstalled();
	const words = fromSource ? ["--import", "tsx", "scripts/admin.ts"] : [built];
	const child = spawn(process.execPath, [...words, ...process.argv.slice(2)], {
		cwd: root,
		stdio: "inherit",
		env: { LOG_LEVEL: "warn", ...process.env },
	});
	child.on("close", (code) => process.exit(code ?? 1));
} catch (error) {
	complain(error);
	process.exit(1);
}
