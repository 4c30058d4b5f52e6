/** "Can't use SSO?": recovery codes of admins, and the hour they open. */
import { and, eq } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { type Db, transact } from "@/db/client";
import { activity, members, outbox, recoveryCodes, sessions } from "@/db/schema";
import { aMember, aWorkspace, freshDb, operator } from "@/db/testing";
import { suspendMember } from "@/lib/members/members";
import { aConnection, keptCodes } from "@/lib/sso/testing-policy";
import { signInByRecoveryCode } from "./recovery-sign-in";
import { findSession } from "./sessions";
import { keepSsoCodes, makeSsoCodes, waysBack } from "./sso-codes";
import { visitor } from "./testing";

let db: Db;
const now = new Date();

beforeAll(async () => {
	db = await freshDb();
});

/** A workspace that enforces SSO, and its two admins. */
async function aWorld() {
	const workspace = await aWorkspace(db, { policy: { enforceSso: { mode: "on" } } });
	const ada = await aMember(db, workspace, { name: "Ada", roleByHand: "admin" });
	const ben = await aMember(db, workspace, { name: "Ben", roleByHand: "admin" });
	await aConnection(db, workspace, { tested: ben });
	const enter = (code: string, email = ada.email ?? "", slug: string | null = workspace.slug) =>
		signInByRecoveryCode(db, { email, code, slug }, visitor, now);
	return { workspace, ada, ben, enter };
}

const wrong = { ok: false, reason: "recovery_code_wrong" };

describe("recovery codes", () => {
	it("count once one of them was typed in again, and replace those before then", async () => {
		const { workspace, ada, enter } = await aWorld();
		const make = () => transact(db, (tx) => makeSsoCodes(tx, ada));
		const keep = (typed: string) =>
			transact(db, (tx) => keepSsoCodes(tx, operator, ada, typed, now));
		const first = await make();
		if (!first.ok) throw new Error(first.reason);
		expect(first.codes).toHaveLength(8);
		// Not kept yet: it neither counts nor opens.
		expect(await waysBack(db, workspace.id, ada.id)).toMatchObject({
			codes: 0,
			holders: 0,
			admins: 2,
		});
		expect(await enter(first.codes[0] ?? "")).toEqual(wrong);
		expect(await keep("00000-00000-0000-0000-0000-0000")).toEqual(wrong);
		expect(await keep((first.codes[3] ?? "").toLowerCase().replaceAll("-", " "))).toEqual({
			ok: true,
		});
		expect(await waysBack(db, workspace.id, ada.id)).toEqual({
			codes: 8,
			holders: 1,
			admins: 2,
			own: 8,
		});
		// A new set that is never kept leaves the old one in force.
		const second = await make();
		if (!second.ok) throw new Error(second.reason);
		expect(await enter(first.codes[0] ?? "")).toMatchObject({ ok: true });
		expect(await keep(second.codes[0] ?? "")).toEqual({ ok: true });
		expect(await enter(first.codes[1] ?? "")).toEqual(wrong);
		expect(await enter(second.codes[0] ?? "")).toMatchObject({ ok: true });
	});

	it("are made by active admins alone, and stand nowhere as they are", async () => {
		const { workspace, ada } = await aWorld();
		const zoe = await aMember(db, workspace);
		expect(await transact(db, (tx) => makeSsoCodes(tx, zoe))).toEqual({
			ok: false,
			reason: "recovery_for_admins",
		});
		const codes = await keptCodes(db, ada);
		const stored = JSON.stringify(
			await db.select().from(recoveryCodes).where(eq(recoveryCodes.memberId, ada.id)),
		);
		for (const code of codes) {
			// 130 bits, in letters that are not mistaken for others.
			expect(code.replaceAll("-", "")).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
			expect(stored).not.toContain(code);
			expect(stored).not.toContain(code.replaceAll("-", ""));
		}
	});
});

describe("a sign-in by recovery code", () => {
	it("opens an hour of mending, once, while SSO is enforced; every admin is told", async () => {
		const { workspace, ada, ben, enter } = await aWorld();
		const [code = ""] = await keptCodes(db, ada);
		const entered = await enter(code);
		if (!entered.ok) throw new Error(entered.reason);
		const session = await findSession(db, { slug: workspace.slug }, entered.browserId, now);
		expect(session).toMatchObject({ method: "recovery", member: { id: ada.id } });
		expect([...(session?.permissions ?? [])].sort()).toEqual([
			"members.manage",
			"members.read",
			"policy.manage",
			"sso.manage",
		]);
		const [row] = await db
			.select()
			.from(sessions)
			.where(eq(sessions.id, session?.id ?? ""));
		expect(row?.expiresAt.getTime()).toBe(now.getTime() + 3600_000);
		const later = new Date(now.getTime() + 3600_001);
		expect(await findSession(db, { slug: workspace.slug }, entered.browserId, later)).toBeNull();
		expect(await enter(code)).toEqual(wrong);
		for (const { email } of [ada, ben])
			expect(
				await db
					.select({ subject: outbox.subject })
					.from(outbox)
					.where(eq(outbox.to, email ?? "")),
			).toContainEqual({ subject: "A recovery code was used" });
		expect(
			await db
				.select({ outcome: activity.outcome })
				.from(activity)
				.where(and(eq(activity.workspaceId, workspace.id), eq(activity.kind, "sign_in.recovery"))),
		).toEqual([{ outcome: "done" }]);
	});

	it("is told nothing of what was wrong, and what is wrong uses no code up", async () => {
		const { workspace, ada, ben, enter } = await aWorld();
		const other = await aWorld();
		const [code = ""] = await keptCodes(db, ada);
		expect(await enter(code, "nobody@acme.test")).toEqual(wrong);
		expect(await enter(code, ben.email ?? "")).toEqual(wrong);
		expect(await enter(code, ada.email ?? "", other.workspace.slug)).toEqual(wrong);
		expect(await enter("", ada.email ?? "")).toEqual(wrong);
		await transact(db, (tx) => suspendMember(tx, operator, ada, "admin"));
		expect(await enter(code)).toEqual(wrong);
		await db
			.update(members)
			.set({ status: "active", role: "member" })
			.where(eq(members.id, ada.id));
		expect(await enter(code)).toEqual(wrong);
		// The reason stands in the log.
		const refused = await db
			.select({ details: activity.details })
			.from(activity)
			.where(and(eq(activity.workspaceId, workspace.id), eq(activity.kind, "sign_in.recovery")));
		expect(refused.map(({ details }) => details.reason)).toEqual([
			"recovery_for_admins",
			"recovery_for_admins",
		]);
		await db.update(members).set({ role: "admin" }).where(eq(members.id, ada.id));
		expect(await enter(code)).toMatchObject({ ok: true });
	});

	it("of one code twice at once happens once", async () => {
		const { ada, enter } = await aWorld();
		const [code = ""] = await keptCodes(db, ada);
		const outcomes = await Promise.all([enter(code), enter(code), enter(code)]);
		expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
	});

	it("is throttled by sender, and a sender's flood does not lock the owner out", async () => {
		const { ada, workspace, enter } = await aWorld();
		const [code = ""] = await keptCodes(db, ada);
		const from = { ...visitor, address: "198.51.100.77" };
		const guess = () =>
			signInByRecoveryCode(
				db,
				{ email: ada.email ?? "", code: "guess", slug: workspace.slug },
				from,
				now,
			);
		for (let tries = 0; tries < 20; tries++) expect(await guess()).toEqual(wrong);
		expect(await guess()).toMatchObject({ ok: false, reason: "throttled" });
		expect(await enter(code)).toMatchObject({ ok: true });
	});
});
