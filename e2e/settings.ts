/**
 * What the configurations, the server and the tests of a run agree on: ports and the browser.
 * E2E_PORT is the application's; the ports after it are the providers' and the control's.
 */
import { join } from "node:path";

const port = Number(process.env.E2E_PORT ?? 3900);

export const ports = {
	app: port,
	/** The local provider of each worker. */
	provider: (worker: number) => port + 1 + worker,
	/** One more for each worker, for a test that needs a second provider. */
	second: (worker: number) => port + 5 + worker,
	control: port + 9,
	/** The provider that stands in Google's place, one for the whole run. */
	google: port + 10,
	/** The name server that the application asks for the records of domains. */
	dns: port + 11,
	/** The local SAML provider of each worker, at 127.0.0.1: another site than the application. */
	saml: (worker: number) => port + 12 + worker,
	/** A second server on the same database, where SCIM goes through Next. */
	nextDoor: port + 19,
};

export const baseUrl = `http://localhost:${port}`;

/** The client that the server has at Google. */
export const google = {
	issuer: `http://localhost:${ports.google}`,
	client: { id: "gatehouse-people", secret: "a secret between us and Google" },
	/** Of people's own accounts, and of Google Workspace by the deployment's client. */
	redirectUris: [`${baseUrl}/api/auth/callback/google`, `${baseUrl}/api/sso/callback/google`],
};

/** Every address that the server may call beyond the public internet. */
export const egress = [
	...[1, 2, 3, 4, 5, 6, 7, 8, 10].map((offset) => `localhost:${port + offset}`),
	...[12, 13, 14, 15].map((offset) => `127.0.0.1:${port + offset}`),
];

/** The folder of this run: the embedded database, mail, the server's log. Set by the configuration. */
export function dataFolder(): string {
	const folder = process.env.E2E_DATA;
	if (!folder) throw new Error("E2E_DATA is not set: start by playwright.config.ts");
	return folder;
}

/** Who has an account at the provider in Google's place, a line each: any worker may add one. */
export const googleAccounts = () => join(dataFolder(), "google-accounts.jsonl");

const asRoot = process.getuid?.() === 0;
const executablePath = process.env.CHROMIUM_PATH;

/** Options of every browser. CHROMIUM_PATH names one; otherwise it is Playwright's own. */
export const browser = {
	browserName: "chromium" as const,
	launchOptions: {
		...(executablePath ? { executablePath } : {}),
		args: [
			...(asRoot ? ["--no-sandbox"] : []),
			"--disable-gpu",
			"--disable-quic",
			"--no-first-run",
			"--disable-background-networking",
			"--disable-component-update",
			"--disable-sync",
		],
	},
};
