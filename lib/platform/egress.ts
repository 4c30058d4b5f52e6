/**
 * The guarded way out: every request to an address that an admin gave goes through here, so that a
 * workspace cannot make this server talk to its own network. `guardedFetch` is for our own calls,
 * `installEgressGuard` puts the same rules under libraries that call Node's http or https by
 * themselves. Owns the rules; knows nothing of what is fetched. The database, mail and name
 * service do not pass through http agents and are not affected.
 *
 * The rules: https only; every address the name resolves to is public, and the connection goes to
 * one of exactly those addresses; no redirects, no proxies; five seconds in all; 256 KiB. The
 * operator's EGRESS_ALLOW is the only exception: `host:port` (then http too) or a network.
 */
import dns from "node:dns";
import http from "node:http";
import https from "node:https";
import { isIP, type LookupFunction } from "node:net";
import type { Duplex } from "node:stream";
import { assertOutsideTransaction } from "@/db/client";
import { inNetworks, isAddress, isNetwork, isPublicAddress } from "./addresses";
import { env } from "./env";

const DEADLINE_MS = 5_000;
const MAX_BYTES = 256 * 1024;

/** Why a request was refused or failed; safe to show to the admin who gave the address. */
type EgressReason =
	| "url_invalid"
	| "https_required"
	| "address_not_public"
	| "name_not_found"
	| "unreachable"
	| "tls_failed"
	| "redirected"
	| "too_large"
	| "timed_out";

export type EgressResult =
	| { ok: true; status: number; headers: http.IncomingHttpHeaders; body: string }
	| { ok: false; reason: EgressReason };

/** Gives every address of a name. The default asks the operating system. */
type Resolver = (hostname: string) => Promise<string[]>;

/** What stands in for the system's name service and for EGRESS_ALLOW, in tests. */
export interface EgressRules {
	resolver?: Resolver | undefined;
	allow?: readonly string[] | undefined;
}

export interface EgressOptions extends EgressRules {
	method?: "GET" | "POST";
	headers?: Record<string, string>;
	body?: string;
}

/**
 * Fetches an address given by an admin, under the rules above.
 * @returns the answer whatever its status (redirects apart), or the reason for having none.
 * @throws inside a database transaction: the network is slower than any lock should be held.
 */
export async function guardedFetch(
	address: string,
	options: EgressOptions = {},
): Promise<EgressResult> {
	assertOutsideTransaction("A network request was made");
	const url = URL.canParse(address) ? new URL(address) : null;
	if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password)
		return { ok: false, reason: "url_invalid" };
	const rules = { resolver: options.resolver, allow: options.allow };
	const secure = url.protocol === "https:";
	const agent = secure ? new GuardedHttpsAgent(rules) : new GuardedHttpAgent(rules);
	return new Promise((resolve) => {
		const fail = (error: unknown) => resolve({ ok: false, reason: reasonOf(error) });
		const request = (secure ? https : http).request(url, {
			agent,
			method: options.method ?? "GET",
			headers: { accept: "*/*", "accept-encoding": "identity", ...options.headers },
		});
		request.on("error", fail);
		request.on("response", (response) => {
			const status = response.statusCode ?? 0;
			if (status >= 300 && status < 400) {
				request.destroy();
				resolve({ ok: false, reason: "redirected" });
				return;
			}
			const chunks: Buffer[] = [];
			response.on("error", fail);
			response.on("data", (chunk: Buffer) => chunks.push(chunk));
			response.on("end", () => {
				const body = Buffer.concat(chunks).toString("utf8");
				resolve({ ok: true, status, headers: response.headers, body });
			});
		});
		request.end(options.body);
	});
}

/**
 * Makes the guarded agents the default of this process, for the libraries in it (jackson's token,
 * key and user info requests, next-auth's). Called once, before anything is listening.
 */
export function installEgressGuard(rules?: EgressRules): void {
	http.globalAgent = new GuardedHttpAgent(rules);
	https.globalAgent = new GuardedHttpsAgent(rules);
}

class EgressError extends Error {
	readonly reason: EgressReason;
	constructor(reason: EgressReason) {
		super(`Outgoing request refused: ${reason}`);
		this.reason = reason;
	}
}

type Done = (error: Error | null, stream: Duplex) => void;

// One connection a request (keepAlive is off), so that the life of a socket is the life of a
// request and one timer bounds it whole, name lookup included. Both constructors work without
// arguments: Node makes a new agent of the default's class for `agent: false`.

class GuardedHttpAgent extends http.Agent {
	readonly #rules: EgressRules;
	constructor(rules: EgressRules = {}) {
		super({ keepAlive: false });
		this.#rules = rules;
	}
	override createConnection(options: http.ClientRequestArgs, done?: Done) {
		return connect(options, "http:", this.#rules, done, (guarded) =>
			super.createConnection(guarded),
		);
	}
	addRequest(request: http.ClientRequest, ...rest: unknown[]): void {
		addBounded(this, request, rest);
	}
}

class GuardedHttpsAgent extends https.Agent {
	readonly #rules: EgressRules;
	constructor(rules: EgressRules = {}) {
		super({ keepAlive: false });
		this.#rules = rules;
	}
	override createConnection(options: https.RequestOptions, done?: Done) {
		return connect(options, "https:", this.#rules, done, (guarded) =>
			super.createConnection(guarded),
		);
	}
	addRequest(request: http.ClientRequest, ...rest: unknown[]): void {
		addBounded(this, request, rest);
	}
}

/** Opens a connection if the rules allow it: pinned to checked addresses, and for five seconds. */
function connect(
	options: http.ClientRequestArgs,
	protocol: "http:" | "https:",
	rules: EgressRules,
	done: Done | undefined,
	open: (guarded: http.ClientRequestArgs) => Duplex | null | undefined,
): Duplex | null | undefined {
	const refuse = (reason: EgressReason) => {
		// Node takes an error without a stream here, which its types do not say.
		const fail = done as ((error: Error) => void) | undefined;
		process.nextTick(() => fail?.(new EgressError(reason)));
		return undefined;
	};
	const allow = rules.allow ?? env().EGRESS_ALLOW;
	const host = String(options.host ?? options.hostname ?? "").toLowerCase();
	const port = options.port || (protocol === "https:" ? 443 : 80);
	const exactly = allow.includes(`${host.includes(":") ? `[${host}]` : host}:${port}`);
	const mayReach = (address: string) =>
		exactly ||
		isPublicAddress(address) ||
		inNetworks(
			address,
			allow.filter((entry) => isNetwork(entry)),
		);
	// Node puts the path of a Unix socket here.
	if (options.path) return refuse("address_not_public");
	if (protocol === "http:" && !exactly) return refuse("https_required");
	// For an address in place of a name Node skips the lookup, so it is checked here.
	if (isAddress(host) && !mayReach(host)) return refuse("address_not_public");
	const lookup = guardedLookup(rules.resolver ?? systemResolver, mayReach);
	const socket = open({ ...options, lookup });
	if (!socket) return socket;
	const deadline = setTimeout(() => socket.destroy(new EgressError("timed_out")), DEADLINE_MS);
	socket.once("close", () => clearTimeout(deadline));
	return socket;
}

const systemResolver: Resolver = async (hostname) =>
	(await dns.promises.lookup(hostname, { all: true })).map(({ address }) => address);

/**
 * The lookup of one connection: what was checked is what Node connects to, so a name server that
 * answers differently the next time (DNS rebinding) gains nothing.
 */
function guardedLookup(resolver: Resolver, mayReach: (address: string) => boolean): LookupFunction {
	return (hostname, options, callback) => {
		resolver(hostname).then(
			(addresses) => {
				const [first] = addresses;
				if (first === undefined) callback(new EgressError("name_not_found"), "");
				else if (!addresses.every(mayReach)) callback(new EgressError("address_not_public"), "");
				else if (options.all)
					callback(
						null,
						addresses.map((address) => ({ address, family: isIP(address) })),
					);
				else callback(null, first, isIP(first));
			},
			() => callback(new EgressError("name_not_found"), ""),
		);
	};
}

/**
 * Node's own way of taking a request into an agent, plus a bound on the answer. Libraries that
 * read an answer without listening for its end (jackson's) would wait for ever on one that is cut
 * short, so that becomes an error of the request, which they do listen for.
 */
function addBounded(agent: http.Agent, request: http.ClientRequest, rest: unknown[]): void {
	assertOutsideTransaction("A network request was made");
	request.once("response", (response: http.IncomingMessage) => {
		let received = 0;
		const push = response.push.bind(response);
		response.push = (chunk: Buffer | null, encoding?: BufferEncoding) => {
			received += chunk?.length ?? 0;
			if (received <= MAX_BYTES) return push(chunk, encoding);
			response.socket.destroy(new EgressError("too_large"));
			return false;
		};
		response.once("close", () => {
			if (!response.complete && request.listenerCount("error") > 0)
				request.emit("error", new EgressError("unreachable"));
		});
	});
	nodeAgent.addRequest.call(agent, request, ...rest);
}

/** Every http.Agent has it; Node documents and types only the methods around it. */
const nodeAgent = http.Agent.prototype as unknown as {
	addRequest(this: http.Agent, request: http.ClientRequest, ...rest: unknown[]): void;
};

function reasonOf(error: unknown): EgressReason {
	if (error instanceof EgressError) return error.reason;
	const code = error instanceof Error && "code" in error ? String(error.code) : "";
	// Node's own codes for certificates: CERT_HAS_EXPIRED, DEPTH_ZERO_SELF_SIGNED_CERT, ERR_TLS_...
	return /CERT|TLS|SSL|EPROTO/.test(code) ? "tls_failed" : "unreachable";
}
