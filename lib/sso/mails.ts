/**
 * The mails about a workspace's domains and connections, to its admins. Each function takes values
 * and returns what queueMail (lib/platform/mail) is given; the words are in messages/en/mail.json.
 */
import { env } from "@/lib/platform/env";
import type { Mail } from "@/lib/platform/mail";
import { mailTo, type Receiver } from "@/lib/platform/mail-layout";
import { mailText } from "@/lib/platform/mail-text";
import type { Workspace } from "@/lib/workspaces/workspaces";

type Admin = Receiver & { workspace: Workspace };

const pageOf = ({ workspace }: Admin, anchor: string) =>
	`${env().PUBLIC_URL}/w/${workspace.slug}/sso#${anchor}`;

const connectionPage = ({ workspace }: Admin, id: string) =>
	`${env().PUBLIC_URL}/w/${workspace.slug}/sso/connection/${id}`;

/** The record of a domain was missing on three daily checks. */
export function domainLostMail(
	receiver: Admin,
	about: { domain: string; name: string; value: string; until: Date },
): Mail {
	const values = { workspace: receiver.workspace.name, ...about };
	return mailTo(receiver, {
		subject: mailText("domainLost.subject", values),
		paragraphs: [
			mailText("domainLost.what", values),
			mailText("domainLost.means", values),
			mailText("domainLost.todo", values),
			mailText("domainLost.unasked", values),
		],
		button: { label: mailText("domainLost.button"), href: pageOf(receiver, "domains") },
	});
}

/** The record of a lost domain was found again. */
export function domainReturnedMail(receiver: Admin, { domain }: { domain: string }): Mail {
	const values = { workspace: receiver.workspace.name, domain };
	return mailTo(receiver, {
		subject: mailText("domainReturned.subject", values),
		paragraphs: [mailText("domainReturned.what", values), mailText("domainReturned.means", values)],
	});
}

/** A client secret or the provider's last certificate is about to end. */
export function expiryMail(
	receiver: Admin,
	about: {
		what: "secret" | "certificate";
		provider: string;
		connectionId: string;
		days: number;
		at: Date;
	},
): Mail {
	const { what, connectionId, ...rest } = about;
	const values = { workspace: receiver.workspace.name, ...rest };
	return mailTo(receiver, {
		subject: mailText(`expiring.${what}.subject`, values),
		paragraphs: [
			mailText(`expiring.${what}.what`, values),
			mailText("expiring.means", values),
			mailText(`expiring.${what}.todo`, values),
		],
		button: { label: mailText("expiring.button"), href: connectionPage(receiver, connectionId) },
	});
}

/** What a provider publishes of itself is not what was tested, and may be another provider. */
export function metadataDiffersMail(
	receiver: Admin,
	about: { provider: string; connectionId: string; changed: readonly { field: string }[] },
): Mail {
	const { provider, connectionId, changed } = about;
	const fields = changed.map(({ field }) => mailText("metadataDiffers.field", { field }));
	const values = { workspace: receiver.workspace.name, provider, fields: fields.join(", ") };
	return mailTo(receiver, {
		subject: mailText("metadataDiffers.subject", values),
		paragraphs: [
			mailText("metadataDiffers.what", values),
			mailText("metadataDiffers.means", values),
			mailText("metadataDiffers.todo", values),
		],
		button: {
			label: mailText("metadataDiffers.button"),
			href: connectionPage(receiver, connectionId),
		},
	});
}

/** There is a new certificate of ours, which the provider of a connection needs. */
export function newCertificateMail(
	receiver: Admin,
	about: { provider: string; connectionId: string; fingerprint: string },
): Mail {
	const { connectionId, ...rest } = about;
	const values = { workspace: receiver.workspace.name, ...rest };
	return mailTo(receiver, {
		subject: mailText("newCertificate.subject", values),
		paragraphs: [
			mailText("newCertificate.what", values),
			mailText("newCertificate.todo", values),
			mailText("newCertificate.means", values),
		],
		button: {
			label: mailText("newCertificate.button"),
			href: connectionPage(receiver, connectionId),
		},
	});
}
