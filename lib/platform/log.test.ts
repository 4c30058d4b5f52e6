import { DrizzleQueryError } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { captureConsole, makeLog, redact } from "./log";

/** What one call writes. */
function written(write: (log: ReturnType<typeof makeLog>) => void): string {
	let text = "";
	write(makeLog("info", { write: (line: string) => (text += line) }));
	return text;
}

describe("a log line", () => {
	it("is JSON with time, level and fields", () => {
		const line = JSON.parse(written((log) => log.info({ workspace: "acme", count: 2 }, "saved")));
		expect(line).toEqual({
			level: "info",
			time: expect.stringMatching(/^\d{4}-.*Z$/),
			workspace: "acme",
			count: 2,
			msg: "saved",
		});
	});

	it("never holds a secret, whatever its field is called and however deep it is", () => {
		const names =
			"password newPassword client_secret clientSecret accessToken id_token refresh-token Cookie " +
			"Set-Cookie AUTHORIZATION SAMLResponse SAMLRequest RelayState api_key privateKey code state " +
			"totpSeed recoveryCode setup_code ticket assertion client_assertion browserId";
		for (const name of names.split(" ")) {
			const text = written((log) =>
				log.info({ [name]: "s3cret", list: [{ deep: { [name]: "s3cret" } }] }),
			);
			expect(text, name).not.toContain("s3cret");
		}
	});

	it("keeps what is not secret", () => {
		const fields = { email: "ada@acme.test", status: 404, ok: true, at: null, tokens: false };
		expect(redact(fields)).toEqual(fields);
	});

	it("loses query strings, credentials and bearer tokens inside texts", () => {
		const text = written((log) =>
			log.info({
				a: "GET https://idp.example/cb?code=s3cret&state=s3cret failed",
				b: "Authorization: Bearer s3cret.s3cret",
				c: "postgres://user:s3cret@db.example/app",
				d: "/invite?token=s3cret",
				e: `token eyJhbGciOiJub25lIn0.eyJzdWIiOiJzM2NyZXQifQ.s3cret`,
			}),
		);
		expect(text).not.toContain("s3cret");
		expect(text).not.toContain("eyJzdWIi");
		expect(text).toContain("https://idp.example/cb?[hidden] failed");
		expect(text).toContain("postgres://[hidden]@db.example/app");
	});
});

describe("an error in the log", () => {
	it("has type, message, cause and where it came from", () => {
		const error = new Error("no answer from https://idp.example/?token=s3cret", {
			cause: new TypeError("inner"),
		});
		const line = JSON.parse(written((log) => log.error({ err: error }, "failed")));
		expect(line.err).toMatchObject({
			type: "Error",
			message: "no answer from https://idp.example/?[hidden]",
			cause: { type: "TypeError", message: "inner" },
		});
		expect(line.err.stack).toContain("log.test.ts");
		expect(JSON.stringify(line)).not.toContain("s3cret");
	});

	it("of the database has code and constraint, not the statement and its parameters", () => {
		const cause = Object.assign(
			new Error('duplicate key value violates "members_email"; Key (email)=(ada@acme.test)'),
			{ code: "23505", constraint: "members_email", severity: "ERROR", detail: "(ada@acme.test)" },
		);
		const error = new DrizzleQueryError("insert into members values ($1)", ["s3cret"], cause);
		for (const text of [
			written((log) => log.error({ err: error })),
			written((log) => log.error(error)),
		]) {
			expect(text).not.toContain("s3cret");
			expect(text).not.toContain("insert into");
			expect(text).not.toContain("ada@acme.test");
			expect(JSON.parse(text).err).toMatchObject({
				cause: { code: "23505", constraint: "members_email" },
			});
		}
	});
});

describe("what a library prints", () => {
	it("goes through the log, without what a failed query was given", () => {
		const library = globalThis.console;
		const { error, warn } = library;
		const text = written((log) => {
			captureConsole(log);
			const failed = new DrizzleQueryError("insert into t", ["s3cret"], new Error("no"));
			library.error("\u001b[31mx\u001b[39m", failed);
			library.error(String(failed));
			library.warn("a warning about https://acme.test/finish?ticket=s3cret");
			Object.assign(library, { error, warn });
		});
		expect(text).not.toContain("s3cret");
		const lines = text
			.trim()
			.split("\n")
			.map((line) => JSON.parse(line));
		expect(lines).toMatchObject([
			{ level: "error", msg: "x", err: { type: "DrizzleQueryError", cause: { message: "no" } } },
			{ level: "error", msg: "Error: Failed query" },
			{ level: "warn", msg: "a warning about https://acme.test/finish?[hidden]" },
		]);
	});
});
