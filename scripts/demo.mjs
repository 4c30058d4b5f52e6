/**
 * `npm run demo`: Gatehouse on this machine alone, with a sample workspace and two local
 * identity providers. Plain Node, so that it starts in a fresh clone.
 */
import "./lib/node-version.mjs";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ensureBuilt } from "./lib/build.mjs";
import { ensureInstalled } from "./lib/install.mjs";
import { answers, demandPort, parsePort } from "./lib/ports.mjs";
import { command, keep, option, root, run, tail } from "./lib/run.mjs";
import { bold, complain, faint, note, Refusal, say, step } from "./lib/say.mjs";

const usage = `Usage: npm run demo -- [--port <port>] [--reset] [--verbose] [--data <folder>]

  --port <port>    where the application listens; the providers take the two after it (3000)
  --reset          forget the sample workspace and its passwords, and begin again
  --verbose        show what the application and the providers log
  --data <folder>  where the demo keeps its files (.data)`;

command(main, complain);

async function main() {
	const args = process.argv.slice(2);
	if (args.includes("--help")) {
		say(usage);
		return;
	}
	const port = parsePort(option(args, "port") ?? "3000");
	const other = `Stop that program, or choose another port: npm run demo -- --port ${port + 100}`;
	await demandPort(port, other);
	await demandPort(port + 1, other);
	await demandPort(port + 2, other);

	say(bold("Gatehouse demo"));
	await ensureInstalled();
	await ensureBuilt();
	const environment = environmentOf(port, resolve(root, option(args, "data") ?? ".data"));
	await setUp(environment, args.includes("--reset"));
	const demo = JSON.parse(readFileSync(environment.DEMO_FILE, "utf8"));

	const { ended, started } = start(demo, environment, args.includes("--verbose"));
	await step("Starting", () => Promise.race([started, ended]));
	tell(demo, environment);
	await ended;
}

/** The whole configuration: whatever else is set in this shell, the demo is on its own. */
function environmentOf(port, folder) {
	return {
		NODE_ENV: "production",
		NEXT_TELEMETRY_DISABLED: "1",
		HOST: "127.0.0.1",
		PORT: String(port),
		PUBLIC_URL: `http://localhost:${port}`,
		// Empty counts as unset: the embedded database, and mail as files.
		DATABASE_URL: "",
		SMTP_URL: "",
		TRUSTED_PROXIES: "",
		GATEHOUSE_KEY: "",
		GATEHOUSE_OLD_KEYS: "",
		SCIM_DOOR: "",
		GOOGLE_CLIENT_ID: "",
		GOOGLE_CLIENT_SECRET: "",
		GOOGLE_ISSUER: "",
		SIGNUP: "",
		LOG_LEVEL: "",
		DATA_DIR: join(folder, "demo"),
		// The addresses inside this machine that the server may call.
		EGRESS_ALLOW: `localhost:${port + 1} 127.0.0.1:${port + 2}`,
		DEMO_FILE: join(folder, "demo.json"),
		DEMO_ISSUER: `http://localhost:${port + 1}`,
		// Another site than localhost for a browser, as a company's provider is.
		DEMO_SAML: `http://127.0.0.1:${port + 2}`,
	};
}

/** In a process of its own: creating the embedded database takes memory that the server need not keep. */
async function setUp(env, reset) {
	const title = reset
		? "Starting over with a new sample workspace"
		: "Preparing the sample workspace";
	await step(title, async () => {
		const words = ["--import", "tsx", "scripts/demo-set-up.ts", ...(reset ? ["--reset"] : [])];
		const { code, output } = await run(process.execPath, words, { env });
		if (code !== 0)
			throw new Refusal(
				"The sample workspace could not be prepared.",
				"If another demo is running, stop it first. To begin again: npm run demo -- --reset",
				tail(output, 12),
			);
	});
}

/** Starts the providers and the application. `ended` fails as soon as one of them stops. */
function start(demo, env, verbose) {
	const ended = new Promise((_resolve, reject) => {
		const processes = {
			providers: ["--import", "tsx", "scripts/demo-providers.ts"],
			application: ["--enable-source-maps", "dist/server.js"],
		};
		for (const [name, words] of Object.entries(processes))
			keep(name, words, {
				env,
				log: verbose ? (line) => say(faint(`[${name}] ${line}`)) : undefined,
				onEnd: ({ code, output }) =>
					reject(
						new Refusal(
							`The ${name} stopped by itself (exit code ${code}).`,
							"The lines above have the reason. --verbose shows everything it logs.",
							tail(output),
						),
					),
			});
	});
	const started = Promise.all([
		answers(`${demo.oidc.issuer}/.well-known/openid-configuration`),
		answers(demo.saml.metadataUrl),
		answers(`${demo.baseUrl}/api/health`),
	]);
	return { ended, started };
}

/** What to click, in order, with everything to type or paste. */
function tell(demo, env) {
	const { baseUrl, workspace, admin, oidc, saml, users } = demo;
	const atProvider = (email) => users.find((user) => user.email === email);
	const [, colleague, outsider] = users;
	const row = (name, value) => say(`     ${name.padEnd(14)} ${bold(value)}`);
	say(`\nGatehouse runs at ${bold(baseUrl)}. Two local identity providers know the same people:`);
	say(`OpenID Connect at ${oidc.issuer}, SAML at ${new URL(saml.metadataUrl).origin}.\n`);
	say(`  1. Sign in at ${baseUrl}/login`);
	row("Email", admin.email);
	row("Password", admin.password);
	say(`\n  2. Open ${baseUrl}/w/${workspace.slug}/sso and add an OpenID Connect connection:`);
	row("Issuer URL", oidc.issuer);
	row("Client ID", oidc.clientId);
	row("Client Secret", oidc.clientSecret);
	say("\n  3. Press Test sign-in. At the provider:");
	row("Email", admin.email);
	row("Password", atProvider(admin.email).password);
	say(
		"\n  4. Turn the connection on and sign out. Then sign in as a colleague Gatehouse has not met:",
	);
	row("Email", `${colleague.email}   (at ${baseUrl}/login)`);
	row("Password", `${colleague.password}   (at the provider)`);
	say("     To see a refusal, sign in at the provider as somebody outside the domain instead:");
	row("Email", outsider.email);
	row("Password", outsider.password);
	say("\n  5. Or by SAML: add a connection, Any SAML 2.0, press Generate, then give it:");
	row("Metadata URL", saml.metadataUrl);
	say(
		"     The same people with the same passwords. After a test sign-in the provider's own page has",
	);
	say(
		`     a tile, which leads in if you let the connection accept that: ${new URL(saml.metadataUrl).origin}`,
	);
	say("\n  6. See a directory client create, find, change, deactivate and delete a person:");
	say(`     ${bold("node scripts/demo-scim.mjs")}`);
	say("");
	note(`all of this is in ${env.DEMO_FILE}`);
	note(`mail lands in ${join(env.DATA_DIR, "outbox")}`);
	note("the embedded database is for trials; a real installation uses Postgres");
	say(`\nCtrl-C stops everything; the next run continues here. ${faint("--reset starts over.")}`);
}
