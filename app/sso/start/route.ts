import { type NextRequest, NextResponse } from "next/server";
import { loginPath, loginQuery } from "@/app/login/address";
import { flowVisitor, rememberedEmail } from "@/app/login/flow";
import { refusedPath } from "@/app/sso/refused/path";
import { database } from "@/db/client";
import { findSession } from "@/lib/accounts/sessions";
import { env } from "@/lib/platform/env";
import { isEmail } from "@/lib/platform/text";
import { whyWithoutClient } from "@/lib/sso/deployment-client";
import { wayIn } from "@/lib/sso/routing";
import { beginSignIn, mayBegin } from "@/lib/sso/sign-in";
import { findWorkspace } from "@/lib/workspaces/workspaces";

/**
 * Sends the browser to the identity provider. A plain GET, because a form that is redirected to
 * another site is blocked by `form-action 'self'`.
 */
export async function GET(request: NextRequest): Promise<Response> {
	const query = loginQuery(Object.fromEntries(request.nextUrl.searchParams));
	const away = (path: string) => NextResponse.redirect(new URL(path, env().PUBLIC_URL), 303);
	const db = await database();
	const now = new Date();
	const workspace = query.workspace ? await findWorkspace(db, query.workspace) : null;
	const remembered = await rememberedEmail();
	// It will stand in the log as who this was, before anybody vouched for it.
	const email = isEmail(remembered) ? remembered : null;
	const way = workspace ? await wayIn(db, email ?? "", workspace.slug, now) : null;
	if (!workspace || way?.kind !== "sso") return away(loginPath("/login", query));
	const visitor = await flowVisitor({ write: true });
	const allowed = await mayBegin(db, visitor);
	if (!allowed.ok) return away(refusedPath({ ok: false, reason: "throttled", signIn: null }));
	const without = whyWithoutClient(way.way.connection);
	if (without) return away(refusedPath({ ok: false, reason: without, signIn: null }));
	const fresh = request.nextUrl.searchParams.has("again")
		? await findSession(db, { workspaceId: workspace.id }, visitor.browserId, now)
		: null;
	const { url } = await beginSignIn(db, {
		workspace,
		connection: way.way.connection,
		settings: null,
		intent: fresh ? "fresh" : "login",
		memberId: fresh?.member.id ?? null,
		email: fresh?.member.email ?? email,
		returnTo: query.next,
		chooseAccount: request.nextUrl.searchParams.has("other"),
		visitor,
		now,
	});
	return NextResponse.redirect(url, 303);
}
