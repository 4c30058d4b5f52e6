/** The ticket of somebody who signs up by Google, from there to the form. */
import { cookies } from "next/headers";

const ticketCookie = "__Host-gatehouse.signup";

const options = {
	httpOnly: true,
	secure: true,
	sameSite: "lax",
	path: "/",
	maxAge: 3600,
} as const;

/** Only in an action or a route handler. */
export async function keepTicket(ticket: string): Promise<void> {
	(await cookies()).set(ticketCookie, ticket, options);
}

export async function keptTicket(): Promise<string> {
	return (await cookies()).get(ticketCookie)?.value ?? "";
}

/** Only in an action or a route handler. */
export async function forgetTicket(): Promise<void> {
	(await cookies()).set(ticketCookie, "", { ...options, maxAge: 0 });
}
