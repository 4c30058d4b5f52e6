/**
 * next-auth, which owns the one cookie, a browser id inside its encrypted token, and speaks OpenID
 * Connect with Google: state, PKCE and nonce are its. It makes no session and no user of its own:
 * what it learns is handed to ./google, and what the browser may do is read from our rows on every
 * request (./sessions). No provider takes a password at its endpoints.
 */
import { createHash } from "node:crypto";
import { cookies } from "next/headers";
import { NextRequest } from "next/server";
import NextAuth, { type NextAuthOptions } from "next-auth";
import Google, { type GoogleProfile } from "next-auth/providers/google";
import { newToken } from "@/lib/platform/crypto";
import { env } from "@/lib/platform/env";
import { log } from "@/lib/platform/log";
import type { GoogleIdentity } from "./google";
import { authSecret, cookieSeconds, sessionCookie } from "./session-cookie";

const cookieOptions = { httpOnly: true, secure: true, sameSite: "lax", path: "/" } as const;
const csrfCookie = "__Host-gatehouse.csrf";
const oneCookie = (name: string) => ({
	name: `__Host-gatehouse.${name}`,
	options: { ...cookieOptions, maxAge: 15 * 60 },
});

/**
 * Sends the browser to Google, from a route handler.
 * @returns the redirect with next-auth's cookies, or null where Google does not answer.
 */
export async function beginAtGoogle(): Promise<Response | null> {
	// next-auth begins by a POST with its own proof that the form is ours. Browsers would refuse to
	// let a form of ours lead to Google (form-action), so we post it ourselves.
	const csrf = newToken();
	const proof = createHash("sha256").update(`${csrf}${authSecret()}`).digest("hex");
	(await cookies()).set(csrfCookie, `${csrf}|${proof}`, cookieOptions);
	const request = new NextRequest(`${env().PUBLIC_URL}/api/auth/signin/google`, {
		method: "POST",
		body: new URLSearchParams({ csrfToken: csrf }),
	});
	const answer = await ask(request, ["signin", "google"], options());
	(await cookies()).delete(csrfCookie);
	return isOurs(answer) ? null : answer;
}

/**
 * Takes Google's answer, from a route handler. next-auth compares state, PKCE and nonce with what
 * this browser began, exchanges the code and verifies the token.
 * @returns the account, or null where anything does not fit; `response` clears its cookies.
 */
export async function takeGoogleAnswer(
	request: NextRequest,
): Promise<{ identity: GoogleIdentity | null; response: Response }> {
	let identity: GoogleIdentity | null = null;
	const response = await ask(
		request,
		["callback", "google"],
		options((profile) => {
			identity = identityOf(profile);
		}),
	);
	return { identity, response };
}

function ask(
	request: NextRequest,
	nextauth: string[],
	options: NextAuthOptions,
): Promise<Response> {
	return NextAuth(request, { params: Promise.resolve({ nextauth }) }, options);
}

/** Whether an answer stays with us: next-auth's errors lead to its own pages. */
function isOurs(answer: Response): boolean {
	const { PUBLIC_URL } = env();
	return new URL(answer.headers.get("location") ?? "/", PUBLIC_URL).origin === PUBLIC_URL;
}

/** next-auth's options. Made for each use: nothing is read while building. */
function options(onProfile: (profile: GoogleProfile) => void = () => {}): NextAuthOptions {
	const { GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET, GOOGLE_ISSUER } = env();
	return {
		secret: authSecret(),
		providers: [
			Google({
				clientId: GOOGLE_CLIENT_ID ?? "",
				clientSecret: GOOGLE_CLIENT_SECRET ?? "",
				wellKnown: `${GOOGLE_ISSUER}/.well-known/openid-configuration`,
				checks: ["state", "pkce", "nonce"],
				// Which of their accounts is always the person's choice.
				authorization: { params: { scope: "openid email profile", prompt: "select_account" } },
			}),
		],
		session: { strategy: "jwt", maxAge: cookieSeconds },
		useSecureCookies: true,
		cookies: {
			sessionToken: { name: sessionCookie, options: cookieOptions },
			csrfToken: { name: csrfCookie, options: cookieOptions },
			callbackUrl: { name: "__Host-gatehouse.callback", options: cookieOptions },
			state: oneCookie("state"),
			pkceCodeVerifier: oneCookie("pkce"),
			nonce: oneCookie("nonce"),
		},
		callbacks: {
			// A path in place of true: next-auth then writes no session into the cookie.
			signIn: ({ profile }) => {
				if (profile) onProfile(profile as GoogleProfile);
				return "/";
			},
		},
		logger: {
			error: (about, metadata) => log().warn({ about, err: metadata }, "Google sign-in failed"),
			warn: () => {},
			debug: () => {},
		},
	};
}

function identityOf(profile: GoogleProfile): GoogleIdentity {
	const text = (value: unknown) => (typeof value === "string" ? value : "");
	return {
		subject: text(profile.sub),
		email: text(profile.email),
		emailVerified: profile.email_verified === true,
		name: text(profile.name),
		hostedDomain: text(profile.hd) || null,
	};
}
