/** The driver's side of the wire: connections that stay open, and how long each answer took. */
import http from "node:http";
import https from "node:https";

export type Reply = { status: number; text: string; ms: number };

export type Caller = {
	call: (method: string, path: string, body?: unknown) => Promise<Reply>;
	close: () => void;
};

/** A SCIM client without opinions. @param url the base URL @param connections how many at once */
export function callerOf(url: string, token: string, connections = 64): Caller {
	const base = new URL(url);
	const { request, Agent } = base.protocol === "https:" ? https : http;
	const agent = new Agent({ keepAlive: true, maxSockets: connections });
	const headers = { authorization: `Bearer ${token}`, accept: "application/scim+json" };
	const call: Caller["call"] = (method, path, body) => {
		const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
		const began = performance.now();
		return new Promise((resolve, reject) => {
			const sent = request(
				{
					agent,
					method,
					hostname: base.hostname,
					port: base.port,
					path: base.pathname.replace(/\/$/, "") + path,
					headers: payload
						? {
								...headers,
								"content-type": "application/scim+json",
								"content-length": payload.length,
							}
						: headers,
				},
				(response) => {
					const chunks: Buffer[] = [];
					response.on("data", (chunk: Buffer) => chunks.push(chunk));
					response.on("error", reject);
					response.on("end", () =>
						resolve({
							status: response.statusCode ?? 0,
							text: Buffer.concat(chunks).toString(),
							ms: performance.now() - began,
						}),
					);
				},
			);
			sent.on("error", reject);
			sent.end(payload);
		});
	};
	return { call, close: () => agent.destroy() };
}

/** An answer's body. @throws when the status is not the one that makes the measurement mean something. */
export function bodyOf<T = { id: string }>(reply: Reply, ...expected: number[]): T {
	if (!expected.includes(reply.status))
		throw new Error(
			`answered ${reply.status} instead of ${expected.join(" or ")}: ${reply.text.slice(0, 300)}`,
		);
	return (reply.text ? JSON.parse(reply.text) : undefined) as T;
}
