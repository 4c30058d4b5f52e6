/**
 * The mails about an account: links that ask to do something, and notices of what was done. Each
 * function takes values and returns what queueMail (lib/platform/mail) is given inside the
 * transaction of the change; the words are in messages/en/mail.json. Mails about a member's role
 * and address are in lib/members/mails. Links are built by the callers, from PUBLIC_URL alone, and
 * open a page that asks before it acts, because mail scanners follow links.
 */
import type { Mail } from "@/lib/platform/mail";
import { composeMail, mailTo, type Receiver } from "@/lib/platform/mail-layout";
import { mailText } from "@/lib/platform/mail-text";

/** A link that works once, and when it ends. */
type Link = { href: string; until: Date };

/** To somebody who is asked to join. `role` is its name. */
export function invitationMail(
	receiver: Receiver,
	{ inviter, role, link }: { inviter: string; role: string; link: Link },
): Mail {
	return asking(receiver, "invitation", link, { inviter, role });
}

/** To somebody who signs up: they belong to no workspace yet. */
export function signUpMail({ to, link }: { to: string; link: Link }): Mail {
	const content = composeMail({
		subject: mailText("signUp.subject"),
		paragraphs: [
			mailText("signUp.what"),
			mailText("signUp.until", { until: link.until }),
			mailText("signUp.unasked"),
		],
		button: { label: mailText("signUp.button"), href: link.href },
		footer: mailText("ownFooter", { to }),
	});
	return { workspaceId: null, to, ...content };
}

/** To a member whose password is to be reset. Never for a first password. */
export function resetMail(receiver: Receiver, { link }: { link: Link }): Mail {
	return asking(receiver, "reset", link);
}

/** To a member who asked to reset a password, where there is none to reset. */
export function noPasswordMail(
	receiver: Receiver,
	{ sso, href }: { sso: boolean; href: string },
): Mail {
	const values = { workspace: receiver.workspace.name };
	return mailTo(receiver, {
		subject: mailText("noPassword.subject", values),
		paragraphs: [
			mailText("noPassword.what", values),
			mailText(sso ? "noPassword.sso" : "noPassword.other", values),
			mailText("noPassword.unasked"),
		],
		button: { label: mailText("noPassword.button"), href },
	});
}

/** To a member whom an admin offers a first password. */
export function passwordSetMail(
	receiver: Receiver,
	{ actor, link }: { actor: string; link: Link },
): Mail {
	return asking(receiver, "passwordSet", link, { actor });
}

/** To the address that is to become a member's own. */
export function confirmEmailMail(receiver: Receiver, { link }: { link: Link }): Mail {
	return asking(receiver, "confirmEmail", link);
}

/** The second factor by mail. */
export function signInCodeMail(
	receiver: Receiver,
	{ code, minutes }: { code: string; minutes: number },
): Mail {
	const values = { workspace: receiver.workspace.name, code, minutes };
	return mailTo(receiver, {
		subject: mailText("signInCode.subject", values),
		paragraphs: [
			mailText("signInCode.what", values),
			mailText("signInCode.until", values),
			mailText("signInCode.unasked"),
		],
	});
}

/** When a first password, a Google account or a passkey opens the account from now on. */
export function newMethodMail(
	receiver: Receiver,
	{
		method,
		detail = "",
		at,
	}: {
		method: "password" | "google" | "passkey";
		/** The Google address, or the passkey's name. */
		detail?: string;
		at: Date;
	},
): Mail {
	const values = { workspace: receiver.workspace.name, detail, at };
	return telling(receiver, "newMethod", mailText(`newMethod.what.${method}`, values), values);
}

/** When an account at an identity provider was linked to an existing member. */
export function linkedMail(
	receiver: Receiver,
	{ provider, at }: { provider: string; at: Date },
): Mail {
	const values = { workspace: receiver.workspace.name, provider, at };
	return telling(receiver, "linked", mailText("linked.what", values), values);
}

export type FactorChange =
	| "app_added"
	| "app_removed"
	| "mail_added"
	| "mail_removed"
	| "passkey_added"
	| "passkey_removed"
	| "codes_made"
	| "code_used";

/** When a member's second factor came, went, or was stood in for by a recovery code. */
export function factorChangedMail(
	receiver: Receiver,
	{ change, at }: { change: FactorChange; at: Date },
): Mail {
	const values = { workspace: receiver.workspace.name, at };
	const what = mailText(`factorChanged.what.${change}`, values);
	return telling(receiver, "factorChanged", what, values);
}

/** When the password changed, by its owner or through a reset. */
export function passwordChangedMail(receiver: Receiver, { at }: { at: Date }): Mail {
	const values = { workspace: receiver.workspace.name, at };
	return telling(receiver, "passwordChanged", mailText("passwordChanged.what", values), values);
}

/** To every admin, when somebody came in with one of the codes for when SSO does not work. */
export function recoveryUsedMail(
	receiver: Receiver,
	{ person, address, at }: { person: string; address: string; at: Date },
): Mail {
	const values = { workspace: receiver.workspace.name, person, address, at };
	return mailTo(receiver, {
		subject: mailText("recoveryUsed.subject"),
		paragraphs: [
			mailText("recoveryUsed.what", values),
			mailText("recoveryUsed.means"),
			mailText("recoveryUsed.unasked", values),
		],
	});
}

/** To everybody, when only the identity provider lets people in: now, or from a day on. */
export function enforcedMail(
	receiver: Receiver,
	{ provider, from, href }: { provider: string; from: Date | null; href: string },
): Mail {
	const values = { workspace: receiver.workspace.name, provider, from: from ?? "" };
	return mailTo(receiver, {
		subject: mailText("enforced.subject", values),
		paragraphs: [
			mailText(from ? "enforced.whatLater" : "enforced.what", values),
			mailText("enforced.means", values),
			mailText("enforced.unasked", values),
		],
		button: { label: mailText("enforced.button", values), href },
	});
}

function asking(
	receiver: Receiver,
	kind: "invitation" | "reset" | "passwordSet" | "confirmEmail",
	{ href, until }: Link,
	more: Record<string, string> = {},
): Mail {
	const values = { workspace: receiver.workspace.name, to: receiver.to, until, ...more };
	return mailTo(receiver, {
		subject: mailText(`${kind}.subject`, values),
		paragraphs: [
			mailText(`${kind}.what`, values),
			mailText(`${kind}.until`, values),
			mailText(`${kind}.unasked`),
		],
		button: { label: mailText(`${kind}.button`, values), href },
	});
}

function telling(
	receiver: Receiver,
	kind: "newMethod" | "linked" | "factorChanged" | "passwordChanged",
	what: string,
	values: Record<string, string | Date>,
): Mail {
	return mailTo(receiver, {
		subject: mailText(`${kind}.subject`, values),
		paragraphs: [what, mailText(`${kind}.unasked`, values)],
	});
}
