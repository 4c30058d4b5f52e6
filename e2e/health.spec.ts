import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { expect, test } from "./fixtures";
import { ports } from "./settings";

test("the server says that it is up", async ({ request }) => {
	const response = await request.get("/api/health");
	expect(response.status()).toBe(200);
	expect(response.headers()["x-content-type-options"]).toBe("nosniff");
});

test("the local provider describes itself", async ({ request, idp }) => {
	const response = await request.get(`${idp.issuer}/.well-known/openid-configuration`);
	expect(await response.json()).toMatchObject({ issuer: idp.issuer });
});

test("a request to upgrade is a request like any other, and leaves no connection open", async () => {
	for (const path of ["/api/health", "/nothing/here"]) {
		const socket = connect(ports.app, "127.0.0.1");
		const lines = [`GET ${path} HTTP/1.1`, "Host: localhost", "Upgrade: websocket"];
		socket.write([...lines, "Connection: Upgrade, close", "", ""].join("\r\n"));
		expect(await text(socket)).toMatch(
			/^HTTP\/1\.1 (?:200|404) .*x-content-type-options: nosniff/s,
		);
	}
});
