import http from "node:http";
import { beforeAll, expect, it } from "vitest";
import { type Db, transact } from "@/db/client";
import { freshDb } from "@/db/testing";
import { guardedFetch, installEgressGuard } from "./egress";

let db: Db;
beforeAll(async () => {
	db = await freshDb();
});

it("asks nobody inside a transaction, nor lets a library do so", async () => {
	const fetched = transact(db, () => guardedFetch("https://idp.example.com/", { allow: [] }));
	await expect(fetched).rejects.toThrow("inside a transaction");
	const before = http.globalAgent;
	installEgressGuard();
	try {
		const asked = transact(db, async () => http.get("http://127.0.0.1:9/"));
		await expect(asked).rejects.toThrow("inside a transaction");
	} finally {
		http.globalAgent = before;
	}
});
