/** The response headers that guard every answer, and the policy of pages. Pure. */

/**
 * @param https whether browsers reach us by https, so that they may be told to insist on it.
 * @param cacheable true for files that carry their version in their name; all else is no-store.
 * @returns header names and values. A page's own Content-Security-Policy (proxy.ts) replaces the
 * one here, which is for answers that are not pages.
 */
export function securityHeaders({
	https,
	cacheable,
}: {
	https: boolean;
	cacheable: boolean;
}): Record<string, string> {
	return {
		"content-security-policy": "default-src 'none'; frame-ancestors 'none'",
		"x-content-type-options": "nosniff",
		"x-frame-options": "DENY",
		// Links in mails carry a token in their address, so no other site may see it. Not
		// "no-referrer": with that, browsers send `Origin: null` with our own forms too.
		"referrer-policy": "same-origin",
		"cross-origin-opener-policy": "same-origin",
		"cross-origin-resource-policy": "same-origin",
		"permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
		...(https && { "strict-transport-security": "max-age=31536000" }),
		...(!cacheable && { "cache-control": "no-store" }),
	};
}

/**
 * The Content-Security-Policy of a page: only scripts and styles with this request's nonce, nothing
 * from elsewhere, no framing. Styles in attributes are allowed, since the server renders some.
 * @param development lets the tools of Next's development server work.
 */
export function pagePolicy(nonce: string, { development }: { development: boolean }): string {
	const directives = {
		"default-src": "'self'",
		"script-src": `'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ""}`,
		// A nonce would switch 'unsafe-inline' off.
		"style-src": development ? "'self' 'unsafe-inline'" : `'self' 'nonce-${nonce}'`,
		"style-src-attr": "'unsafe-inline'",
		"img-src": "'self' data:",
		"font-src": "'self'",
		"connect-src": development ? "'self' ws:" : "'self'",
		"form-action": "'self'",
		"frame-ancestors": "'none'",
		"frame-src": "'none'",
		"object-src": "'none'",
		"base-uri": "'none'",
	};
	return Object.entries(directives)
		.map(([name, value]) => `${name} ${value}`)
		.join("; ");
}
