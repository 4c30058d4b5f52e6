/** Builds the application where the build is missing or made from other sources. Plain Node. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, run, tail } from "./run.mjs";
import { Refusal, step } from "./say.mjs";

/** What a build is made from. */
const sources = [
	"app",
	"components",
	"db",
	"lib",
	"messages",
	"public",
	"next.config.ts",
	"package-lock.json",
	"postcss.config.mjs",
	"proxy.ts",
	"scripts/build-server.mjs",
	"server.ts",
	"tsconfig.json",
];

/** Holds the hash of the sources that the build was made from. Gone while a build runs. */
const stamp = join(root, "dist/sources");
const products = [".next/BUILD_ID", "dist/server.js"].map((path) => join(root, path));

function files(path) {
	if (!existsSync(path)) return [];
	if (!statSync(path).isDirectory()) return [path];
	return readdirSync(path)
		.sort()
		.flatMap((name) => files(join(path, name)));
}

function hashOfSources() {
	const hash = createHash("sha256");
	for (const path of sources.flatMap((source) => files(join(root, source))))
		if (!/\.test\.tsx?$/.test(path))
			hash.update(`${path}\0`).update(readFileSync(path)).update("\0");
	return hash.digest("hex");
}

/** Whether `.next` and `dist` are missing, or built from other sources than those of now. */
function outdated() {
	const built = [...products, stamp].every((path) => existsSync(path));
	return !built || readFileSync(stamp, "utf8") !== hashOfSources();
}

/**
 * Builds where that is needed.
 * @returns {Promise<string | undefined>} "up to date" where it was not
 * @throws Refusal with the build's output.
 */
export async function build() {
	if (!outdated()) return "up to date";
	// Of the sources as the build finds them: what changes meanwhile is built the next time.
	const sourcesNow = hashOfSources();
	rmSync(stamp, { force: true });
	const { code, output } = await run("npm", ["run", "build"], {
		env: { NEXT_TELEMETRY_DISABLED: "1", NODE_ENV: "production" },
	});
	if (code !== 0)
		throw new Refusal(
			"The build failed.",
			"The output above has the reason. `npm run build` shows it whole.",
			tail(output, 40),
		);
	writeFileSync(stamp, sourcesNow);
}

/** Makes sure that the build is of the sources as they are now; silent where it is. */
export async function ensureBuilt() {
	if (outdated()) await step("Building (next build; under a minute)", build);
}
