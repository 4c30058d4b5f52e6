import { randomInt } from "node:crypto";

/** A random password that can be read aloud: four groups of four, 79 bits, no lookalikes. */
export function newPassword(): string {
	const letters = "abcdefghjkmnpqrstuvwxyz23456789";
	const group = () => Array.from({ length: 4 }, () => letters[randomInt(letters.length)]).join("");
	return [group(), group(), group(), group()].join("-");
}
