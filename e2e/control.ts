/**
 * What tests ask of the running server's database. Preloaded into the server's process by
 * serve.ts, it shares the open database through globalThis, so that it works on the embedded one
 * too. It is no part of the product and listens on loopback alone.
 */
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { sql } from "drizzle-orm";
import { openDatabase } from "@/db/client";
import { signInByPassword } from "@/lib/accounts/password-sign-in";
import { sealBrowserId, sessionCookie } from "@/lib/accounts/session-cookie";
import { ports } from "./settings";
import {
	type ConnectionInput,
	makeConnection,
	makeDirectories,
	makeWorld,
	type SamlConnectionInput,
	type WorldInput,
} from "./world";

const calls: Record<string, (input: unknown) => Promise<unknown>> = {
	/** A workspace of the test's own. */
	world: async (input) => makeWorld((await openDatabase()).db, input as WorldInput),
	/** A connection of a workspace to a provider, turned on. */
	connection: async (input) =>
		makeConnection((await openDatabase()).db, input as ConnectionInput | SamlConnectionInput),
	/** So many workspaces, each with a directory that is on and a token. */
	directories: async (input) => makeDirectories((await openDatabase()).db, Number(input)),
	/** Starts the second server. False where the database belongs to this process alone. */
	nextDoor: async () => {
		if (!process.env.DATABASE_URL) return false;
		nextDoor ??= spawn(process.execPath, ["dist/server.js"], {
			stdio: "ignore",
			env: { ...process.env, SCIM_DOOR: "next", PORT: String(ports.nextDoor) },
		});
		return true;
	},
	/** Takes it down again. */
	closeNextDoor: async () => {
		nextDoor?.kill("SIGTERM");
		nextDoor = undefined;
	},
	/** Moves time by ageing rows, and looks at what was stored. */
	sql: async (input) => {
		const { db } = await openDatabase();
		const { rows } = (await db.execute(sql.raw(String(input)))) as unknown as { rows: unknown[] };
		return rows;
	},
};

/** The cookie of a browser that has signed in by password, without the page for it. */
async function enter(email: string, password: string): Promise<string> {
	const visitor = { browserId: null, address: "127.0.0.1", userAgent: "" };
	const { db } = await openDatabase();
	const entered = await signInByPassword(db, { email, password, slug: null }, visitor, new Date());
	if (!entered.ok) throw new Error(entered.reason);
	if (!entered.browserId) throw new Error(`${email} has a second factor: use the page`);
	const value = await sealBrowserId(entered.browserId);
	return `${sessionCookie}=${value}; Path=/; HttpOnly; Secure; SameSite=Lax`;
}

let nextDoor: ReturnType<typeof spawn> | undefined;
process.once("exit", () => nextDoor?.kill("SIGKILL"));

// A test may be still for a while between two calls, and come back by the same connection.
createServer({ keepAliveTimeout: 600_000 }, async (request, response) => {
	const answer = (status: number, body: unknown) => {
		response.writeHead(status, { "content-type": "application/json" });
		response.end(JSON.stringify(body ?? null));
	};
	try {
		const { pathname, searchParams: given } = new URL(request.url ?? "/", "http://localhost");
		if (pathname === "/enter") {
			// Cookies know hosts and no ports: what is set here, the product is sent.
			response.setHeader(
				"set-cookie",
				await enter(given.get("email") ?? "", given.get("password") ?? ""),
			);
			return answer(200, "in");
		}
		const call = calls[pathname.slice(1)];
		if (!call) return answer(404, "no such call");
		answer(200, await call(await json(request)));
	} catch (error) {
		answer(500, error instanceof Error ? (error.stack ?? error.message) : String(error));
	}
})
	.listen(ports.control, "127.0.0.1")
	.unref();
