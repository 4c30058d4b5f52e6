import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { type Db, transact } from "@/db/client";
import { directories, directoryUsers, mailLinks, outbox } from "@/db/schema";
import { aMember, aWorkspace, freshDb, operator } from "@/db/testing";
import { findMember, suspendMember } from "@/lib/members/members";
import { hashToken } from "@/lib/platform/crypto";
import { newId } from "@/lib/platform/ids";
import {
	askForEmailChange,
	cancelEmailChange,
	findEmailChange,
	followEmailChange,
	pendingEmailChange,
} from "./email-change";
import { changeOwnName } from "./profile";

let db: Db;
beforeAll(async () => {
	db = await freshDb();
});

const now = new Date();
const anAddress = () => `new-${newId().slice(-12)}@acme.test`;

async function world() {
	const workspace = await aWorkspace(db);
	await aMember(db, workspace, { roleByHand: "admin" });
	const member = await aMember(db, workspace, { emailProof: null });
	const actor = { kind: "member", id: member.id, label: member.name } as const;
	const look = () => findMember(db, workspace.id, member.id);
	const ask = (email: string, at = now) => askForEmailChange(db, workspace, member, email, at);
	return { workspace, member, actor, look, ask };
}

/** The token in the newest mail to an address. */
async function tokenTo(address: string): Promise<string> {
	const mails = (await db.select().from(outbox)).filter(({ to }) => to === address);
	const token = /[?&]token=([\w-]+)/.exec(mails.at(-1)?.text ?? "")?.[1];
	if (!token) throw new Error(`no link was mailed to ${address}`);
	return token;
}

const mailsTo = async (address: string | null) =>
	(await db.select().from(outbox)).filter(({ to }) => to === address);

describe("a change of address", () => {
	it("takes effect when the new address follows the link, and proves it", async () => {
		const { member, look, ask } = await world();
		const email = anAddress();
		expect(await ask(email)).toEqual({ ok: true });
		expect(await look()).toMatchObject({ email: member.email, emailProof: null });
		expect(await pendingEmailChange(db, member, now)).toMatchObject({ email });
		const token = await tokenTo(email);
		expect(await followEmailChange(db, token, now)).toMatchObject({ ok: true, email });
		expect(await look()).toMatchObject({ email, emailKey: email, emailProof: "mail" });
		expect(await pendingEmailChange(db, member, now)).toBeNull();
	});

	it("tells the former address, and ends what was mailed there", async () => {
		const { workspace, member, ask } = await world();
		await db.insert(mailLinks).values({
			workspaceId: workspace.id,
			id: newId(),
			memberId: member.id,
			kind: "reset",
			tokenHash: hashToken(newId()),
			expiresAt: new Date(now.getTime() + 3600_000),
		});
		const email = anAddress();
		await ask(email);
		await followEmailChange(db, await tokenTo(email), now);
		const [told] = await mailsTo(member.email);
		expect(told?.text).toContain(email);
		expect(await db.select().from(mailLinks).where(eq(mailLinks.memberId, member.id))).toEqual([]);
	});

	it("keeps no token: its hash alone", async () => {
		const { member, ask } = await world();
		const email = anAddress();
		await ask(email);
		const token = await tokenTo(email);
		const [row] = await db.select().from(mailLinks).where(eq(mailLinks.memberId, member.id));
		expect(JSON.stringify(row)).not.toContain(token);
		expect(row?.tokenHash).toBe(hashToken(token));
	});

	it("works once, for a day, for the last address asked for, unless it was cancelled", async () => {
		const { member, ask } = await world();
		const [first, second, third] = [anAddress(), anAddress(), anAddress()];
		const expired = { ok: false, reason: "link_expired" };
		await ask(first);
		await ask(second);
		expect(await followEmailChange(db, await tokenTo(first), now)).toMatchObject(expired);
		const token = await tokenTo(second);
		const tomorrow = new Date(now.getTime() + 24 * 3600_000);
		expect(await followEmailChange(db, token, tomorrow)).toMatchObject(expired);
		expect(await findEmailChange(db, token, now)).toMatchObject({ email: second });
		expect(await followEmailChange(db, token, now)).toMatchObject({ ok: true });
		expect(await followEmailChange(db, token, now)).toMatchObject(expired);
		await ask(third);
		await transact(db, (tx) => cancelEmailChange(tx, member));
		expect(await followEmailChange(db, await tokenTo(third), now)).toMatchObject(expired);
		expect(await followEmailChange(db, "made up", now)).toMatchObject(expired);
	});

	it("says that an address is taken only to whoever reads its mail", async () => {
		const { workspace, look, ask } = await world();
		const other = await aMember(db, workspace);
		const taken = other.email ?? "";
		expect(await ask(taken.toUpperCase())).toEqual({ ok: true });
		const token = await tokenTo(taken.toUpperCase());
		expect(await followEmailChange(db, token, now)).toMatchObject({ reason: "email_taken" });
		expect(await look()).not.toMatchObject({ email: taken });
	});

	it("proves the present address too, without telling it of a change", async () => {
		const { member, look, ask } = await world();
		const email = member.email ?? "";
		await ask(email);
		await followEmailChange(db, await tokenTo(email), now);
		expect(await look()).toMatchObject({ email, emailProof: "mail" });
		expect(await mailsTo(email)).toHaveLength(1);
	});

	it("opens nothing for somebody suspended meanwhile", async () => {
		const { member, ask } = await world();
		const email = anAddress();
		await ask(email);
		await transact(db, (tx) => suspendMember(tx, operator, member, "admin"));
		expect(await followEmailChange(db, await tokenTo(email), now)).toMatchObject({
			reason: "link_expired",
		});
	});

	it("is refused for what is no address, and after five in an hour", async () => {
		const { ask } = await world();
		expect(await ask("no address")).toEqual({ ok: false, reason: "email_malformed" });
		for (let count = 0; count < 5; count++) expect(await ask(anAddress())).toEqual({ ok: true });
		expect(await ask(anAddress())).toEqual({ ok: false, reason: "throttled" });
	});

	it("is refused, as is a new name, where the directory manages the person", async () => {
		const { workspace, member, actor, look, ask } = await world();
		const email = anAddress();
		await ask(email);
		const directoryId = newId();
		await db
			.insert(directories)
			.values({ workspaceId: workspace.id, id: directoryId, enabled: true, strict: false });
		await db.insert(directoryUsers).values({
			workspaceId: workspace.id,
			directoryId,
			id: newId(),
			userName: "ada",
			userNameKey: "ada",
			active: true,
			memberId: member.id,
			createdMember: true,
			resource: {},
		});
		const managed = { ok: false, reason: "managed_by_directory" };
		expect(await followEmailChange(db, await tokenTo(email), now)).toMatchObject(managed);
		expect(await ask(anAddress())).toEqual(managed);
		expect(await changeOwnName(db, actor, member, "Somebody else")).toEqual(managed);
		expect(await look()).toMatchObject({ email: member.email, name: member.name });
	});
});

describe("one's own name", () => {
	it("changes, trimmed, and is refused when empty or endless", async () => {
		const { member, actor, look } = await world();
		expect(await changeOwnName(db, actor, member, "  Ada Lovelace ")).toMatchObject({ ok: true });
		expect(await look()).toMatchObject({ name: "Ada Lovelace" });
		for (const name of ["  ", "a".repeat(201)])
			expect(await changeOwnName(db, actor, member, name)).toEqual({
				ok: false,
				reason: "malformed",
			});
	});
});
