import { beforeAll, describe, expect, it } from "vitest";
import { type Db, transact } from "@/db/client";
import { freshDb } from "@/db/testing";
import { env } from "@/lib/platform/env";
import { answerChallenge, askForPasskey, findChallenge } from "../challenges";
import { signInByPassword } from "../password-sign-in";
import { actingAs, aPerson, type Person, password, twoFactor, visitor } from "../testing";
import { Authenticator } from "./authenticator";
import { addPasskey, removeFactor, startPasskey } from "./changes";
import { keepPasskey, listPasskeys, offerPasskey } from "./passkeys";

let db: Db;
beforeAll(async () => {
	db = await freshDb();
});

const now = new Date();
const here = () => env().PUBLIC_URL;
const names = { workspace: "Acme", member: "ada@acme.test" };
const refused = { ok: false, reason: "passkey_refused" };

const aHolder = () => aPerson(db, { policy: twoFactor({ factors: ["passkey", "app"] }) });

/** Adds a key on the account page. */
async function add(person: Person, device: Authenticator) {
	const acting = await actingAs(db, person, now);
	const offer = await startPasskey(db, acting, password, now);
	if (!offer.ok) throw new Error(offer.reason);
	const response = device.register(offer.options.challenge);
	return addPasskey(db, acting, { response, state: offer.state, name: "Laptop" }, now);
}

/** A holder with a key, after the right password. */
async function challenged(device = new Authenticator(here())) {
	const person = await aHolder();
	expect(await add(person, device)).toMatchObject({ ok: true });
	return { person, device, token: await begin(person) };
}

async function begin({ email, workspace }: Person): Promise<string> {
	const input = { email, password, slug: workspace.slug };
	const opened = await signInByPassword(db, input, visitor, now);
	if (!opened.ok || !opened.challenges[0]) throw new Error("no challenge");
	return opened.challenges[0].token;
}

async function asked(token: string): Promise<string> {
	const options = await askForPasskey(db, token, now);
	if (!options) throw new Error("nothing was asked");
	return options.challenge;
}

const answer = (token: string, response: ReturnType<Authenticator["answer"]>) =>
	answerChallenge(db, token, { kind: "passkey", response }, visitor, now);

describe("a passkey", () => {
	it("opens the session, and is used no second time for one question", async () => {
		const { person, device, token } = await challenged();
		const response = device.answer(await asked(token));
		expect(await answer(token, response)).toMatchObject({ ok: true, kind: "session" });
		const [key] = await listPasskeys(db, person.member);
		expect(key).toMatchObject({ name: "Laptop", lastUsedAt: now });
		const again = await begin(person);
		await asked(again);
		expect(await answer(again, response)).toEqual(refused);
		expect(await findChallenge(db, again, now)).not.toBeNull();
	});

	it("answers only what was asked, each question once", async () => {
		const { device, token } = await challenged();
		expect(await answer(token, device.answer("never asked"))).toEqual(refused);
		const question = await asked(token);
		expect(await answer(token, device.answer(`${question}x`))).toEqual(refused);
		// The question is over after one answer, right or wrong.
		expect(await answer(token, device.answer(question))).toEqual(refused);
	});

	it("of another site, another device or another member is refused", async () => {
		const { person, token } = await challenged();
		const neighbour = await aPerson(db, { workspace: person.workspace });
		const theirs = new Authenticator(here());
		expect((await add(neighbour, theirs)).ok).toBe(true);
		for (const device of [new Authenticator(here()), theirs])
			expect(await answer(token, device.answer(await asked(token)))).toEqual(refused);
		const phished = new Authenticator("https://evil.test");
		expect(await add(person, phished)).toEqual(refused);
	});

	it("that was copied is refused: its counter does not go on", async () => {
		const { person, device, token } = await challenged();
		expect((await answer(token, device.answer(await asked(token), 7))).ok).toBe(true);
		const next = await begin(person);
		for (const counter of [7, 1])
			expect(await answer(next, device.answer(await asked(next), counter))).toEqual(refused);
		expect((await answer(next, device.answer(await asked(next), 8))).ok).toBe(true);
	});

	it("is kept once, within ten minutes, by whom it was offered", async () => {
		const person = await aHolder();
		const offer = await offerPasskey(db, person.member, names, now);
		const response = new Authenticator(here()).register(offer.options.challenge);
		const keep = (at: Date) =>
			transact(db, (tx) =>
				keepPasskey(tx, person.member, { response, state: offer.state, name: "" }, at),
			);
		expect(await keep(new Date(now.getTime() + 11 * 60_000))).toBeNull();
		expect(await keep(now)).toBe("Passkey");
		expect(await keep(now)).toBeNull();
	});

	it("is removed by its owner alone", async () => {
		const { person } = await challenged();
		const neighbour = await aPerson(db, { workspace: person.workspace });
		const [key] = await listPasskeys(db, person.member);
		const remove = async (who: Person) =>
			removeFactor(
				db,
				await actingAs(db, who, now),
				{ kind: "passkey", id: key?.id ?? "" },
				password,
				now,
			);
		await remove(neighbour);
		expect(await listPasskeys(db, person.member)).toHaveLength(1);
		expect(await remove(person)).toEqual({ ok: true });
		expect(await listPasskeys(db, person.member)).toEqual([]);
	});
});
