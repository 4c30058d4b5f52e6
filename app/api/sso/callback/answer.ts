import { type NextRequest, NextResponse } from "next/server";
import { flowVisitor } from "@/app/login/flow";
import { refusedPath } from "@/app/sso/refused/path";
import { database } from "@/db/client";
import { env } from "@/lib/platform/env";
import { acceptAnswer } from "@/lib/sso/sign-in";

/**
 * Takes an OpenID provider's answer, and leads the browser on. Nobody is signed in here yet.
 * @param workspaceId whose callback it came to; null: that of the deployment's client.
 */
export async function answerCallback(
	request: NextRequest,
	workspaceId: string | null,
): Promise<Response> {
	const accepted = await acceptAnswer(
		await database(),
		workspaceId,
		Object.fromEntries(request.nextUrl.searchParams),
		await flowVisitor(),
		new Date(),
	);
	const path = accepted.ok
		? `/sso/finish?${new URLSearchParams({ ticket: accepted.ticket })}`
		: refusedPath(accepted);
	return NextResponse.redirect(new URL(path, env().PUBLIC_URL), 303);
}
