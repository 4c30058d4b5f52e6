/** Versions of resources as weak entity tags (RFC 7644 §3.14). */
import type { Incoming, Reply } from "@/lib/platform/exchange";
import { emptyResponse, ScimError } from "./errors";

/** The weak entity tag of a version. */
export const versionTag = (version: number) => `W/"${version}"`;

/** Refuses a change of another version than the client has seen. @throws ScimError 412. */
export function checkVersion(request: Incoming, { version }: { version: number }): void {
	const expected = request.headers.get("if-match");
	if (expected && !namesVersion(expected, version))
		throw new ScimError(
			412,
			undefined,
			`The resource has changed; it is now ${versionTag(version)}.`,
		);
}

/** The answer to a client that has this version already, or undefined. */
export function unchanged(request: Incoming, { version }: { version: number }): Reply | undefined {
	const known = request.headers.get("if-none-match");
	if (!known || !namesVersion(known, version)) return undefined;
	return emptyResponse(304, { etag: versionTag(version) });
}

/** Whether a list of entity tags names a version, compared weakly. */
function namesVersion(header: string, version: number): boolean {
	return header
		.split(",")
		.map((tag) => tag.trim().replace(/^W\//, ""))
		.some((tag) => tag === "*" || tag === `"${version}"`);
}
