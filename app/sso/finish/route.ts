import { type NextRequest, NextResponse } from "next/server";
import { flowVisitor, forgetInvitation } from "@/app/login/flow";
import { refusedPath } from "@/app/sso/refused/path";
import { database } from "@/db/client";
import { writeBrowserId } from "@/lib/accounts/browser";
import { env } from "@/lib/platform/env";
import { finishSignIn } from "@/lib/sso/finish";

/**
 * Redeems the ticket. A step of its own, because after a provider's POST only the navigation that
 * follows carries our Lax cookies.
 */
export async function GET(request: NextRequest): Promise<Response> {
	const ticket = request.nextUrl.searchParams.get("ticket") ?? "";
	const finished = await finishSignIn(
		await database(),
		ticket,
		await flowVisitor(),
		false,
		new Date(),
	);
	const away = (path: string) => NextResponse.redirect(new URL(path, env().PUBLIC_URL), 303);
	if (!finished.ok) return away(refusedPath(finished));
	const home = `/w/${finished.workspace.slug}`;
	switch (finished.kind) {
		case "session":
			await writeBrowserId(finished.browserId);
			await forgetInvitation();
			return away(finished.returnTo ?? home);
		case "tested":
			return away(`${home}/sso/tests/${finished.id}`);
		case "confirm":
			return away(`/sso/confirm?${new URLSearchParams({ ticket })}`);
	}
}
