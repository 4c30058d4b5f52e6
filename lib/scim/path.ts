/**
 * The path of a PATCH operation (RFC 7644 §3.5.2): `name.givenName`, `emails[type eq "work"].value`,
 * `urn:...:User:manager`. The grammar is that of ./filter; what a path points at is in ./schema.
 */
import { badRequest } from "./errors";
import { type AttributePath, type Filter, limits, parseBracket, Scanner } from "./filter";

/** Where an operation points: an attribute, some of its elements, a part of them. */
export type Path = { attribute: AttributePath; where?: Filter; sub?: string };

/**
 * Parses a path.
 * @throws ScimError 400 invalidPath that names the place and what was expected there.
 */
export function parsePath(text: string): Path {
	if (text.length > limits.length)
		throw badRequest("invalidPath", `The path is longer than ${limits.length} characters.`);
	const scanner = new Scanner(text, (detail) => badRequest("invalidPath", detail));
	const { sub, ...attribute } = scanner.attributePath();
	if (sub !== undefined || !scanner.take("[")) {
		scanner.end();
		return { attribute, ...(sub === undefined ? {} : { sub }) };
	}
	const where = parseBracket(scanner, attribute);
	const part = scanner.take(".") ? scanner.name() : undefined;
	scanner.end();
	return { attribute, where, ...(part === undefined ? {} : { sub: part }) };
}
