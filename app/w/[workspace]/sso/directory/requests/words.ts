/** What a logged request did, as the list and its own page tell it. */
import type { ListedRequest } from "@/lib/directory/request-list";

/** It took away what it names, so nothing of that changed. */
export const isDeletion = ({ method, status }: ListedRequest) =>
	method === "DELETE" && status === 204;

/** The attributes that changed; of an extension its short name: "enterprise". */
export const changedNames = ({ changed }: ListedRequest) =>
	changed.map((name) => /^urn:.+:extension:([^:]+):/i.exec(name)?.[1] ?? name).join(", ");

/** A filter is easier read than its encoding. */
export function readablePath({ path }: ListedRequest): string {
	try {
		return decodeURIComponent(path.replaceAll("+", " "));
	} catch {
		return path;
	}
}
