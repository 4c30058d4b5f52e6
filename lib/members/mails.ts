/**
 * The mails about a member's role and address. Each function takes values and returns what
 * queueMail (lib/platform/mail) is given inside the transaction of the change; the words are in
 * messages/en/mail.json. Mails about passwords and factors are in lib/accounts/mails.
 */
import type { Mail } from "@/lib/platform/mail";
import { mailTo, type Receiver } from "@/lib/platform/mail-layout";
import { mailText } from "@/lib/platform/mail-text";

/** To every admin, the new one included. */
export function becameAdminMail(
	receiver: Receiver,
	{ person, actor, at }: { person: string; actor: string; at: Date },
): Mail {
	const values = { workspace: receiver.workspace.name, person, actor, at };
	return mailTo(receiver, {
		subject: mailText("becameAdmin.subject", values),
		paragraphs: [
			mailText("becameAdmin.what", values),
			mailText("becameAdmin.means"),
			mailText("becameAdmin.unasked"),
		],
	});
}

/** To the old address, when another one took its place, or none did. */
export function emailChangedMail(
	receiver: Receiver,
	{ email, actor, at }: { email: string | null; actor: string; at: Date },
): Mail {
	const values = { workspace: receiver.workspace.name, email: email ?? "", actor, at };
	return mailTo(receiver, {
		subject: mailText("emailChanged.subject", values),
		paragraphs: [
			mailText(email === null ? "emailChanged.gone" : "emailChanged.what", values),
			mailText("emailChanged.means", values),
			mailText("emailChanged.unasked", values),
		],
	});
}
