import { and, eq, sql } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import type { Db } from "@/db/client";
import { transact } from "@/db/client";
import {
	activity,
	directories,
	directoryTokens,
	directoryUsers,
	jobs,
	members,
	outbox,
	scimRequests,
} from "@/db/schema";
import { aWorkspace, freshDb, isPostgres, operator, setPolicy } from "@/db/testing";
import { loadRoles } from "@/lib/members/access";
import type { Policy } from "@/lib/policy/document";
import { clientNamed, clients } from "@/lib/scim/clients";
import { replay } from "@/lib/scim/clients/session";
import { handleScim } from "@/lib/scim/endpoint";
import { aClient, type Client, person } from "@/lib/scim/testing";
import { currentPolicy } from "@/lib/workspaces/policy";
import type { Workspace } from "@/lib/workspaces/workspaces";
import { findDirectory } from "./directory";
import { type Endpoint, onTrial, sendAgain, tryAgain } from "./replay";
import { listRepeats, listRequests } from "./request-list";
import { flushRequests, noteRequest } from "./request-log";
import { roleToSend } from "./requirements";

let db: Db;
beforeAll(async () => {
	db = await freshDb();
});

const publicUrl = "https://gatehouse.test";
const now = () => new Date();
const onError = (error: unknown) => {
	throw error;
};
const endpoint: Endpoint = (request, on, hears) =>
	handleScim(request, { db: on, publicUrl, now, onError, ...hears });

type World = { workspace: Workspace; client: Client };

/** A directory whose requests are noted, as the doors do it. */
async function aWorld(): Promise<World> {
	const workspace = await aWorkspace(db);
	const note = (entry: Parameters<typeof noteRequest>[1]) => noteRequest(db, entry);
	return { workspace, client: await aClient(db, workspace.id, { note }) };
}

/** The newest request of the log. */
async function newest({ workspace }: World) {
	await flushRequests(db);
	const { rows } = await listRequests(db, workspace.id, {}, { before: null, limit: 1 });
	if (!rows[0]) throw new Error("nothing was noted");
	return rows[0];
}

const users = ({ workspace }: World) =>
	db.$count(directoryUsers, eq(directoryUsers.workspaceId, workspace.id));
const again = ({ workspace }: World, id: string, how = sendAgain) =>
	how(db, operator, workspace.id, id, endpoint);

/** A create that was refused because somebody had the userName, who is gone since. */
async function refusedCreate(world: World) {
	const { body } = await world.client.send("POST", "/Users", person("zoe@acme.test"));
	const refused = await world.client.send("POST", "/Users", person("zoe@acme.test"));
	expect(refused.status).toBe(409);
	const { id } = await newest(world);
	await world.client.send("DELETE", `/Users/${body.id}`);
	return id;
}

describe("what is noted", () => {
	test("is the request, its answer, its target and what changed; of a GET not the answer", async () => {
		const world = await aWorld();
		const { body } = await world.client.send("POST", "/Users", person("a@acme.test"));
		expect(await newest(world)).toMatchObject({
			method: "POST",
			path: "/Users",
			status: 201,
			tokenName: "IdP",
			targetKind: "User",
			targetId: body.id,
			targetVersion: 1,
		});
		await world.client.patch(body.id, { op: "replace", path: "displayName", value: "Zoe" });
		expect(await newest(world)).toMatchObject({
			path: `/Users/${body.id}`,
			changed: ["displayName"],
			targetVersion: 2,
		});
		await world.client.send("GET", `/${world.workspace.id}/Users?count=1`);
		expect(await newest(world)).toMatchObject({ path: "/Users?count=1", status: 200 });
	});

	test("is nothing of whoever brings no token that is known", async () => {
		const world = await aWorld();
		await world.client.send("GET", "/Users", undefined, { authorization: "Bearer nobody" });
		await flushRequests(db);
		const { rows } = await listRequests(db, world.workspace.id, {}, { before: null, limit: 1 });
		expect(rows).toEqual([]);
	});
});

describe("a dry run", () => {
	test("answers as it would be, and leaves nothing: no row, mail, job, event or token", async () => {
		const world = await aWorld();
		await transact(db, (tx) => setPolicy(tx, world.workspace.id, { onProvision: "notify" }));
		const id = await refusedCreate(world);
		const here = eq(activity.workspaceId, world.workspace.id);
		const count = () =>
			Promise.all([
				users(world),
				db.$count(members, eq(members.workspaceId, world.workspace.id)),
				db.$count(activity, here),
				db.$count(outbox),
				db.$count(jobs),
				db.$count(directoryTokens, eq(directoryTokens.workspaceId, world.workspace.id)),
			]);
		const before = await count();
		const done = await again(world, id, tryAgain);
		expect(done).toMatchObject({ ok: true, answer: { status: 201 } });
		expect(await count()).toEqual(before);
		expect(await listRepeats(db, world.workspace.id, id)).toEqual([]);
	});
});

describe("for real", () => {
	test("does what was refused, and the log says who sent it again", async () => {
		const world = await aWorld();
		const id = await refusedCreate(world);
		expect(await again(world, id)).toMatchObject({ ok: true, answer: { status: 201 } });
		expect(await users(world)).toBe(1);
		const [event] = await db
			.select()
			.from(activity)
			.where(
				and(eq(activity.workspaceId, world.workspace.id), eq(activity.kind, "directory.replayed")),
			);
		const repeat = await newest(world);
		expect(repeat).toMatchObject({
			method: "POST",
			status: 201,
			replayedBy: operator.label,
			repeatsId: id,
			targetKind: "User",
		});
		expect(event).toMatchObject({
			actorLabel: operator.label,
			subjectLabel: "POST /Users",
			subjectId: id,
			details: { status: 201, requestId: repeat.id },
		});
		expect(await listRepeats(db, world.workspace.id, id)).toMatchObject([
			{ id: repeat.id, status: 201, replayedBy: operator.label },
		]);
		expect(await listRepeats(db, (await aWorkspace(db)).id, id)).toEqual([]);
		// The token it was sent with is gone.
		expect(
			await db.$count(directoryTokens, eq(directoryTokens.workspaceId, world.workspace.id)),
		).toBe(1);
	});

	test("that is refused again is told as well, and may be sent once more", async () => {
		const world = await aWorld();
		await world.client.send("POST", "/Users", person("e@acme.test"));
		await world.client.send("POST", "/Users", person("e@acme.test"));
		const { id } = await newest(world);
		expect(await again(world, id)).toMatchObject({ ok: true, answer: { status: 409 } });
		const repeat = await newest(world);
		expect(repeat).toMatchObject({ status: 409, repeatsId: id });
		expect(await again(world, repeat.id)).toMatchObject({ ok: true });
		expect(await newest(world)).toMatchObject({ repeatsId: repeat.id });
	});

	test("never repeats what was answered well", async () => {
		const world = await aWorld();
		await world.client.send("POST", "/Users", person("b@acme.test"));
		const { id } = await newest(world);
		expect(await again(world, id)).toEqual({ ok: false, reason: "replay_done" });
	});

	test("never sends a body that held a secret, or was cut", async () => {
		const world = await aWorld();
		await world.client.send("POST", "/Users", { ...person("c@acme.test"), password: "hunter2" });
		const secret = await newest(world);
		expect(await again(world, secret.id, tryAgain)).toMatchObject({ reason: "replay_incomplete" });
		await world.client.send("POST", "/Users", {
			...person("c@acme.test"),
			title: "x".repeat(20_000),
		});
		const long = await newest(world);
		expect(long).toMatchObject({ status: 409, cut: true });
		expect(await again(world, long.id)).toEqual({ ok: false, reason: "replay_incomplete" });
	});

	test("never touches a target that has changed since", async () => {
		const world = await aWorld();
		const { body } = await world.client.send("POST", "/Users", person("d@acme.test"));
		await world.client.patch(body.id, { op: "replace", path: "userName", value: "" });
		const { id, status } = await newest(world);
		expect(status).toBe(400);
		await world.client.patch(body.id, { op: "replace", path: "displayName", value: "Later" });
		expect(await again(world, id)).toEqual({ ok: false, reason: "replay_moved" });
	});

	test("finds nothing of another workspace", async () => {
		const world = await aWorld();
		const id = await refusedCreate(world);
		expect(await again(await aWorld(), id)).toEqual({ ok: false, reason: "stale" });
	});
});

/** As the page runs it. */
async function selfTest({ workspace }: World, name: keyof typeof clients, on = endpoint) {
	const directory = await findDirectory(db, workspace.id);
	if (!directory) throw new Error("no directory");
	const { document } = await currentPolicy(db, workspace.id);
	const role = roleToSend(document, await loadRoles(db, workspace.id));
	const groups = document.groupsSync === "on";
	const cast = { mark: "m1", domain: "self-test.invalid", groups, role };
	return onTrial(db, operator, directory, on, (door) =>
		replay(clients[name], { ...door, leaves: true }, cast),
	);
}

describe("the self-test", () => {
	const names = Object.keys(clients) as (keyof typeof clients)[];
	const all = ["emails", "roles", "displayName", "name.givenName", "name.familyName", "externalId"];
	const strictest = {
		directoryRequires: all as Policy["directoryRequires"],
		groupsSync: "on",
		onProvision: "invite",
	} as const;
	test.each(
		names.flatMap(
			(name) =>
				[
					[name, "as it is", {}],
					[name, "with roles asked for and not read", { ...strictest, rolesFrom: "groups" }],
					[name, "with roles by attribute", { ...strictest, rolesFrom: "attribute" }],
					[name, "without groups", { groupsSync: "off", rolesFrom: "workspace" }],
				] as const,
		),
	)("as %s passes %s, and leaves nothing", async (name, _, policy) => {
		const world = await aWorld();
		await transact(db, (tx) => setPolicy(tx, world.workspace.id, policy));
		const steps = await selfTest(world, name);
		expect(steps?.filter(({ surprise }) => surprise !== undefined)).toEqual([]);
		expect(steps?.length).toBeGreaterThan(8);
		expect(steps?.some(({ title }) => title === "Clear away")).toBe(false);
		expect(await users(world)).toBe(0);
		expect(await db.$count(outbox, eq(outbox.workspaceId, world.workspace.id))).toBe(0);
	});

	test("fails where the directory would be refused, with the reason it would be given", async () => {
		const world = await aWorld();
		await transact(db, (tx) => setPolicy(tx, world.workspace.id, { directoryNeeds: "activeSaml" }));
		const steps = await selfTest(world, "okta");
		expect(steps?.[0]?.surprise).toMatch(/^answered 403 instead of 200: .*active SAML connection/);
	});

	test("fails as a client that bends the standard where the directory is strict", async () => {
		const world = await aWorld();
		await db
			.update(directories)
			.set({ strict: true })
			.where(eq(directories.workspaceId, world.workspace.id));
		const failed = async (name: keyof typeof clients) =>
			(await selfTest(world, name))?.filter(({ surprise }) => surprise !== undefined);
		expect(await failed("rfc")).toEqual([]);
		expect((await failed("entra"))?.[0]?.surprise).toContain("answered 400");
	});

	test("knows a client by its own name alone", () => {
		expect(names.map(clientNamed)).toEqual(names);
		expect(["", "ping", "toString"].map(clientNamed)).toEqual([undefined, undefined, undefined]);
	});
});

describe("what takes too long", () => {
	const pause = () => new Promise((resolve) => setTimeout(resolve, 1_500));

	test("begins no step more, and leaves nothing", async () => {
		const world = await aWorld();
		const answered: number[] = [];
		const steps = await selfTest(world, "okta", async (request, on, hears) => {
			const answer = await endpoint(request, on, hears);
			await pause();
			answered.push(answer.status);
			return answer;
		});
		expect(steps).toBeNull();
		expect(answered.length).toBeLessThanOrEqual(4);
		expect(await users(world)).toBe(0);
	});

	test("ends between the operations of a bulk, on trial and for real", async () => {
		const world = await aWorld();
		let asked = 0;
		const slow: Endpoint = (request, on, hears) =>
			endpoint(request, on, {
				...hears,
				goesOn: async () => {
					asked += 1;
					await pause();
					return hears.goesOn();
				},
			});
		const Operations = Array.from({ length: 40 }, (_, index) => ({
			method: "POST",
			path: "/Users",
			bulkId: `b${index}`,
			data: person(`bulk${index}@acme.test`),
		}));
		const schemas = ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"];
		// Refused, so that it is one to send again; then with a body that is understood.
		await world.client.send("POST", "/Bulk", { schemas: [], Operations });
		const { id } = await newest(world);
		const body = JSON.stringify({ schemas, Operations });
		await db
			.update(scimRequests)
			.set({ requestBody: body, status: 500, cut: false })
			.where(eq(scimRequests.id, id));
		for (const how of [tryAgain, sendAgain]) {
			asked = 0;
			const done = await how(db, operator, world.workspace.id, id, slow);
			expect(done).toEqual({ ok: false, reason: "replay_slow" });
			expect(asked).toBeLessThanOrEqual(5);
			expect(await users(world)).toBe(0);
		}
		expect(await listRepeats(db, world.workspace.id, id)).toEqual([]);
	});

	test("ends within a single statement too, or on the embedded database behind it", async () => {
		const world = await aWorld();
		const id = await refusedCreate(world);
		const slow: Endpoint = async (request, on, hears) => {
			const answer = await endpoint(request, on, hears);
			await on.execute(sql`select pg_sleep(${isPostgres ? 30 : 6})`);
			return answer;
		};
		const began = Date.now();
		expect(await sendAgain(db, operator, world.workspace.id, id, slow)).toEqual({
			ok: false,
			reason: "replay_slow",
		});
		expect(Date.now() - began).toBeLessThan(8_000);
		expect(await users(world)).toBe(0);
	});
});
