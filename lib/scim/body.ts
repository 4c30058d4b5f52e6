/**
 * Reading a request's body: bounded while it is read, whatever Content-Length says, and JSON or
 * refused.
 */
import { noteBody } from "@/lib/directory/request-notes";
import { badRequest, ScimError } from "./errors";

export const maxBody = 1024 * 1024;

/** RFC 7644 §8.1 names the second; Okta and OneLogin send the first. */
const mediaTypes = ["application/json", "application/scim+json"];

/**
 * The JSON value of a request's body.
 * @throws ScimError 415 for another media type, 413 for more than `limit` bytes, 400 invalidSyntax
 * for what is not JSON.
 */
export async function readJson(request: Request, limit: number): Promise<unknown> {
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
		const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
		noteBody(text);
		return JSON.parse(text);
	} catch {
		throw badRequest("invalidSyntax", "The body is not valid JSON.");
	}
}

async function readBytes(request: Request, limit: number): Promise<Uint8Array> {
	const tooLarge = () =>
		new ScimError(413, undefined, `The body is larger than ${limit / 1024} KiB.`);
	if (Number(request.headers.get("content-length") ?? 0) > limit) throw tooLarge();
	const chunks: Uint8Array[] = [];
	let size = 0;
	const reader = request.body?.getReader();
	for (;;) {
		const chunk = await reader?.read();
		if (!chunk || chunk.done) return Buffer.concat(chunks);
		size += chunk.value.byteLength;
		if (size > limit) {
			await reader?.cancel();
			throw tooLarge();
		}
		chunks.push(chunk.value);
	}
}
