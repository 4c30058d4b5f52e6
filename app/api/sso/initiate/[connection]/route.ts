import { type NextRequest, NextResponse } from "next/server";
import { flowVisitor } from "@/app/login/flow";
import { refusedPath } from "@/app/sso/refused/path";
import { database } from "@/db/client";
import { env } from "@/lib/platform/env";
import { isId } from "@/lib/platform/ids";
import { initiate, initiateUri, initiationParameters } from "@/lib/sso/initiate";

type Context = { params: Promise<{ connection: string }> };

const away = (address: string | URL) => NextResponse.redirect(address, 303);

const refused = (reason: "initiation_refused" | "throttled") =>
	away(new URL(refusedPath({ ok: false, reason, signIn: null }), env().PUBLIC_URL));

/** Where an OpenID provider has a sign-in begun (Core §4). */
export async function GET(request: NextRequest, { params }: Context): Promise<Response> {
	const { connection } = await params;
	if (!isId(connection)) return refused("initiation_refused");
	const begun = await initiate(
		await database(),
		connection,
		request.nextUrl.searchParams,
		await flowVisitor({ write: true }),
		new Date(),
	);
	if (begun.ok) return away(begun.url);
	return refused(begun.reason === "throttled" ? "throttled" : "initiation_refused");
}

/**
 * The same by a form. It comes from another site, without the cookie that a sign-in is bound to, and
 * would replace it; so it goes on as the navigation that brings it.
 */
export async function POST(request: NextRequest, { params }: Context): Promise<Response> {
	const { connection } = await params;
	if (!isId(connection)) return refused("initiation_refused");
	const type = request.headers.get("content-type") ?? "";
	if (!/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(type))
		return new Response(null, { status: 415 });
	const form = new URLSearchParams(await request.text());
	const onward = new URL(initiateUri(connection));
	for (const name of initiationParameters)
		for (const value of form.getAll(name)) onward.searchParams.append(name, value);
	return away(onward);
}
