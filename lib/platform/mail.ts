/**
 * Mail. It is queued in the transaction that causes it, as a row and a job, and sent after the
 * commit: no mail for a change that did not happen, none lost with a process. Without SMTP_URL it
 * is written to files, for trials. Owns the sending; the looks are ./mail-layout, the words the
 * callers'.
 */
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { createTransport } from "nodemailer";
import type { Db, Tx } from "@/db/client";
import { outbox } from "@/db/schema";
import { env } from "./env";
import { newId } from "./ids";
import { enqueue, type Handlers } from "./jobs";
import { log } from "./log";
import { mailMark } from "./mail-mark";

/** After this many tries, about three days of them, a mail is given up. */
const MAX_ATTEMPTS = 20;

export interface Mail {
	/** Null for mail that belongs to no workspace. */
	workspaceId: string | null;
	/** One address, without a name. */
	to: string;
	subject: string;
	text: string;
	html: string;
}

/** Queues a mail, to be sent once the transaction is committed. */
export async function queueMail(tx: Db | Tx, mail: Mail): Promise<void> {
	const id = newId();
	await tx.insert(outbox).values({ id, ...mail });
	await enqueue(tx, "mail", { id });
}

/** Where mail goes. */
export interface MailSettings {
	/** Null: to files in the folder. */
	smtpUrl: string | null;
	folder: string;
	from: string;
}

/**
 * The job that sends queued mail. A mail leaves the outbox with its links once it is sent, once the
 * server has refused its receiver for good, or when it was tried for days.
 */
export function mailJobs(db: Db, settings = configured()): Handlers {
	return {
		async mail(payload, { now, attempt }) {
			const id = String(payload.id);
			const [mail] = await db.select().from(outbox).where(eq(outbox.id, id));
			if (!mail) return undefined;
			try {
				if (settings.smtpUrl) await send(mail, settings.smtpUrl, settings.from);
				else await write(mail, settings, now);
			} catch (error) {
				if (attempt < MAX_ATTEMPTS && !isFinal(error)) throw error;
				log().error({ err: error, mail: id, workspace: mail.workspaceId }, "A mail was given up");
			}
			await db.delete(outbox).where(eq(outbox.id, id));
			return undefined;
		},
	};
}

function configured(): MailSettings {
	const { SMTP_URL, DATA_DIR, MAIL_FROM } = env();
	return { smtpUrl: SMTP_URL ?? null, folder: join(DATA_DIR, "outbox"), from: MAIL_FROM };
}

async function send(mail: Mail, url: string, from: string): Promise<void> {
	const transport = createTransport({
		url,
		connectionTimeout: 10_000,
		greetingTimeout: 10_000,
		socketTimeout: 30_000,
		disableFileAccess: true,
		disableUrlAccess: true,
	});
	try {
		const { to, subject, text, html } = mail;
		await transport.sendMail({
			from,
			// As an object, so that an address can never be read as a list of several.
			to: { name: "", address: to },
			subject,
			text,
			html,
			attachments: html.includes(`cid:${mailMark.cid}`) ? [mailMark] : [],
		});
	} finally {
		transport.close();
	}
}

/** Whether the server refused the receiver for good (RFC 5321 §4.2.1), which no retry changes. */
function isFinal(error: unknown): boolean {
	const { code, responseCode } = error as { code?: unknown; responseCode?: unknown };
	return code === "EENVELOPE" && typeof responseCode === "number" && responseCode >= 500;
}

async function write(mail: Mail & { id: string }, settings: MailSettings, now: Date) {
	await mkdir(settings.folder, { recursive: true, mode: 0o700 });
	const file = join(settings.folder, `${now.toISOString().replaceAll(":", "-")}-${mail.id}.txt`);
	const head = `From: ${settings.from}\nTo: ${mail.to}\nSubject: ${mail.subject}\n`;
	await writeFile(file, `${head}Date: ${now.toISOString()}\n\n${mail.text}\n`, { mode: 0o600 });
	await chmod(file, 0o600);
	// Whoever tries the product out without a mail server follows links from here. In the text of
	// the line, since links in its fields lose their tokens.
	const link = /https?:\/\/\S+/.exec(mail.text)?.[0];
	log().info({ file }, `Mail to ${mail.to}: ${mail.subject}${link ? ` ${link}` : ""}`);
}
