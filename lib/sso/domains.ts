/**
 * The domains of a workspace: whose emails lead to its connections, and whose owners it may link.
 * A domain counts once it is proved for this workspace, by DNS or by the operator's word.
 */
import { randomBytes } from "node:crypto";
import { domainToASCII } from "node:url";
import { and, eq } from "drizzle-orm";
import { parse } from "tldts";
import type { Db, Tx } from "@/db/client";
import { domains, workspaces } from "@/db/schema";
import type { Actor } from "@/lib/activity/actor";
import { record } from "@/lib/activity/record";
import { foldKey } from "@/lib/platform/text";
import freeMail from "./free-mail.json";

export type Domain = typeof domains.$inferSelect;

const shared = new Set<string>(freeMail);

/**
 * The form a domain is kept in: lower case, ASCII, without a trailing dot.
 * Refused: `domain_public` for a public suffix or a free-mail provider, which nobody can prove as
 * their own; null for what is no domain at all.
 */
export function normalDomain(
	text: string,
): { ok: true; domain: string } | { ok: false; reason: "domain_malformed" | "domain_public" } {
	const typed = foldKey(text).replace(/^@/, "").replace(/\.$/, "");
	const ascii = /^[^\s/@:?#\\]+$/.test(typed) ? domainToASCII(typed) : "";
	const parsed = parse(ascii, { allowPrivateDomains: true });
	if (!ascii || parsed.isIp || !parsed.hostname || !/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(ascii))
		return { ok: false, reason: "domain_malformed" };
	if (!parsed.domain || shared.has(parsed.domain)) return { ok: false, reason: "domain_public" };
	return { ok: true, domain: ascii };
}

/** The domains of a workspace by name. */
export async function listDomains(db: Db | Tx, workspaceId: string): Promise<Domain[]> {
	return db
		.select()
		.from(domains)
		.where(eq(domains.workspaceId, workspaceId))
		.orderBy(domains.domain);
}

/** The domains this workspace has proved. */
export async function verifiedDomains(db: Db | Tx, workspaceId: string): Promise<string[]> {
	const rows = await db
		.select({ domain: domains.domain })
		.from(domains)
		.where(and(eq(domains.workspaceId, workspaceId), eq(domains.state, "verified")))
		.orderBy(domains.domain);
	return rows.map(({ domain }) => domain);
}

/** The workspaces that have proved a domain. Several of one company may. */
export async function workspacesOfDomain(
	db: Db | Tx,
	domain: string,
): Promise<(typeof workspaces.$inferSelect)[]> {
	const rows = await db
		.select({ workspace: workspaces })
		.from(domains)
		.innerJoin(workspaces, eq(workspaces.id, domains.workspaceId))
		.where(and(eq(domains.domain, domain), eq(domains.state, "verified")))
		.orderBy(workspaces.name);
	return rows.map(({ workspace }) => workspace);
}

/**
 * The operator's word that a domain is this workspace's own, in place of a DNS record.
 * Refused: domain_malformed, domain_public.
 */
export async function vouchForDomain(
	tx: Tx,
	actor: Actor & { kind: "operator" },
	workspaceId: string,
	text: string,
): Promise<
	{ ok: true; domain: string } | { ok: false; reason: "domain_malformed" | "domain_public" }
> {
	const normal = normalDomain(text);
	if (!normal.ok) return normal;
	const verified = { state: "verified", verifiedAt: new Date(), verifiedBy: actor.label } as const;
	await tx
		.insert(domains)
		.values({
			workspaceId,
			domain: normal.domain,
			proofToken: randomBytes(16).toString("hex"),
			...verified,
		})
		.onConflictDoUpdate({ target: [domains.workspaceId, domains.domain], set: verified });
	await record(tx, workspaceId, actor, {
		kind: "domain.vouched",
		subject: { kind: "domain", label: normal.domain },
	});
	return normal;
}
