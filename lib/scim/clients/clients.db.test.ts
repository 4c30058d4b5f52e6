/** Each IdP's whole lifecycle against the endpoint, and what a run says of a server that errs. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Db } from "@/db/client";
import { directoryUsers, members } from "@/db/schema";
import { aWorkspace, freshDb } from "@/db/testing";
import { toResponse } from "@/lib/platform/exchange";
import { handleScim } from "../endpoint";
import { aClient } from "../testing";
import { clients } from "./index";
import { okta } from "./okta";
import { type Outcome, replay } from "./session";

let db: Db;
beforeAll(async () => {
	db = await freshDb();
});

const url = "https://gatehouse.test/api/scim/v2";
const cast = { mark: "m1", domain: "replay.test", groups: true };
const surprises = (outcomes: Outcome[]) =>
	outcomes.filter(({ surprise }) => surprise !== undefined);

/** The endpoint as a client reaches it. */
const endpoint = async (request: Request) =>
	toResponse(
		await handleScim(request, {
			db,
			publicUrl: "https://gatehouse.test",
			now: () => new Date(),
			onError: (error) => {
				throw error;
			},
		}),
	);

describe.each(Object.entries(clients))("%s", (_, client) => {
	it("finds nothing to stumble over, and leaves nothing behind", async () => {
		const workspace = await aWorkspace(db);
		for (const base of [url, `${url}/${workspace.id}`]) {
			const { token } = await aClient(db, workspace.id);
			const outcomes = await replay(client, { url: base, token, fetch: endpoint }, cast);
			expect(surprises(outcomes)).toEqual([]);
			expect(outcomes.length).toBeGreaterThan(10);
		}
		const left = await db.$count(directoryUsers);
		expect(left).toBe(0);
		expect(await db.$count(members)).toBe(0);
	});
});

describe("a server that errs", () => {
	const answering = async (answer: (request: Request) => Response | Promise<Response>) =>
		replay(okta, { url, token: "token", fetch: async (request) => answer(request) }, cast);

	it("is told by the step that met it, and the run ends where nothing can follow", async () => {
		const outcomes = await answering(() => Response.json({}, { status: 503 }));
		expect(outcomes.at(-1)).toMatchObject({
			title: "Create the person",
			surprise: "answered 503 instead of 201",
		});
	});

	it("is one that says nothing at all", async () => {
		const outcomes = await answering(() => Promise.reject(new Error("ECONNREFUSED")));
		expect(outcomes).toHaveLength(1);
		expect(surprises(outcomes)[0]?.surprise).toBe("no answer: ECONNREFUSED");
	});

	it("is one that answers in another form", async () => {
		const outcomes = await answering(() => new Response("<html>", { status: 200 }));
		expect(outcomes[0]?.surprise).toBe("the body is not JSON");
	});

	it("is one that forgets a change", async () => {
		const { token } = await aClient(db, (await aWorkspace(db)).id);
		const forgetful = async (request: Request) => {
			if (request.method !== "PATCH") return endpoint(request);
			return new Response(null, { status: 204 });
		};
		const outcomes = await replay(okta, { url, token, fetch: forgetful }, cast);
		expect(surprises(outcomes).map(({ title, surprise }) => [title, surprise])).toEqual([
			["Read the group back", "it has 0 members that are not the 2 expected"],
			["Read the renamed group", 'displayName is "Okta m1" instead of "Okta m1 renamed"'],
			["Read the deactivated person", "active is true instead of false"],
		]);
	});
});
