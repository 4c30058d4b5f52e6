import { type NextRequest, NextResponse } from "next/server";
import { conclude, takeIntent } from "@/app/login/google/flow";
import { googleConfigured } from "@/lib/accounts/google";
import { takeGoogleAnswer } from "@/lib/accounts/next-auth";
import { env } from "@/lib/platform/env";

/**
 * Where Google sends the browser back to. next-auth's other endpoints are no public routes: what
 * they would do begins at our own pages.
 */
export async function GET(
	request: NextRequest,
	{ params }: RouteContext<"/api/auth/[...nextauth]">,
): Promise<Response> {
	const { nextauth } = await params;
	if (nextauth.join("/") !== "callback/google" || !googleConfigured())
		return new Response(null, { status: 404 });
	const intent = await takeIntent();
	const { identity, response } = await takeGoogleAnswer(request);
	const denied = request.nextUrl.searchParams.get("error") === "access_denied";
	const path = await conclude(intent, identity, denied ? "provider_denied" : "provider_error");
	const away = NextResponse.redirect(new URL(path, env().PUBLIC_URL), 303);
	for (const cookie of response.headers.getSetCookie()) away.headers.append("set-cookie", cookie);
	return away;
}
