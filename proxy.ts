/**
 * What Next runs before a page: a nonce for this request and the policy that demands it. Next reads
 * the nonce from the policy on the request headers, our own components from x-nonce. Nobody is let
 * in or kept out here; that is decided in each page, action and route.
 */
import { randomBytes } from "node:crypto";
import { type NextRequest, NextResponse, type ProxyConfig } from "next/server";
import { env } from "@/lib/platform/env";
import { pagePolicy } from "@/lib/platform/headers";

export function proxy(request: NextRequest): NextResponse {
	const nonce = randomBytes(16).toString("base64");
	const policy = pagePolicy(nonce, { development: env().NODE_ENV === "development" });
	const headers = new Headers(request.headers);
	headers.set("x-nonce", nonce);
	headers.set("content-security-policy", policy);
	const response = NextResponse.next({ request: { headers } });
	response.headers.set("content-security-policy", policy);
	return response;
}

export const config: ProxyConfig = {
	matcher: [
		{
			// The pages that post to a provider have a policy of their own, and two would both hold.
			source: "/((?!api/|sso/post$|sso/sign-out$|_next/static/|_next/image).*)",
			// What Next fetches ahead is data for a page that has its policy already. Not so what a
			// browser fetches ahead (`purpose: prefetch`): that is a page, shown as it came.
			missing: [{ type: "header", key: "next-router-prefetch" }],
		},
	],
};
