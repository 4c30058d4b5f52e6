import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { type Db, transact } from "@/db/client";
import { activity, loginChallenges, sessions } from "@/db/schema";
import { freshDb, setPolicy } from "@/db/testing";
import { suspendMember } from "@/lib/members/members";
import { answerChallenge, findChallenge, sendMailCode } from "./challenges";
import { confirmEnrolment, enrolApp, enrolledSeed, finishEnrolment } from "./enrolment";
import { addMail, factorAdded } from "./factors/changes";
import { heldFactors } from "./factors/held";
import { makeRecoveryCodes } from "./factors/recovery-codes";
import { signInByPassword } from "./password-sign-in";
import { findSession } from "./sessions";
import {
	actingAs,
	aPerson,
	codeOf,
	mailedCode,
	mailsTo,
	type Person,
	password,
	twoFactor,
	visitor,
	withApp,
} from "./testing";

let db: Db;
beforeAll(async () => {
	db = await freshDb();
});

const now = new Date();
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);

/** Signs in by password, where a second factor is due. @returns the challenge's token. */
async function challenged({ workspace, email }: Person, at = now): Promise<string> {
	const opened = await signInByPassword(db, { email, password, slug: workspace.slug }, visitor, at);
	if (!opened.ok || !opened.challenges[0]) throw new Error("no challenge");
	expect(opened.workspaces).toEqual([]);
	return opened.challenges[0].token;
}

const answer = (token: string, kind: "app" | "mail" | "recovery", code: string, at = now) =>
	answerChallenge(db, token, { kind, code }, visitor, at);

async function withMail(person: Person): Promise<void> {
	const added = await addMail(db, await actingAs(db, person, now), password, now);
	expect(added.ok).toBe(true);
	await db.delete(sessions).where(eq(sessions.memberId, person.member.id));
}

const sessionsOf = ({ member }: Person) =>
	db.select().from(sessions).where(eq(sessions.memberId, member.id));

describe("A10: before the second factor", () => {
	it("a right password opens a challenge and no session", async () => {
		const person = await aPerson(db);
		await withApp(db, person, now);
		const token = await challenged(person);
		expect(await sessionsOf(person)).toEqual([]);
		// The challenge's token is no browser id either.
		expect(await findSession(db, { slug: person.workspace.slug }, token, now)).toBeNull();
	});

	it("the right code opens the session, once", async () => {
		const person = await aPerson(db);
		const secret = await withApp(db, person, now);
		const token = await challenged(person);
		const done = await answer(token, "app", await codeOf(secret, now));
		expect(done).toMatchObject({ ok: true, kind: "session" });
		expect(await sessionsOf(person)).toMatchObject([{ method: "password" }]);
		expect(await findChallenge(db, token, now)).toBeNull();
	});

	it("a member suspended meanwhile is refused after the right code", async () => {
		const person = await aPerson(db);
		const secret = await withApp(db, person, now);
		const token = await challenged(person);
		const { member } = person;
		await transact(db, (tx) =>
			suspendMember(tx, { kind: "system", label: "Test" }, member, "admin"),
		);
		const done = await answer(token, "app", await codeOf(secret, now));
		expect(done).toEqual({ ok: false, reason: "suspended" });
		expect(await sessionsOf(person)).toEqual([]);
	});

	it("a challenge ends after 15 minutes, and its row holds no token", async () => {
		const person = await aPerson(db);
		const secret = await withApp(db, person, now);
		const token = await challenged(person);
		const late = later(15 * 60 + 1);
		const done = await answer(token, "app", await codeOf(secret, late), late);
		expect(done).toEqual({ ok: false, reason: "challenge_over" });
		const [row] = await db
			.select()
			.from(loginChallenges)
			.where(eq(loginChallenges.memberId, person.member.id));
		expect(JSON.stringify(row)).not.toContain(token);
	});

	it("wrong codes are in the log of the workspace", async () => {
		const person = await aPerson(db);
		await withApp(db, person, now);
		await answer(await challenged(person), "app", "000000");
		const rows = await db
			.select()
			.from(activity)
			.where(eq(activity.workspaceId, person.workspace.id));
		expect(rows).toContainEqual(
			expect.objectContaining({ kind: "sign_in.second_factor", outcome: "refused" }),
		);
	});
});

describe("A11: a code of the app", () => {
	it("works once, and those before it no longer", async () => {
		const person = await aPerson(db);
		const secret = await withApp(db, person, now);
		const code = await codeOf(secret, now);
		expect((await answer(await challenged(person), "app", code)).ok).toBe(true);
		for (const used of [code, await codeOf(secret, later(-30))])
			expect(await answer(await challenged(person), "app", used)).toEqual({
				ok: false,
				reason: "code_wrong",
			});
		const next = await answer(await challenged(person), "app", await codeOf(secret, later(30)));
		expect(next.ok).toBe(true);
	});

	it("is taken once by two that bring it together", async () => {
		const person = await aPerson(db);
		const secret = await withApp(db, person, now);
		const code = await codeOf(secret, now);
		const tokens = [await challenged(person), await challenged(person)];
		const done = await Promise.all(tokens.map((token) => answer(token, "app", code)));
		expect(done.filter(({ ok }) => ok)).toHaveLength(1);
	});

	it("is not taken from further away than a step, nor in another form", async () => {
		const person = await aPerson(db);
		const secret = await withApp(db, person, now);
		const token = await challenged(person);
		for (const code of [await codeOf(secret, later(90)), "", "abcdef", "12345678"])
			expect((await answer(token, "app", code)).ok).toBe(false);
	});
});

describe("A12: a code by mail", () => {
	it("works for ten minutes, once", async () => {
		const person = await aPerson(db);
		await withMail(person);
		const token = await challenged(person);
		expect(await sendMailCode(db, token, now)).toEqual({ ok: true });
		const code = await mailedCode(db, person.email);
		expect(await answer(token, "mail", ` ${code.slice(0, 3)} ${code.slice(3)}`)).toMatchObject({
			ok: true,
		});
		const again = await challenged(person);
		expect(await answer(again, "mail", code)).toEqual({ ok: false, reason: "code_wrong" });
	});

	it("is refused in the eleventh minute", async () => {
		const person = await aPerson(db);
		await withMail(person);
		const token = await challenged(person);
		await sendMailCode(db, token, now);
		const code = await mailedCode(db, person.email);
		const late = later(10 * 60 + 1);
		expect(await answer(token, "mail", code, late)).toEqual({ ok: false, reason: "code_wrong" });
	});

	it("is refused at the sixth try", async () => {
		const person = await aPerson(db);
		await withMail(person);
		const token = await challenged(person);
		await sendMailCode(db, token, now);
		const code = await mailedCode(db, person.email);
		for (let i = 0; i < 5; i++)
			expect(await answer(token, "mail", code === "000000" ? "111111" : "000000")).toEqual({
				ok: false,
				reason: "code_wrong",
			});
		expect(await answer(token, "mail", code)).toEqual({ ok: false, reason: "challenge_over" });
	});

	it("is refused at another challenge, of the same member and of another", async () => {
		const person = await aPerson(db);
		const other = await aPerson(db, { workspace: person.workspace });
		await withMail(person);
		await withMail(other);
		const token = await challenged(person);
		await sendMailCode(db, token, now);
		const code = await mailedCode(db, person.email);
		for (const elsewhere of [await challenged(person), await challenged(other)])
			expect(await answer(elsewhere, "mail", code)).toEqual({ ok: false, reason: "code_wrong" });
		expect((await answer(token, "mail", code)).ok).toBe(true);
	});

	it("is replaced by a newer one, and sent five times a quarter of an hour at most", async () => {
		const person = await aPerson(db);
		await withMail(person);
		const token = await challenged(person);
		await sendMailCode(db, token, now);
		const first = await mailedCode(db, person.email);
		for (let i = 0; i < 4; i++) await sendMailCode(db, token, now);
		expect(await sendMailCode(db, token, now)).toEqual({ ok: false, reason: "throttled" });
		const newest = await mailedCode(db, person.email);
		if (first !== newest) expect((await answer(token, "mail", first)).ok).toBe(false);
		expect((await answer(token, "mail", newest)).ok).toBe(true);
	});
});

describe("wrong answers", () => {
	it("are counted over challenges: a right password buys no more guesses", async () => {
		const person = await aPerson(db);
		const secret = await withApp(db, person, now);
		for (let round = 0; round < 2; round++) {
			const token = await challenged(person);
			for (let i = 0; i < 5; i++) await answer(token, "app", "000000");
		}
		const done = await answer(await challenged(person), "app", await codeOf(secret, now));
		expect(done).toEqual({ ok: false, reason: "throttled" });
	});

	it("of a kind the member has not are refused", async () => {
		const person = await aPerson(db);
		await withApp(db, person, now);
		const token = await challenged(person);
		expect(await answer(token, "mail", "000000")).toEqual({ ok: false, reason: "factor_off" });
		expect(await sendMailCode(db, token, now)).toEqual({ ok: false, reason: "factor_off" });
	});
});

describe("a recovery code", () => {
	it("stands in once, however it is typed, and is told by mail", async () => {
		const person = await aPerson(db);
		await withApp(db, person, now);
		const codes = await transact(db, (tx) => makeRecoveryCodes(tx, person.member));
		expect(new Set(codes).size).toBe(10);
		const [code = ""] = codes;
		const typed = code.toLowerCase().replace("-", " ");
		expect(await answer(await challenged(person), "recovery", typed)).toMatchObject({ ok: true });
		expect(await answer(await challenged(person), "recovery", code)).toEqual({
			ok: false,
			reason: "code_wrong",
		});
		expect((await heldFactors(db, person.member)).recoveryCodes).toBe(9);
		const [mail] = await mailsTo(db, person.email);
		expect(mail?.text).toContain("recovery code stood in");
	});

	it("of another member is refused, and new codes end those before", async () => {
		const person = await aPerson(db);
		const other = await aPerson(db, { workspace: person.workspace });
		await withApp(db, person, now);
		const make = (owner: Person) => transact(db, (tx) => makeRecoveryCodes(tx, owner.member));
		const [foreign = ""] = await make(other);
		const [old = ""] = await make(person);
		await make(person);
		const token = await challenged(person);
		for (const code of [foreign, old])
			expect((await answer(token, "recovery", code)).ok).toBe(false);
	});
});

describe("a factor that the policy no longer takes", () => {
	it("is still asked for, and then another must be set up before anything opens", async () => {
		const person = await aPerson(db);
		await withMail(person);
		await transact(db, (tx) => setPolicy(tx, person.workspace.id, twoFactor({ factors: ["app"] })));
		const token = await challenged(person);
		expect((await findChallenge(db, token, now))?.stage).toEqual({
			kind: "ask",
			factors: ["mail"],
		});
		expect(await enrolApp(db, token, now)).toEqual({ ok: false, reason: "challenge_over" });
		await sendMailCode(db, token, now);
		const code = await mailedCode(db, person.email);
		expect(await answer(token, "mail", code)).toEqual({ ok: true, kind: "enrol" });
		expect(await sessionsOf(person)).toEqual([]);
		expect((await findChallenge(db, token, now))?.stage).toEqual({
			kind: "enrol",
			factors: ["app"],
		});
		expect(await finishEnrolment(db, token, visitor, now)).toEqual({
			ok: false,
			reason: "challenge_over",
		});
	});
});

describe("where the workspace requires a second factor", () => {
	const required = { policy: twoFactor({ required: true, factors: ["app", "mail"] }) };

	it("a member without one sets it up before any session, and gets recovery codes", async () => {
		const person = await aPerson(db, required);
		const token = await challenged(person);
		expect(await enrolApp(db, token, now)).toEqual({ ok: true });
		const challenge = await findChallenge(db, token, now);
		if (!challenge) throw new Error("no challenge");
		const seed = await enrolledSeed(db, challenge);
		const wrong = { kind: "app", code: "000000" } as const;
		expect(await confirmEnrolment(db, token, wrong, visitor, now)).toEqual({
			ok: false,
			reason: "code_wrong",
		});
		const code = await codeOf(seed?.secret ?? "", now);
		const set = await confirmEnrolment(db, token, { kind: "app", code }, visitor, now);
		expect(set.ok && set.codes).toHaveLength(10);
		expect(await sessionsOf(person)).toEqual([]);
		const done = await finishEnrolment(db, token, visitor, now);
		expect(done).toMatchObject({ ok: true, kind: "session" });
		const [mail] = await mailsTo(db, person.email);
		expect(mail?.text).toContain("An authenticator app was added");
		// The next time it is asked for.
		expect((await findChallenge(db, await challenged(person), now))?.stage).toEqual({
			kind: "ask",
			factors: ["app"],
		});
	});

	it("a mailed code sets up codes by mail", async () => {
		const person = await aPerson(db, required);
		const token = await challenged(person);
		await sendMailCode(db, token, now);
		const code = await mailedCode(db, person.email);
		const set = await confirmEnrolment(db, token, { kind: "mail", code }, visitor, now);
		expect(set.ok).toBe(true);
		expect(await heldFactors(db, person.member)).toMatchObject({ mail: true, recoveryCodes: 10 });
	});

	it("a kind the policy does not take cannot be set up", async () => {
		const person = await aPerson(db, { policy: twoFactor({ required: true, factors: ["app"] }) });
		const token = await challenged(person);
		expect(await sendMailCode(db, token, now)).toEqual({ ok: false, reason: "factor_off" });
		const mail = { kind: "mail", code: "000000" } as const;
		expect(await confirmEnrolment(db, token, mail, visitor, now)).toEqual({
			ok: false,
			reason: "factor_off",
		});
	});

	it("a challenge that asks for a factor lets nobody set up another", async () => {
		const person = await aPerson(db, required);
		await withApp(db, person, now);
		const token = await challenged(person);
		const mail = { kind: "mail", code: "000000" } as const;
		expect(await confirmEnrolment(db, token, mail, visitor, now)).toEqual({
			ok: false,
			reason: "challenge_over",
		});
		expect(await finishEnrolment(db, token, visitor, now)).toEqual({
			ok: false,
			reason: "challenge_over",
		});
	});
});

it("only the first factor comes with recovery codes", async () => {
	const person = await aPerson(db);
	const who = { ...person, actor: { kind: "system", label: "Test" } as const };
	const add = () => transact(db, (tx) => factorAdded(tx, who, "app", null, now));
	expect(await add()).toHaveLength(10);
	expect(await add()).toBeNull();
});
