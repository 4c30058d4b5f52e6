/** Enforcing SSO and turning it off: what is asked for before, and what follows. */
import { and, eq } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { type Db, transact, transactOrUndo } from "@/db/client";
import { connections, members, outbox, passwords, sessions, workspaces } from "@/db/schema";
import { aMember, aWorkspace, freshDb, operator, setPolicy } from "@/db/testing";
import { setPassword } from "@/lib/accounts/passwords";
import { resetJobs } from "@/lib/accounts/resets";
import { startSession } from "@/lib/accounts/sessions";
import { visitor } from "@/lib/accounts/testing";
import { enableDirectory, findDirectory } from "@/lib/directory/directory";
import { endedWithSso, issueToken, listTokens } from "@/lib/directory/tokens";
import { whatWouldChange } from "@/lib/impact/what-would-change";
import type { Member } from "@/lib/members/members";
import { changePolicy, policyJobs } from "@/lib/members/policy-change";
import { runDueJobs } from "@/lib/platform/jobs";
import type { Policy } from "@/lib/policy/document";
import { aClient } from "@/lib/scim/testing";
import { currentPolicy } from "@/lib/workspaces/policy";
import type { Workspace } from "@/lib/workspaces/workspaces";
import { activateConnection, pauseConnection, removeConnection } from "./connections";
import { vouchForDomain } from "./domains";
import { enforce, enforcementJobs, turnSsoOff } from "./enforcement";
import { aConnection, keptCodes, linkTo } from "./testing-policy";
import { offNumbers, passwordOfferJobs } from "./turned-off";

let db: Db;
const now = new Date();
const day = (days: number) =>
	new Date(now.getTime() + days * 86_400_000).toISOString().slice(0, 10);

beforeAll(async () => {
	db = await freshDb();
});

const as = ({ id, name }: Member) => ({
	actor: { kind: "member", id, label: name } as const,
	fresh: true,
});

type Missing = "domain" | "test" | "test of an admin" | "codes" | "connection";

/** A workspace in which everything is ready to enforce, but for what is missing. */
async function aWorld({
	missing,
	policy = {},
}: {
	missing?: Missing;
	policy?: Partial<Policy>;
} = {}) {
	const workspace = await aWorkspace(db, { policy });
	const ada = await aMember(db, workspace, { name: "Ada", roleByHand: "admin" });
	const zoe = await aMember(db, workspace, { name: "Zoe" });
	for (const { id } of [ada, zoe])
		await transact(db, (tx) => setPassword(tx, workspace.id, id, "a password of somebody"));
	if (missing !== "domain")
		await transact(db, (tx) => vouchForDomain(tx, operator, workspace.id, "acme.test"));
	const tested = missing === "test" ? null : missing === "test of an admin" ? zoe : ada;
	const connectionId =
		missing === "connection"
			? await aConnection(db, workspace, { tested, status: "tested" })
			: await aConnection(db, workspace, { tested });
	await linkTo(db, connectionId, ada);
	if (missing !== "codes") await keptCodes(db, ada);
	const run = async (input: { from?: string; mail?: boolean } = {}) => {
		const { revision } = await currentPolicy(db, workspace.id);
		return transactOrUndo(db, (tx) =>
			enforce(tx, as(ada), workspace, revision, {
				from: input.from ?? null,
				mail: input.mail ?? false,
				reason: "a test",
			}),
		);
	};
	const mode = async () => (await currentPolicy(db, workspace.id)).document.enforceSso.mode;
	return { workspace, ada, zoe, connectionId, run, mode };
}

/** Opens a session of a member. */
const signIn = (workspace: Workspace, member: Member) =>
	transact(db, async (tx) => {
		const { document: policy } = await currentPolicy(tx, workspace.id);
		const start = { workspaceId: workspace.id, memberId: member.id, policy, visitor, now };
		await startSession(tx, { ...start, method: "password" });
	});

/** Sessions whose epochs are still those of the workspace and the member. */
async function liveSessions(workspace: Workspace): Promise<number> {
	const rows = await db
		.select({ id: sessions.id })
		.from(sessions)
		.innerJoin(
			workspaces,
			and(eq(workspaces.id, sessions.workspaceId), eq(workspaces.epoch, sessions.workspaceEpoch)),
		)
		.innerJoin(
			members,
			and(eq(members.id, sessions.memberId), eq(members.epoch, sessions.memberEpoch)),
		)
		.where(eq(sessions.workspaceId, workspace.id));
	return rows.length;
}

const mailsOf = async (workspace: Workspace, subject: RegExp) =>
	(await db.select().from(outbox).where(eq(outbox.workspaceId, workspace.id)))
		.filter((mail) => subject.test(mail.subject))
		.map(({ to }) => to)
		.sort();

describe("enforcing", () => {
	it.each([
		["domain", "needs_verified_domain"],
		["test", "needs_passed_test"],
		["test of an admin", "needs_passed_test"],
		["codes", "needs_recovery_codes"],
		["connection", "needs_active_connection"],
	] as const)("without a %s is refused: %s", async (missing, reason) => {
		const { run, mode } = await aWorld({ missing });
		expect(await run()).toMatchObject({ ok: false, reason });
		expect(await mode()).toBe("off");
	});

	it("is saved once everything is there, and a test of older settings does not count", async () => {
		const { run, mode, connectionId } = await aWorld();
		await db.update(connections).set({ revision: 2 }).where(eq(connections.id, connectionId));
		expect(await run()).toMatchObject({ reason: "needs_passed_test" });
		await db.update(connections).set({ revision: 1 }).where(eq(connections.id, connectionId));
		expect(await run()).toMatchObject({ ok: true });
		expect(await mode()).toBe("on");
	});

	it("is decided on what holds in its own transaction, not when the page was loaded", async () => {
		const { run, workspace, ada } = await aWorld();
		await transact(db, (tx) =>
			tx.update(members).set({ status: "suspended" }).where(eq(members.id, ada.id)),
		);
		expect(await run()).toMatchObject({ ok: false });
		expect((await currentPolicy(db, workspace.id)).document.enforceSso.mode).toBe("off");
	});

	it("says before who would lose their way in, and why", async () => {
		const { workspace, zoe } = await aWorld();
		const vic = await aMember(db, workspace, { name: "Vic", email: "vic@elsewhere.test" });
		await transact(db, (tx) => setPassword(tx, workspace.id, vic.id, "a password of Vic's"));
		const { document } = await currentPolicy(db, workspace.id);
		const impact = await whatWouldChange(db, workspace.id, {
			...document,
			enforceSso: { mode: "on" },
		});
		expect(impact.changes.map(({ name, stranded }) => [name, stranded])).toEqual([
			["Vic", "domain_not_verified"],
		]);
		expect(impact.changes.some(({ id }) => id === zoe.id)).toBe(false);
	});

	it.each([
		[["enforced"], 0],
		[[], 2],
	] as const)("with endSessionsOn %j leaves %i of two sessions", async (endSessionsOn, left) => {
		const { workspace, ada, zoe, run } = await aWorld({
			policy: { endSessionsOn: [...endSessionsOn] },
		});
		for (const member of [ada, zoe]) await signIn(workspace, member);
		expect(await run()).toMatchObject({ ok: true });
		expect(await liveSessions(workspace)).toBe(left);
	});

	it("from a later day leaves sessions until that day, then ends them once", async () => {
		const { workspace, zoe, run } = await aWorld({ policy: { endSessionsOn: ["enforced"] } });
		await signIn(workspace, zoe);
		expect(await run({ from: day(2) })).toMatchObject({ ok: true });
		const jobs = policyJobs(db);
		await runDueJobs(db, jobs, new Date(now.getTime() + 86_400_000 / 2));
		expect(await liveSessions(workspace)).toBe(1);
		await runDueJobs(db, jobs, new Date(now.getTime() + 3 * 86_400_000));
		expect(await liveSessions(workspace)).toBe(0);
		await signIn(workspace, zoe);
		await runDueJobs(db, jobs, new Date(now.getTime() + 4 * 86_400_000));
		expect(await liveSessions(workspace)).toBe(1);
	});

	it("mails everybody how to sign in, where that was asked for", async () => {
		const { workspace, ada, zoe, run } = await aWorld();
		await run({ mail: true });
		await runDueJobs(db, enforcementJobs(db), new Date(Date.now() + 60_000));
		expect(await mailsOf(workspace, /^Enforcement is on/)).toEqual([ada.email, zoe.email].sort());
	});
});

describe("turning on a connection where the policy enforces already", () => {
	it.each([
		["test", "needs_passed_test"],
		["codes", "needs_recovery_codes"],
	] as const)("asks for the same: no %s", async (missing, reason) => {
		const { workspace, connectionId } = await aWorld({
			missing,
			policy: { enforceSso: { mode: "on" } },
		});
		await db.update(connections).set({ status: "tested" }).where(eq(connections.id, connectionId));
		const run = () =>
			transactOrUndo(db, (tx) => activateConnection(tx, operator, workspace, connectionId));
		expect(await run()).toMatchObject({ ok: false, reason });
	});

	it("and begins to enforce: sessions end as the policy says", async () => {
		const { workspace, ada, connectionId } = await aWorld({
			policy: { enforceSso: { mode: "on" }, endSessionsOn: ["enforced"] },
		});
		await db.update(connections).set({ status: "tested" }).where(eq(connections.id, connectionId));
		await signIn(workspace, ada);
		expect(
			await transactOrUndo(db, (tx) => activateConnection(tx, operator, workspace, connectionId)),
		).toEqual({ ok: true });
		expect(await liveSessions(workspace)).toBe(0);
	});
});

describe("the second factor that excludes SSO", () => {
	const twoFactor = { required: true, factors: ["app" as const], withSso: "conflict" as const };

	it("keeps a connection off, and cannot be required while one is on", async () => {
		const on = await aWorld();
		const { revision } = await currentPolicy(db, on.workspace.id);
		expect(
			await transactOrUndo(db, (tx) =>
				changePolicy(tx, as(on.ada), on.workspace.id, revision, { twoFactor }, null),
			),
		).toMatchObject({ ok: false, reason: "two_factor_conflict", field: "twoFactor" });
		const off = await aWorld({ policy: { twoFactor } });
		await db
			.update(connections)
			.set({ status: "tested" })
			.where(eq(connections.id, off.connectionId));
		expect(
			await transactOrUndo(db, (tx) =>
				activateConnection(tx, operator, off.workspace, off.connectionId),
			),
		).toMatchObject({ ok: false, reason: "two_factor_conflict" });
	});
});

describe("starting rules", () => {
	it("are taken whole while nothing is on, and not past what closes passwords later", async () => {
		const workspace = await aWorkspace(db);
		const ada = await aMember(db, workspace, { name: "Ada", roleByHand: "admin" });
		await transact(db, (tx) => setPassword(tx, workspace.id, ada.id, "a password of Ada's"));
		const push = { enforceSso: { mode: "on" } } as const;
		const take = (startFrom: "push" | null) =>
			transactOrUndo(db, (tx) => changePolicy(tx, as(ada), workspace.id, 1, push, null, startFrom));
		expect(await take(null)).toMatchObject({ reason: "needs_connection", field: "enforceSso" });
		expect(await take("push")).toMatchObject({ ok: true });
	});

	it("do not open what is closed once a connection is on", async () => {
		const { workspace, ada } = await aWorld({ missing: "codes" });
		const { revision } = await currentPolicy(db, workspace.id);
		expect(
			await transactOrUndo(db, (tx) =>
				changePolicy(
					tx,
					as(ada),
					workspace.id,
					revision,
					{ enforceSso: { mode: "on" } },
					null,
					"push",
				),
			),
		).toMatchObject({ ok: false, reason: "needs_recovery_codes" });
	});
});

describe("turning SSO off", () => {
	/** Enforced and on, with a person who came by SSO alone and a directory token. */
	async function live(policy: Partial<Policy> = {}) {
		const world = await aWorld({ policy });
		const { workspace, connectionId } = world;
		const mia = await aMember(db, workspace, { name: "Mia" });
		await linkTo(db, connectionId, mia);
		await transact(db, async (tx) => {
			const directory = await enableDirectory(tx, operator, workspace.id, now);
			if (!directory.ok) throw new Error(directory.reason);
			const issued = await issueToken(tx, operator, directory.directory, { name: "Okta" }, now);
			if (!issued.ok) throw new Error(issued.reason);
			await setPolicy(tx, workspace.id, { enforceSso: { mode: "on" } });
		});
		const tokens = async () => {
			const directory = await findDirectory(db, workspace.id);
			const all = directory ? await listTokens(db, directory) : [];
			return all.filter(({ revokedAt }) => revokedAt === null).length;
		};
		return { ...world, mia, tokens };
	}

	it("says in numbers what it would mean", async () => {
		const { workspace, ada } = await live();
		await signIn(workspace, ada);
		expect(await offNumbers(db, workspace.id, now)).toEqual({
			people: 3,
			federated: 1,
			sessions: 1,
			tokens: 1,
		});
	});

	it("pauses, ends enforcing, and mails those without a password a link to set one", async () => {
		const { workspace, ada, mia, mode } = await live();
		const off = () =>
			transactOrUndo(db, (tx) => turnSsoOff(tx, as(ada), workspace, { offerPasswords: true }));
		expect(await off()).toEqual({ ok: true });
		expect(await mode()).toBe("off");
		expect(await off()).toMatchObject({ ok: false, reason: "stale" });
		const jobs = { ...passwordOfferJobs(db), ...resetJobs(db) };
		await runDueJobs(db, jobs, new Date(Date.now() + 60_000));
		expect(await mailsOf(workspace, /^Set a password/)).toEqual([mia.email]);
	});

	it("mails nobody where people without a password stay out", async () => {
		const { workspace, ada } = await live({ afterSsoOff: "blocked" });
		await transactOrUndo(db, (tx) => turnSsoOff(tx, as(ada), workspace, { offerPasswords: true }));
		await runDueJobs(db, passwordOfferJobs(db), new Date(Date.now() + 60_000));
		expect(await mailsOf(workspace, /^Set a password/)).toEqual([]);
	});

	it("is refused where it would close the last admin's only way in", async () => {
		const { workspace, ada, mode, connectionId } = await live();
		await db.delete(passwords).where(eq(passwords.memberId, ada.id));
		expect(
			await transactOrUndo(db, (tx) =>
				turnSsoOff(tx, as(ada), workspace, { offerPasswords: true }),
			),
		).toMatchObject({ ok: false, reason: "last_admin" });
		expect(await mode()).toBe("on");
		const [row] = await db.select().from(connections).where(eq(connections.id, connectionId));
		expect(row?.status).toBe("active");
	});

	it.each([
		["no", 1],
		["yes", 0],
	] as const)("with revokeTokensWithSso %s leaves %i token", async (revokeTokensWithSso, left) => {
		const { workspace, connectionId, tokens } = await live({ revokeTokensWithSso });
		const run = () =>
			transactOrUndo(db, (tx) => pauseConnection(tx, operator, workspace, connectionId));
		expect(await run()).toEqual({ ok: true });
		expect(await tokens()).toBe(left);
	});

	it("wants a new token once SSO is on again, and says so until there is one", async () => {
		const { workspace, connectionId } = await live({ revokeTokensWithSso: "yes" });
		const { send, directoryId } = await aClient(db, workspace.id);
		expect((await send("GET", "/Users")).status).toBe(200);
		const off = await transactOrUndo(db, (tx) =>
			pauseConnection(tx, operator, workspace, connectionId),
		);
		expect(off).toEqual({ ok: true });
		expect((await send("GET", "/Users")).status).toBe(401);
		await transactOrUndo(db, (tx) => activateConnection(tx, operator, workspace, connectionId));
		expect((await send("GET", "/Users")).status).toBe(401);
		expect(await endedWithSso(db, workspace.id)).toBe(true);
		const key = { workspaceId: workspace.id, id: directoryId };
		const made = await transact(db, (tx) =>
			issueToken(tx, operator, key, { name: "new" }, new Date()),
		);
		if (!made.ok) throw new Error(made.reason);
		const authorization = `Bearer ${made.token}`;
		expect((await send("GET", "/Users", undefined, { authorization })).status).toBe(200);
	});

	it("revokes no token while another connection is still on", async () => {
		const { workspace, connectionId, tokens } = await live({ revokeTokensWithSso: "yes" });
		await aConnection(db, workspace);
		await transactOrUndo(db, (tx) => removeConnection(tx, operator, workspace, connectionId));
		expect(await tokens()).toBe(1);
	});

	it.each([
		["pause", ["disabled"], 0],
		["pause", ["connectionRemoved"], 2],
		["remove", ["connectionRemoved"], 0],
		["remove", ["disabled"], 0],
		["remove", ["enabled", "enforced"], 2],
	] as const)("a %s with endSessionsOn %j leaves %i of two sessions", async (act, ends, left) => {
		const { workspace, ada, zoe, connectionId } = await live({ endSessionsOn: [...ends] });
		for (const member of [ada, zoe]) await signIn(workspace, member);
		const change = act === "pause" ? pauseConnection : removeConnection;
		await transactOrUndo(db, (tx) => change(tx, operator, workspace, connectionId));
		expect(await liveSessions(workspace)).toBe(left);
	});
});
