/**
 * Looking for the DNS record of a domain: when an admin asks, and on a schedule for all. What an
 * answer means is decided in ./domain-proof; here it is asked for, stored, recorded and mailed.
 */
import { and, asc, eq, isNull, lte, ne, or } from "drizzle-orm";
import { type Db, transact } from "@/db/client";
import { domains } from "@/db/schema";
import type { Actor } from "@/lib/activity/actor";
import { mailAdmins } from "@/lib/members/admins";
import type { Handlers } from "@/lib/platform/jobs";
import { consume } from "@/lib/platform/limits";
import { log } from "@/lib/platform/log";
import { lookupTxt } from "@/lib/platform/name-service";
import type { Reason } from "@/lib/policy/reasons";
import { planIncludesSso, type Workspace, workspaceById } from "@/lib/workspaces/workspaces";
import { afterCheck, checkDue, countsUntil, proves, recordOf } from "./domain-proof";
import { type Domain, findDomain, recordDomain } from "./domains";
import { domainLostMail, domainReturnedMail } from "./mails";

type Checked = { ok: true } | { ok: false; reason: Reason; expected?: string; received?: string };

/** How often the admins of a workspace may have it looked up. */
const asking = { name: "domains.check", points: 60, seconds: 600 };

/**
 * Looks for the record of a domain because an admin asks.
 * Refused: plan_needed, stale, throttled, dns_unreachable, domain_record_missing,
 *   domain_record_differs (with the value wanted and those found).
 */
export async function checkNow(
	db: Db,
	actor: Actor,
	workspace: Workspace,
	name: string,
	now: Date,
	lookup: typeof lookupTxt = lookupTxt,
): Promise<Checked> {
	if (!planIncludesSso(workspace.plan)) return { ok: false, reason: "plan_needed" };
	const domain = await findDomain(db, workspace.id, name);
	if (!domain) return { ok: false, reason: "stale" };
	if (isVouchedFor(domain)) return { ok: true };
	if (!(await consume(db, asking, workspace.id)).ok) return { ok: false, reason: "throttled" };
	return check(db, actor, domain, { daily: false }, now, lookup);
}

const isVouchedFor = ({ state, verifiedBy }: Domain) =>
	state === "verified" && verifiedBy !== "dns";

/** Asks, and stores what came of it. */
async function check(
	db: Db,
	actor: Actor,
	domain: Domain,
	{ daily }: { daily: boolean },
	now: Date,
	lookup: typeof lookupTxt,
): Promise<Checked> {
	const record = recordOf(domain);
	const answer = await lookup(record.name);
	// No answer is no absence: a name service that is down must not cost anybody a domain.
	if (!answer.ok) return answer;
	const found = proves(answer.texts, domain);
	await settle(db, actor, domain, found, daily, now);
	if (found) return { ok: true };
	if (answer.texts.length === 0) return { ok: false, reason: "domain_record_missing" };
	const received = answer.texts.map((text) => text.slice(0, 100)).slice(0, 3);
	return {
		ok: false,
		reason: "domain_record_differs",
		expected: record.value,
		received: received.join(", "),
	};
}

async function settle(
	db: Db,
	actor: Actor,
	{ workspaceId, domain: name, proofToken }: Domain,
	found: boolean,
	daily: boolean,
	now: Date,
): Promise<void> {
	await transact(db, async (tx) => {
		// As it is now: it may have been removed or added anew while the name service was asked.
		const [domain] = await tx
			.select()
			.from(domains)
			.where(
				and(
					eq(domains.workspaceId, workspaceId),
					eq(domains.domain, name),
					eq(domains.proofToken, proofToken),
				),
			)
			.for("update");
		const change = domain && !isVouchedFor(domain) && afterCheck(domain, found, daily, now);
		if (!change) return;
		const { proof, event } = change;
		await tx
			.update(domains)
			.set(proof)
			.where(and(eq(domains.workspaceId, workspaceId), eq(domains.domain, name)));
		if (!event) return;
		await recordDomain(tx, actor, domain, `domain.${event}`, { record: recordOf(domain).name });
		const workspace = await workspaceById(tx, workspaceId);
		if (event === "verified" || !workspace || !planIncludesSso(workspace.plan)) return;
		const until = countsUntil(proof) ?? now;
		await mailAdmins(tx, workspaceId, (receiver) =>
			event === "lost"
				? domainLostMail(receiver, { domain: name, ...recordOf(domain), until })
				: domainReturnedMail(receiver, { domain: name }),
		);
	});
}

const schedule: Actor = { kind: "system", label: "Gatehouse" };
const hourMs = 3600_000;
/** Looked up side by side, and at most in one run: a run has to end before its lease does. */
const atOnce = 8;
const aRun = 200;

/**
 * Checks every domain that is due.
 * @returns whether some may be left for another run.
 */
export async function checkDueDomains(
	db: Db,
	now: Date,
	lookup: typeof lookupTxt = lookupTxt,
): Promise<boolean> {
	const quarterAgo = new Date(now.getTime() - hourMs / 4);
	const looked = await db
		.select()
		.from(domains)
		.where(
			and(
				or(isNull(domains.checkedAt), lte(domains.checkedAt, quarterAgo)),
				or(ne(domains.state, "verified"), eq(domains.verifiedBy, "dns")),
			),
		)
		.orderBy(asc(domains.checkedAt), asc(domains.createdAt))
		.limit(5000);
	const due = looked.filter((domain) => {
		const at = checkDue(domain, now);
		return at !== null && at <= now;
	});
	const batch = due.slice(0, aRun);
	for (let first = 0; first < batch.length; first += atOnce)
		await Promise.all(
			batch.slice(first, first + atOnce).map(async (domain) => {
				const checked = await check(db, schedule, domain, { daily: true }, now, lookup);
				if (!checked.ok && checked.reason === "dns_unreachable") await postpone(db, domain, now);
			}),
		);
	return due.length > batch.length;
}

/** A domain whose name servers do not answer waits its turn like any other. */
async function postpone(db: Db, domain: Domain, now: Date): Promise<void> {
	log().warn({ domain: domain.domain }, "The name service did not answer about a domain");
	await db
		.update(domains)
		.set({ checkedAt: now })
		.where(and(eq(domains.workspaceId, domain.workspaceId), eq(domains.domain, domain.domain)));
}

/** The schedule: new domains every quarter of an hour, all others once a day. */
export function domainJobs(db: Db, lookup: typeof lookupTxt = lookupTxt): Handlers {
	return {
		"domains.check": async (_, { now }) => {
			const more = await checkDueDomains(db, now, lookup);
			return new Date(now.getTime() + (more ? 1_000 : hourMs / 4));
		},
	};
}
