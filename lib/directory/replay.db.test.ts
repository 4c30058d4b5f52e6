import { and, eq } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import type { Db } from "@/db/client";
import { transact } from "@/db/client";
import { activity, directoryTokens, directoryUsers, jobs, members, outbox } from "@/db/schema";
import { aWorkspace, freshDb, operator, setPolicy } from "@/db/testing";
import { handleScim } from "@/lib/scim/endpoint";
import { aClient, type Client, person } from "@/lib/scim/testing";
import type { Workspace } from "@/lib/workspaces/workspaces";
import { findDirectory } from "./directory";
import { type Endpoint, onTrial, sendAgain, tryAgain } from "./replay";
import { listRequests } from "./request-list";
import { flushRequests, noteRequest } from "./request-log";
import { runSelfTest, testClients } from "./self-test";

let db: Db;
beforeAll(async () => {
	db = await freshDb();
});

const publicUrl = "https://gatehouse.test";
const now = () => new Date();
const onError = (error: unknown) => {
	throw error;
};
const endpoint: Endpoint = (request, on, goesOn) =>
	handleScim(request, { db: on, publicUrl, now, onError, ...(goesOn ? { goesOn } : {}) });

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
		expect(event).toMatchObject({ actorLabel: operator.label, subjectLabel: "POST /Users" });
		// The token it was sent with is gone.
		expect(
			await db.$count(directoryTokens, eq(directoryTokens.workspaceId, world.workspace.id)),
		).toBe(1);
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

describe("the self-test", () => {
	test.each(testClients)("as %s passes here, and leaves nothing", async (client) => {
		const world = await aWorld();
		const directory = await findDirectory(db, world.workspace.id);
		if (!directory) throw new Error("no directory");
		const steps = await onTrial(db, operator, directory, endpoint, (ask) =>
			runSelfTest(ask, client, { role: null, groups: false }),
		);
		expect(steps?.filter(({ ok }) => !ok)).toEqual([]);
		expect(steps?.map(({ step }) => step)).toContain("deactivate");
		expect(await users(world)).toBe(0);
	});

	test("says what the policy asks for and the person does not have", async () => {
		const world = await aWorld();
		await transact(db, (tx) => setPolicy(tx, world.workspace.id, { directoryRequires: ["roles"] }));
		const directory = await findDirectory(db, world.workspace.id);
		if (!directory) throw new Error("no directory");
		const steps = await onTrial(db, operator, directory, endpoint, (ask) =>
			runSelfTest(ask, "okta", { role: null, groups: false }),
		);
		expect(steps?.at(-1)).toMatchObject({ step: "create", ok: false, status: 400 });
		expect(steps?.at(-1)?.detail).toContain("roles");
	});
});

describe("what takes too long", () => {
	test("begins no step more, and leaves nothing", async () => {
		const world = await aWorld();
		const directory = await findDirectory(db, world.workspace.id);
		if (!directory) throw new Error("no directory");
		const answered: number[] = [];
		const slow: Endpoint = async (request, on, goesOn) => {
			const answer = await endpoint(request, on, goesOn);
			await new Promise((resolve) => setTimeout(resolve, 1_500));
			answered.push(answer.status);
			return answer;
		};
		const steps = await onTrial(db, operator, directory, slow, (ask) =>
			runSelfTest(ask, "okta", { role: null, groups: false }),
		);
		expect(steps).toBeNull();
		expect(answered.length).toBeLessThanOrEqual(4);
		expect(await users(world)).toBe(0);
	});

	test("ends between the operations of a bulk", async () => {
		const world = await aWorld();
		const directory = await findDirectory(db, world.workspace.id);
		if (!directory) throw new Error("no directory");
		let asked = 0;
		const slow: Endpoint = (request, on, goesOn) =>
			endpoint(request, on, async () => {
				asked += 1;
				await new Promise((resolve) => setTimeout(resolve, 1_500));
				return goesOn ? goesOn() : true;
			});
		const Operations = Array.from({ length: 40 }, (_, index) => ({
			method: "POST",
			path: "/Users",
			bulkId: `b${index}`,
			data: person(`bulk${index}@acme.test`),
		}));
		const answer = await onTrial(db, operator, directory, slow, (ask) =>
			ask("POST", "/Bulk", {
				body: JSON.stringify({
					schemas: ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
					Operations,
				}),
			}),
		);
		expect(answer).toBeNull();
		expect(asked).toBeLessThanOrEqual(5);
		expect(await users(world)).toBe(0);
	});
});
