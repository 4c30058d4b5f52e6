/** Debian's package manager, used where this process is root and nowhere else. Plain Node. */
import { existsSync, readFileSync } from "node:fs";
import { run, tail } from "./run.mjs";
import { step } from "./say.mjs";

export const isRoot = () => process.getuid?.() === 0;

/** Whether this is Debian itself: some packages of its relatives are only a hint to install a snap. */
export const isDebian = () =>
	existsSync("/etc/os-release") && /^ID=debian$/m.test(readFileSync("/etc/os-release", "utf8"));

/**
 * Installs a package.
 * @returns {Promise<string | undefined>} why it could not, or undefined when it is there
 */
export async function aptInstall(name) {
	if (!isRoot()) return "installing one takes root";
	if (!existsSync("/usr/bin/apt-get")) return "this system has no apt-get to install one with";
	return step(`Installing ${name} (apt-get)`, async () => {
		const env = { DEBIAN_FRONTEND: "noninteractive" };
		const install = () =>
			run("apt-get", ["install", "-y", "--no-install-recommends", name], { env });
		let result = await install();
		if (result.code !== 0) {
			// A fresh image has no package lists.
			await run("apt-get", ["update"], { env });
			result = await install();
		}
		return result.code === 0 ? undefined : `apt-get could not: ${tail(result.output, 2)}`;
	});
}
