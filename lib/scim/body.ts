/**
 * Reading a request's body: bounded while it is read, whatever Content-Length says, and JSON or
 * refused.
 */
import { noteBody } from "@/lib/directory/request-notes";
import type { Incoming } from "@/lib/platform/exchange";
import type { Call } from "./call";
import { badRequest, ScimError } from "./errors";

/** Enough to replace the members of a group of 50,000. server.ts bounds bodies by the same. */
export const maxBody = 4 * 1024 * 1024;

/** The JSON value of a call's body. @throws ScimError 415, 413, 400 invalidSyntax. */
export async function readJson(call: Call): Promise<unknown> {
	const text = await readText(call.request, call.deps.maxBody);
	noteBody(text);
	try {
		return JSON.parse(text);
	} catch {
		throw badRequest("invalidSyntax", "The body is not valid JSON.");
	}
}

/** RFC 7644 §8.1 names the second; Okta and OneLogin send the first. */
const mediaTypes = ["application/json", "application/scim+json"];

/**
 * The text of a request's body.
 * @throws ScimError 415 for another media type, 413 for more than `limit` bytes, 400 invalidSyntax
 * for what is not UTF-8.
 */
async function readText(request: Incoming, limit: number): Promise<string> {
	const header = request.headers.get("content-type");
	const mediaType = header?.split(";")[0]?.trim().toLowerCase();
	if (mediaType && !mediaTypes.includes(mediaType))
		throw new ScimError(
			415,
			undefined,
			`The Content-Type must be ${mediaTypes.join(" or ")}, not ${mediaType}.`,
		);
	if (request.headers.has("content-encoding"))
		throw new ScimError(415, undefined, "A Content-Encoding is not supported.");
	const bytes = await readBytes(request, limit);
	try {
		return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
	} catch {
		throw badRequest("invalidSyntax", "The body is not valid UTF-8.");
	}
}

async function readBytes(request: Incoming, limit: number): Promise<Uint8Array> {
	const tooLarge = () =>
		new ScimError(413, undefined, `The body is larger than ${limit / 1024} KiB.`);
	if (Number(request.headers.get("content-length") ?? 0) > limit) throw tooLarge();
	const chunks: Uint8Array[] = [];
	let size = 0;
	for await (const chunk of request.body ?? []) {
		size += chunk.byteLength;
		if (size > limit) throw tooLarge();
		chunks.push(chunk);
	}
	return Buffer.concat(chunks);
}
