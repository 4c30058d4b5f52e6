/**
 * Answers made of a text. The web's Response gives its body back only once, and only as a stream
 * that is slow to read; whoever logs an answer, puts it into another or writes it to a socket asks
 * for the text here.
 */
const texts = new WeakMap<Response, string>();

/** A Response that remembers its text. */
export function textResponse(text: string, init: ResponseInit): Response {
	const response = new Response(text, init);
	texts.set(response, text);
	return response;
}

/** The text an answer was made with; undefined where it was made otherwise, or has none. */
export const textOf = (response: Response): string | undefined => texts.get(response);
