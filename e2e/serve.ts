/**
 * Starts the production build for the end-to-end tests: a fresh database (Postgres where
 * TEST_DATABASE_URL is given, else the embedded one in the folder of the run), the server, and the
 * control beside it in the same process; and the provider in Google's place. Takes everything down
 * again on SIGTERM.
 */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { openPostgres } from "@/db/client";
import { newId } from "@/lib/platform/ids";
import { type Person, startOidcProvider } from "./idp/oidc";
import { baseUrl, dataFolder, egress, google, googleAccounts, ports } from "./settings";

const folder = dataFolder();
mkdirSync(folder, { recursive: true, mode: 0o700 });

const control = "dist/e2e/control.js";
await build({
	entryPoints: ["e2e/control.ts"],
	outfile: control,
	bundle: true,
	platform: "node",
	format: "esm",
	target: "node20",
	packages: "external",
	logLevel: "error",
});

writeFileSync(googleAccounts(), "");
const atGoogle = await startOidcProvider({
	port: ports.google,
	get people() {
		const lines = readFileSync(googleAccounts(), "utf8").split("\n").filter(Boolean);
		return lines.map((line) => JSON.parse(line) as Person);
	},
	clients: [{ ...google.client, redirectUris: google.redirectUris }],
	title: "Google, in a test",
});

const database = await freshDatabase();
const server = spawn(
	process.execPath,
	["--enable-source-maps", "--import", `./${control}`, "dist/server.js"],
	{
		stdio: ["ignore", "pipe", "pipe"],
		// Out of the group that Playwright signals, so that it is asked to stop once, from here.
		detached: true,
		env: {
			...process.env,
			NODE_ENV: "production",
			NEXT_TELEMETRY_DISABLED: "1",
			HOST: "127.0.0.1",
			PORT: String(ports.app),
			PUBLIC_URL: baseUrl,
			DATABASE_URL: database.url,
			DATA_DIR: folder,
			GATEHOUSE_KEY: randomBytes(32).toString("base64"),
			EGRESS_ALLOW: egress.join(" "),
			DNS_SERVERS: `127.0.0.1:${ports.dns}`,
			GOOGLE_CLIENT_ID: google.client.id,
			GOOGLE_CLIENT_SECRET: google.client.secret,
			GOOGLE_ISSUER: google.issuer,
			SIGNUP: "open",
			LOG_LEVEL: "info",
		},
	},
);
for (const stream of [server.stdout, server.stderr])
	stream.on("data", (chunk: Buffer) => appendFileSync(join(folder, "server.log"), chunk));

for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => server.kill("SIGTERM"));
server.on("close", async (code) => {
	if (code) process.stderr.write(`the server ended with ${code}; see ${folder}/server.log\n`);
	await atGoogle.close();
	await database.drop();
	if (!code) rmSync(folder, { recursive: true, force: true });
	process.exit(code ?? 0);
});

async function freshDatabase(): Promise<{ url: string; drop: () => Promise<void> }> {
	const given = process.env.TEST_DATABASE_URL;
	if (!given) return { url: "", drop: async () => {} };
	const admin = openPostgres(given, 1);
	const name = `e2e_${newId().replaceAll("-", "")}`;
	await admin.db.execute(`create database ${name}`);
	const url = new URL(given);
	url.pathname = `/${name}`;
	return {
		url: url.href,
		drop: async () => {
			await admin.db.execute(`drop database ${name} with (force)`);
			await admin.close();
		},
	};
}
