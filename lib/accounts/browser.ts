/** The browser's side of a session: its id in next-auth's cookie, its address, its name. */
import { cookies, headers } from "next/headers";
import { decode, encode } from "next-auth/jwt";
import { addressHeader } from "@/lib/platform/edge";
import { authSecret, cookieSeconds, sessionCookie } from "./next-auth";
import type { Visitor } from "./sessions";

/** Who is asking, as far as the request tells. The browser id is null before any sign-in. */
export async function readVisitor(): Promise<Visitor> {
	const [jar, head] = await Promise.all([cookies(), headers()]);
	return {
		browserId: await browserIdOf(jar.get(sessionCookie)?.value),
		address: head.get(addressHeader) ?? "unknown",
		userAgent: head.get("user-agent") ?? "",
	};
}

async function browserIdOf(cookie: string | undefined): Promise<string | null> {
	if (!cookie) return null;
	try {
		const token = await decode({ token: cookie, secret: authSecret() });
		return typeof token?.browser === "string" ? token.browser : null;
	} catch {
		return null; // made by another key, or by hand
	}
}

/** Puts a browser id into the cookie. Only in an action or a route handler. */
export async function writeBrowserId(browserId: string): Promise<void> {
	const jar = await cookies();
	const value = await encode({
		token: { browser: browserId },
		secret: authSecret(),
		maxAge: cookieSeconds,
	});
	jar.set(sessionCookie, value, {
		httpOnly: true,
		secure: true,
		sameSite: "lax",
		path: "/",
		maxAge: cookieSeconds,
	});
}

/** Forgets the browser id. */
export async function clearBrowserId(): Promise<void> {
	(await cookies()).set(sessionCookie, "", { secure: true, path: "/", maxAge: 0 });
}
