/**
 * The key and certificate of this installation: what it signs its SAML messages with, and what
 * providers encrypt to. While one pair replaces another both are here: ./key-replacement has the
 * steps, this file says which pair is for what.
 */
import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import { eq } from "drizzle-orm";
import type { Db, Tx } from "@/db/client";
import { installation } from "@/db/schema";
import { open, seal } from "@/lib/platform/crypto";
import { env } from "@/lib/platform/env";
import type { SamlConnection } from "../connections";
import { selfSigned } from "./self-signed";

export type KeyPair = {
	/** In PEM. */
	certificate: string;
	/** In PEM. */
	privateKey: string;
};

export type ServiceKeys = {
	/** What every provider has that was given a certificate of ours. */
	current: KeyPair;
	/** What takes its place, once providers have it. Null: nothing is being replaced. */
	next: (KeyPair & { publishedAt: Date }) | null;
};

/** As they are stored: private keys sealed. */
export type StoredKeys = KeyPair & { next?: KeyPair & { publishedAt: string } };

export const keysRow = "saml_keys";
const place = `installation/${keysRow}`;
const years = 10;

/** The keys of this installation, made at their first use. */
export async function serviceKeys(db: Db | Tx): Promise<ServiceKeys> {
	const stored = await readKeys(db);
	if (stored) return stored;
	const current = await makeKeys(new Date());
	// Where two processes make some at once, both go on with those that were first.
	await db
		.insert(installation)
		.values({ key: keysRow, value: sealedPair(current) })
		.onConflictDoNothing();
	return (await readKeys(db)) ?? { current, next: null };
}

async function readKeys(db: Db | Tx): Promise<ServiceKeys | null> {
	const [stored] = await db.select().from(installation).where(eq(installation.key, keysRow));
	if (!stored) return null;
	const { next, ...current } = stored.value as StoredKeys;
	return {
		current: opened(current),
		next: next ? { ...opened(next), publishedAt: new Date(next.publishedAt) } : null,
	};
}

const opened = ({ certificate, privateKey }: KeyPair): KeyPair => ({
	certificate,
	privateKey: open(privateKey, place),
});

/** A pair as it is stored. */
export const sealedPair = ({ certificate, privateKey }: KeyPair): KeyPair => ({
	certificate,
	privateKey: seal(privateKey, place),
});

/** Makes a pair, and stores nothing. */
export async function makeKeys(now: Date): Promise<KeyPair> {
	const { privateKey } = await promisify(generateKeyPair)("rsa", {
		modulusLength: 2048,
		privateKeyEncoding: { type: "pkcs8", format: "pem" },
		publicKeyEncoding: { type: "spki", format: "pem" },
	});
	const until = new Date(now);
	until.setUTCFullYear(now.getUTCFullYear() + years);
	const name = `Gatehouse at ${new URL(env().PUBLIC_URL).hostname}`;
	return { privateKey, certificate: selfSigned(privateKey, name, now, until) };
}

/** The pair whose certificate is handed out, and encrypted to by whoever reads our metadata. */
export const newestOf = ({ current, next }: ServiceKeys): KeyPair => next ?? current;

/** Every pair that opens what was encrypted to us, the likeliest first. */
export const openingKeys = ({ current, next }: ServiceKeys): KeyPair[] =>
	next ? [next, current] : [current];

/** What of a connection says which certificate of ours its provider has. */
export type Holder = Pick<
	SamlConnection,
	"createdAt" | "certificateTakenAt" | "encryptedAt" | "saml"
>;

/** Whether its provider needs a certificate of ours: to check our messages, or to encrypt to us. */
export function usesOurKey({ encryptedAt, saml }: Pick<Holder, "encryptedAt" | "saml">): boolean {
	const { idp, signRequests, wantEncrypted } = saml;
	return signRequests || wantEncrypted || encryptedAt !== null || Boolean(idp?.sloUrl);
}

/**
 * Since when a newer certificate of ours is out than the one a connection's provider has. Null where
 * there is none, where the provider needs none, where the connection was made later, or where an
 * admin said that the provider has it.
 */
export function newCertificateSince(publishedAt: Date | null, holder: Holder): Date | null {
	if (!publishedAt || !usesOurKey(holder)) return null;
	const known = [holder.createdAt, holder.certificateTakenAt].some(
		(at) => at !== null && at >= publishedAt,
	);
	return known ? null : publishedAt;
}

/** The pair to sign with for one connection: the one whose certificate its provider has. */
export async function signingKeys(db: Db | Tx, holder: Holder): Promise<KeyPair> {
	const keys = await serviceKeys(db);
	const waits = newCertificateSince(keys.next?.publishedAt ?? null, holder);
	return waits ? keys.current : newestOf(keys);
}

/** When the certificate was published that takes the place of another. Null: none does. */
export async function replacementSince(db: Db | Tx): Promise<Date | null> {
	const [stored] = await db
		.select({ value: installation.value })
		.from(installation)
		.where(eq(installation.key, keysRow));
	const { next } = (stored?.value ?? {}) as Partial<StoredKeys>;
	return next ? new Date(next.publishedAt) : null;
}
