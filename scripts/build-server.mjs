/**
 * Bundles what runs outside of Next into dist/: the server, and the operator's commands. Packages
 * stay in node_modules, where Next's own bundles find the same copies. Run by `npm run build`.
 */
import { build } from "esbuild";

await build({
	entryPoints: { server: "server.ts", admin: "scripts/admin.ts" },
	outdir: "dist",
	bundle: true,
	platform: "node",
	format: "esm",
	target: "node20",
	packages: "external",
	sourcemap: true,
	logLevel: "warning",
	banner: {
		// Paths in the code (db/migrations, messages, .next, .data) are relative to the root of the
		// project, wherever it is started from.
		js: 'process.chdir(import.meta.dirname + "/..");',
	},
});
