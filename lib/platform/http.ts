/**
 * The server in front of everything: one Node http server with two doors. /api/scim/v2 goes
 * straight to a function (./exchange has what it takes and gives), all else to Next. Owns timeouts,
 * sizes and the headers of every answer; what is believed of a request is edge.ts. Knows neither Next nor SCIM beyond the shape of its errors.
 */
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import { cleanHeaders, isCrossSite, isScimTarget, requestTarget } from "./edge";
import { type Incoming, incoming, type Reply } from "./exchange";
import { securityHeaders } from "./headers";

const MAX_BODY = { scim: 4 * 1024 * 1024, other: 256 * 1024 };
/** What is read and thrown away after a body that is too large, so that its sender can finish. */
const MAX_DISCARDED = 16 * 1024 * 1024;

const limits: http.ServerOptions = {
	maxHeaderSize: 16 * 1024,
	headersTimeout: 10_000,
	requestTimeout: 30_000,
	connectionsCheckingInterval: 5_000,
	// Longer than the usual minute of load balancers, so that it is they who close.
	keepAliveTimeout: 65_000,
};

export interface Doors {
	/** The origin people use; links and redirects are built from it alone. */
	publicUrl: string;
	/** Networks of proxies whose x-forwarded-for is believed. */
	trustedProxies: readonly string[];
	/** Answers /api/scim/v2, or null to leave that to Next's route of the same function. */
	scim: ((request: Incoming) => Promise<Reply>) | null;
	/** Answers everything else. */
	next: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
	/** Told of what neither door caught. */
	onError: (error: unknown) => void;
}

/** Makes the server; the caller listens and closes. */
export function createServer(doors: Doors): http.Server {
	const https = doors.publicUrl.startsWith("https:");
	return http.createServer(limits, (request, response) => {
		const target = requestTarget(request.url);
		const isScim = target !== null && isScimTarget(target);
		const refuse = (status: number, detail: string) => {
			if (!response.headersSent) answer(response, status, detail, isScim);
		};
		beforeHead(response, securityHeaders({ https, cacheable: isVersioned(target ?? "") }));
		if (target === null) return refuse(400, "The request names no path.");
		if (isCrossSite(request, target, doors.publicUrl))
			return refuse(403, "This request came from a page of another site.");
		request.url = target;
		cleanHeaders(request, { trusted: doors.trustedProxies, publicUrl: doors.publicUrl });
		const limit = isScim ? MAX_BODY.scim : MAX_BODY.other;
		const tooLarge = () => refuse(413, `The body is larger than ${limit / 1024} KiB.`);
		if (!capBody(request, response, limit, tooLarge)) return;
		const done =
			isScim && doors.scim
				? passToHandler(request, response, doors.publicUrl, doors.scim)
				: doors.next(request, response);
		done.catch((error: unknown) => {
			// A client that went away, or was already refused, is no fault of ours.
			if (request.errored || request.destroyed || response.headersSent) return;
			if (error instanceof BadRequest) return refuse(400, error.message);
			doors.onError(error);
			refuse(500, "Something went wrong on this side.");
		});
	});
}

/** Files whose name changes with their content. */
function isVersioned(target: string): boolean {
	return target.startsWith("/_next/static/");
}

function answer(response: ServerResponse, status: number, detail: string, isScim: boolean): void {
	response.statusCode = status;
	response.setHeader(
		"content-type",
		isScim ? "application/scim+json" : "text/plain; charset=utf-8",
	);
	const schemas = ["urn:ietf:params:scim:api:messages:2.0:Error"];
	response.end(isScim ? JSON.stringify({ schemas, status: String(status), detail }) : detail);
}

/**
 * Adds headers just before they are sent, where the answer has not set its own: Next appends to
 * what is there already instead of replacing it, which would send some twice.
 */
function beforeHead(response: ServerResponse, headers: Record<string, string>): void {
	const writeHead = response.writeHead;
	response.writeHead = ((...args: Parameters<typeof writeHead>) => {
		for (const [name, value] of Object.entries(headers))
			if (!response.hasHeader(name)) response.setHeader(name, value);
		// Where the client wants the connection closed, Node would hang up with the answer, and who
		// still sends a body would not hear it.
		if (isUnderWay(response.req)) response.setHeader("connection", "keep-alive");
		return writeHead.apply(response, args);
	}) as typeof writeHead;
}

/** Whether some of the body has not come yet. */
const isUnderWay = ({ complete, headers }: IncomingMessage): boolean =>
	!complete && (Number(headers["content-length"] ?? 0) > 0 || "transfer-encoding" in headers);

/**
 * Bounds a body by its declared length, and while it is read. Past the limit nothing more reaches
 * a reader, not even the end, so nobody acts on half a body; the rest is thrown away for a while
 * (a connection closed at once would take our 413 with it), then the connection ends.
 * @returns false if the body is refused already.
 */
function capBody(
	request: IncomingMessage,
	response: ServerResponse,
	limit: number,
	onTooLarge: () => void,
): boolean {
	const push = request.push.bind(request);
	const hangUp = () => request.socket.destroySoon();
	let size = 0;
	let refused = Number(request.headers["content-length"] ?? 0) > limit;
	request.push = (chunk: Buffer | null, encoding?: BufferEncoding) => {
		size += chunk?.length ?? 0;
		if (!refused && size <= limit) return push(chunk, encoding);
		if (!refused) {
			refused = true;
			onTooLarge();
		}
		if (size > limit + MAX_DISCARDED) request.socket.destroy();
		if (chunk === null) response.writableFinished ? hangUp() : response.once("finish", hangUp);
		return true;
	};
	if (!refused) return true;
	onTooLarge();
	return false;
}

class BadRequest extends Error {}

async function passToHandler(
	request: IncomingMessage,
	response: ServerResponse,
	publicUrl: string,
	handle: (request: Incoming) => Promise<Reply>,
): Promise<void> {
	const { status, headers, body } = await handle(received(request, publicUrl));
	if (response.headersSent || response.destroyed) return;
	response.statusCode = status;
	for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
	const bytes = Buffer.from(body ?? "");
	if (status !== 204 && status !== 304) response.setHeader("content-length", bytes.length);
	response.end(request.method === "HEAD" ? undefined : bytes);
}

/** Methods that no function may answer (Fetch Standard, forbidden methods). */
const forbidden = ["CONNECT", "TRACE", "TRACK"];

/** A Node request as a function is given it. @throws BadRequest if it cannot be one. */
function received(request: IncomingMessage, publicUrl: string): Incoming {
	const { method = "GET", headers } = request;
	if (forbidden.includes(method)) throw new BadRequest(`${method} is not possible here.`);
	const address = publicUrl + request.url;
	if (!URL.canParse(address)) throw new BadRequest("The address is malformed.");
	// Whoever stops reading has a refusal to send: the connection must outlive that.
	const hasBody = method !== "GET" && method !== "HEAD";
	const body = hasBody ? request.iterator({ destroyOnReturn: false }) : null;
	return incoming(method, new URL(address).href, headers, body);
}
