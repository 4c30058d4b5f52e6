import { type NextRequest, NextResponse } from "next/server";
import { flowVisitor } from "@/app/login/flow";
import { refusedPath } from "@/app/sso/refused/path";
import { database } from "@/db/client";
import { env } from "@/lib/platform/env";
import { requestForm } from "@/lib/sso/saml/sign-in";
import { postPage } from "./page-of-form";

/** Posts our request to a provider that does not take it in an address. */
export async function GET(request: NextRequest): Promise<Response> {
	const state = request.nextUrl.searchParams.get("state") ?? "";
	const form = await requestForm(await database(), state, await flowVisitor(), new Date());
	if (form) return postPage(form);
	const path = refusedPath({ ok: false, reason: "transaction_expired", signIn: null });
	return NextResponse.redirect(new URL(path, env().PUBLIC_URL), 303);
}
