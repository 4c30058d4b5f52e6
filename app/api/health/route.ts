import { sql } from "drizzle-orm";
import { connection } from "next/server";
import { database } from "@/db/client";

const PATIENCE_MS = 2_000;

/** For load balancers: whether this process can serve. Says nothing more, since anyone may ask. */
export async function GET(): Promise<Response> {
	await connection();
	const late = new Promise<never>((_, reject) => {
		setTimeout(() => reject(new Error("The database is slow to answer")), PATIENCE_MS).unref();
	});
	try {
		await Promise.race([database().then((db) => db.execute(sql`select 1`)), late]);
		return Response.json({ status: "ok" });
	} catch {
		return Response.json({ status: "unavailable" }, { status: 503 });
	}
}
