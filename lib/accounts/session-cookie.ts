/** The one cookie: its name, how long it is kept, and the sealed token inside it, as next-auth makes it. */
import { decode, encode } from "next-auth/jwt";
import { deriveKey } from "@/lib/platform/crypto";

/** `__Host-`: Secure, this host alone, path "/". Chromium takes it on http://localhost too. */
export const sessionCookie = "__Host-gatehouse.session";

/** How long the cookie is kept; the rows behind it end sooner. */
export const cookieSeconds = 30 * 24 * 3600;

/** The secret of the token, derived from the installation's key. */
export function authSecret(): string {
	return deriveKey("next-auth").toString("base64url");
}

/** @returns the cookie's value for a browser id. */
export function sealBrowserId(browserId: string): Promise<string> {
	return encode({ token: { browser: browserId }, secret: authSecret(), maxAge: cookieSeconds });
}

/** @returns the browser id in a cookie's value; null where another key or a hand made it. */
export async function openBrowserId(value: string): Promise<string | null> {
	try {
		const token = await decode({ token: value, secret: authSecret() });
		return typeof token?.browser === "string" ? token.browser : null;
	} catch {
		return null;
	}
}
