/** The browser's side of a session: its id in next-auth's cookie, its address, its name. */
import { cookies, headers } from "next/headers";
import { addressHeader } from "@/lib/platform/edge";
import { cookieSeconds, openBrowserId, sealBrowserId, sessionCookie } from "./session-cookie";
import type { Visitor } from "./sessions";

/** Who is asking, as far as the request tells. The browser id is null before any sign-in. */
export async function readVisitor(): Promise<Visitor> {
	const [jar, head] = await Promise.all([cookies(), headers()]);
	const cookie = jar.get(sessionCookie)?.value;
	return {
		browserId: cookie ? await openBrowserId(cookie) : null,
		address: head.get(addressHeader) ?? "unknown",
		userAgent: head.get("user-agent") ?? "",
	};
}

/** Puts a browser id into the cookie. Only in an action or a route handler. */
export async function writeBrowserId(browserId: string): Promise<void> {
	const jar = await cookies();
	jar.set(sessionCookie, await sealBrowserId(browserId), {
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
