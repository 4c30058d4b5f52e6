import { and, eq } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { type Db, transact } from "@/db/client";
import { connections, invitations, jobs, members, outbox } from "@/db/schema";
import { aWorkspace, freshDb, operator, setPolicy } from "@/db/testing";
import { acceptByPassword } from "@/lib/accounts/accept-invitation";
import { listActivity } from "@/lib/activity/list";
import { listDrift } from "@/lib/impact/drift";
import { findMember, removeMember } from "@/lib/members/members";
import { newId } from "@/lib/platform/ids";
import { runDueJobs } from "@/lib/platform/jobs";
import { admit, type SignInAttempt } from "@/lib/policy/admit";
import type { Policy } from "@/lib/policy/document";
import { aClient, aConnection, type Client, patchOp, person } from "@/lib/scim/testing";
import { findConnection } from "@/lib/sso/connections";
import { loadSsoFacts } from "@/lib/sso/facts";
import { currentPolicy } from "@/lib/workspaces/policy";
import type { Workspace } from "@/lib/workspaces/workspaces";
import { welcomeJobs } from "./welcome";

let db: Db;
beforeAll(async () => {
	db = await freshDb();
});

type World = { workspace: Workspace; client: Client };

async function aWorld(onProvision: Policy["onProvision"]): Promise<World> {
	const workspace = await aWorkspace(db, { policy: { onProvision } });
	return { workspace, client: await aClient(db, workspace.id) };
}

const email = "zoe@acme.test";
const add = async ({ client }: World): Promise<string> =>
	(await client.send("POST", "/Users", person(email))).body.id;
const setActive = ({ client }: World, id: string, active: boolean) =>
	client.patch(id, { op: "replace", path: "active", value: active });
const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000);
const run = (minutes: number) => runDueJobs(db, welcomeJobs(db), inMinutes(minutes));
const mails = ({ workspace }: World) =>
	db.select().from(outbox).where(eq(outbox.workspaceId, workspace.id));

async function memberOf({ workspace }: World, id: string) {
	const [row] = await db
		.select()
		.from(members)
		.where(and(eq(members.workspaceId, workspace.id), eq(members.id, id)));
	return row;
}

/** The token of the link in the newest mail. */
async function linkOf(world: World): Promise<string> {
	const text = (await mails(world)).at(-1)?.text ?? "";
	return /\/invite\/([\w-]+)/.exec(text)?.[1] ?? "";
}

const visitor = {
	browserId: "a browser",
	address: "203.0.113.7",
	userAgent: "test",
	device: null,
} as unknown as Parameters<typeof acceptByPassword>[2];

describe("a person the directory brings", () => {
	test("is told nothing where the policy is silent, and active at once", async () => {
		const world = await aWorld("silent");
		const id = await add(world);
		await run(5);
		expect(await mails(world)).toEqual([]);
		expect((await memberOf(world, id))?.status).toBe("active");
	});

	test("is told after a minute, once; not somebody who is gone by then", async () => {
		const world = await aWorld("notify");
		await add(world);
		await run(0);
		expect(await mails(world)).toEqual([]);
		await run(2);
		await run(3);
		expect((await mails(world)).map(({ to, subject }) => [to, subject])).toEqual([
			[email, "You have access to Acme"],
		]);
		const test = await aWorld("notify");
		await test.client.send("DELETE", `/Users/${await add(test)}`);
		await run(5);
		expect(await mails(test)).toEqual([]);
	});
});

describe("a person who is told, and was brought switched off", () => {
	const off = async (world: World) =>
		(await world.client.send("POST", "/Users", person(email, { active: false }))).body.id;

	test("is told when they first become active, and not once more", async () => {
		const world = await aWorld("notify");
		const id = await off(world);
		await run(5);
		expect(await mails(world)).toEqual([]);
		await setActive(world, id, true);
		await run(10);
		expect((await mails(world)).map(({ to }) => to)).toEqual([email]);
		await setActive(world, id, false);
		await setActive(world, id, true);
		await run(20);
		expect(await mails(world)).toHaveLength(1);
	});

	test("is told as well who was switched off before the mail went", async () => {
		const world = await aWorld("notify");
		const id = await add(world);
		await setActive(world, id, false);
		await run(5);
		expect(await mails(world)).toEqual([]);
		await setActive(world, id, true);
		await run(10);
		expect(await mails(world)).toHaveLength(1);
	});

	test("is told nothing who was a member before", async () => {
		const world = await aWorld("notify");
		const id = await off(world);
		await db.update(members).set({ lastSignInAt: new Date() }).where(eq(members.id, id));
		await setActive(world, id, true);
		await run(10);
		expect(await mails(world)).toEqual([]);
	});
});

describe("a person without an address", () => {
	const nameless = async ({ client }: World, more = {}) => {
		const sent = {
			...person("z1"),
			userName: "z1",
			emails: undefined,
			displayName: "Zoe",
			...more,
		};
		const { status, body } = await client.send("POST", "/Users", sent);
		expect(status).toBe(201);
		return body.id;
	};
	const giveAddress = ({ client }: World, id: string, value: string | null) =>
		client.patch(
			id,
			value === null
				? { op: "remove", path: "emails" }
				: { op: "replace", path: "emails", value: [{ value, primary: true }] },
		);
	const why = async ({ workspace }: World) =>
		(await listDrift(db, workspace.id, 10)).map(({ about, why }) => [about, why]);
	const invited = ({ workspace }: World) =>
		db
			.select({ email: invitations.email })
			.from(invitations)
			.where(eq(invitations.workspaceId, workspace.id));

	test("waits where they must accept, and is invited once one comes", async () => {
		const world = await aWorld("invite");
		const id = await nameless(world);
		const waits = { status: "suspended", suspendedBy: "invitation", role: null };
		expect(await memberOf(world, id)).toMatchObject(waits);
		await run(5);
		expect(await mails(world)).toEqual([]);
		expect(await why(world)).toEqual([["access", "noAddress"]]);
		const { rows } = await listActivity(db, world.workspace.id, { limit: 20, before: null });
		expect(rows.filter(({ kind }) => kind === "directory.invitation_waits")).toMatchObject([
			{ outcome: "held", subject: "Zoe" },
		]);
		await giveAddress(world, id, email);
		expect(await memberOf(world, id)).toMatchObject(waits);
		await run(10);
		expect((await mails(world)).map(({ to }) => to)).toEqual([email]);
		expect(await invited(world)).toEqual([{ email }]);
		expect(await why(world)).toEqual([["access", "invitation"]]);
	});

	test("waits too where the directory switches them on later", async () => {
		const world = await aWorld("invite");
		const id = await nameless(world, { active: false });
		await setActive(world, id, true);
		expect(await memberOf(world, id)).toMatchObject({ suspendedBy: "invitation", role: null });
	});

	test("is told once one comes, where that is all", async () => {
		const world = await aWorld("notify");
		const id = await nameless(world);
		expect((await memberOf(world, id))?.status).toBe("active");
		await giveAddress(world, id, email);
		await run(10);
		expect((await mails(world)).map(({ to }) => to)).toEqual([email]);
	});

	test("an address that changes ends the invitation to the one before", async () => {
		const world = await aWorld("invite");
		const id = await add(world);
		await run(2);
		const former = await linkOf(world);
		await giveAddress(world, id, "new@acme.test");
		const accept = (token: string, email: string) =>
			acceptByPassword(
				db,
				{ token, email, name: "Zoe", password: "correct horse battery 7" },
				visitor,
				new Date(),
			);
		expect(await accept(former, email)).toEqual({ ok: false, reason: "link_expired" });
		await run(10);
		expect(await invited(world)).toEqual([{ email: "new@acme.test" }]);
		await giveAddress(world, id, null);
		expect(await invited(world)).toEqual([]);
		await giveAddress(world, id, "third@acme.test");
		await run(20);
		expect(await accept(await linkOf(world), "third@acme.test")).toMatchObject({ ok: true });
		expect(await db.$count(members, eq(members.workspaceId, world.workspace.id))).toBe(1);
	});

	test("whom an admin removes, the link lets in no more", async () => {
		const world = await aWorld("invite");
		const id = await add(world);
		await run(2);
		await transact(db, async (tx) => {
			const member = await findMember(tx, world.workspace.id, id);
			if (member) await removeMember(tx, operator, member);
		});
		expect(await invited(world)).toEqual([]);
	});
});

describe("where they must accept first", () => {
	test("they have no access until they follow the link, which works once", async () => {
		const world = await aWorld("invite");
		const id = await add(world);
		expect(await memberOf(world, id)).toMatchObject({
			status: "suspended",
			suspendedBy: "invitation",
			role: null,
		});
		await run(2);
		const token = await linkOf(world);
		const accept = () =>
			acceptByPassword(
				db,
				{ token, email, name: "Zoe", password: "correct horse battery 7" },
				visitor,
				new Date(),
			);
		expect(await accept()).toMatchObject({ ok: true });
		expect(await memberOf(world, id)).toMatchObject({
			status: "active",
			suspendedBy: null,
			emailProof: "mail",
			role: "member",
		});
		expect(await accept()).toEqual({ ok: false, reason: "link_expired" });
	});

	test("who has no role yet is invited once a group brings one, and only then", async () => {
		const world = await aWorld("invite");
		const { workspace, client } = world;
		const pushed = await client.send("POST", "/Groups", {
			schemas: ["urn:ietf:params:scim:schemas:core:2.0:Group"],
			displayName: "engineering",
		});
		const group = pushed.body.id;
		await transact(db, (tx) =>
			setPolicy(tx, workspace.id, {
				rolesFrom: "groups",
				groupsSync: "on",
				defaultRole: null,
				mappings: { [group]: { role: "member" } },
			}),
		);
		const id = await add(world);
		await run(2);
		expect(await mails(world)).toEqual([]);
		await client.send("PATCH", `/Groups/${group}`, {
			schemas: [patchOp],
			Operations: [{ op: "add", path: "members", value: [{ value: id }] }],
		});
		await run(10);
		await run(60);
		expect((await mails(world)).map(({ to }) => to)).toEqual([email]);
		expect(await memberOf(world, id)).toMatchObject({ suspendedBy: "invitation", role: null });
	});

	test("who gets a role after weeks is invited within a day", async () => {
		const world = await aWorld("invite");
		await transact(db, (tx) => setPolicy(tx, world.workspace.id, { defaultRole: null }));
		const id = await add(world);
		const waits = () => db.$count(jobs, eq(jobs.uniqueKey, `directory.welcome ${id}`));
		const day = 24 * 60;
		await run(2);
		expect(await run(3)).toBe(0);
		for (const after of [13, 40]) {
			await run(after * day);
			expect(await run(after * day + 60)).toBe(0);
			expect(await waits()).toBe(1);
		}
		expect(await mails(world)).toEqual([]);
		expect(await listDrift(db, world.workspace.id, 10)).toMatchObject([{ why: "noRole" }]);
		await transact(db, (tx) => setPolicy(tx, world.workspace.id, { defaultRole: "viewer" }));
		await run(41 * day + 1);
		expect((await mails(world)).map(({ to }) => to)).toEqual([email]);
		expect(await waits()).toBe(0);
	});

	test("single sign-on lets them in by the link, and not without", async () => {
		const world = await aWorld("invite");
		const id = await add(world);
		await run(2);
		const token = await linkOf(world);
		const connectionId = newId();
		await db.insert(connections).values(aConnection(world.workspace.id, connectionId));
		const connection = await findConnection(db, world.workspace.id, connectionId);
		if (!connection) throw new Error("no connection");
		const { document } = await currentPolicy(db, world.workspace.id);
		const names = { name: "Zoe", givenName: null, familyName: null };
		const subject = "zoe at the provider";
		const attempt: SignInAttempt = {
			method: "sso",
			intent: "login",
			initiatedBy: "sp",
			connectionRevision: connection.revision,
			email,
			emailVerified: true,
			subject,
			names,
			memberId: null,
		};
		const decided = async (invitation: string | null) => {
			const identity = {
				issuer: "https://idp.test",
				subject,
				email,
				emailVerified: true,
				names,
				authenticatedAt: null,
			};
			const facts = await transact(db, (tx) =>
				loadSsoFacts(
					tx,
					world.workspace,
					connection,
					identity,
					{ provedId: null, invitation },
					new Date(),
				),
			);
			return admit(document, attempt, facts, new Date());
		};
		expect(await decided(null)).toMatchObject({ outcome: "refuse", reason: "follow_invitation" });
		expect(await decided(token)).toMatchObject({ outcome: "link", memberId: id });
	});

	test("a directory that switches them off takes the invitation back, and invites again", async () => {
		const world = await aWorld("invite");
		const id = await add(world);
		await run(2);
		const open = () => db.$count(invitations, eq(invitations.workspaceId, world.workspace.id));
		expect(await open()).toBe(1);
		await setActive(world, id, false);
		expect(await open()).toBe(0);
		expect((await memberOf(world, id))?.suspendedBy).toBe("directory");
		await setActive(world, id, true);
		expect((await memberOf(world, id))?.suspendedBy).toBe("invitation");
		await run(5);
		expect(await open()).toBe(1);
		await world.client.send("DELETE", `/Users/${id}`);
		expect(await open()).toBe(0);
	});
});
