/**
 * What is believed of a request: its path, its sender's address and its headers. Owns the rules
 * for headers that a client could forge; the server that applies them is http.ts. Pure, apart from
 * changing the request it is given.
 */
import type { IncomingMessage } from "node:http";
import { inNetworks, normalAddress } from "./addresses";

/** The one header the application reads the sender's address from; only the edge can set it. */
export const addressHeader = "x-gatehouse-address";

/** Headers that only we or Next may set on a request: a client's are dropped. */
const forgeable =
	/^(forwarded|x-forwarded-.*|x-real-ip|x-middleware-.*|x-gatehouse-.*|x-nonce|content-security-policy.*)$/;

/**
 * Replaces what a client could forge by what is known: the sender's address, and the host and
 * protocol of our public URL, whatever the Host header says.
 * @param trusted the networks of proxies whose x-forwarded-for is believed.
 */
export function cleanHeaders(
	request: IncomingMessage,
	{ trusted, publicUrl }: { trusted: readonly string[]; publicUrl: string },
): void {
	const forwarded = request.headers["x-forwarded-for"];
	const address = senderAddress(request.socket.remoteAddress, String(forwarded ?? ""), trusted);
	const { host, protocol } = new URL(publicUrl);
	const ours = {
		[addressHeader]: address,
		"x-forwarded-for": address,
		"x-forwarded-host": host,
		"x-forwarded-proto": protocol.slice(0, -1),
	};
	for (const name of Object.keys(request.headers))
		if (forgeable.test(name)) delete request.headers[name];
	// Node keeps the headers twice: parsed above, and as they came below.
	request.rawHeaders = request.rawHeaders.filter(
		(_, index, all) => !forgeable.test((all[index - (index % 2)] ?? "").toLowerCase()),
	);
	Object.assign(request.headers, ours);
	request.rawHeaders.push(...Object.entries(ours).flat());
}

/**
 * Who sent a request: the peer itself, or behind trusted proxies the right-most address of
 * x-forwarded-for that is not one of them (what stands further left, the client wrote itself).
 */
export function senderAddress(
	peer: string | undefined,
	forwardedFor: string,
	trusted: readonly string[],
): string {
	let address = normalAddress(peer ?? "");
	if (address === null) return "unknown";
	for (const entry of forwardedFor.split(",").reverse()) {
		if (!inNetworks(address, trusted)) break;
		const next = normalAddress(withoutPort(entry.trim()));
		if (next === null) break;
		address = next;
	}
	return address;
}

/** Some proxies write 192.0.2.1:4711 and [2001:db8::1]:4711. */
function withoutPort(entry: string): string {
	return /^\[(.*)\](:\d+)?$/.exec(entry)?.[1] ?? entry.replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, "$1");
}

/** The path and query of a request line, or null if it names none (`*`, an authority). */
export function requestTarget(url: string | undefined): string | null {
	if (url?.startsWith("/")) return url;
	if (!url || !/^https?:\/\//i.test(url) || !URL.canParse(url)) return null;
	const { pathname, search } = new URL(url);
	return pathname + search;
}

const scim = ["api", "scim", "v2"];

/**
 * Where no cookie decides: a bearer token does, or the answer of a provider, which comes from its
 * site by nature and is bound to what was begun here.
 */
const open = [scim, ["api", "v1"], ["api", "sso"]];

/** Whether a target is /api/scim/v2 or below it, its segments decoded once. */
export function isScimTarget(target: string): boolean {
	return isBelow(target, scim);
}

function isBelow(target: string, folder: readonly string[]): boolean {
	const segments = target.replace(/\?.*$/s, "").split("/").slice(1);
	return folder.every((name, index) => decoded(segments[index] ?? "") === name);
}

/**
 * Whether a request would change something here on behalf of a page of another site. Browsers say
 * so by Origin, and by Sec-Fetch-Site where they send it; what is no browser carries no cookie that
 * is not its own.
 */
export function isCrossSite(
	{ method = "GET", headers }: Pick<IncomingMessage, "method" | "headers">,
	target: string,
	publicUrl: string,
): boolean {
	if (["GET", "HEAD", "OPTIONS"].includes(method)) return false;
	if (open.some((folder) => isBelow(target, folder))) return false;
	const { origin, "sec-fetch-site": site } = headers;
	if (origin !== undefined && origin !== publicUrl) return true;
	return site !== undefined && site !== "same-origin" && site !== "none";
}

function decoded(segment: string): string | null {
	try {
		return decodeURIComponent(segment);
	} catch {
		return null;
	}
}
