/**
 * What every mail looks like: one column, system fonts, the mark, one button and the same link in
 * full below it. Whoever reads the text part alone misses nothing. Nothing in it is fetched, so
 * nobody learns who opened it. The words are the callers'; sending is ./mail.
 */
import type { Mail } from "./mail";
import { mailMark } from "./mail-mark";
import { mailText } from "./mail-text";

export interface MailContent {
	/** The fact itself: "You are invited to Acme". */
	subject: string;
	/** What happened, what it means for the reader, what to do by when. Plain text. */
	paragraphs: readonly string[];
	/** The one thing to do. `href` is an absolute http(s) address. */
	button?: { label: string; href: string };
	/** Who received it, and from whom. */
	footer: string;
	/** Stands beside the mark. */
	workspace?: string;
}

/** Who a workspace writes to. */
export interface Receiver {
	workspace: { id: string; name: string };
	/** One address, without a name. */
	to: string;
}

/** A mail from a workspace, as queueMail takes it. */
export function mailTo(
	{ workspace, to }: Receiver,
	content: Omit<MailContent, "footer" | "workspace">,
): Mail {
	const footer = mailText("footer", { to, workspace: workspace.name });
	return {
		workspaceId: workspace.id,
		to,
		...composeMail({ ...content, footer, workspace: workspace.name }),
	};
}

/**
 * Lays out a mail. Its button stands before the last paragraph, which says what to do when the
 * mail was not expected.
 * @throws when the button leads anywhere but to http(s).
 */
export function composeMail(content: MailContent): { subject: string; text: string; html: string } {
	const { button } = content;
	if (button && !/^https?:$/.test(new URL(button.href).protocol))
		throw new Error("a mail's button must lead to http or https");
	return {
		subject: content.subject.replace(/[\p{C}\s]+/gu, " ").trim(),
		text: textOf(content),
		html: htmlOf(content),
	};
}

function textOf({ paragraphs, button, footer }: MailContent): string {
	const [last, before] = lastApart(paragraphs);
	const link = button ? [`${button.label}:\n${button.href}`] : [];
	return [...before, ...link, last, `-- \n${footer}`].join("\n\n");
}

/** The light theme's values (app/globals.css): mail programs know no variables. */
const colour = {
	ground: "#f6f5f2",
	paper: "#fefefd",
	line: "#dfded9",
	ink: "#1f1e1a",
	quiet: "#67655e",
};

const font = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const paragraph = `margin:0 0 16px;font-size:15px;line-height:23px;color:${colour.ink}`;
const small = `margin:0 0 16px;font-size:13px;line-height:20px;color:${colour.quiet}`;

function htmlOf({ subject, paragraphs, button, footer, workspace }: MailContent): string {
	const [last, before] = lastApart(paragraphs);
	const text = (words: string) =>
		`<p style="${paragraph};overflow-wrap:anywhere">${inHtml(words).replaceAll("\n", "<br>")}</p>`;
	const name = workspace ? `Gatehouse, ${workspace}` : "Gatehouse";
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light">
<title>${inHtml(subject)}</title>
</head>
<body style="margin:0;padding:0;background:${colour.ground};${font}">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background:${colour.ground}"><tr><td align="center" style="padding:24px 12px">
<table role="presentation" width="560" cellpadding="0" cellspacing="0" style="width:100%;max-width:560px;background:${colour.paper};border:1px solid ${colour.line};border-radius:10px"><tr><td style="padding:28px">
<p style="margin:0 0 24px;font-size:14px;line-height:28px;color:${colour.ink}"><img src="cid:${mailMark.cid}" width="28" height="28" alt="Gatehouse" style="vertical-align:middle;margin-right:10px"><span>${inHtml(name)}</span></p>
${before.map(text).join("\n")}
${button ? buttonOf(button) : ""}
${text(last)}
<p style="${small};margin:24px 0 0;border-top:1px solid ${colour.line};padding-top:16px;overflow-wrap:anywhere">${inHtml(footer)}</p>
</td></tr></table>
</td></tr></table>
</body>
</html>
`;
}

function buttonOf({ label, href }: { label: string; href: string }): string {
	const link = inHtml(href);
	return `<p style="margin:24px 0"><a href="${link}" style="display:inline-block;padding:11px 18px;border-radius:7px;background:${colour.ink};color:${colour.paper};font-size:15px;font-weight:500;text-decoration:none">${inHtml(label)}</a></p>
<p style="${small}">${inHtml(mailText("link"))}<br><a href="${link}" style="color:${colour.quiet};word-break:break-all">${link}</a></p>`;
}

function lastApart(paragraphs: readonly string[]): [last: string, before: readonly string[]] {
	return [paragraphs.at(-1) ?? "", paragraphs.slice(0, -1)];
}

const entities: Record<string, string> = {
	"&": "&amp;",
	"<": "&lt;",
	">": "&gt;",
	'"': "&quot;",
	"'": "&#39;",
};

function inHtml(words: string): string {
	return words.replace(/[&<>"']/g, (character) => entities[character] ?? "");
}
