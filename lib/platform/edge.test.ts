import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import {
	addressHeader,
	cleanHeaders,
	isCrossSite,
	isScimTarget,
	requestTarget,
	senderAddress,
} from "./edge";

const trusted = ["10.0.0.0/8", "2001:db8::/32"];

describe("senderAddress", () => {
	it.each([
		["nobody is trusted", "10.0.0.1", "6.6.6.6", [], "10.0.0.1"],
		["the peer is no proxy of ours", "9.9.9.9", "6.6.6.6", trusted, "9.9.9.9"],
		["one proxy", "10.0.0.1", "6.6.6.6", trusted, "6.6.6.6"],
		["a client wrote something to the left", "10.0.0.1", "1.1.1.1, 6.6.6.6", trusted, "6.6.6.6"],
		["a chain of ours", "10.0.0.1", "1.1.1.1, 6.6.6.6, 10.0.0.2", trusted, "6.6.6.6"],
		["our proxies alone", "10.0.0.1", "10.0.0.3, 10.0.0.2", trusted, "10.0.0.3"],
		["nothing forwarded", "10.0.0.1", "", trusted, "10.0.0.1"],
		["nonsense forwarded", "10.0.0.1", "6.6.6.6, <script>", trusted, "10.0.0.1"],
		["a mapped peer", "::ffff:10.0.0.1", "6.6.6.6", trusted, "6.6.6.6"],
		["ports", "10.0.0.1", "6.6.6.6:4711", trusted, "6.6.6.6"],
		["IPv6 with brackets and port", "2001:db8::1", "[2606:4700::1]:443", trusted, "2606:4700::1"],
		["IPv6", "2001:db8::1", "2606:4700::1", trusted, "2606:4700::1"],
		["a socket that is gone", undefined, "6.6.6.6", trusted, "unknown"],
	])("%s", (_, peer, forwarded, networks, expected) => {
		expect(senderAddress(peer, forwarded, networks)).toBe(expected);
	});
});

describe("cleanHeaders", () => {
	function clean(sent: Record<string, string>, peer: string) {
		const socket = new Socket();
		Object.defineProperty(socket, "remoteAddress", { value: peer });
		const request = new IncomingMessage(socket);
		request.rawHeaders = Object.entries(sent).flat();
		request.headers = Object.fromEntries(
			Object.entries(sent).map(([name, value]) => [name.toLowerCase(), value]),
		);
		cleanHeaders(request, { trusted, publicUrl: "https://sign-on.example.com" });
		return request;
	}

	const forged = {
		"X-Forwarded-For": "6.6.6.6",
		"X-Forwarded-Host": "evil.example",
		"X-Forwarded-Proto": "http",
		"X-Forwarded-Port": "1",
		Forwarded: "for=6.6.6.6",
		"X-Real-IP": "6.6.6.6",
		"X-Middleware-Subrequest": "proxy:proxy:proxy",
		"X-Gatehouse-Address": "6.6.6.6",
		"X-Nonce": "known",
		"Content-Security-Policy": "script-src 'nonce-known'",
	};
	const kept = { Host: "evil.example", Cookie: "a=b", Authorization: "Bearer x", RSC: "1" };

	it("drops what a client forged and keeps the rest, in both of Node's views", () => {
		const request = clean({ ...forged, ...kept }, "9.9.9.9");
		const ours = {
			[addressHeader]: "9.9.9.9",
			"x-forwarded-for": "9.9.9.9",
			"x-forwarded-host": "sign-on.example.com",
			"x-forwarded-proto": "https",
		};
		expect(request.headers).toEqual({
			host: "evil.example",
			cookie: "a=b",
			authorization: "Bearer x",
			rsc: "1",
			...ours,
		});
		expect(request.rawHeaders).toEqual([...Object.entries(kept), ...Object.entries(ours)].flat());
	});

	it("believes the address alone from a trusted proxy, never the host", () => {
		const { headers } = clean(forged, "10.0.0.1");
		expect(headers[addressHeader]).toBe("6.6.6.6");
		expect(headers["x-forwarded-host"]).toBe("sign-on.example.com");
		expect(headers["x-middleware-subrequest"]).toBeUndefined();
	});
});

it.each([
	["/login?a=b", "/login?a=b"],
	["//evil.example/a", "//evil.example/a"],
	["http://evil.example/a?b", "/a?b"],
	["*", null],
	["evil.example:443", null],
	["javascript:alert(1)", null],
	["", null],
	[undefined, null],
])("the target of %j is %j", (url, expected) => {
	expect(requestTarget(url)).toBe(expected);
});

describe("isScimTarget", () => {
	it.each([
		"/api/scim/v2",
		"/api/scim/v2/",
		"/api/scim/v2?count=1",
		"/api/scim/v2/Users/1?a=/b",
		"/api/%73cim/v2/Users",
		"/api/scim/v2/Users/%zz",
	])("%s is", (target) => {
		expect(isScimTarget(target)).toBe(true);
	});

	it.each([
		"/",
		"/api/scim",
		"/api/scim/v22/Users",
		"/api/scim/v1/Users",
		"/API/scim/v2/Users",
		"//api/scim/v2",
		"/api//scim/v2",
		"/api%2Fscim/v2/Users",
		"/login?next=/api/scim/v2",
		"/api/%zz/v2",
	])("%s is not", (target) => {
		expect(isScimTarget(target)).toBe(false);
	});
});

describe("A9: a request on behalf of another site", () => {
	const ours = "https://sign-on.example.com";
	const foreign: Record<string, Record<string, string>> = {
		"a form of another site": { origin: "https://evil.test" },
		"another port": { origin: `${ours}:8443` },
		"another scheme": { origin: "http://sign-on.example.com" },
		"a sandboxed frame": { origin: "null" },
		"a neighbour under the same domain": { origin: ours, "sec-fetch-site": "same-site" },
		"what only says where it comes from": { "sec-fetch-site": "cross-site" },
	};
	const crossSite = (method: string, target: string, headers: Record<string, string>) =>
		isCrossSite({ method, headers }, target, ours);

	it.each(Object.entries(foreign))("is refused: %s", (_, headers) => {
		for (const method of ["POST", "PUT", "PATCH", "DELETE"])
			expect(crossSite(method, "/w/acme/sso", headers)).toBe(true);
	});

	it("may look, as any link does", () => {
		for (const headers of Object.values(foreign))
			expect(crossSite("GET", "/w/acme/sso", headers)).toBe(false);
	});

	it.each(["/api/sso/acs/1", "/api/scim/v2/Users", "/api/v1/me"])(
		"is taken where no cookie decides: %s",
		(target) => {
			for (const headers of Object.values(foreign))
				expect(crossSite("POST", target, headers)).toBe(false);
		},
	);

	it.each(["/api/ssox", "/api/auth/signout", "/w/api/sso", "/"])("is refused at %s", (target) => {
		expect(crossSite("POST", target, { origin: "https://evil.test" })).toBe(true);
	});

	it("is none where it comes from our own pages, or from no browser", () => {
		const own: Record<string, string>[] = [
			{ origin: ours },
			{ origin: ours, "sec-fetch-site": "same-origin" },
			{ "sec-fetch-site": "none" },
			{},
		];
		for (const headers of own) expect(crossSite("POST", "/w/acme/sso", headers)).toBe(false);
	});
});
