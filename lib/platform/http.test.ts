import { execFile } from "node:child_process";
import http from "node:http";
import net, { type AddressInfo } from "node:net";
import { promisify } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { addressHeader } from "./edge";
import type { Incoming } from "./exchange";
import { createServer, type Doors } from "./http";

const run = promisify(execFile);
const open: http.Server[] = [];
afterEach(() => {
	for (const server of open.splice(0)) {
		server.closeAllConnections();
		server.close();
	}
});

async function textOf({ body }: Incoming): Promise<string> {
	const chunks: Uint8Array[] = [];
	for await (const chunk of body ?? []) chunks.push(chunk);
	return Buffer.concat(chunks).toString();
}

/** Both doors on a free port: Next's says what it was asked, SCIM's gives the body back. */
async function serve(doors: Partial<Doors> = {}) {
	const errors: unknown[] = [];
	const server = createServer({
		publicUrl: "http://localhost:3000",
		trustedProxies: [],
		async scim(request) {
			const seen = {
				method: request.method,
				url: request.url,
				address: request.headers.get(addressHeader),
				body: await textOf(request),
			};
			return { status: 201, headers: { "x-door": "scim" }, body: JSON.stringify(seen) };
		},
		async next(request, response) {
			let size = 0;
			for await (const chunk of request) size += chunk.length;
			response.end(`next ${request.method} ${request.url} ${size}`);
		},
		onError: (error) => errors.push(error),
		...doors,
	});
	open.push(server);
	await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
	const { port } = server.address() as AddressInfo;
	return { origin: `http://127.0.0.1:${port}`, port, errors };
}

/** Says something byte by byte, and gives back all that is answered. */
function raw(port: number, text: string): Promise<string> {
	return new Promise((resolve, reject) => {
		let answered = "";
		const socket = net.connect(port, "127.0.0.1", () => socket.write(text));
		socket.on("data", (chunk) => {
			answered += chunk;
		});
		socket.on("close", () => resolve(answered)).on("error", reject);
		socket.setTimeout(3_000, () => socket.destroy());
	});
}

/** A body without a declared length. */
function chunked(size: number): RequestInit {
	let left = size;
	const body = new ReadableStream<Uint8Array>({
		pull(controller) {
			if (left <= 0) return controller.close();
			controller.enqueue(new Uint8Array(Math.min(left, 16_384)));
			left -= 16_384;
		},
	});
	return { method: "POST", body, duplex: "half" } as RequestInit;
}

describe("the doors", () => {
	it("hands SCIM to its function and the rest to Next", async () => {
		const { origin } = await serve();
		const scim = await fetch(`${origin}/api/scim/v2/Users?a=b`, { method: "POST", body: "{}" });
		expect(scim.status).toBe(201);
		expect(scim.headers.get("x-door")).toBe("scim");
		expect(await scim.json()).toEqual({
			method: "POST",
			url: "http://localhost:3000/api/scim/v2/Users?a=b",
			address: "127.0.0.1",
			body: "{}",
		});
		const next = await fetch(`${origin}/login?a=b`, { method: "POST", body: "four" });
		expect(await next.text()).toBe("next POST /login?a=b 4");
	});

	it("leaves SCIM to Next where its own door is closed", async () => {
		const { origin } = await serve({ scim: null });
		const answered = await fetch(`${origin}/api/scim/v2/Users`);
		expect(await answered.text()).toBe("next GET /api/scim/v2/Users 0");
	});

	it("A9: refuses what a page of another site sends, before either door", async () => {
		const { origin } = await serve();
		const headers = { origin: "https://evil.test" };
		const post = (path: string) => fetch(origin + path, { method: "POST", body: "", headers });
		expect((await post("/w/acme/sso")).status).toBe(403);
		expect((await post("/api/sso/acs/1")).status).toBe(200);
	});

	it("never takes the address of a request from its Host or its line", async () => {
		const { port } = await serve();
		const answered = await raw(
			port,
			"GET http://evil.example/api/scim/v2/Users HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
		);
		expect(answered).toContain('"url":"http://localhost:3000/api/scim/v2/Users"');
	});

	it("answers HEAD without a body and 204 without a length", async () => {
		const { origin } = await serve({
			scim: async () => ({ status: 204, headers: {}, body: null }),
		});
		const gone = await fetch(`${origin}/api/scim/v2/Users/1`, { method: "DELETE" });
		expect([gone.status, gone.headers.get("content-length")]).toEqual([204, null]);
		const head = await serve();
		const answered = await fetch(`${head.origin}/api/scim/v2/Users`, { method: "HEAD" });
		expect(Number(answered.headers.get("content-length"))).toBeGreaterThan(50);
		expect(await answered.text()).toBe("");
	});
});

describe("what goes wrong", () => {
	const scimError = (status: string) => ({
		schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"],
		status,
		detail: expect.any(String),
	});

	it("answers a throw with 500, as SCIM on that door, without its message", async () => {
		const fail = async () => {
			throw new Error("secret detail");
		};
		const { origin, errors } = await serve({ scim: fail, next: fail });
		const scim = await fetch(`${origin}/api/scim/v2/Users`);
		expect(scim.status).toBe(500);
		expect(scim.headers.get("content-type")).toBe("application/scim+json");
		const body = await scim.json();
		expect(body).toEqual(scimError("500"));
		expect(JSON.stringify(body)).not.toContain("secret");
		expect((await fetch(`${origin}/login`)).status).toBe(500);
		expect(errors).toHaveLength(2);
	});

	it("answers a method and a target that cannot be with 400", async () => {
		const { port, errors } = await serve();
		const traced = await raw(
			port,
			"TRACE /api/scim/v2/Users HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
		);
		expect(traced).toMatch(/^HTTP\/1.1 400 /);
		expect(traced).toContain("application/scim+json");
		const pathless = await raw(port, "OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
		expect(pathless).toMatch(/^HTTP\/1.1 400 /);
		expect(errors).toEqual([]);
	});

	it("refuses more than 16 KiB of headers", async () => {
		const { origin } = await serve();
		const answered = await fetch(`${origin}/login`, { headers: { "x-long": "x".repeat(17_000) } });
		expect(answered.status).toBe(431);
	});

	it("closes a connection whose headers never end", async () => {
		const server = createServer({
			publicUrl: "http://localhost:3000",
			trustedProxies: [],
			scim: null,
			next: async () => {},
			onError() {},
		});
		expect([server.headersTimeout, server.requestTimeout]).toEqual([10_000, 30_000]);
	});

	const door = [
		["/api/scim/v2/Users", 4 * 1024 * 1024],
		["/login", 256 * 1024],
	] as const;

	it.each(door)("%s takes %i bytes and refuses one more, declared or not", async (path, limit) => {
		const { origin } = await serve();
		const send = async (init: RequestInit) => (await fetch(origin + path, init)).status;
		const declared = (size: number) => ({ method: "POST", body: new Uint8Array(size) });
		expect(await send(declared(limit))).toBeLessThan(300);
		expect(await send(chunked(limit))).toBeLessThan(300);
		expect(await send(declared(limit + 1))).toBe(413);
		expect(await send(chunked(limit + 1))).toBe(413);
	});

	it("refuses 5 MB at once, in the words of the door, and hands nobody half a body", async () => {
		const bodies: string[] = [];
		const { origin } = await serve({
			async scim(request) {
				bodies.push(await textOf(request));
				return { status: 200, headers: {}, body: "" };
			},
			async next(request, response) {
				let body = "";
				for await (const chunk of request) body += chunk;
				bodies.push(body);
				response.end();
			},
		});
		const body = new Uint8Array(5_000_000);
		for (const path of ["/api/scim/v2/Users", "/login"]) {
			const start = performance.now();
			const answered = await fetch(origin + path, { method: "POST", body });
			expect(answered.status).toBe(413);
			expect(performance.now() - start).toBeLessThan(2_000);
			const type = path === "/login" ? "text/plain; charset=utf-8" : "application/scim+json";
			expect(answered.headers.get("content-type")).toBe(type);
			expect((await fetch(origin + path, chunked(5_000_000))).status).toBe(413);
		}
		expect(bodies).toEqual([]);
	});

	// In processes of their own: in this one nobody sends while the server closes.
	it.each([
		["/login", 413],
		["/api/scim/v2/Users", 401],
	])(
		"is heard by those who want the connection closed and still send, at %s",
		async (path, status) => {
			const { origin } = await serve({
				scim: async () => ({ status: 401, headers: {}, body: "no" }),
			});
			const script = `
			const { request } = require("node:http");
			const send = () => new Promise((resolve) => {
				const sent = request("${origin}${path}", { method: "POST", agent: false }, (answer) => {
					answer.resume().on("end", () => resolve(answer.statusCode));
				});
				sent.on("error", ({ code }) => resolve(code)).end(Buffer.alloc(4_000_000));
			});
			(async () => {
				for (let left = 30; left > 0; left--) console.log(await send());
			})();`;
			const clients = Array.from({ length: 3 }, () => run(process.execPath, ["-e", script]));
			for (const { stdout } of await Promise.all(clients))
				expect(new Set(stdout.trim().split("\n"))).toEqual(new Set([String(status)]));
		},
	);

	it("hangs up on a body without end", async () => {
		const { origin } = await serve();
		const endless = chunked(Number.POSITIVE_INFINITY);
		// The 413 arrives while the body is still being sent; whether fetch shows it or the
		// hanging up is a matter of timing. What counts is that it ends.
		const outcome = await fetch(`${origin}/login`, endless).then(
			(answered) => answered.status,
			() => 413,
		);
		expect(outcome).toBe(413);
	});

	it("does not report a client that went away", async () => {
		const { port, errors } = await serve();
		await new Promise<void>((done) => {
			const request = http.request({ port, path: "/api/scim/v2/Users", method: "POST" });
			request.on("error", () => done());
			request.write("{");
			setTimeout(() => request.destroy(), 100);
		});
		await new Promise((done) => setTimeout(done, 100));
		expect(errors).toEqual([]);
	});
});

describe("headers of every answer", () => {
	it("are on both doors, and an answer's own are kept once", async () => {
		const { origin } = await serve({
			async next(request, response) {
				if (request.url === "/own") response.setHeader("cache-control", "private");
				response.end();
			},
		});
		const paths = ["/api/scim/v2/Users", "/login"];
		for (const path of paths) {
			const { headers } = await fetch(origin + path);
			expect(headers.get("x-content-type-options")).toBe("nosniff");
			expect(headers.get("cache-control")).toBe("no-store");
			expect(headers.get("referrer-policy")).toBe("same-origin");
			expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
			expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
			expect(headers.get("permissions-policy")).toContain("camera=()");
			expect(headers.get("strict-transport-security")).toBeNull();
		}
		expect((await fetch(`${origin}/own`)).headers.get("cache-control")).toBe("private");
		const versioned = await fetch(`${origin}/_next/static/a.js`);
		expect(versioned.headers.get("cache-control")).toBeNull();
	});

	it("tell browsers to insist on https where that is the public address", async () => {
		const { origin } = await serve({ publicUrl: "https://sign-on.example.com" });
		const { headers } = await fetch(`${origin}/login`);
		expect(headers.get("strict-transport-security")).toBe("max-age=31536000");
	});
});
