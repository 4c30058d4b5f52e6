import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SMTPServer } from "smtp-server";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Db, transact } from "@/db/client";
import { jobs, outbox } from "@/db/schema";
import { freshDb } from "@/db/testing";
import { runDueJobs } from "./jobs";
import { type MailSettings, mailJobs, queueMail } from "./mail";
import { composeMail } from "./mail-layout";

let db: Db;
beforeAll(async () => {
	db = await freshDb();
});
beforeEach(async () => {
	await db.delete(jobs);
	await db.delete(outbox);
});
const cleaning: (() => unknown)[] = [];
afterEach(async () => {
	for (const clean of cleaning.splice(0)) await clean();
});

const mail = {
	workspaceId: null,
	to: "ada@acme.test",
	subject: "Join Acme – today",
	text: "Hello,\n\nhttp://localhost:3000/invite?token=abc\n",
	html: "<p>Hello</p>",
};

function toFiles(): MailSettings {
	const folder = mkdtempSync(join(tmpdir(), "outbox-"));
	cleaning.push(() => rmSync(folder, { recursive: true }));
	return { smtpUrl: null, folder: join(folder, "outbox"), from: "Gatehouse <g@acme.test>" };
}

/** A mail server on loopback that keeps what it is given, or refuses a receiver. */
async function toServer(refusal?: { code: number }) {
	const received: { from: string; to: string[]; source: string }[] = [];
	const server = new SMTPServer({
		authOptional: true,
		disabledCommands: ["STARTTLS"],
		onRcptTo(_, __, done) {
			if (refusal) done(Object.assign(new Error("no"), { responseCode: refusal.code }));
			else done();
		},
		onData(stream, { envelope }, done) {
			let source = "";
			stream.on("data", (chunk) => {
				source += chunk;
			});
			stream.on("end", () => {
				const from = envelope.mailFrom ? envelope.mailFrom.address : "";
				received.push({ from, to: envelope.rcptTo.map(({ address }) => address), source });
				done();
			});
		},
	});
	server.on("error", () => {});
	await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
	cleaning.push(() => new Promise<void>((done) => server.close(done)));
	const { port } = server.server.address() as AddressInfo;
	const settings: MailSettings = { ...toFiles(), smtpUrl: `smtp://127.0.0.1:${port}` };
	return { received, settings };
}

/** A part in quoted-printable (RFC 2045 §6.7) as it reads, as far as ASCII goes. */
const unfolded = (part: string) =>
	part.replace(/=\r\n/g, "").replaceAll("\r", "").replaceAll("=3D", "=");

const soon = () => new Date(Date.now() + 1000);
const sendDue = (settings: MailSettings, now = soon()) =>
	runDueJobs(db, mailJobs(db, settings), now);

describe("by SMTP", () => {
	it("sends once, after the commit, and keeps nothing", async () => {
		const { received, settings } = await toServer();
		await transact(db, async (tx) => {
			await queueMail(tx, mail);
			expect(received).toEqual([]);
		});
		await sendDue(settings);
		await sendDue(settings);
		expect(received).toHaveLength(1);
		expect(received[0]).toMatchObject({ from: "g@acme.test", to: ["ada@acme.test"] });
		expect(received[0]?.source).toContain("http://localhost:3000/invite?token=abc");
		expect(received[0]?.source).toContain("<p>Hello</p>");
		expect(await db.$count(outbox)).toBe(0);
		expect(await db.$count(jobs)).toBe(0);
	});

	it("carries a text part, an HTML part and the mark that it names", async () => {
		const { received, settings } = await toServer();
		const { subject, text, html } = mail;
		const button = { label: "Join", href: "http://localhost:3000/invite?token=abc" };
		const composed = composeMail({ subject, paragraphs: [text, html], button, footer: "To Ada." });
		await queueMail(db, { workspaceId: null, to: mail.to, ...composed });
		await sendDue(settings);
		const source = received[0]?.source ?? "";
		const types = [...source.matchAll(/^content-type: ([a-z/]+)/gim)].map(([, type]) => type);
		expect(types.sort()).toEqual([
			"image/png",
			"multipart/alternative",
			"multipart/related",
			"text/html",
			"text/plain",
		]);
		expect(/^content-id: .*/im.exec(source)?.[0]).toContain("<mark@gatehouse>");
		const [plain = "", rich = ""] = source.split(/^content-type: text\/html/im);
		expect(unfolded(plain)).toContain("\nhttp://localhost:3000/invite?token=abc\n");
		expect(unfolded(rich)).toContain('href="http://localhost:3000/invite?token=abc"');
	});

	it("sends nothing for a transaction that failed", async () => {
		const { received, settings } = await toServer();
		const failing = transact(db, async (tx) => {
			await queueMail(tx, mail);
			throw new Error("no");
		});
		await expect(failing).rejects.toThrow("no");
		expect(await sendDue(settings)).toBe(0);
		expect(received).toEqual([]);
	});

	it("adds no receiver and no header from an address or a subject", async () => {
		const { received, settings } = await toServer();
		await queueMail(db, { ...mail, to: "ada@acme.test, eve@evil.test" });
		await queueMail(db, { ...mail, subject: "Hi\r\nBcc: eve@evil.test" });
		await sendDue(settings);
		expect(received.length).toBeGreaterThan(0);
		for (const { to, source } of received) {
			expect(to).not.toContain("eve@evil.test");
			expect(source).not.toMatch(/^Bcc:/im);
		}
	});

	it("tries again while the server is away or says later, and keeps the mail", async () => {
		const { settings: busy } = await toServer({ code: 450 });
		const away = { ...busy, smtpUrl: "smtp://127.0.0.1:9" };
		for (const settings of [busy, away]) {
			await queueMail(db, mail);
			expect(await sendDue(settings)).toBe(1);
			expect(await db.$count(outbox)).toBe(1);
			const { received, settings: working } = await toServer();
			await sendDue(working, new Date(Date.now() + 60_000));
			expect(received).toHaveLength(1);
		}
	});

	it("gives up when the receiver is refused for good", async () => {
		const { settings } = await toServer({ code: 550 });
		await queueMail(db, mail);
		await sendDue(settings);
		expect(await db.$count(outbox)).toBe(0);
		expect(await db.$count(jobs)).toBe(0);
	});
});

describe("without a mail server", () => {
	it("writes a file that only its owner can read", async () => {
		const settings = toFiles();
		await queueMail(db, mail);
		await sendDue(settings);
		const [name, ...more] = readdirSync(settings.folder);
		expect(more).toEqual([]);
		expect(name).toMatch(/^\d{4}-\d\d-\d\dT[\d.-]+Z-[0-9a-f-]{36}\.txt$/);
		const file = join(settings.folder, String(name));
		expect(statSync(file).mode & 0o777).toBe(0o600);
		expect(statSync(settings.folder).mode & 0o777).toBe(0o700);
		expect(readFileSync(file, "utf8")).toContain(
			"To: ada@acme.test\nSubject: Join Acme – today\nDate: 2",
		);
		expect(readFileSync(file, "utf8")).toContain("http://localhost:3000/invite?token=abc");
		expect(await db.$count(outbox)).toBe(0);
	});
});
