/**
 * The configuration of this process: parsed once, all problems listed at once. Nothing else in
 * lib, app or components reads process.env. `.env.example` has a line for every variable.
 */
import { Resolver } from "node:dns";
import { existsSync } from "node:fs";
import { z } from "zod";
import { isNetwork } from "./addresses";

const list = z
	.string()
	.default("")
	.transform((text) =>
		text
			.split(/[\s,]+/)
			.map((entry) => entry.trim())
			.filter(Boolean),
	);

const network = z.string().refine(isNetwork, {
	error: (issue) => `${issue.input} is no network: write 10.0.0.0/8 or an address`,
});

/** A network, or a host with its port: exactly what the guarded fetch compares. */
const egress = z
	.string()
	.toLowerCase()
	.refine((text) => isNetwork(text) || /^([a-z0-9.-]+|\[[0-9a-f:.]+\]):\d{1,5}$/.test(text), {
		error: (issue) => `${issue.input} is neither host:port nor a network such as 10.0.0.0/8`,
	});

/** What node:dns takes as a name server. */
const nameServer = z.string().refine(isNameServer, {
	error: (issue) => `${issue.input} is no name server: write 192.0.2.53, or 192.0.2.53:5353`,
});

function isNameServer(text: string): boolean {
	try {
		new Resolver().setServers([text]);
		return true;
	} catch {
		return false;
	}
}

/** 32 bytes in base64 or base64url, which is what `openssl rand -base64 32` prints. */
const key = z.string().refine((text) => Buffer.from(text, "base64").length === 32, {
	message: "must be 32 bytes in base64; make one with: openssl rand -base64 32",
});

const publicUrl = z.url({ protocol: /^https?$/ }).transform((text, context) => {
	const url = new URL(text);
	const local = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
	if (url.protocol === "http:" && !local)
		context.addIssue({
			code: "custom",
			message: "must start with https:// unless it is localhost",
		});
	if (url.pathname !== "/" || url.search || url.hash)
		context.addIssue({ code: "custom", message: "must be an origin, without a path" });
	return url.origin;
});

const variables = z.object({
	/** Set by Next while it builds; no database may be opened then. */
	NEXT_PHASE: z.string().optional(),
	NODE_ENV: z.enum(["development", "production", "test"]).default("development"),
	PORT: z.coerce.number().int().min(1).max(65535).default(3000),
	HOST: z.string().default("127.0.0.1"),
	PUBLIC_URL: publicUrl.optional(),
	DATABASE_URL: z
		.string()
		.regex(/^postgres(ql)?:\/\//, "must start with postgres:// or postgresql://")
		.optional(),
	DATABASE_POOL: z.coerce.number().int().min(1).max(200).default(10),
	DATA_DIR: z.string().min(1).default(".data"),
	GATEHOUSE_KEY: key.optional(),
	GATEHOUSE_OLD_KEYS: list.pipe(z.array(key)),
	EGRESS_ALLOW: list.pipe(z.array(egress)),
	DNS_SERVERS: list.pipe(z.array(nameServer)),
	TRUSTED_PROXIES: list.pipe(z.array(network)),
	SCIM_DOOR: z.enum(["server", "next"]).default("server"),
	SMTP_URL: z
		.string()
		.regex(/^smtps?:\/\//, "must start with smtp:// or smtps://")
		.optional(),
	MAIL_FROM: z.string().min(3).default("Gatehouse <gatehouse@localhost>"),
	GOOGLE_CLIENT_ID: z.string().optional(),
	GOOGLE_CLIENT_SECRET: z.string().optional(),
	/** Elsewhere in tests alone: an OpenID provider in Google's place. */
	GOOGLE_ISSUER: z
		.url({ protocol: /^https?$/ })
		.default("https://accounts.google.com")
		.transform((url) => url.replace(/\/$/, "")),
	SIGNUP: z.enum(["closed", "open"]).default("closed"),
	ACTIVITY_DAYS: z.coerce.number().int().min(1).max(36_500).default(400),
	LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
});

export type Env = Omit<z.infer<typeof variables>, "PUBLIC_URL"> & { PUBLIC_URL: string };

/** Thrown at boot with every problem of the configuration, a line each. */
export class EnvError extends Error {
	override name = "EnvError";
}

/**
 * Reads a set of variables. An empty value counts as unset.
 * @throws EnvError that lists every missing or malformed variable with its remedy.
 */
export function parseEnv(source: Record<string, string | undefined>): Env {
	const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ""));
	const parsed = variables.safeParse(given);
	const problems = parsed.success
		? []
		: parsed.error.issues.map((issue) => `${issue.path[0]?.toString() ?? "?"}: ${issue.message}`);
	if (given.DATABASE_URL && !given.GATEHOUSE_KEY)
		problems.push(
			"GATEHOUSE_KEY: is required with DATABASE_URL; make one with: openssl rand -base64 32",
		);
	const [id, secret] = ["GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"] as const;
	if (Boolean(given[id]) !== Boolean(given[secret]))
		problems.push(`${given[id] ? secret : id}: is required with ${given[id] ? id : secret}`);
	if (!parsed.success || problems.length > 0)
		throw new EnvError(
			`The configuration has ${problems.length} problem(s):\n  ${problems.join("\n  ")}`,
		);
	const { data } = parsed;
	return { ...data, PUBLIC_URL: data.PUBLIC_URL ?? `http://localhost:${data.PORT}` };
}

const slot = Symbol.for("gatehouse.env");
const shared = globalThis as { [slot]?: Env };

/**
 * Prepares the variables of this process before anything reads them: those of a .env file that are
 * not set yet, and those that Next and next-auth read by themselves. Called first by the server and by the operator's commands.
 * @throws EnvError as `env` does.
 */
export function prepareEnv(mode: "development" | "production"): Env {
	if (existsSync(".env")) process.loadEnvFile(".env");
	// Next's types make it read-only; which mode we run in is nevertheless ours to say.
	Object.assign(process.env, { NODE_ENV: mode, NEXT_TELEMETRY_DISABLED: "1" });
	process.env.NEXTAUTH_URL = env().PUBLIC_URL;
	return env();
}

/** The configuration of this process. @throws EnvError on the first call, if it is wrong. */
export function env(): Env {
	shared[slot] ??= parseEnv(process.env);
	return shared[slot];
}
