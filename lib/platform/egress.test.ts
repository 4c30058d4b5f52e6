import http from "node:http";
import https from "node:https";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import net from "node:net";
import tls from "node:tls";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type EgressOptions, guardedFetch, installEgressGuard } from "./egress";

const closing: (() => unknown)[] = [];
afterEach(async () => {
	for (const close of closing.splice(0)) await close();
});

/** A server on loopback. @returns its port, and the Host headers it was asked for. */
async function serve(answer: http.RequestListener) {
	const hosts: string[] = [];
	const server = http.createServer((request, response) => {
		hosts.push(request.headers.host ?? "");
		answer(request, response);
	});
	await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
	closing.push(
		() => server.closeAllConnections(),
		() => server.close(),
	);
	const { port } = server.address() as AddressInfo;
	return { port, hosts };
}

const names =
	(...addresses: string[]) =>
	async () =>
		addresses;

const refused = (reason: string) => ({ ok: false, reason });

/** Counts connections, so that a test can say that none was even tried. */
function watchSockets() {
	const connect = vi.spyOn(net.Socket.prototype, "connect");
	closing.push(() => connect.mockRestore());
	return connect;
}

describe("which addresses are asked", () => {
	it.each([
		["https://127.0.0.1/", "loopback"],
		["https://0x7f000001/", "hexadecimal"],
		["https://0x7f.0.0.1/", "hexadecimal part"],
		["https://0177.0.0.1/", "octal"],
		["https://017700000001/", "octal number"],
		["https://2130706433/", "decimal number"],
		["https://127.1/", "short"],
		["https://127.0.0.1./", "trailing dot"],
		["https://①②⑦.0.0.1/", "full-width digits"],
		["https://169.254.169.254/latest/meta-data", "cloud metadata"],
		["https://10.0.0.8:8443/", "private"],
		["https://[::1]/", "IPv6 loopback"],
		["https://[::]/", "unspecified"],
		["https://[::ffff:127.0.0.1]/", "mapped"],
		["https://[::ffff:a9fe:a9fe]/", "mapped metadata"],
		["https://[::127.0.0.1]/", "compatible"],
		["https://[64:ff9b::7f00:1]/", "NAT64"],
		["https://[2002:7f00:1::]/", "6to4"],
		["https://[fd00::1]/", "unique local"],
		["https://[fe80::1]/", "link-local"],
	])("%s is refused before any connection (%s)", async (url) => {
		const connect = watchSockets();
		expect(await guardedFetch(url, { allow: [] })).toEqual(refused("address_not_public"));
		expect(connect).not.toHaveBeenCalled();
	});

	it.each([
		["127.0.0.1"],
		["10.1.2.3"],
		["100.64.0.1"],
		["169.254.169.254"],
		["192.168.0.1"],
		["172.16.9.9"],
		["0.0.0.0"],
		["224.0.0.1"],
		["255.255.255.255"],
		["198.18.0.1"],
		["::1"],
		["fd00::1"],
		["fe80::1"],
		["::ffff:10.0.0.1"],
		["64:ff9b::a00:1"],
	])("a name that resolves to %s is refused", async (address) => {
		const options = { allow: [], resolver: names(address) };
		const result = await guardedFetch("https://idp.example.com/", options);
		expect(result).toEqual(refused("address_not_public"));
	});

	it("one private address among public ones is enough to refuse", async () => {
		const options = { allow: [], resolver: names("8.8.8.8", "2606:4700::1111", "10.0.0.1") };
		const result = await guardedFetch("https://idp.example.com/", options);
		expect(result).toEqual(refused("address_not_public"));
	});

	it("a name without an address, and one that cannot be resolved, say so", async () => {
		for (const resolver of [names(), () => Promise.reject(new Error("SERVFAIL"))])
			expect(await guardedFetch("https://idp.example.com/", { allow: [], resolver })).toEqual(
				refused("name_not_found"),
			);
	});

	it.each(["http://idp.example.com/", "http://8.8.8.8/"])("%s needs https", async (url) => {
		const options = { allow: [], resolver: names("8.8.8.8") };
		expect(await guardedFetch(url, options)).toEqual(refused("https_required"));
	});

	it.each(["", "nonsense", "ftp://8.8.8.8/", "file:///etc/passwd", "https://u:p@idp.example.com/"])(
		"%j is no address to ask",
		async (url) => {
			expect(await guardedFetch(url, { allow: [] })).toEqual(refused("url_invalid"));
		},
	);
});

describe("what the operator allows", () => {
	it("an exact host and port opens http to it, and nothing beside it", async () => {
		const { port, hosts } = await serve((_, response) => response.end("hello"));
		const allow = [`127.0.0.1:${port}`];
		expect(await guardedFetch(`http://127.0.0.1:${port}/x`, { allow })).toMatchObject({
			ok: true,
			status: 200,
			body: "hello",
		});
		const elsewhere = { allow: [`127.0.0.1:${port + 1}`, `127.0.0.10:${port}`] };
		expect(await guardedFetch(`http://127.0.0.1:${port}/x`, elsewhere)).toEqual(
			refused("https_required"),
		);
		expect(hosts).toEqual([`127.0.0.1:${port}`]);
	});

	it("a network opens its addresses, by https alone", async () => {
		const allow = ["127.0.0.0/8"];
		expect(await guardedFetch("http://127.0.0.1:9/", { allow })).toEqual(refused("https_required"));
		expect(await guardedFetch("https://127.0.0.1:9/", { allow })).toEqual(refused("unreachable"));
		expect(await guardedFetch("https://10.0.0.1/", { allow })).toEqual(
			refused("address_not_public"),
		);
	});
});

describe("O11: rebinding", () => {
	it("connects to the address that was checked and never asks twice", async () => {
		const { port, hosts } = await serve((_, response) => response.end("the checked one"));
		const resolver = vi.fn<NonNullable<EgressOptions["resolver"]>>();
		resolver.mockResolvedValueOnce(["127.0.0.1"]).mockResolvedValue(["10.0.0.1"]);
		const url = `http://idp.example.com:${port}/`;
		const result = await guardedFetch(url, { allow: [`idp.example.com:${port}`], resolver });
		expect(result).toMatchObject({ ok: true, body: "the checked one" });
		expect(resolver).toHaveBeenCalledTimes(1);
		expect(hosts).toEqual([`idp.example.com:${port}`]);
	});

	it("keeps the name for TLS while connecting to the address", async () => {
		const asked: string[] = [];
		const server = tls.createServer({
			SNICallback(name, done) {
				asked.push(name);
				done(new Error("no certificate here"));
			},
		});
		await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
		closing.push(() => server.close());
		server.on("tlsClientError", () => {});
		const { port } = server.address() as AddressInfo;
		const result = await guardedFetch(`https://idp.example.com:${port}/`, {
			allow: ["127.0.0.1"],
			resolver: names("127.0.0.1"),
		});
		expect(result.ok).toBe(false);
		expect(asked).toEqual(["idp.example.com"]);
	});
});

describe("answers", () => {
	const ask = (port: number, options: EgressOptions = {}) =>
		guardedFetch(`http://127.0.0.1:${port}/`, { allow: [`127.0.0.1:${port}`], ...options });

	it("sends method, headers and body, and gives status and headers back", async () => {
		const { port } = await serve((request, response) => {
			let body = "";
			request.on("data", (chunk) => {
				body += chunk;
			});
			request.on("end", () => {
				response.writeHead(400, { "x-echo": String(request.headers["x-sent"]) });
				response.end(`${request.method} ${body}`);
			});
		});
		const result = await ask(port, { method: "POST", headers: { "x-sent": "a" }, body: "b=ü" });
		expect(result).toMatchObject({ ok: true, status: 400, body: "POST b=ü" });
		expect(result.ok && result.headers["x-echo"]).toBe("a");
	});

	it.each([301, 302, 303, 307, 308])("a %i is not followed", async (status) => {
		const { port, hosts } = await serve((_, response) =>
			response.writeHead(status, { location: "/elsewhere" }).end(),
		);
		expect(await ask(port)).toEqual(refused("redirected"));
		expect(hosts).toHaveLength(1);
	});

	it("256 KiB arrive, a byte more does not", async () => {
		let size = 256 * 1024;
		const { port } = await serve((_, response) => response.end("x".repeat(size)));
		const full = await ask(port);
		expect(full.ok && full.body.length).toBe(size);
		size += 1;
		expect(await ask(port)).toEqual(refused("too_large"));
	});

	it("an endless body is cut at once", async () => {
		const { port } = await serve((_, response) => {
			const pump = setInterval(() => response.write("x".repeat(64 * 1024)), 1);
			response.on("close", () => clearInterval(pump));
		});
		const start = performance.now();
		expect(await ask(port)).toEqual(refused("too_large"));
		expect(performance.now() - start).toBeLessThan(4_000);
	});

	it("a body that stops before its end is an error", async () => {
		const { port } = await serve((_, response) => {
			response.writeHead(200, { "content-length": "100" });
			response.write("{", () => response.destroy());
		});
		expect(await ask(port)).toEqual(refused("unreachable"));
	});

	it("silence, a dripping body and a slow name server all end after five seconds", async () => {
		const silent = await serve(() => {});
		const dripping = await serve((_, response) => {
			const drip = setInterval(() => response.write("x"), 100);
			response.on("close", () => clearInterval(drip));
		});
		const start = performance.now();
		const results = await Promise.all([
			ask(silent.port),
			ask(dripping.port),
			guardedFetch("https://idp.example.com/", {
				allow: [],
				resolver: () => new Promise(() => {}),
			}),
		]);
		expect(results).toEqual([refused("timed_out"), refused("timed_out"), refused("timed_out")]);
		expect(performance.now() - start).toBeGreaterThan(4_500);
		expect(performance.now() - start).toBeLessThan(9_000);
	}, 20_000);
});

describe("installEgressGuard", () => {
	beforeAll(() => {
		const before = { http: http.globalAgent, https: https.globalAgent };
		installEgressGuard();
		return () => {
			http.globalAgent = before.http;
			https.globalAgent = before.https;
		};
	});

	const failure = (request: http.ClientRequest) =>
		new Promise<string>((resolve) => {
			request
				.on("error", (error) => resolve(error.message))
				.on("response", () => resolve("answered"));
		});

	it("holds for plain requests of any library, without an agent and with agent: false", async () => {
		const { port, hosts } = await serve((_, response) => response.end());
		const requests = [
			http.get({ host: "127.0.0.1", port }),
			http.get({ host: "127.0.0.1", port, agent: false }),
			http.get({ host: "localhost", port }),
			https.get({ host: "127.0.0.1", port }),
			https.get({ host: "127.0.0.1", port, agent: false }),
			https.get({ host: "localhost", port }),
			https.get({ host: "0x7f000001", port }),
			http.get({ socketPath: "/var/run/postgresql/.s.PGSQL.5432" }),
		];
		expect(await Promise.all(requests.map(failure))).toEqual([
			"Outgoing request refused: https_required",
			"Outgoing request refused: https_required",
			"Outgoing request refused: https_required",
			...Array(4).fill("Outgoing request refused: address_not_public"),
			"Outgoing request refused: address_not_public",
		]);
		expect(hosts).toEqual([]);
	});

	// jackson asks the token, key and user info endpoints through a fetch of its own, made of Node's
	// http.request without an agent, and openid-client is told to use it for everything. That is
	// what puts it under the guard; a version that used the global fetch would fail here.
	describe("jackson's own requests", () => {
		const load = createRequire(import.meta.url);
		const { oidcClientConfig } = load("@boxyhq/saml-jackson/dist/controller/oauth/oidc-client");
		const { extractOIDCUserProfile } = load("@boxyhq/saml-jackson/dist/controller/utils");

		async function userInfo(endpoint: string) {
			const unguarded = vi.spyOn(globalThis, "fetch");
			closing.push(() => unguarded.mockRestore());
			const config = await oidcClientConfig({
				metadata: { issuer: "http://localhost", userinfo_endpoint: endpoint },
				clientId: "client",
				clientSecret: "secret",
				ssoTraces: { instance: { saveTrace() {} }, context: {} },
			});
			const tokens = { access_token: "token", claims: () => ({ sub: "subject" }) };
			const failure = await extractOIDCUserProfile(tokens, config).then(
				() => undefined,
				(error: Error) => error.cause,
			);
			expect(unguarded).not.toHaveBeenCalled();
			return failure?.reason;
		}

		it("end within five seconds, and when an answer is cut short or too long", async () => {
			const answers: Record<string, http.RequestListener> = {
				"/silent": () => {},
				"/dripping": (_, response) => {
					const drip = setInterval(() => response.write(" "), 100);
					response.on("close", () => clearInterval(drip));
				},
				"/cut": (_, response) => {
					response.writeHead(200, { "content-length": "100" });
					response.write("{", () => response.destroy());
				},
				"/long": (_, response) => response.end(" ".repeat(300 * 1024)),
			};
			const { port } = await serve((request, response) =>
				answers[request.url ?? ""]?.(request, response),
			);
			installEgressGuard({ allow: [`localhost:${port}`] });
			const ask = (path: string) => userInfo(`http://localhost:${port}${path}`);
			const start = performance.now();
			const outcomes = await Promise.all(Object.keys(answers).map(ask));
			expect(outcomes).toEqual(["timed_out", "timed_out", "unreachable", "too_large"]);
			expect(performance.now() - start).toBeLessThan(9_000);
			installEgressGuard();
		}, 20_000);

		it("do not reach a private address", async () => {
			for (const endpoint of ["https://127.0.0.1/me", "https://localhost/me"])
				expect(await userInfo(endpoint)).toBe("address_not_public");
			expect(await userInfo("http://localhost/me")).toBe("https_required");
		});
	});
});
