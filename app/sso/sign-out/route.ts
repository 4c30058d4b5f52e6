import { type NextRequest, NextResponse } from "next/server";
import { takeSignOutOffer } from "@/app/login/flow";
import { database } from "@/db/client";
import { env } from "@/lib/platform/env";
import { takeOffer } from "@/lib/sso/sign-out";

/** Leads whoever signed out here on to the provider, to sign out there too. Works once. */
export async function GET(_request: NextRequest): Promise<Response> {
	const token = await takeSignOutOffer();
	const address = token ? await takeOffer(await database(), token, new Date()) : null;
	return NextResponse.redirect(address ?? new URL("/login", env().PUBLIC_URL), 303);
}
