/**
 * What real clients send, as recorded in public documents and logs, one file a client: the request,
 * the answer, and what became of the member. Each case has a workspace of its own.
 */
import { readdirSync, readFileSync } from "node:fs";
import { and, eq } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import type { Db } from "@/db/client";
import { directories, directoryUsers, members } from "@/db/schema";
import { aWorkspace, freshDb } from "@/db/testing";
import { aClient } from "./testing";

type Case = {
	title: string;
	strict?: boolean;
	/** Who is there before. A `{name}` in the request or the answer stands for that person's id. */
	people?: Record<string, Record<string, unknown>>;
	request: { method: string; path: string; headers?: Record<string, string>; body?: unknown };
	status: number;
	scimType?: string;
	/** What the answer holds at least. */
	answer?: Record<string, unknown>;
	/** What a list holds exactly, but for meta. */
	resources?: unknown[];
	/** What the answer does not hold. */
	without?: string[];
	/** What the member behind the person of the answer, or the first one, is like. */
	member?: Record<string, unknown>;
};

const folder = "lib/scim/fixtures";
let db: Db;

beforeAll(async () => {
	db = await freshDb();
});

async function run(example: Case) {
	const client = await aClient(db, (await aWorkspace(db)).id);
	const ids: Record<string, string> = {};
	for (const [name, body] of Object.entries(example.people ?? {})) {
		const made = await client.send("POST", "/Users", body);
		expect(made.status).toBe(201);
		ids[name] = made.body.id;
	}
	if (example.strict)
		await db
			.update(directories)
			.set({ strict: true })
			.where(eq(directories.id, client.directoryId));
	const { request, ...expected } = filled(example, ids);
	const answer = await client.send(request.method, request.path, request.body, request.headers);

	expect(answer.status, JSON.stringify(answer.body)).toBe(expected.status);
	if (answer.body === undefined) expect([204, 304]).toContain(answer.status);
	else expect(answer.headers.get("content-type")).toBe("application/scim+json");
	if (answer.status >= 400)
		expect(answer.body).toMatchObject({
			status: String(answer.status),
			detail: expect.any(String),
		});
	expect(answer.body?.scimType).toBe(expected.scimType);
	if (expected.answer) expect(answer.body).toMatchObject(expected.answer);
	if (expected.resources) expect(answer.body.Resources).toEqual(expected.resources);
	for (const name of expected.without ?? []) expect(answer.body).not.toHaveProperty([name]);
	if (expected.member)
		expect(await memberBehind(answer.body.id ?? Object.values(ids)[0])).toMatchObject(
			expected.member,
		);
}

/** A case with the ids of its people filled in. */
function filled(example: Case, ids: Record<string, string>): Case {
	const text = JSON.stringify(example).replace(/\{(\w+)\}/g, (all, name) => ids[name] ?? all);
	return JSON.parse(text);
}

async function memberBehind(id: string) {
	const [row] = await db
		.select({ member: members })
		.from(directoryUsers)
		.innerJoin(
			members,
			and(
				eq(members.workspaceId, directoryUsers.workspaceId),
				eq(members.id, directoryUsers.memberId),
			),
		)
		.where(eq(directoryUsers.id, id));
	return row?.member;
}

describe.each(readdirSync(folder).sort())("%s", (client) => {
	for (const file of readdirSync(`${folder}/${client}`).sort()) {
		const cases: Case[] = JSON.parse(readFileSync(`${folder}/${client}/${file}`, "utf8"));
		test.each(cases)("$title", run);
	}
});
