/** Where a page of a list begins, as an address carries it: what the order compares, and the id. */
import { isId } from "@/lib/platform/ids";

type PageKey = { key: string; id: string };

/** The key as text without characters that an address would escape. */
export function writeKey({ key, id }: PageKey): string {
	return Buffer.from(JSON.stringify([key, id])).toString("base64url");
}

/** The key in a text from outside; null for anything else, which begins at the first page. */
export function readKey(text: string): PageKey | null {
	try {
		const read: unknown = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
		if (!Array.isArray(read)) return null;
		const [key, id]: unknown[] = read;
		return typeof key === "string" && typeof id === "string" && isId(id) ? { key, id } : null;
	} catch {
		return null;
	}
}
