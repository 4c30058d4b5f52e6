import { describe, expect, it } from "vitest";
import { composeMail } from "./mail-layout";

const content = {
	subject: "You are invited to Acme",
	paragraphs: ["Maya invites you.", "It works once.", "If you did not expect it, leave it."],
	button: { label: "Join Acme", href: "https://acme.test/invite?token=a&b=c" },
	footer: "Sent to ada@acme.test.",
	workspace: "Acme",
};

describe("composeMail", () => {
	it("says all of it in the text part, the link included", () => {
		const { text } = composeMail(content);
		for (const words of [...content.paragraphs, content.footer, content.button.label])
			expect(text).toContain(words);
		expect(text).toMatch(/^https:\/\/acme\.test\/invite\?token=a&b=c$/m);
		expect(text.indexOf("https:")).toBeLessThan(text.indexOf("If you did not"));
	});

	it("has one button, and the same link in full below it", () => {
		const { html } = composeMail(content);
		const link = "https://acme.test/invite?token=a&amp;b=c";
		expect(html.split(`href="${link}"`)).toHaveLength(3);
		expect(html).toContain(`>${link}</a>`);
	});

	it("escapes whatever it is given", () => {
		const evil = `<img src="x" onerror='y'>&`;
		const { html } = composeMail({
			subject: evil,
			paragraphs: [evil, evil],
			button: { label: evil, href: `https://acme.test/?q=${evil}` },
			footer: evil,
			workspace: evil,
		});
		expect(html).not.toContain("onerror='");
		expect(html).not.toContain(`"x"`);
		expect(html.match(/<img/g)).toHaveLength(1);
	});

	it("fetches nothing from anywhere", () => {
		const { html } = composeMail(content);
		const fetched = [...html.matchAll(/(?:src|background|url)\s*[=(]\s*["']?([^"')\s>]+)/g)];
		expect(fetched.map(([, address]) => address)).toEqual(["cid:mark@gatehouse"]);
		expect(html).not.toContain("<style");
	});

	it("puts no second line into the subject", () => {
		const subject = "Hi\r\nBcc: eve@evil.test\u0000";
		expect(composeMail({ ...content, subject }).subject).toBe("Hi Bcc: eve@evil.test");
	});

	it.each(["javascript:alert(1)", "data:text/html,x", "/invite"])(
		"leads nowhere else: %s",
		(href) => {
			expect(() => composeMail({ ...content, button: { label: "Join", href } })).toThrow();
		},
	);
});
