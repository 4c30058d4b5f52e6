/**
 * Asking the name service for TXT records, which is how a domain is proved. It goes to the servers
 * of the operating system, or to those of DNS_SERVERS. Owns the question, not what an answer proves.
 */
import { Resolver } from "node:dns/promises";
import { assertOutsideTransaction } from "@/db/client";
import { env } from "./env";

/** A name server gets three seconds, twice. */
const ATTEMPT_MS = 3_000;
const ATTEMPTS = 2;

/** Node's codes (c-ares) for a name that does not exist, and for one without such a record. */
const nothing = new Set(["ENOTFOUND", "ENODATA"]);

export type TxtAnswer =
	/** The texts of all TXT records of the name; none where it has none, or does not exist. */
	| { ok: true; texts: string[] }
	/** No name server gave an answer that says either. */
	| { ok: false; reason: "dns_unreachable" };

/**
 * The TXT records of a name.
 * @param servers addresses, with a port or without; the configured ones unless said.
 * Refused: `dns_unreachable` where the name service failed, which says nothing of the record.
 * @throws inside a database transaction.
 */
export async function lookupTxt(
	name: string,
	servers: readonly string[] = env().DNS_SERVERS,
): Promise<TxtAnswer> {
	assertOutsideTransaction("A name was looked up");
	const resolver = new Resolver({ timeout: ATTEMPT_MS, tries: ATTEMPTS });
	if (servers.length > 0) resolver.setServers(servers);
	try {
		const records = await resolver.resolveTxt(name);
		// A text longer than 255 bytes comes in parts, which belong together (RFC 7208 §3.3).
		return { ok: true, texts: records.map((parts) => parts.join("")) };
	} catch (error) {
		const code = error instanceof Error && "code" in error ? String(error.code) : "";
		return nothing.has(code) ? { ok: true, texts: [] } : { ok: false, reason: "dns_unreachable" };
	}
}
