import { type NextRequest, NextResponse } from "next/server";
import { takeSignOutOffer } from "@/app/login/flow";
import { postPage } from "@/app/sso/post/page-of-form";
import { database } from "@/db/client";
import { env } from "@/lib/platform/env";
import { takeOffer } from "@/lib/sso/sign-out";

/** Leads whoever signed out here on to the provider, to sign out there too. Works once. */
export async function GET(_request: NextRequest): Promise<Response> {
	const token = await takeSignOutOffer();
	const onward = token ? await takeOffer(await database(), token, new Date()) : null;
	if (!onward) return NextResponse.redirect(new URL("/login", env().PUBLIC_URL), 303);
	if ("form" in onward) return postPage(onward.form);
	return NextResponse.redirect(onward.address, 303);
}
