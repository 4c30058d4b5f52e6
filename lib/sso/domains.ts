/**
 * The domains of a workspace: whose emails lead to its connections, and whose owners it may link.
 * A domain counts once it is proved for this workspace, by DNS or by the operator's word. When it is
 * proved is decided in ./domain-proof, looked up in ./domain-checks.
 */
import { randomBytes } from "node:crypto";
import { domainToASCII } from "node:url";
import { and, eq, gt, or, type SQL } from "drizzle-orm";
import { parse } from "tldts";
import type { Db, Tx } from "@/db/client";
import { domains, workspaces } from "@/db/schema";
import type { Actor } from "@/lib/activity/actor";
import { record } from "@/lib/activity/record";
import { keepAnAdmin } from "@/lib/members/last-admin";
import { foldKey } from "@/lib/platform/text";
import { graceBegan } from "@/lib/policy/domain-grace";
import type { Reason } from "@/lib/policy/reasons";
import { planIncludesSso, type Workspace } from "@/lib/workspaces/workspaces";
import { findConnection } from "./connections";
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

/** One domain of this workspace, or null. */
export async function findDomain(
	db: Db | Tx,
	workspaceId: string,
	domain: string,
): Promise<Domain | null> {
	const [row] = await db.select().from(domains).where(keyOf({ workspaceId, domain }));
	return row ?? null;
}

/** Proved, or lost for less than the time a lost domain still counts. */
function counting(now: Date): SQL | undefined {
	return or(
		eq(domains.state, "verified"),
		and(eq(domains.state, "lost"), gt(domains.lostAt, graceBegan(now))),
	);
}

/** The domains of this workspace that count: whose people it may lead and link. */
export async function verifiedDomains(
	db: Db | Tx,
	workspaceId: string,
	now = new Date(),
): Promise<string[]> {
	const rows = await db
		.select({ domain: domains.domain })
		.from(domains)
		.where(and(eq(domains.workspaceId, workspaceId), counting(now)))
		.orderBy(domains.domain);
	return rows.map(({ domain }) => domain);
}

/**
 * The domains of this workspace that count, parted by whether one connection may link under them: a
 * domain that an admin led to another connection is not its to speak for.
 */
export async function domainsFor(
	db: Db | Tx,
	workspaceId: string,
	connectionId: string,
	now: Date,
): Promise<{ own: string[]; elsewhere: string[] }> {
	const rows = await db
		.select({ domain: domains.domain, connectionId: domains.connectionId })
		.from(domains)
		.where(and(eq(domains.workspaceId, workspaceId), counting(now)))
		.orderBy(domains.domain);
	const isOwn = (row: (typeof rows)[number]) => (row.connectionId ?? connectionId) === connectionId;
	const names = (of: typeof rows) => of.map(({ domain }) => domain);
	return { own: names(rows.filter(isOwn)), elsewhere: names(rows.filter((row) => !isOwn(row))) };
}

/** Where a domain leads: each workspace for which it counts. Several of one company may. */
export async function routesOfDomain(
	db: Db | Tx,
	domain: string,
	now = new Date(),
): Promise<{ workspace: Workspace; connectionId: string | null }[]> {
	return db
		.select({ workspace: workspaces, connectionId: domains.connectionId })
		.from(domains)
		.innerJoin(workspaces, eq(workspaces.id, domains.workspaceId))
		.where(and(eq(domains.domain, domain), counting(now)))
		.orderBy(workspaces.name);
}

/** A workspace of one company has a few; a list without an end would be looked up for ever. */
const mostDomains = 100;

type Added = { ok: true; domain: Domain } | { ok: false; reason: Reason };

/**
 * Adds a domain, which waits for its DNS record. One that is there already is answered as it is.
 * Refused: plan_needed, domain_malformed, domain_public, domains_too_many.
 */
export async function addDomain(
	tx: Tx,
	actor: Actor,
	workspace: Workspace,
	text: string,
): Promise<Added> {
	if (!planIncludesSso(workspace.plan)) return { ok: false, reason: "plan_needed" };
	const normal = normalDomain(text);
	if (!normal.ok) return normal;
	const present = await listDomains(tx, workspace.id);
	const same = present.find(({ domain }) => domain === normal.domain);
	if (same) return { ok: true, domain: same };
	if (present.length >= mostDomains) return { ok: false, reason: "domains_too_many" };
	const [domain] = await tx
		.insert(domains)
		.values({
			workspaceId: workspace.id,
			domain: normal.domain,
			state: "pending",
			proofToken: newProofToken(),
		})
		.onConflictDoNothing()
		.returning();
	if (!domain) return { ok: false, reason: "stale" };
	await recordDomain(tx, actor, domain, "domain.added");
	return { ok: true, domain };
}

/** A value nobody can guess, and new for each time a domain is added: an old record proves nothing. */
const newProofToken = () => randomBytes(16).toString("hex");

/**
 * Removes a domain: its people are no longer led to the connection, and nobody new is linked or
 * added under it. Whoever was linked already signs in as before.
 * Refused: stale, last_admin (where an admin's only way in was to be linked under it).
 */
export async function removeDomain(
	tx: Tx,
	actor: Actor,
	workspaceId: string,
	name: string,
): Promise<{ ok: true } | { ok: false; reason: Reason }> {
	return keepAnAdmin<{ ok: true } | { ok: false; reason: Reason }>(tx, workspaceId, async (tx) => {
		const [domain] = await tx
			.delete(domains)
			.where(keyOf({ workspaceId, domain: name }))
			.returning();
		if (!domain) return { ok: false, reason: "stale" };
		await recordDomain(tx, actor, domain, "domain.removed");
		return { ok: true };
	});
}

/**
 * Leads the people of a domain to one connection.
 * @param connectionId null: to whichever is active.
 * Refused: plan_needed, stale.
 */
export async function routeDomain(
	tx: Tx,
	actor: Actor,
	workspace: Workspace,
	name: string,
	connectionId: string | null,
): Promise<{ ok: true } | { ok: false; reason: Reason }> {
	if (!planIncludesSso(workspace.plan)) return { ok: false, reason: "plan_needed" };
	const domain = await findDomain(tx, workspace.id, name);
	const connection = connectionId ? await findConnection(tx, workspace.id, connectionId) : null;
	if (!domain || (connectionId && !connection)) return { ok: false, reason: "stale" };
	if (domain.connectionId === connectionId) return { ok: true };
	await tx.update(domains).set({ connectionId }).where(keyOf(domain));
	const before = domain.connectionId
		? await findConnection(tx, workspace.id, domain.connectionId)
		: null;
	await recordDomain(tx, actor, domain, "domain.routed", {
		before: before?.name ?? null,
		after: connection?.name ?? null,
	});
	return { ok: true };
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
	const { domain } = normal;
	const verified = {
		state: "verified",
		verifiedAt: new Date(),
		verifiedBy: actor.label,
		missedChecks: 0,
		lostAt: null,
	} as const;
	await tx
		.insert(domains)
		.values({ workspaceId, domain, proofToken: newProofToken(), ...verified })
		.onConflictDoUpdate({ target: [domains.workspaceId, domains.domain], set: verified });
	await recordDomain(tx, actor, { workspaceId, domain }, "domain.vouched");
	return normal;
}

const keyOf = ({ workspaceId, domain }: Pick<Domain, "workspaceId" | "domain">) =>
	and(eq(domains.workspaceId, workspaceId), eq(domains.domain, domain));

/** Tells of a domain in the log. */
export async function recordDomain(
	tx: Tx,
	actor: Actor,
	{ workspaceId, domain }: Pick<Domain, "workspaceId" | "domain">,
	kind: `domain.${"added" | "vouched" | "removed" | "routed" | "verified" | "lost" | "returned"}`,
	details: Record<string, unknown> = {},
): Promise<void> {
	await record(tx, workspaceId, actor, {
		kind,
		subject: { kind: "domain", label: domain },
		details,
	});
}
