/**
 * What passes through a door that answers by itself: the part of a request that is read, and an
 * answer as plain values. The web's Request is an `Incoming`; its Response costs more to make and
 * to read than most of our answers, and gives its body back only once.
 */
export type Incoming = {
	method: string;
	/** The whole address, as the URL parser writes it. */
	url: string;
	headers: { get(name: string): string | null; has(name: string): boolean };
	body: AsyncIterable<Uint8Array> | Iterable<Uint8Array> | null;
};

export type Reply = {
	status: number;
	/** By lower-case name. */
	headers: Record<string, string>;
	body: string | null;
};

/** A request of our own making. @param headers by lower-case name. */
export const incoming = (
	method: string,
	url: string,
	headers: Record<string, unknown>,
	body: Incoming["body"],
): Incoming => ({
	method,
	url,
	headers: {
		get: (name) => {
			const value = headers[name.toLowerCase()];
			return value === undefined ? null : String(value);
		},
		has: (name) => headers[name.toLowerCase()] !== undefined,
	},
	body,
});

/** An answer as the web's type. */
export const toResponse = ({ body, ...init }: Reply): Response => new Response(body, init);

/** Whether an answer says that what was asked is done. */
export const isOk = ({ status }: Reply): boolean => status >= 200 && status < 300;
