import { v7 } from "uuid";

/** A new identifier: UUIDv7, so rows made later sort later. Opaque outside this system. */
export function newId(): string {
	return v7();
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a text from outside may stand where the database expects an identifier. */
export function isId(text: string): boolean {
	return uuid.test(text);
}
