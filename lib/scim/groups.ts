/**
 * The Group resource as long as groups are not synchronized: reading finds none, so that the
 * connection test of an IdP passes, and writing is refused.
 */
import type { Call } from "./call";
import { listResponse } from "./discovery";
import { ScimError, scimResponse } from "./errors";
import { readPaging } from "./query";

export function listGroups(call: Call): Response {
	const { startIndex } = readPaging(call.query, 0);
	return scimResponse(200, listResponse([], 0, startIndex));
}

export function getGroup(call: Call): Response {
	throw new ScimError(404, undefined, `There is no group "${call.id.slice(0, 100)}".`);
}

export function refuseGroup(): Response {
	throw new ScimError(501, undefined, "Groups are not synchronized in this workspace.");
}
