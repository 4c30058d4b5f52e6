import { uuidv7 } from "uuidv7";

/** A new identifier: UUIDv7, so rows made later sort later. Opaque outside this system. */
export function newId(): string {
	return uuidv7();
}

/** What an identifier looks like, as JavaScript and Postgres both read it. */
export const idPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a text from outside may stand where the database expects an identifier. */
export function isId(text: string): boolean {
	return idPattern.test(text);
}
