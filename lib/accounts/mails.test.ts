import { describe, expect, it } from "vitest";
import { becameAdminMail, emailChangedMail } from "@/lib/members/mails";
import type { Mail } from "@/lib/platform/mail";
import {
	confirmEmailMail,
	factorChangedMail,
	invitationMail,
	linkedMail,
	newMethodMail,
	passwordChangedMail,
	passwordSetMail,
	recoveryUsedMail,
	resetMail,
	signInCodeMail,
} from "./mails";

const receiver = { workspace: { id: "1", name: "Acme & Sons" }, to: "ada@acme.test" };
const at = new Date("2026-11-23T21:05:00Z");
const link = { href: "https://gate.acme.test/x?token=t", until: at };

const asking: [string, Mail][] = [
	["invitation", invitationMail(receiver, { inviter: "Maya", role: "Viewer", link })],
	["reset", resetMail(receiver, { link })],
	["password-set", passwordSetMail(receiver, { actor: "Maya", link })],
	["confirm email", confirmEmailMail(receiver, { link })],
];

const telling: [string, Mail][] = [
	["new method", newMethodMail(receiver, { method: "google", detail: "ada@x.test", at })],
	["linked", linkedMail(receiver, { provider: "Okta", at })],
	["factor changed", factorChangedMail(receiver, { change: "app_removed", at })],
	["password changed", passwordChangedMail(receiver, { at })],
	["became admin", becameAdminMail(receiver, { person: "Ben", actor: "Maya", at })],
	["email changed", emailChangedMail(receiver, { email: "b@x.test", actor: "Maya", at })],
	["email taken away", emailChangedMail(receiver, { email: null, actor: "Okta", at })],
	["recovery used", recoveryUsedMail(receiver, { person: "Ben", address: "192.0.2.1", at })],
];

describe.each([...asking, ...telling])("the mail: %s", (_, mail) => {
	it("has every text, and says when and where to whom", () => {
		// A text that is missing, or lacks a value, shows its key or its argument.
		for (const part of [mail.subject, mail.text, mail.html])
			expect(part).not.toMatch(/\{\w+|\b(invitation|reset|newMethod|factorChanged)\./);
		expect(mail.text).toContain("23 November 2026 at 21:05 UTC");
		expect(mail.text).toContain("Acme & Sons");
		expect(mail.html).toContain("Acme &amp; Sons");
		expect(mail.text).toContain("ada@acme.test");
		expect(mail).toMatchObject({ workspaceId: "1", to: "ada@acme.test" });
	});
});

it.each(asking)("the mail has its link in both parts: %s", (_, mail) => {
	expect(mail.text).toContain("\nhttps://gate.acme.test/x?token=t\n");
	expect(mail.html).toContain('href="https://gate.acme.test/x?token=t"');
});

it.each(telling)("a notice asks for nothing: %s", (_, mail) => {
	expect(mail.html).not.toContain("href=");
});

it("the mail with a code has it in the subject too, for those who read no further", () => {
	const mail = signInCodeMail(receiver, { code: "123456", minutes: 10 });
	expect(mail.subject).toBe("123456 is your code for Acme & Sons");
	expect(mail.text).toContain("It works once, for 10 minutes");
});
