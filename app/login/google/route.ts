import { cookies } from "next/headers";
import { type NextRequest, NextResponse } from "next/server";
import { database } from "@/db/client";
import { readVisitor } from "@/lib/accounts/browser";
import { type GoogleIntent, googleConfigured } from "@/lib/accounts/google";
import { beginAtGoogle } from "@/lib/accounts/next-auth";
import { findSession } from "@/lib/accounts/sessions";
import { env } from "@/lib/platform/env";
import { type LoginQuery, loginPath, loginQuery } from "../address";
import { googleRefusedPath, intentCookie, keepIntent } from "./flow";

/**
 * Sends the browser to Google. A plain GET, because a form that is redirected to another site is
 * blocked by `form-action 'self'`; so only links of our own pages may begin here.
 */
export async function GET(request: NextRequest): Promise<Response> {
	const { searchParams } = request.nextUrl;
	const query = loginQuery(Object.fromEntries(searchParams));
	const away = (path: string) => NextResponse.redirect(new URL(path, env().PUBLIC_URL), 303);
	const elsewhere = /^(cross|same)-site$/.test(request.headers.get("sec-fetch-site") ?? "");
	if (!googleConfigured() || elsewhere) return away(loginPath("/login", query));
	if (searchParams.has("prepared")) {
		if (!(await cookies()).has(intentCookie)) return away("/");
	} else await keepIntent(await intentOf(searchParams.get("for"), query));
	const answer = await beginAtGoogle();
	return answer ?? away(googleRefusedPath("provider_unreachable", query));
}

async function intentOf(what: string | null, query: LoginQuery): Promise<GoogleIntent> {
	if (what === "signUp") return { kind: "signUp" };
	const asked = { slug: query.workspace, next: query.next };
	if (what === "again" && query.workspace) {
		const { browserId } = await readVisitor();
		const db = await database();
		const session = await findSession(db, { slug: query.workspace }, browserId, new Date());
		if (session) return { kind: "again", ...asked, memberId: session.member.id };
	}
	return { kind: "login", ...asked };
}
