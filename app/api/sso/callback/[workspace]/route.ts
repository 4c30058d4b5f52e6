import { type NextRequest, NextResponse } from "next/server";
import { flowVisitor } from "@/app/login/flow";
import { refusedPath } from "@/app/sso/refused/path";
import { database } from "@/db/client";
import { env } from "@/lib/platform/env";
import { isId } from "@/lib/platform/ids";
import { acceptAnswer } from "@/lib/sso/sign-in";

type Context = { params: Promise<{ workspace: string }> };

/** Where a workspace's OpenID provider sends the browser back to. Nobody is signed in here yet. */
export async function GET(request: NextRequest, { params }: Context): Promise<Response> {
	const { workspace } = await params;
	if (!isId(workspace)) return new Response(null, { status: 404 });
	const accepted = await acceptAnswer(
		await database(),
		workspace,
		Object.fromEntries(request.nextUrl.searchParams),
		await flowVisitor(),
		new Date(),
	);
	const path = accepted.ok
		? `/sso/finish?${new URLSearchParams({ ticket: accepted.ticket })}`
		: refusedPath(accepted);
	return NextResponse.redirect(new URL(path, env().PUBLIC_URL), 303);
}
