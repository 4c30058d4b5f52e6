import { headers } from "next/headers";
import { NextResponse } from "next/server";
import { postPage } from "@/app/sso/post/page-of-form";
import { refusedPath } from "@/app/sso/refused/path";
import { database } from "@/db/client";
import { addressHeader } from "@/lib/platform/edge";
import { env } from "@/lib/platform/env";
import { isId } from "@/lib/platform/ids";
import type { Brought } from "@/lib/sso/saml/logout-messages";
import { takeLogout } from "@/lib/sso/saml/single-logout";

type Context = { params: Promise<{ connection: string }> };

/**
 * Where a SAML provider sends the browser of somebody who signed out: there, or here before. What
 * counts is the provider's signature, so it may come from another site and without cookies.
 */
export async function GET(request: Request, { params }: Context): Promise<Response> {
	const { search, searchParams } = new URL(request.url);
	const brought = { binding: "redirect", query: search } as const;
	return answer((await params).connection, brought, searchParams.get("RelayState"));
}

export async function POST(request: Request, { params }: Context): Promise<Response> {
	const type = request.headers.get("content-type") ?? "";
	if (!/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(type))
		return new Response(null, { status: 415 });
	const form = new URLSearchParams(await request.text());
	const value = form.get("SAMLRequest") ?? form.get("SAMLResponse") ?? "";
	return answer((await params).connection, { binding: "post", value }, form.get("RelayState"));
}

async function answer(
	connection: string,
	brought: Brought,
	relayState: string | null,
): Promise<Response> {
	if (!isId(connection)) return new Response(null, { status: 404 });
	const address = (await headers()).get(addressHeader) ?? "unknown";
	const db = await database();
	const taken = await takeLogout(db, connection, brought, relayState, address, new Date());
	const away = (path: string) => NextResponse.redirect(new URL(path, env().PUBLIC_URL), 303);
	if (!taken.ok) return away(refusedPath({ ...taken, signIn: null }));
	if (!taken.onward) return away(`/sso/signed-out/${taken.workspaceId}`);
	if ("form" in taken.onward) return postPage(taken.onward.form);
	return NextResponse.redirect(taken.onward.address, 303);
}
