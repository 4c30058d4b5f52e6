/** What one browser carries to Google and back, and what becomes of the answer. */
import { cookies } from "next/headers";
import { requireMember } from "@/app/require";
import { keepTicket } from "@/app/signup/ticket";
import { database } from "@/db/client";
import { readVisitor } from "@/lib/accounts/browser";
import {
	type GoogleIdentity,
	type GoogleIntent,
	linkGoogle,
	openIntent,
	sealIntent,
	signInByGoogle,
} from "@/lib/accounts/google";
import { ticketOfGoogle } from "@/lib/accounts/sign-up";
import type { Reason } from "@/lib/policy/reasons";
import { type LoginQuery, loginPath } from "../address";
import { arrive } from "../challenge";

export const intentCookie = "__Host-gatehouse.google";

/** Lax: the browser comes back by a navigation that Google began. */
const options = {
	httpOnly: true,
	secure: true,
	sameSite: "lax",
	path: "/",
	maxAge: 10 * 60,
} as const;

/** Keeps why this browser goes to Google. Only in an action or a route handler. */
export async function keepIntent(intent: GoogleIntent): Promise<void> {
	(await cookies()).set(intentCookie, sealIntent(intent, new Date()), options);
}

/** Why this browser went to Google. It is asked once. */
export async function takeIntent(): Promise<GoogleIntent | null> {
	const jar = await cookies();
	const text = jar.get(intentCookie)?.value ?? "";
	jar.set(intentCookie, "", { ...options, maxAge: 0 });
	return openIntent(text, new Date());
}

/** The page that says why Google opened nothing. */
export function googleRefusedPath(why: Reason, query: LoginQuery): string {
	return loginPath("/login/google/refused", { ...query, why });
}

/**
 * Acts on Google's answer. @param identity null where there is none; `why` says why.
 * @returns the page to go to.
 */
export async function conclude(
	intent: GoogleIntent | null,
	identity: GoogleIdentity | null,
	why: "provider_denied" | "provider_error",
): Promise<string> {
	const nowhere = { workspace: null, next: null };
	if (!intent) return googleRefusedPath("state_unknown", nowhere);
	switch (intent.kind) {
		case "login":
		case "again":
			return signIn(intent, identity, why);
		case "link":
			return link(intent, identity, why);
		case "signUp":
			return signUp(identity, why);
	}
}

async function signIn(
	intent: GoogleIntent & { kind: "login" | "again" },
	identity: GoogleIdentity | null,
	why: Reason,
): Promise<string> {
	const { slug, next } = intent;
	const query = { workspace: slug, next };
	if (!identity) return googleRefusedPath(why, query);
	const done = await signInByGoogle(
		await database(),
		identity,
		{ slug, ...(intent.kind === "again" ? { expectedId: intent.memberId } : {}) },
		await readVisitor(),
		new Date(),
	);
	if (!done.ok) {
		const at = { ...query, workspace: done.workspace?.slug ?? slug };
		// A right account where Google is closed: on to the provider.
		if (done.reason === "sso_required") return loginPath("/login/way", at);
		return googleRefusedPath(done.reason, at);
	}
	return arrive(done, query);
}

async function signUp(identity: GoogleIdentity | null, why: Reason): Promise<string> {
	const nowhere = { workspace: null, next: null };
	if (!identity) return googleRefusedPath(why, nowhere);
	const ticket = ticketOfGoogle(identity, new Date());
	if (!ticket) return googleRefusedPath("email_not_verified", nowhere);
	await keepTicket(ticket);
	return "/signup/create";
}

async function link(
	{ slug, sessionId }: GoogleIntent & { kind: "link" },
	identity: GoogleIdentity | null,
	why: Reason,
): Promise<string> {
	const account = (reason?: Reason) =>
		`/w/${slug}/account${reason ? `?google=${reason}` : ""}#google`;
	const session = await requireMember(slug);
	// The session that proved its member before, and not one that somebody began meanwhile.
	if (session.id !== sessionId) return account("state_unknown");
	if (!identity) return account(why);
	const done = await linkGoogle(await database(), session, session.actor, identity, new Date());
	return account(done.ok ? undefined : done.reason);
}
