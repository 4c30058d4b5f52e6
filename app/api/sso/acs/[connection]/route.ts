import { type NextRequest, NextResponse } from "next/server";
import { flowVisitor, keepFlow } from "@/app/login/flow";
import { refusedPath } from "@/app/sso/refused/path";
import { database } from "@/db/client";
import { env } from "@/lib/platform/env";
import { isId } from "@/lib/platform/ids";
import { acceptResponse } from "@/lib/sso/saml/sign-in";

type Context = { params: Promise<{ connection: string }> };

/**
 * Where a SAML provider has the browser post its response. It comes from another site, without our
 * cookies: nobody is signed in here, and the browser is recognised at the step this leads to.
 */
export async function POST(request: NextRequest, { params }: Context): Promise<Response> {
	const { connection } = await params;
	if (!isId(connection)) return new Response(null, { status: 404 });
	const type = request.headers.get("content-type") ?? "";
	if (!/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(type))
		return new Response(null, { status: 415 });
	const form = new URLSearchParams(await request.text());
	const accepted = await acceptResponse(
		await database(),
		connection,
		{
			SAMLResponse: form.get("SAMLResponse") ?? "",
			RelayState: form.get("RelayState") ?? "",
		},
		await flowVisitor(),
		new Date(),
	);
	if ("flowId" in accepted && accepted.flowId) await keepFlow(accepted.flowId);
	const path = accepted.ok
		? `/sso/finish?${new URLSearchParams({ ticket: accepted.ticket })}`
		: refusedPath(accepted);
	return NextResponse.redirect(new URL(path, env().PUBLIC_URL), 303);
}
