/**
 * What real clients send, as recorded in public documents and logs (lib/scim/fixtures, one folder a
 * client): each case by default and strict, over HTTP through both doors, the server's own and Next's
 * route of the same function. Next itself is not started here: that the built application answers
 * so too is e2e/scim-doors.spec.ts.
 */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Db } from "@/db/client";
import { aWorkspace, freshDbOfProcess } from "@/db/testing";
import { env } from "@/lib/platform/env";
import { createServer, type Doors } from "@/lib/platform/http";
import { type Case, corpus, looksAs, runnerIn } from "@/lib/scim/corpus";
import { answerScim } from "@/lib/scim/door";
import { aClient } from "@/lib/scim/testing";
import * as route from "./v2/[[...path]]/route";

let db: Db;
let run: (example: Case) => Promise<void>;
const servers: Server[] = [];

beforeAll(async () => {
	db = await freshDbOfProcess();
	const doors = {
		"the server's door": await originOf({ scim: answerScim, next: () => fail("this is for Next") }),
		"Next's door": await originOf({ scim: null, next: throughRoute }),
	};
	run = runnerIn(
		{
			doors,
			newPlace: async () => aClient(db, (await aWorkspace(db)).id),
			sql: async (statement) =>
				((await db.execute(sql.raw(statement))) as unknown as { rows: [] }).rows,
			origin: env().PUBLIC_URL,
		},
		looksAs(expect),
	);
});

afterAll(() => {
	for (const server of servers) {
		server.close();
		server.closeAllConnections();
	}
});

async function originOf(doors: Pick<Doors, "scim" | "next">): Promise<string> {
	const { PUBLIC_URL: publicUrl } = env();
	const server = createServer({ publicUrl, trustedProxies: [], onError: fail, ...doors });
	servers.push(server);
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function fail(error: unknown): never {
	throw error instanceof Error ? error : new Error(String(error));
}

/** Calls the handler that Next would, with a Request, and sends its Response. */
async function throughRoute(request: IncomingMessage, response: ServerResponse): Promise<void> {
	const { method = "GET", url = "/", headers } = request;
	const hasBody = method !== "GET" && method !== "HEAD";
	const handle = Object.entries(route).find(([name]) => name === method)?.[1];
	if (typeof handle !== "function") throw new Error(`the route has no ${method}`);
	const answer: Response = await handle(
		new Request(new URL(url, env().PUBLIC_URL), {
			method,
			headers: Object.entries(headers).map(([name, value]): [string, string] => [name, `${value}`]),
			...(hasBody ? { body: Readable.toWeb(request) as ReadableStream, duplex: "half" } : {}),
		}),
	);
	response.writeHead(answer.status, Object.fromEntries(answer.headers));
	response.end(Buffer.from(await answer.arrayBuffer()));
}

describe.each(corpus())("$client, $file", ({ cases }) => {
	test.each(cases)("$title", (example) => run(example));
});
