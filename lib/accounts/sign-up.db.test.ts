import { beforeAll, describe, expect, it } from "vitest";
import type { Db } from "@/db/client";
import { outbox } from "@/db/schema";
import { freshDb } from "@/db/testing";
import { newId } from "@/lib/platform/ids";
import { currentPolicy } from "@/lib/workspaces/policy";
import { findWorkspace } from "@/lib/workspaces/workspaces";
import { type GoogleIdentity, signInByGoogle } from "./google";
import { signInByPassword } from "./password-sign-in";
import { findSession } from "./sessions";
import { askToSignUp, createOwnWorkspace, findSignUp, ticketOfGoogle } from "./sign-up";

let db: Db;
beforeAll(async () => {
	db = await freshDb();
});

const now = new Date();
const day = 24 * 3600_000;
const visitorFrom = (address: string) => ({ browserId: null, address, userAgent: "test" });
const visitor = visitorFrom("203.0.113.20");
const unique = () => newId().slice(-12);
const password = "seven unlikely words beside a lake";
const input = () => ({ workspaceName: "Acme", slug: `s${unique()}`, name: "Maya", password });

const google = (change: Partial<GoogleIdentity> = {}): GoogleIdentity => ({
	subject: newId(),
	email: `maya-${unique()}@gmail.com`,
	emailVerified: true,
	name: "Maya Lindqvist",
	hostedDomain: null,
	...change,
});

/** The ticket in the newest mail to an address. */
async function mailedTicket(email: string): Promise<string> {
	const mails = (await db.select().from(outbox)).filter(({ to }) => to === email);
	const query = /\/signup\/create(\?\S+)/.exec(mails.at(-1)?.text ?? "")?.[1];
	return new URLSearchParams(query).get("ticket") ?? "";
}

async function asked(from = visitorFrom(`198.51.100.${Math.floor(Math.random() * 250)}`)) {
	const email = `maya-${unique()}@acme.test`;
	expect(await askToSignUp(db, email, from, now)).toEqual({ ok: true });
	return { email, ticket: await mailedTicket(email) };
}

describe("signing up by mail", () => {
	it("makes the workspace when the link is followed, with its admin signed in", async () => {
		const { email, ticket } = await asked();
		expect(await findSignUp(db, ticket, now)).toEqual({ email, name: "", by: "mail" });
		const values = input();
		const done = await createOwnWorkspace(db, ticket, values, visitor, now);
		expect(done).toMatchObject({ ok: true, workspace: { slug: values.slug, plan: "free" } });
		const where = { slug: values.slug };
		expect(await findSession(db, where, done.ok ? done.browserId : null, now)).toMatchObject({
			role: { key: "admin" },
			member: { email, emailProof: "mail" },
		});
		const again = { email, password, slug: values.slug };
		expect(await signInByPassword(db, again, visitor, now)).toMatchObject({ ok: true });
	});

	it("makes one workspace a link, and none after a day", async () => {
		const { ticket } = await asked();
		const expired = { ok: false, reason: "link_expired" };
		const late = new Date(now.getTime() + day);
		expect(await createOwnWorkspace(db, ticket, input(), visitor, late)).toEqual(expired);
		expect(await createOwnWorkspace(db, ticket, input(), visitor, now)).toMatchObject({ ok: true });
		const second = input();
		expect(await createOwnWorkspace(db, ticket, second, visitor, now)).toEqual(expired);
		expect(await findSignUp(db, ticket, now)).toBeNull();
		expect(await findWorkspace(db, second.slug)).toBeNull();
	});

	it("keeps the link when the form was refused", async () => {
		const { ticket } = await asked();
		const taken = input();
		const other = await asked();
		await createOwnWorkspace(db, other.ticket, taken, visitor, now);
		for (const [change, reason] of [
			[{ slug: taken.slug }, "slug_taken"],
			[{ slug: "signup" }, "slug_malformed"],
			[{ workspaceName: " " }, "name_missing"],
			[{ name: " " }, "person_missing"],
			[{ password: "too short" }, "password_too_short"],
			[{ password: "maya maya maya maya" }, "password_personal"],
		] as const) {
			const refused = await createOwnWorkspace(db, ticket, { ...input(), ...change }, visitor, now);
			expect(refused).toEqual({ ok: false, reason });
		}
		expect(await createOwnWorkspace(db, ticket, input(), visitor, now)).toMatchObject({ ok: true });
	});

	it("takes no ticket that was not made here", async () => {
		const { ticket } = await asked();
		for (const forged of ["", "made up", `${ticket.slice(0, -3)}AAA`])
			expect(await createOwnWorkspace(db, forged, input(), visitor, now)).toEqual({
				ok: false,
				reason: "link_expired",
			});
	});

	it("answers alike for an address that is known, and stops a flood", async () => {
		const { email, ticket } = await asked();
		await createOwnWorkspace(db, ticket, input(), visitor, now);
		const from = visitorFrom("198.51.100.251");
		expect(await askToSignUp(db, email, from, now)).toEqual({ ok: true });
		expect(await askToSignUp(db, email, from, now)).toEqual({ ok: true });
		const throttled = { ok: false, reason: "throttled" };
		expect(await askToSignUp(db, email.toUpperCase(), from, now)).toEqual(throttled);
		expect(await askToSignUp(db, "no address", from, now)).toMatchObject({
			reason: "email_malformed",
		});
	});
});

describe("signing up by Google", () => {
	it("makes a workspace that this account opens", async () => {
		const identity = google();
		const ticket = ticketOfGoogle(identity, now) ?? "";
		expect(await findSignUp(db, ticket, now)).toMatchObject({ name: identity.name, by: "google" });
		const values = { ...input(), password: "" };
		const done = await createOwnWorkspace(db, ticket, values, visitor, now);
		if (!done.ok) throw new Error(done.reason);
		const { document } = await currentPolicy(db, done.workspace.id);
		expect(document.google).toBe("beside");
		expect(await signInByGoogle(db, identity, { slug: values.slug }, visitor, now)).toMatchObject({
			ok: true,
		});
	});

	it.each([
		["at gmail.com", {}, "sso"],
		[
			"of the company that runs the mailbox",
			{ email: "m@acme.test", hostedDomain: "acme.test" },
			"sso",
		],
		["Google only saw once", { email: "m@acme.test" }, null],
		["of another company", { email: "m@acme.test", hostedDomain: "other.test" }, null],
	] as const)("counts an address %s as proof or not", async (_, change, emailProof) => {
		const ticket = ticketOfGoogle(google(change), now) ?? "";
		const done = await createOwnWorkspace(db, ticket, input(), visitor, now);
		const where = { slug: done.ok ? done.workspace.slug : "" };
		expect(await findSession(db, where, done.ok ? done.browserId : null, now)).toMatchObject({
			member: { emailProof },
		});
	});

	it("is refused for an address that Google has not verified", () => {
		expect(ticketOfGoogle(google({ emailVerified: false }), now)).toBeNull();
	});
});
