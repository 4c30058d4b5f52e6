import { randomBytes } from "node:crypto";
import { getTranslations } from "next-intl/server";
import { locale } from "@/lib/platform/text";
import type { SamlForm } from "@/lib/sso/saml/carry";
import { escapeXml } from "@/lib/sso/saml/xml";

/** The one page that may send a form to another site, and only to the one of this form. */
export async function postPage({ address, fields }: SamlForm): Promise<Response> {
	const t = await getTranslations("login.post");
	const nonce = randomBytes(16).toString("base64");
	const inputs = Object.entries(fields).map(
		([name, value]) => `<input type="hidden" name="${name}" value="${escapeXml(value)}">`,
	);
	const page = `<!doctype html>
<html lang="${locale}"><head><meta charset="utf-8"><title>${escapeXml(t("title"))}</title></head>
<body><form method="post" action="${escapeXml(address)}">${inputs.join("")}
<noscript><p>${escapeXml(t("noscript"))}</p></noscript>
<button type="submit">${escapeXml(t("continue"))}</button></form>
<script nonce="${nonce}">document.forms[0].submit()</script></body></html>`;
	return new Response(page, {
		headers: {
			"content-type": "text/html; charset=utf-8",
			"cache-control": "no-store",
			"content-security-policy":
				`default-src 'none'; script-src 'nonce-${nonce}'; base-uri 'none'; ` +
				`frame-ancestors 'none'; form-action ${new URL(address).origin}`,
		},
	});
}
