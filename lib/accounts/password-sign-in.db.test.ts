import { beforeAll, describe, expect, it } from "vitest";
import { type Db, transact } from "@/db/client";
import { freshDb, setPolicy } from "@/db/testing";
import { newId } from "@/lib/platform/ids";
import { signInByPassword } from "./password-sign-in";
import { setPassword } from "./passwords";
import { findSession, findSessions } from "./sessions";
import { aPerson, type Person, password, twoFactor, visitor, withApp } from "./testing";

let db: Db;
beforeAll(async () => {
	db = await freshDb();
});

const now = new Date();
let addresses = 0;
/** A sender of its own, since the file's tests share a database. */
const from = () => {
	addresses++;
	return { ...visitor, address: `198.51.${addresses >> 8}.${addresses & 255}` };
};

const attempt = (email: string, typed: string, who = from(), slug: string | null = null) =>
	signInByPassword(db, { email, password: typed, slug }, who, now);

const reasonOf = (result: Awaited<ReturnType<typeof attempt>>) =>
	result.ok ? "ok" : result.reason;

describe("A7: guessing", () => {
	it("20 wrong passwords on one account are throttled; the right one works from elsewhere", async () => {
		const { email } = await aPerson(db);
		const attacker = from();
		const answers: string[] = [];
		for (let i = 0; i < 20; i++)
			answers.push(reasonOf(await attempt(email, `wrong password ${i}`, attacker)));
		expect(answers.slice(0, 10)).toEqual(Array(10).fill("wrong_password"));
		expect(answers.slice(10)).toEqual(Array(10).fill("throttled"));
		expect(reasonOf(await attempt(email, password, attacker))).toBe("throttled");
		expect(reasonOf(await attempt(email, password))).toBe("ok");
	}, 60_000);

	it("a spray over 100 accounts from one address is throttled, and nobody is locked out", async () => {
		const { email } = await aPerson(db);
		const attacker = from();
		const answers: string[] = [];
		for (let i = 0; i < 100; i++)
			answers.push(reasonOf(await attempt(`p${i}-${email}`, "summer-holiday-2026", attacker)));
		expect(answers.filter((answer) => answer === "throttled")).toHaveLength(50);
		expect(reasonOf(await attempt(email, password))).toBe("ok");
	}, 60_000);

	it("right passwords of one office do not count against it", async () => {
		const office = from();
		const { email } = await aPerson(db);
		for (let i = 0; i < 55; i++)
			expect(reasonOf(await attempt(email, password, office))).toBe("ok");
	}, 60_000);

	it("somebody's own account with the same address elsewhere buys no guesses", async () => {
		const victim = await aPerson(db);
		// Whoever runs a workspace can give a member there any address.
		const own = await aPerson(db, { email: victim.email });
		const known = "what the attacker chose for this";
		await transact(db, (tx) => setPassword(tx, own.workspace.id, own.member.id, known));
		const attacker = from();
		const answers: string[] = [];
		for (let i = 0; i < 12; i++)
			answers.push(reasonOf(await attempt(victim.email, i % 5 ? "a guess" : known, attacker)));
		expect(answers.slice(10)).toEqual(["throttled", "throttled"]);
	}, 60_000);

	it("an account is guarded against many senders too", async () => {
		const { email } = await aPerson(db);
		for (let i = 0; i < 100; i++) await attempt(email, "wrong password");
		expect(reasonOf(await attempt(email, password))).toBe("throttled");
	}, 60_000);
});

describe("A8: known and unknown", () => {
	it("are told the same", async () => {
		const { email } = await aPerson(db);
		const known = await attempt(email, "wrong password");
		const unknown = await attempt(`nobody-${newId()}@acme.test`, "wrong password");
		expect(known).toEqual(unknown);
	});
});

describe("A6: the browser's id", () => {
	it("from before signing in opens nothing afterwards", async () => {
		const person = await aPerson(db);
		const fixed = "an id that somebody else put here";
		const signedIn = await attempt(person.email, password, { ...from(), browserId: fixed });
		expect(await findSession(db, { slug: person.workspace.slug }, fixed, now)).toBeNull();
		const { browserId } = signedIn.ok ? signedIn : { browserId: null };
		expect(await findSession(db, { slug: person.workspace.slug }, browserId, now)).not.toBeNull();
	});
});

describe("several workspaces", () => {
	async function twice(): Promise<[Person, Person]> {
		const email = `m${newId().slice(-12)}@acme.test`;
		return [await aPerson(db, { email }), await aPerson(db, { email })];
	}

	it("open together; one that asks for a second factor opens a challenge of its own", async () => {
		const [plain, guarded] = await twice();
		await withApp(db, guarded, now);
		const result = await attempt(plain.email, password);
		expect(result).toMatchObject({
			ok: true,
			workspaces: [{ id: plain.workspace.id }],
			challenges: [{ workspace: { id: guarded.workspace.id } }],
		});
		const opened = await findSessions(db, result.ok ? result.browserId : null, now);
		expect(opened.map(({ workspace }) => workspace.id)).toEqual([plain.workspace.id]);
	});

	it("are tried by their own passwords alone", async () => {
		const [one, other] = await twice();
		await transact(db, (tx) =>
			setPassword(tx, other.workspace.id, other.member.id, "another password of the same person"),
		);
		expect(await attempt(one.email, password)).toMatchObject({
			workspaces: [{ id: one.workspace.id }],
			challenges: [],
		});
	});
});

describe("a password of 8 to 14 characters", () => {
	const short = "vX9-qpL2";

	it("opens a challenge beside a second factor, and nothing alone", async () => {
		const person = await aPerson(db);
		const { workspace, member, email } = person;
		await transact(db, (tx) => setPassword(tx, workspace.id, member.id, short));
		expect(reasonOf(await attempt(email, short))).toBe("password_too_short_alone");
		await withApp(db, person, now);
		expect(await attempt(email, short)).toMatchObject({ ok: true, workspaces: [] });
	});

	it("leads to setting a factor up where the workspace requires one", async () => {
		const { workspace, member, email } = await aPerson(db);
		await transact(db, async (tx) => {
			await setPassword(tx, workspace.id, member.id, short);
			await setPolicy(tx, workspace.id, twoFactor({ required: true }));
		});
		expect(await attempt(email, short)).toMatchObject({ ok: true, challenges: [{}] });
	});
});
