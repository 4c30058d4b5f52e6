import { fileURLToPath } from "node:url";
import { defineConfig, type TestProjectConfiguration } from "vitest/config";

const pure = ["**/*.test.ts", "**/*.test.tsx"];
const database = ["**/*.db.test.ts"];
const elsewhere = ["**/node_modules/**", "**/.next/**", "**/dist/**", "e2e/**/*.spec.ts"];

/** The same files on each engine. db/testing/global-setup.ts prepares what they start from. */
const onEngine = (engine: "pglite" | "postgres"): TestProjectConfiguration => ({
	extends: true,
	test: {
		name: engine,
		// Each file compiles the database anew: code that is fast to make beats code that is fast to run.
		execArgv: engine === "pglite" ? ["--liftoff-only"] : [],
		include: database,
		globalSetup: "db/testing/global-setup.ts",
		env: { GATEHOUSE_TEST_ENGINE: engine, LOG_LEVEL: "silent" },
		// Opening a database of its own is part of a file's first hook.
		hookTimeout: 120_000,
		testTimeout: 60_000,
	},
});

export default defineConfig({
	resolve: { alias: { "@": fileURLToPath(new URL(".", import.meta.url)).replace(/\/$/, "") } },
	test: {
		maxWorkers: 2,
		// What a test makes fail on purpose need not fill the screen.
		env: { LOG_LEVEL: "silent" },
		exclude: elsewhere,
		projects: [
			{
				extends: true,
				test: {
					name: "unit",
					// Generous: some read every source there is, and machines may be busy.
					testTimeout: 60_000,
					include: pure,
					exclude: [...elsewhere, ...database],
				},
			},
			onEngine("pglite"),
			...(process.env.TEST_DATABASE_URL ? [onEngine("postgres")] : []),
		],
	},
});
