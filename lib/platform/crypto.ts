/**
 * Secrets at rest. What must be read again is sealed (AES-256-GCM, key id and place in the
 * envelope); what must only be recognised is hashed. Keys come from GATEHOUSE_KEY, or on the
 * embedded database from a file made in the data folder. Nothing here logs.
 */
import {
	createCipheriv,
	createDecipheriv,
	createHash,
	hkdfSync,
	randomBytes,
	timingSafeEqual,
} from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { env } from "./env";

type MasterKey = { id: string; bytes: Buffer };

const slot = Symbol.for("gatehouse.keys");
const shared = globalThis as { [slot]?: MasterKey[] };

/** The installation's keys, the sealing one first. */
function keys(): MasterKey[] {
	shared[slot] ??= [env().GATEHOUSE_KEY ?? keyOfDataFolder(), ...env().GATEHOUSE_OLD_KEYS].map(
		(text) => {
			const bytes = Buffer.from(text, "base64");
			return { id: createHash("sha256").update(bytes).digest("hex").slice(0, 8), bytes };
		},
	);
	return shared[slot];
}

function keyOfDataFolder(): string {
	const path = join(env().DATA_DIR, "key");
	mkdirSync(env().DATA_DIR, { recursive: true, mode: 0o700 });
	try {
		// "wx" fails where the file is there already: two starts at once agree on one key.
		writeFileSync(path, randomBytes(32).toString("base64"), { mode: 0o600, flag: "wx" });
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
	}
	const text = readFileSync(path, "utf8").trim();
	if (Buffer.from(text, "base64").length !== 32)
		throw new Error(`${path} does not hold a key: restore it, or secrets sealed with it are lost`);
	return text;
}

/** A key for one purpose, derived from the installation's key (HKDF-SHA-256). */
export function deriveKey(purpose: string, bytes = 32): Buffer {
	return derivedKey(purpose, undefined, bytes).key;
}

/**
 * The same with its id, for what must be checked long after: the key may have been replaced.
 * @param id which of the installation's keys to derive from; the current one if not given.
 * @throws when that key is gone.
 */
export function derivedKey(purpose: string, id?: string, bytes = 32): { id: string; key: Buffer } {
	const from = id === undefined ? keys()[0] : keys().find((candidate) => candidate.id === id);
	if (!from) throw new Error(`the key ${id} is not among GATEHOUSE_OLD_KEYS`);
	return {
		id: from.id,
		key: Buffer.from(hkdfSync("sha256", from.bytes, "gatehouse", purpose, bytes)),
	};
}

/**
 * Seals a secret for one place. The same text cannot be opened as if it stood anywhere else.
 * @param place table, row and column, such as "connections/<id>/client_secret".
 */
export function seal(plain: string, place: string): string {
	const [current] = keys();
	if (!current) throw new Error("no key");
	const iv = randomBytes(12);
	const cipher = createCipheriv("aes-256-gcm", current.bytes, iv);
	cipher.setAAD(Buffer.from(place));
	const body = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
	const parts = [iv, body, cipher.getAuthTag()].map((part) => part.toString("base64url"));
	return ["v1", current.id, ...parts].join(".");
}

/** Opens a sealed secret. @throws when the key is gone, the place differs, or a byte changed. */
export function open(envelope: string, place: string): string {
	const [version, keyId, iv, body, tag] = envelope.split(".");
	const key = keys().find((candidate) => candidate.id === keyId);
	if (version !== "v1" || !iv || body === undefined || !tag)
		throw new Error(`not an envelope: ${place}`);
	if (!key) throw new Error(`the key that sealed ${place} is not among GATEHOUSE_OLD_KEYS`);
	const decipher = createDecipheriv("aes-256-gcm", key.bytes, Buffer.from(iv, "base64url"), {
		authTagLength: 16,
	});
	decipher.setAAD(Buffer.from(place));
	decipher.setAuthTag(Buffer.from(tag, "base64url"));
	return Buffer.concat([
		decipher.update(Buffer.from(body, "base64url")),
		decipher.final(),
	]).toString("utf8");
}

/** A token of 256 random bits, with a prefix that tells a finder what it is. */
export function newToken(prefix = ""): string {
	return prefix + randomBytes(32).toString("base64url");
}

/** What is kept of a token. Tokens carry 256 random bits, so a plain SHA-256 cannot be guessed. */
export function hashToken(token: string): string {
	return createHash("sha256").update(token).digest("base64url");
}

/** Compares two short texts in a time that does not tell how far they agree. */
export function equalTexts(a: string, b: string): boolean {
	return timingSafeEqual(
		createHash("sha256").update(a).digest(),
		createHash("sha256").update(b).digest(),
	);
}
