import { defineConfig } from "drizzle-kit";

// Used to generate migrations only. The application runs them itself, see db/client.ts.
export default defineConfig({
	dialect: "postgresql",
	schema: "./db/schema/index.ts",
	out: "./db/migrations",
});
