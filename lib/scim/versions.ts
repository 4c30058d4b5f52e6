/** Versions of resources as weak entity tags (RFC 7644 §3.14). */
import { createHash } from "node:crypto";
import type { Incoming, Reply } from "@/lib/platform/exchange";
import { emptyResponse, ScimError } from "./errors";

/** A resource as far as its version is concerned. */
type Versioned = { version: number; resource?: unknown; groups?: readonly unknown[] };

/**
 * The weak entity tag of a resource: its version. What is shown of a person without being theirs (the
 * groups they are in; of somebody no directory manages, everything) changes without it, so it has a
 * mark of its own behind the number.
 */
export function versionTag({ version, resource, groups = [] }: Versioned): string {
	const derived = version === 0 ? [resource, groups] : groups;
	if (derived.length === 0) return `W/"${version}"`;
	const mark = createHash("sha256").update(JSON.stringify(derived)).digest("base64url");
	return `W/"${version}.${mark.slice(0, 10)}"`;
}

/**
 * Refuses a change of another version than the client has seen, or of the one it does not want
 * changed (RFC 9110 §13.1). @throws ScimError 412.
 */
export function checkVersion(request: Incoming, { version }: { version: number }): void {
	// The version alone: nobody's change of a person is stale because of a group.
	const names = (header: string) =>
		tagsOf(header)
			.map((tag) => tag.replace(/\.[\w-]*"$/, '"'))
			.some((tag) => tag === "*" || tag === `"${version}"`);
	const expected = request.headers.get("if-match");
	if (expected && !names(expected))
		throw new ScimError(412, undefined, `The resource has changed; it is now W/"${version}".`);
	const unwanted = request.method === "GET" ? null : request.headers.get("if-none-match");
	if (unwanted && names(unwanted))
		throw new ScimError(
			412,
			undefined,
			`The resource is W/"${version}", which If-None-Match names.`,
		);
}

/** The answer to a client that has this already, or undefined. @throws ScimError 412. */
export function unchanged(request: Incoming, resource: Versioned): Reply | undefined {
	checkVersion(request, resource);
	const known = request.headers.get("if-none-match");
	if (!known) return undefined;
	const etag = versionTag(resource);
	const [tag] = tagsOf(etag);
	return tagsOf(known).some((each) => each === "*" || each === tag)
		? emptyResponse(304, { etag })
		: undefined;
}

/** The entity tags of a header, to be compared weakly. */
const tagsOf = (header: string): string[] =>
	header.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
