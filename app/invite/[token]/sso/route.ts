import { type NextRequest, NextResponse } from "next/server";
import { loginPath } from "@/app/login/address";
import { rememberEmail, rememberInvitation } from "@/app/login/flow";
import { database } from "@/db/client";
import { openInvitation } from "@/lib/accounts/accept-invitation";
import { env } from "@/lib/platform/env";

/**
 * From the page of an invitation to the identity provider. The invitation is kept in a cookie of
 * this browser, and counts when the person comes back as the one who was invited.
 */
export async function GET(
	_request: NextRequest,
	{ params }: RouteContext<"/invite/[token]/sso">,
): Promise<Response> {
	const { token } = await params;
	const away = (path: string) => NextResponse.redirect(new URL(path, env().PUBLIC_URL), 303);
	const invitation = await openInvitation(await database(), token, new Date());
	if (!invitation || invitation.sso === "no") return away(`/invite/${encodeURIComponent(token)}`);
	await rememberInvitation(token);
	await rememberEmail(invitation.email);
	return away(loginPath("/sso/start", { workspace: invitation.workspace.slug, next: null }));
}
