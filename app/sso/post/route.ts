import { randomBytes } from "node:crypto";
import { type NextRequest, NextResponse } from "next/server";
import { getTranslations } from "next-intl/server";
import { flowVisitor } from "@/app/login/flow";
import { refusedPath } from "@/app/sso/refused/path";
import { database } from "@/db/client";
import { env } from "@/lib/platform/env";
import { locale } from "@/lib/platform/text";
import { requestForm } from "@/lib/sso/saml/sign-in";
import { escapeXml } from "@/lib/sso/saml/xml";

/**
 * Posts our request to a provider that does not take it in an address. The one page that may send a
 * form to another site, and only to this connection's.
 */
export async function GET(request: NextRequest): Promise<Response> {
	const state = request.nextUrl.searchParams.get("state") ?? "";
	const form = await requestForm(await database(), state, await flowVisitor(), new Date());
	if (!form) {
		const path = refusedPath({ ok: false, reason: "transaction_expired", signIn: null });
		return NextResponse.redirect(new URL(path, env().PUBLIC_URL), 303);
	}
	const t = await getTranslations("login.post");
	const nonce = randomBytes(16).toString("base64");
	const fields = Object.entries(form.fields).map(
		([name, value]) => `<input type="hidden" name="${name}" value="${escapeXml(value)}">`,
	);
	const page = `<!doctype html>
<html lang="${locale}"><head><meta charset="utf-8"><title>${escapeXml(t("title"))}</title></head>
<body><form method="post" action="${escapeXml(form.address)}">${fields.join("")}
<noscript><p>${escapeXml(t("noscript"))}</p></noscript>
<button type="submit">${escapeXml(t("continue"))}</button></form>
<script nonce="${nonce}">document.forms[0].submit()</script></body></html>`;
	return new Response(page, {
		headers: {
			"content-type": "text/html; charset=utf-8",
			"cache-control": "no-store",
			"content-security-policy":
				`default-src 'none'; script-src 'nonce-${nonce}'; base-uri 'none'; ` +
				`frame-ancestors 'none'; form-action ${new URL(form.address).origin}`,
		},
	});
}
