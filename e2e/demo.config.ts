import { defineConfig } from "@playwright/test";
import base from "../playwright.config";
import { baseUrl, dataFolder, ports } from "./settings";

/** The demo as a newcomer starts it, walked through once. */
export default defineConfig({
	...base,
	testDir: "demo",
	testIgnore: [],
	outputDir: "../test-results/demo",
	projects: [{ name: "demo", use: { viewport: { width: 1280, height: 800 } } }],
	webServer: {
		command: `node scripts/demo.mjs --reset --port ${ports.app} --data "${dataFolder()}"`,
		cwd: "..",
		url: `${baseUrl}/api/health`,
		timeout: 180_000,
		stdout: "pipe",
		gracefulShutdown: { signal: "SIGTERM", timeout: 20_000 },
	},
});
