import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

test("the lock file is complete: npm ci accepts it", { timeout: 60_000 }, () => {
	// npm leaves out of a lock what its registry did not show, and refuses the lock afterwards.
	const args = ["ci", "--dry-run", "--offline", "--ignore-scripts", "--no-audit", "--no-fund"];
	expect(() =>
		execFileSync("npm", args, { stdio: "pipe", shell: process.platform === "win32" }),
	).not.toThrow();
});

test("the lock file names no host: packages come from the registry of whoever installs", () => {
	const lock: { packages: Record<string, { resolved?: string }> } = JSON.parse(
		readFileSync("package-lock.json", "utf8"),
	);
	const resolved = Object.entries(lock.packages).filter(([, entry]) => entry.resolved);
	expect(resolved).toEqual([]);
});
