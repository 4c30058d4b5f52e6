/** What one browser carries from step to step of signing in, in short-lived cookies. */
import { cookies } from "next/headers";
import { readVisitor } from "@/lib/accounts/browser";
import { newToken } from "@/lib/platform/crypto";
import { storable } from "@/lib/platform/text";
import type { FlowVisitor } from "@/lib/sso/sign-in";

const emailCookie = "__Host-gatehouse.email";
const flowCookie = "__Host-gatehouse.flow";
const leavingCookie = "__Host-gatehouse.leaving";
const invitationCookie = "__Host-gatehouse.invitation";

/** Lax: the browser comes back from the provider by a navigation that another site began. */
const options = {
	httpOnly: true,
	secure: true,
	sameSite: "lax",
	path: "/",
	maxAge: 15 * 60,
} as const;

/** The email given at the first step. Kept out of addresses, which end up in logs and histories. */
export async function rememberEmail(email: string): Promise<void> {
	(await cookies()).set(emailCookie, email.slice(0, 254), options);
}

export async function rememberedEmail(): Promise<string> {
	return storable((await cookies()).get(emailCookie)?.value ?? "", 254);
}

/** The invitation whose link was followed here, for the sign-in by SSO that accepts it. */
export async function rememberInvitation(token: string): Promise<void> {
	(await cookies()).set(invitationCookie, token, options);
}

/** Forgets it, once somebody is in. Only in an action or a route handler. */
export async function forgetInvitation(): Promise<void> {
	(await cookies()).set(invitationCookie, "", { ...options, maxAge: 0 });
}

/** The link to sign out at the provider too, for whoever has just signed out here. */
export async function rememberSignOutOffer(token: string): Promise<void> {
	(await cookies()).set(leavingCookie, token, { ...options, maxAge: 10 * 60 });
}

export async function signOutOffer(): Promise<string | null> {
	return (await cookies()).get(leavingCookie)?.value ?? null;
}

/** The same, for the one time it is followed. Only in an action or a route handler. */
export async function takeSignOutOffer(): Promise<string | null> {
	const token = await signOutOffer();
	(await cookies()).set(leavingCookie, "", { ...options, maxAge: 0 });
	return token;
}

/** Makes an id that a step gave this browser the one it is known by. Only in a route handler. */
export async function keepFlow(flowId: string): Promise<void> {
	(await cookies()).set(flowCookie, flowId, options);
}

/** Who is asking, with the id that binds a sign-in to this browser. `write` makes one if need be. */
export async function flowVisitor({ write = false } = {}): Promise<FlowVisitor> {
	const jar = await cookies();
	const visitor = await readVisitor();
	let flowId = jar.get(flowCookie)?.value ?? "";
	if (write) {
		flowId ||= newToken();
		jar.set(flowCookie, flowId, options);
	}
	return { ...visitor, flowId, invitation: jar.get(invitationCookie)?.value };
}
