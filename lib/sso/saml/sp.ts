/**
 * Our side of SAML: the key and certificate of this installation, and what an admin copies into the
 * provider. Entity ID and ACS address are of one connection, so that two workspaces at one provider
 * do not meet, and no answer can be carried from one to the other.
 */
import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import { eq } from "drizzle-orm";
import type { Db, Tx } from "@/db/client";
import { installation } from "@/db/schema";
import { open, seal } from "@/lib/platform/crypto";
import { env } from "@/lib/platform/env";
import { base64Of } from "./certificates";
import { selfSigned } from "./self-signed";
import { binding, escapeXml, ns } from "./xml";

export type ServiceKeys = {
	/** In PEM. */
	certificate: string;
	/** In PEM. */
	privateKey: string;
};

const row = "saml_keys";
const place = `installation/${row}`;
const years = 10;

/** The keys of this installation, made at their first use. */
export async function serviceKeys(db: Db | Tx): Promise<ServiceKeys> {
	const stored = await readKeys(db);
	if (stored) return stored;
	const made = await makeKeys(new Date());
	// Where two processes make some at once, both go on with those that were first.
	await db
		.insert(installation)
		.values({ key: row, value: sealed(made) })
		.onConflictDoNothing();
	return (await readKeys(db)) ?? made;
}

/**
 * Replaces them. Providers that encrypt to us or check our requests need the new certificate from
 * this moment on.
 */
export async function replaceServiceKeys(db: Db | Tx, now: Date): Promise<ServiceKeys> {
	const made = await makeKeys(now);
	const value = sealed(made);
	await db
		.insert(installation)
		.values({ key: row, value })
		.onConflictDoUpdate({ target: installation.key, set: { value } });
	return made;
}

const sealed = ({ certificate, privateKey }: ServiceKeys) => ({
	certificate,
	privateKey: seal(privateKey, place),
});

async function readKeys(db: Db | Tx): Promise<ServiceKeys | null> {
	const [stored] = await db.select().from(installation).where(eq(installation.key, row));
	if (!stored) return null;
	const { certificate, privateKey } = stored.value as ServiceKeys;
	return { certificate, privateKey: open(privateKey, place) };
}

async function makeKeys(now: Date): Promise<ServiceKeys> {
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

/** What an admin copies into the provider for one connection. */
export function serviceAddresses(connectionId: string) {
	const at = (what: string) => `${env().PUBLIC_URL}/api/sso/${what}/${connectionId}`;
	return {
		/** Our entity ID, which is also where our metadata is: the usual way. */
		entityId: at("metadata"),
		acsUrl: at("acs"),
		/** Where the provider tells of sign-outs, and answers ours. */
		sloUrl: at("slo"),
		metadataUrl: at("metadata"),
		certificateUrl: at("certificate"),
	};
}

/** Our metadata for one connection (Metadata §2.4.4). */
export function serviceMetadata(
	connectionId: string,
	{ certificate }: Pick<ServiceKeys, "certificate">,
	{ signRequests, nameIdFormat }: { signRequests: boolean; nameIdFormat: string | null },
): string {
	const { entityId, acsUrl, sloUrl } = serviceAddresses(connectionId);
	const logout = (["redirect", "post"] as const).map(
		(one) => `<md:SingleLogoutService Binding="${binding[one]}" Location="${escapeXml(sloUrl)}"/>`,
	);
	const key = (use: string) =>
		`<md:KeyDescriptor use="${use}"><ds:KeyInfo xmlns:ds="${ns.signature}"><ds:X509Data>` +
		`<ds:X509Certificate>${base64Of(certificate)}</ds:X509Certificate>` +
		"</ds:X509Data></ds:KeyInfo></md:KeyDescriptor>";
	const format = nameIdFormat
		? `<md:NameIDFormat>${escapeXml(nameIdFormat)}</md:NameIDFormat>`
		: "";
	return (
		`<?xml version="1.0" encoding="UTF-8"?>\n` +
		`<md:EntityDescriptor xmlns:md="${ns.metadata}" entityID="${escapeXml(entityId)}">` +
		`<md:SPSSODescriptor AuthnRequestsSigned="${signRequests}" WantAssertionsSigned="true" ` +
		`protocolSupportEnumeration="${ns.protocol}">${key("signing")}${key("encryption")}` +
		`${logout.join("")}${format}` +
		`<md:AssertionConsumerService Binding="${binding.post}" Location="${escapeXml(acsUrl)}" ` +
		`index="0" isDefault="true"/></md:SPSSODescriptor></md:EntityDescriptor>\n`
	);
}
