/** Tells the request log (lib/directory/request-log) of a request once it is answered. */
import type { RequestEntry } from "@/lib/directory/request-log";
import { withNotes } from "@/lib/directory/request-notes";
import { addressHeader } from "@/lib/platform/edge";
import type { Incoming, Reply } from "@/lib/platform/exchange";
import { isId } from "@/lib/platform/ids";

/** Answers a request and notes it. One without a token that is known belongs to no log. */
export async function noted(
	request: Incoming,
	now: () => Date,
	note: (entry: RequestEntry) => void,
	answer: () => Promise<Reply>,
): Promise<Reply> {
	const at = now();
	const began = performance.now();
	const { result: response, notes } = await withNotes(answer);
	const { directory } = notes;
	if (!directory) return response;
	const { status } = response;
	// What a successful GET was answered would fill the log and help nobody.
	const isRead = request.method === "GET" || request.method === "HEAD";
	const worthKeeping = !isRead || status >= 400;
	note({
		directory,
		tokenName: notes.tokenName,
		at,
		method: request.method,
		path: pathOf(request.url),
		status,
		milliseconds: performance.now() - began,
		address: request.headers.get(addressHeader),
		userAgent: request.headers.get("user-agent"),
		ifMatch: request.headers.get("if-match"),
		requestBody: notes.body,
		responseBody: worthKeeping ? response.body : null,
		target: targetOf(request.url, response),
		changed: status < 400 ? [...notes.changed] : [],
		notes: [...notes.passedOver],
	});
	return response;
}

/** Path and query of an address behind the base, with or without the workspace. */
function pathOf(address: string): string {
	// The URL parser has written it: host, then /api/scim/v2.
	const target = address.slice(address.indexOf("/", "https://".length));
	const [, path = "", search = ""] = /^(?:\/[^/?#]*){3}([^?#]*)(\?[^#]*)?/s.exec(target) ?? [];
	const segments = path.split("/").slice(1);
	if (isId((segments[0] ?? "").toLowerCase())) segments.shift();
	return `/${segments.join("/")}${search}`;
}

/** The resource a path names, or that a POST made. */
function targetOf(address: string, response: Reply): RequestEntry["target"] {
	const named = response.headers.location ?? address;
	const [, kind = "", id = ""] = pathOf(named).split(/[/?]/);
	if (!isId(id) || (kind !== "Users" && kind !== "Groups")) return null;
	const version = /^W\/"(\d+)"$/.exec(response.headers.etag ?? "")?.[1];
	return { kind: kind === "Users" ? "User" : "Group", id, version: Number(version ?? 0) };
}
