import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig, devices } from "@playwright/test";
import { baseUrl, browser } from "./e2e/settings";

// Workers and the server read this file's choice from the environment, which they inherit.
process.env.E2E_DATA ??= join(tmpdir(), `gatehouse-e2e-${randomUUID()}`);

export default defineConfig({
	testDir: "e2e",
	testIgnore: "demo/**",
	outputDir: "test-results/e2e",
	workers: 2,
	fullyParallel: true,
	forbidOnly: Boolean(process.env.CI),
	// A browser that a busy machine starved gets one more try; a fault fails twice.
	retries: process.env.CI ? 1 : 0,
	// Generous: a small machine runs browser, server and database at once.
	timeout: 240_000,
	expect: { timeout: 30_000 },
	reporter: [["list"]],
	use: {
		...browser,
		baseURL: baseUrl,
		// Recording is work, and a small machine has enough of it: there the second try is recorded.
		trace: process.env.CI ? "on-first-retry" : "retain-on-failure",
		screenshot: "only-on-failure",
	},
	projects: [
		// The only one to see the installation empty; every other test makes its own workspace.
		{ name: "first-visit", testMatch: "first-visit.spec.ts" },
		{
			name: "desktop",
			testIgnore: ["demo/**", "first-visit.spec.ts"],
			dependencies: ["first-visit"],
			use: { viewport: { width: 1280, height: 800 }, colorScheme: "light" },
		},
		{
			name: "phone-dark",
			testMatch: "looks.spec.ts",
			dependencies: ["first-visit"],
			use: { ...devices["Pixel 7"], colorScheme: "dark" },
		},
	],
	webServer: {
		command: "node --import tsx e2e/serve.ts",
		url: `${baseUrl}/api/health`,
		timeout: 180_000,
		stdout: "pipe",
		gracefulShutdown: { signal: "SIGTERM", timeout: 20_000 },
	},
});
