import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { EnvError, parseEnv } from "./env";

const key = randomBytes(32).toString("base64");

/** The lines of the refusal, without its headline. */
function problems(source: Record<string, string>): string[] {
	try {
		parseEnv(source);
	} catch (error) {
		if (!(error instanceof EnvError)) throw error;
		return error.message
			.split("\n")
			.slice(1)
			.map((line) => line.trim());
	}
	return [];
}

describe("parseEnv", () => {
	it("needs nothing for a trial on the embedded database", () => {
		expect(parseEnv({})).toMatchObject({
			PORT: 3000,
			HOST: "127.0.0.1",
			PUBLIC_URL: "http://localhost:3000",
			DATA_DIR: ".data",
			EGRESS_ALLOW: [],
			TRUSTED_PROXIES: [],
			SCIM_DOOR: "server",
			GOOGLE_ISSUER: "https://accounts.google.com",
			SIGNUP: "closed",
		});
	});

	it("counts an empty value as unset", () => {
		expect(parseEnv({ PORT: "", DATABASE_URL: "", PUBLIC_URL: "" }).PORT).toBe(3000);
	});

	it("takes the public address from the port, unless it is given", () => {
		expect(parseEnv({ PORT: "4000" }).PUBLIC_URL).toBe("http://localhost:4000");
		expect(parseEnv({ PUBLIC_URL: "https://sign-on.example.com/" }).PUBLIC_URL).toBe(
			"https://sign-on.example.com",
		);
	});

	it("reads lists parted by commas or blanks", () => {
		const { EGRESS_ALLOW, TRUSTED_PROXIES } = parseEnv({
			EGRESS_ALLOW: "localhost:9000, [::1]:9001 10.0.0.0/8,IdP.internal:443",
			TRUSTED_PROXIES: "10.0.0.0/8, ::1",
		});
		expect(EGRESS_ALLOW).toEqual([
			"localhost:9000",
			"[::1]:9001",
			"10.0.0.0/8",
			"idp.internal:443",
		]);
		expect(TRUSTED_PROXIES).toEqual(["10.0.0.0/8", "::1"]);
	});

	it("takes name servers by address, with a port or without", () => {
		const { DNS_SERVERS } = parseEnv({ DNS_SERVERS: "192.0.2.53, 127.0.0.1:5353 [::1]:53" });
		expect(DNS_SERVERS).toEqual(["192.0.2.53", "127.0.0.1:5353", "[::1]:53"]);
		expect(problems({ DNS_SERVERS: "dns.example.com" })[0]).toContain("is no name server");
	});

	it("lists every problem at once, each with its variable", () => {
		const found = problems({
			PORT: "http",
			PUBLIC_URL: "ftp://example.com",
			DATABASE_URL: "mysql://localhost/app",
			GATEHOUSE_OLD_KEYS: "short",
			EGRESS_ALLOW: "localhost",
			TRUSTED_PROXIES: "10.0.0.0/33",
			SCIM_DOOR: "back",
			SMTP_URL: "mail.example.com",
			LOG_LEVEL: "loud",
		});
		expect(found.map((line) => line.split(":")[0])).toEqual([
			"PORT",
			"PUBLIC_URL",
			"DATABASE_URL",
			"GATEHOUSE_OLD_KEYS",
			"EGRESS_ALLOW",
			"TRUSTED_PROXIES",
			"SCIM_DOOR",
			"SMTP_URL",
			"LOG_LEVEL",
			"GATEHOUSE_KEY",
		]);
	});

	it("needs a key of 32 bytes with Postgres", () => {
		const DATABASE_URL = "postgres://localhost/gatehouse";
		expect(problems({ DATABASE_URL })).toEqual([
			"GATEHOUSE_KEY: is required with DATABASE_URL; make one with: openssl rand -base64 32",
		]);
		expect(problems({ DATABASE_URL, GATEHOUSE_KEY: "c2hvcnQ=" })).toEqual([
			"GATEHOUSE_KEY: must be 32 bytes in base64; make one with: openssl rand -base64 32",
		]);
		expect(problems({ DATABASE_URL, GATEHOUSE_KEY: key })).toEqual([]);
	});

	it("wants both halves of the client at Google, or none", () => {
		expect(problems({ GOOGLE_CLIENT_ID: "id" })).toEqual([
			"GOOGLE_CLIENT_SECRET: is required with GOOGLE_CLIENT_ID",
		]);
		expect(problems({ GOOGLE_CLIENT_SECRET: "secret" })).toEqual([
			"GOOGLE_CLIENT_ID: is required with GOOGLE_CLIENT_SECRET",
		]);
		expect(problems({ GOOGLE_CLIENT_ID: "id", GOOGLE_CLIENT_SECRET: "secret" })).toEqual([]);
	});

	it("wants https for people elsewhere, and an origin without a path", () => {
		expect(problems({ PUBLIC_URL: "http://sign-on.example.com" })).toEqual([
			"PUBLIC_URL: must start with https:// unless it is localhost",
		]);
		expect(problems({ PUBLIC_URL: "https://example.com/gatehouse" })).toEqual([
			"PUBLIC_URL: must be an origin, without a path",
		]);
		expect(problems({ PUBLIC_URL: "http://127.0.0.1:3000" })).toEqual([]);
	});
});

it(".env.example has one line for every variable an operator sets, and no other", () => {
	const documented = readFileSync(".env.example", "utf8").matchAll(/^#? ?([A-Z_]+)=/gm);
	const read = readFileSync("lib/platform/env.ts", "utf8").matchAll(/^\t([A-Z_]+): /gm);
	// Set by the build and by the start scripts, not by an operator.
	const own = new Set(["NEXT_PHASE", "NODE_ENV"]);
	expect([...documented].map(([, name]) => name).sort()).toEqual(
		[...read]
			.map(([, name]) => name)
			.filter((name) => name && !own.has(name))
			.sort(),
	);
});
