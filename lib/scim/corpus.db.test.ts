/**
 * What real clients send, as recorded in public documents and logs, one folder a client: the
 * request, the answer, and what is so afterwards. Each case has a workspace of its own, and is sent
 * over HTTP to the server's own door.
 */
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { and, eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Db } from "@/db/client";
import { directories, directoryUsers, members } from "@/db/schema";
import { aWorkspace, freshDb } from "@/db/testing";
import { createServer } from "@/lib/platform/http";
import { type Case, corpus, looksAs, runCase, sendTo } from "./corpus";
import { handleScim } from "./endpoint";
import { aClient } from "./testing";

const publicUrl = "https://gatehouse.test";
let db: Db;
let server: Server;

beforeAll(async () => {
	db = await freshDb();
	const fail = (error: unknown) => {
		throw error;
	};
	server = createServer({
		publicUrl,
		trustedProxies: [],
		scim: (request) => handleScim(request, { db, publicUrl, now: () => new Date(), onError: fail }),
		next: () => fail(new Error("this is for Next")),
		onError: fail,
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterAll(() => {
	server.close();
	server.closeAllConnections();
});

async function run(example: Case) {
	const { port } = server.address() as AddressInfo;
	const client = await aClient(db, (await aWorkspace(db)).id);
	const { ids, expected } = await runCase(
		example,
		{
			workspaceId: client.workspaceId,
			origin: publicUrl,
			send: sendTo(`http://127.0.0.1:${port}`, client.token),
			makeStrict: async () => {
				await db
					.update(directories)
					.set({ strict: true })
					.where(eq(directories.id, client.directoryId));
			},
		},
		looksAs(expect),
	);
	if (!expected.member) return;
	const [name] = Object.keys(example.people ?? {});
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
		.where(eq(directoryUsers.id, ids.answer ?? ids[name ?? ""] ?? ""));
	expect(row?.member).toMatchObject(expected.member);
}

describe.each(corpus())("$client, $file", ({ cases }) => {
	test.each(cases)("$title", run);
});
