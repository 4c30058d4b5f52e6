/**
 * What tests ask of the running server's database. Preloaded into the server's process by
 * serve.ts, it shares the open database through globalThis, so that it works on the embedded one
 * too. It is no part of the product and listens on loopback alone.
 */
import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { sql } from "drizzle-orm";
import { openDatabase } from "@/db/client";
import { ports } from "./settings";
import { type ConnectionInput, makeConnection, makeWorld, type WorldInput } from "./world";

const calls: Record<string, (input: unknown) => Promise<unknown>> = {
	/** A workspace of the test's own. */
	world: async (input) => makeWorld((await openDatabase()).db, input as WorldInput),
	/** A connection of a workspace to a provider, turned on. */
	connection: async (input) => makeConnection((await openDatabase()).db, input as ConnectionInput),
	/** Moves time by ageing rows, and looks at what was stored. */
	sql: async (input) => {
		const { db } = await openDatabase();
		const { rows } = (await db.execute(sql.raw(String(input)))) as unknown as { rows: unknown[] };
		return rows;
	},
};

createServer(async (request, response) => {
	const answer = (status: number, body: unknown) => {
		response.writeHead(status, { "content-type": "application/json" });
		response.end(JSON.stringify(body ?? null));
	};
	try {
		const call = calls[(request.url ?? "").slice(1)];
		if (!call) return answer(404, "no such call");
		answer(200, await call(await json(request)));
	} catch (error) {
		answer(500, error instanceof Error ? (error.stack ?? error.message) : String(error));
	}
})
	.listen(ports.control, "127.0.0.1")
	.unref();
