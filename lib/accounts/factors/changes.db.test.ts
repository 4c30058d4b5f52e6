import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { type Db, transact } from "@/db/client";
import { activity, members, sessions, totpFactors } from "@/db/schema";
import { freshDb, setPolicy } from "@/db/testing";
import { changePassword } from "../password-change";
import { setPassword } from "../passwords";
import {
	actingAs,
	aPerson,
	codeOf,
	mailsTo,
	type Person,
	password,
	twoFactor,
	withApp,
} from "../testing";
import {
	addMail,
	addPasskey,
	confirmApp,
	newRecoveryCodes,
	removeFactor,
	startApp,
	startPasskey,
} from "./changes";
import { heldFactors } from "./held";

let db: Db;
beforeAll(async () => {
	db = await freshDb();
});

const now = new Date();
const later = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
const other = "another password that is not theirs";
const chosen = "a lake beside seven unlikely words";

const acting = (person: Person) => actingAs(db, person, now);
const withKeys = { policy: twoFactor({ factors: ["app", "mail", "passkey"] }) };

describe("A13: without proof of the present password", () => {
	it("no factor is added or removed, no codes are made, no password is changed", async () => {
		const person = await aPerson(db, withKeys);
		await withApp(db, person, now);
		const session = await acting(person);
		const before = await heldFactors(db, person.member);
		for (const typed of ["", other]) {
			const refused = { ok: false, reason: "wrong_password" };
			expect(await addMail(db, session, typed, now)).toEqual(refused);
			expect(await startPasskey(db, session, typed, now)).toEqual(refused);
			expect(await removeFactor(db, session, { kind: "app" }, typed, now)).toEqual(refused);
			expect(await newRecoveryCodes(db, session, typed, now)).toEqual(refused);
			expect(await changePassword(db, session, { current: typed, next: chosen }, now)).toEqual({
				ok: false,
				reason: "current_password_wrong",
			});
		}
		expect(await heldFactors(db, person.member)).toEqual(before);
	});

	it("guesses are throttled", async () => {
		const session = await acting(await aPerson(db));
		for (let i = 0; i < 10; i++) await startApp(db, session, other, now);
		expect(await startApp(db, session, password, now)).toEqual({ ok: false, reason: "throttled" });
	});

	it("a session older than 15 minutes changes no factor, whatever is typed", async () => {
		const session = await acting(await aPerson(db, withKeys));
		const late = later(16);
		const refused = { ok: false, reason: "needs_fresh_sign_in" };
		expect(await startApp(db, session, password, late)).toEqual(refused);
		expect(await confirmApp(db, session, "000000", late)).toEqual(refused);
		expect(await addMail(db, session, password, late)).toEqual(refused);
		expect(await startPasskey(db, session, password, late)).toEqual(refused);
		expect(await newRecoveryCodes(db, session, password, late)).toEqual(refused);
		expect(await removeFactor(db, session, { kind: "app" }, password, late)).toEqual(refused);
	});

	it("a passkey is not kept by what was sealed for somebody else, or by hand", async () => {
		const person = await aPerson(db, withKeys);
		const neighbour = await aPerson(db, { workspace: person.workspace });
		const offer = await startPasskey(db, await acting(neighbour), password, now);
		const response = { id: "a", rawId: "a", type: "public-key" } as never;
		for (const state of [offer.ok ? offer.state : "", "made by hand", ""]) {
			const made = { response, state, name: "Key" };
			expect(await addPasskey(db, await acting(person), made, now)).toEqual({
				ok: false,
				reason: "passkey_refused",
			});
		}
	});
});

describe("an authenticator app", () => {
	it("counts once a code confirmed it, with recovery codes, a mail and a line in the log", async () => {
		const person = await aPerson(db);
		const session = await acting(person);
		const begun = await startApp(db, session, password, now);
		const secret = begun.ok ? begun.secret : "";
		expect((await heldFactors(db, person.member)).app).toBe(false);
		expect(await confirmApp(db, session, "000000", now)).toEqual({
			ok: false,
			reason: "code_wrong",
		});
		const added = await confirmApp(db, session, await codeOf(secret, now), now);
		expect(added.ok && added.codes).toHaveLength(10);
		expect(await heldFactors(db, person.member)).toMatchObject({ app: true, recoveryCodes: 10 });
		expect((await mailsTo(db, person.email))[0]?.text).toContain("authenticator app was added");
		const events = await db
			.select()
			.from(activity)
			.where(eq(activity.workspaceId, person.workspace.id));
		expect(events).toContainEqual(
			expect.objectContaining({ kind: "factor.added", actorId: person.member.id }),
		);
		expect(JSON.stringify(events)).not.toContain(secret);
		const [row] = await db
			.select()
			.from(totpFactors)
			.where(eq(totpFactors.memberId, person.member.id));
		expect(row?.secret).not.toContain(secret);
		expect(await startApp(db, session, password, now)).toEqual({
			ok: false,
			reason: "factor_exists",
		});
	});

	it("that was begun anew is confirmed by the newer seed alone", async () => {
		const session = await acting(await aPerson(db));
		const first = await startApp(db, session, password, now);
		const second = await startApp(db, session, password, now);
		const confirm = async (seed: typeof first) =>
			(await confirmApp(db, session, await codeOf(seed.ok ? seed.secret : "", now), now)).ok;
		expect(await confirm(first)).toBe(false);
		expect(await confirm(second)).toBe(true);
	});
});

describe("what cannot be set up", () => {
	it("is a kind the policy does not take", async () => {
		const person = await aPerson(db, { policy: twoFactor({ factors: ["app"] }) });
		const session = await acting(person);
		const off = { ok: false, reason: "factor_off" };
		expect(await addMail(db, session, password, now)).toEqual(off);
		expect(await startPasskey(db, session, password, now)).toEqual(off);
	});

	it("is mail to an address that nothing has proved", async () => {
		const person = await aPerson(db);
		await db.update(members).set({ emailProof: null }).where(eq(members.id, person.member.id));
		expect(await addMail(db, await acting(person), password, now)).toEqual({
			ok: false,
			reason: "email_not_proved",
		});
	});
});

describe("the last factor", () => {
	it("goes with its recovery codes", async () => {
		const person = await aPerson(db);
		const session = await acting(person);
		await addMail(db, session, password, now);
		expect(await removeFactor(db, session, { kind: "mail" }, password, now)).toEqual({ ok: true });
		expect(await heldFactors(db, person.member)).toEqual({
			app: false,
			mail: false,
			passkeys: 0,
			recoveryCodes: 0,
		});
	});

	it("stays where the workspace requires one, also when two are removed at once", async () => {
		const person = await aPerson(db);
		await withApp(db, person, now);
		const session = await acting(person);
		await addMail(db, session, password, now);
		const { id } = person.workspace;
		await transact(db, (tx) => setPolicy(tx, id, twoFactor({ required: true })));
		const done = await Promise.all([
			removeFactor(db, session, { kind: "app" }, password, now),
			removeFactor(db, session, { kind: "mail" }, password, now),
		]);
		expect(done.filter(({ ok }) => ok)).toHaveLength(1);
		expect(done).toContainEqual({ ok: false, reason: "factor_required" });
	});

	it("stays while the password is too short to stand alone", async () => {
		const person = await aPerson(db);
		const { workspace, member } = person;
		await transact(db, (tx) => setPassword(tx, workspace.id, member.id, "vX9-qpL2"));
		await withApp(db, person, now);
		const session = await acting(person);
		expect(await removeFactor(db, session, { kind: "app" }, "vX9-qpL2", now)).toEqual({
			ok: false,
			reason: "password_too_short_alone",
		});
	});
});

describe("changing the password", () => {
	it("ends the other sessions and keeps this one", async () => {
		const person = await aPerson(db);
		await acting(person);
		const session = await acting(person);
		const changed = await changePassword(db, session, { current: password, next: chosen }, now);
		expect(changed).toEqual({ ok: true });
		const left = await db.select().from(sessions).where(eq(sessions.memberId, person.member.id));
		expect(left.map(({ id }) => id)).toEqual([session.id]);
		expect((await mailsTo(db, person.email))[0]?.subject).toContain("changed");
	});

	it("holds the new one to the rules, with the person's own words", async () => {
		const person = await aPerson(db);
		const session = await acting(person);
		const change = (next: string) => changePassword(db, session, { current: password, next }, now);
		expect(await change("fourteen chars")).toMatchObject({ reason: "password_too_short" });
		expect(await change("Ada Example 2026")).toMatchObject({ reason: "password_personal" });
		expect(await change("abcdefghijklmnop")).toMatchObject({ reason: "password_common" });
		expect(await change("x".repeat(257))).toMatchObject({ reason: "password_too_long" });
		await withApp(db, person, now);
		expect(await change("vX9-qpL2")).toEqual({ ok: true });
	});
});
