import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { type Db, transact } from "@/db/client";
import { jobs, mailLinks, members, passwords, sessions } from "@/db/schema";
import { aMember, freshDb, operator } from "@/db/testing";
import { suspendMember } from "@/lib/members/members";
import { newId } from "@/lib/platform/ids";
import { runDueJobs } from "@/lib/platform/jobs";
import { findChallenge } from "./challenges";
import { signInByPassword } from "./password-sign-in";
import { setPassword } from "./passwords";
import {
	askForReset,
	choosePassword,
	findPasswordLink,
	mailPasswordLink,
	resetJobs,
} from "./resets";
import {
	actingAs,
	aPerson,
	enforceSso,
	mailsTo,
	type Person,
	password,
	visitor,
	withApp,
} from "./testing";

let db: Db;
beforeAll(async () => {
	db = await freshDb();
});

const now = new Date();
const later = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
const chosen = "a lake beside seven unlikely words";

let senders = 0;
/** Asks for a reset, from a sender of its own, and lets the job answer it. */
async function ask(email: string, slug: string | null = null): Promise<void> {
	senders++;
	await askForReset(db, { email, slug }, `198.51.100.${senders}`, now);
	await runDueJobs(db, resetJobs(db), now);
}

async function linkTo(email: string): Promise<string> {
	for (const { text } of await mailsTo(db, email)) {
		const [, token] = /\/reset\/choose\?token=(\S+)/.exec(text) ?? [];
		if (token) return token;
	}
	throw new Error(`no link was mailed to ${email}`);
}

const choose = (token: string, typed = chosen, at = now) =>
	choosePassword(db, token, typed, visitor, at);

describe("A8: asking for a reset", () => {
	it("does the same for known and unknown addresses: a job is queued, and answers later", async () => {
		const { email } = await aPerson(db);
		const unknown = `nobody-${newId()}@acme.test`;
		for (const asked of [email, unknown]) {
			senders++;
			const answer = await askForReset(
				db,
				{ email: asked, slug: null },
				`198.51.100.${senders}`,
				now,
			);
			expect(answer).toEqual({ ok: true });
			expect(await mailsTo(db, asked)).toEqual([]);
		}
		const queued = await db.select().from(jobs).where(eq(jobs.kind, "reset.mail"));
		expect(queued.map(({ payload }) => payload.emailKey)).toEqual([email, unknown]);
		await runDueJobs(db, resetJobs(db), now);
		expect(await mailsTo(db, email)).toHaveLength(1);
		expect(await mailsTo(db, unknown)).toEqual([]);
	});

	it("mails one address three times an hour at most, and says nothing of it", async () => {
		const { email } = await aPerson(db);
		for (let i = 0; i < 5; i++) await ask(email);
		expect(await mailsTo(db, email)).toHaveLength(3);
	});

	it("is throttled by sender", async () => {
		const from = "192.0.2.77";
		const answers = [];
		for (let i = 0; i < 21; i++)
			answers.push(await askForReset(db, { email: `p${i}@acme.test`, slug: null }, from, now));
		expect(answers.at(19)).toEqual({ ok: true });
		expect(answers.at(20)).toEqual({ ok: false, reason: "throttled" });
	});
});

describe("A14: a reset", () => {
	it("sets the password, ends every session and pending sign-in, and tells by mail", async () => {
		const person = await aPerson(db);
		await actingAs(db, person, now);
		await ask(person.email);
		const token = await linkTo(person.email);
		expect(await choose(token)).toMatchObject({ ok: true, email: person.email });
		const open = await db.select().from(sessions).where(eq(sessions.memberId, person.member.id));
		expect(open).toEqual([]);
		const signIn = (typed: string) =>
			signInByPassword(db, { email: person.email, password: typed, slug: null }, visitor, now);
		expect(await signIn(password)).toMatchObject({ ok: false, reason: "wrong_password" });
		expect((await signIn(chosen)).ok).toBe(true);
		const [mail] = await mailsTo(db, person.email);
		expect(mail?.subject).toContain("changed");
	});

	it("still asks for the second factor, and starts no session", async () => {
		const person = await aPerson(db);
		await withApp(db, person, now);
		const pending = await signInByPassword(
			db,
			{ email: person.email, password, slug: null },
			visitor,
			now,
		);
		await ask(person.email);
		expect((await choose(await linkTo(person.email))).ok).toBe(true);
		const [before] = pending.ok ? pending.challenges : [];
		expect(await findChallenge(db, before?.token ?? "", now)).toBeNull();
		const signedIn = await signInByPassword(
			db,
			{ email: person.email, password: chosen, slug: null },
			visitor,
			now,
		);
		expect(signedIn).toMatchObject({ ok: true, workspaces: [], challenges: [{}] });
	});

	it("works once, for an hour; a newer link ends those before", async () => {
		const { email } = await aPerson(db);
		await ask(email);
		const first = await linkTo(email);
		await ask(email);
		const second = await linkTo(email);
		const over = { ok: false, reason: "link_expired" };
		expect(await choose(first)).toEqual(over);
		expect(await choose(second, chosen, later(61))).toEqual(over);
		expect((await choose(second)).ok).toBe(true);
		expect(await choose(second)).toEqual(over);
	});

	it("is taken once by two that bring the link together", async () => {
		const { email } = await aPerson(db);
		await ask(email);
		const token = await linkTo(email);
		const done = await Promise.all([choose(token), choose(token)]);
		expect(done.filter(({ ok }) => ok)).toHaveLength(1);
	});

	it("keeps its link after a password that is refused, and looking uses nothing up", async () => {
		const { email } = await aPerson(db);
		await ask(email);
		const token = await linkTo(email);
		expect(await choose(token, "short")).toEqual({ ok: false, reason: "password_too_short" });
		expect(await choose(token, "passwordpassword")).toEqual({
			ok: false,
			reason: "password_common",
		});
		expect(await findPasswordLink(db, token, now)).not.toBeNull();
		expect((await choose(token)).ok).toBe(true);
	});

	it("keeps no token in the database", async () => {
		const { email } = await aPerson(db);
		await ask(email);
		const token = await linkTo(email);
		expect(JSON.stringify(await db.select().from(mailLinks))).not.toContain(token);
	});

	it("takes 8 characters where a second factor is asked", async () => {
		const person = await aPerson(db);
		await withApp(db, person, now);
		await ask(person.email);
		const token = await linkTo(person.email);
		expect(await choose(token, "vX9-qpL")).toEqual({
			ok: false,
			reason: "password_too_short_with_factor",
		});
		expect((await choose(token, "vX9-qpL2")).ok).toBe(true);
	});
});

describe("a reset is not for", () => {
	it("a first password: who has none is told how else to come in", async () => {
		const { workspace } = await aPerson(db);
		const member = await aMember(db, workspace);
		const email = member.email ?? "";
		await ask(email);
		const [mail] = await mailsTo(db, email);
		expect(mail?.text).toContain("none to reset");
		expect(mail?.text).not.toContain("/reset/choose");
	});

	it("an address that nothing has proved, or a member who is suspended", async () => {
		const { workspace } = await aPerson(db);
		const unproved = await aPerson(db, { workspace });
		await db.update(members).set({ emailProof: null }).where(eq(members.id, unproved.member.id));
		const suspended = await aPerson(db, { workspace });
		await transact(db, (tx) => suspendMember(tx, operator, suspended.member, "admin"));
		for (const { email } of [unproved, suspended]) {
			await ask(email);
			expect(await mailsTo(db, email)).toEqual([]);
		}
	});

	it("a workspace that enforces SSO: the mail leads there, and open links are closed", async () => {
		const person = await aPerson(db);
		await ask(person.email);
		const token = await linkTo(person.email);
		await enforceSso(db, person);
		expect(await choose(token)).toMatchObject({ ok: false, reason: "sso_required" });
		await ask(person.email);
		const [mail] = await mailsTo(db, person.email);
		expect(mail?.text).toContain("signs in through your company");
	});
});

describe("a link that an admin sends", () => {
	const send = ({ workspace, member }: Person) =>
		transact(db, (tx) => mailPasswordLink(tx, operator, workspace, member, now));

	async function withoutPassword(policy = {}): Promise<Person> {
		const person = await aPerson(db, { policy });
		await db.delete(passwords).where(eq(passwords.memberId, person.member.id));
		return person;
	}

	it("makes a first password, proves the address and signs nobody in", async () => {
		const person = await withoutPassword();
		await db.update(members).set({ emailProof: null }).where(eq(members.id, person.member.id));
		expect(await send(person)).toEqual({ ok: true, kind: "password_set" });
		expect((await choose(await linkTo(person.email))).ok).toBe(true);
		const [member] = await db.select().from(members).where(eq(members.id, person.member.id));
		expect(member?.emailProof).toBe("mail");
		const [mail] = await mailsTo(db, person.email);
		expect(mail?.subject).toContain("new way to sign in");
	});

	it("is a reset where there is a password", async () => {
		expect(await send(await aPerson(db))).toEqual({ ok: true, kind: "reset" });
	});

	it("of a first password ends when one came about meanwhile", async () => {
		const person = await withoutPassword();
		await send(person);
		const { workspace, member, email } = person;
		await transact(db, (tx) => setPassword(tx, workspace.id, member.id, password));
		expect(await choose(await linkTo(email))).toEqual({ ok: false, reason: "link_expired" });
	});

	it("is not sent while SSO is enforced, nor where people without a password stay out", async () => {
		const enforced = await withoutPassword();
		await enforceSso(db, enforced);
		expect(await send(enforced)).toEqual({ ok: false, reason: "sso_required" });
		const blocked = await withoutPassword({ afterSsoOff: "blocked" });
		expect(await send(blocked)).toEqual({ ok: false, reason: "password_mail_blocked" });
	});
});
