import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type NameServer, startNameServer } from "@/e2e/dns";
import { lookupTxt } from "./name-service";

let server: NameServer;
beforeAll(async () => {
	server = await startNameServer();
	server.records.set("_gatehouse.acme.test", ["v=spf1 -all", "gatehouse=abc"]);
	server.records.set("_gatehouse.long.test", ["x".repeat(300)]);
	server.records.set("_gatehouse.empty.test", []);
});
afterAll(() => server.close());

const look = (name: string) => lookupTxt(name, [server.address]);

describe("a look for TXT records", () => {
	it("brings all texts of the name, in whole", async () => {
		expect(await look("_gatehouse.acme.test")).toEqual({
			ok: true,
			texts: ["v=spf1 -all", "gatehouse=abc"],
		});
		expect(await look("_gatehouse.long.test")).toEqual({ ok: true, texts: ["x".repeat(300)] });
	});

	it("finds none where the name has none, or does not exist", async () => {
		expect(await look("_gatehouse.empty.test")).toEqual({ ok: true, texts: [] });
		expect(await look("_gatehouse.nobody.test")).toEqual({ ok: true, texts: [] });
	});

	it("says so where the name service fails, which is no absence", async () => {
		server.fail(true);
		expect(await look("_gatehouse.acme.test")).toEqual({ ok: false, reason: "dns_unreachable" });
		server.fail(false);
	});
});
