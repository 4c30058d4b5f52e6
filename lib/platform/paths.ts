/**
 * Where a browser may be sent after signing in: a path of this site, whatever was asked for.
 * @returns the path with its query, or null for anything that could lead elsewhere
 *   (`//evil`, `/\evil`, `/.//evil`, `https://evil`, control characters).
 */
export function ownPath(text: string | null | undefined): string | null {
	if (!text?.startsWith("/") || text.length > 2000) return null;
	// Parsed as a browser would, against an origin that nothing else has.
	const base = "https://own.invalid";
	if (!URL.canParse(text, base)) return null;
	const { origin, pathname, search } = new URL(text, base);
	// What is answered is read once more, by the browser: `/.//evil` has become `//evil` by now.
	return origin === base && !pathname.startsWith("//") ? pathname + search : null;
}
