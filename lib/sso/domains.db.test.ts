/** Domains from adding to losing them, with a real name server. A1, A2 of the attack catalogue. */
import { and, eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Db, transact } from "@/db/client";
import { connections, domains, outbox } from "@/db/schema";
import { aMember, aWorkspace, freshDb, operator } from "@/db/testing";
import { type NameServer, startNameServer } from "@/e2e/dns";
import { listActivity } from "@/lib/activity/list";
import { impactOfRemovingDomain, peopleOfDomains } from "@/lib/impact/of-domains";
import { newId } from "@/lib/platform/ids";
import { lookupTxt } from "@/lib/platform/name-service";
import { changePlan, type Workspace, workspaceById } from "@/lib/workspaces/workspaces";
import { checkDueDomains, checkNow, domainJobs } from "./domain-checks";
import { recordOf } from "./domain-proof";
import {
	addDomain,
	type Domain,
	findDomain,
	listDomains,
	removeDomain,
	routeDomain,
	verifiedDomains,
	vouchForDomain,
} from "./domains";
import { wayIn } from "./routing";

const hour = 3600_000;
const day = 24 * hour;

let db: Db;
let dns: NameServer;
beforeAll(async () => {
	db = await freshDb();
	dns = await startNameServer();
});
afterAll(() => dns.close());

const lookup: typeof lookupTxt = (name) => lookupTxt(name, [dns.address]);
const aName = () => `${newId().slice(-12)}.test`;

async function added(workspace: Workspace, name = aName()): Promise<Domain> {
	const done = await transact(db, (tx) => addDomain(tx, operator, workspace, name));
	if (!done.ok) throw new Error(done.reason);
	return done.domain;
}

/** Puts the record where it belongs, beside what others have there. */
function publish(domain: Domain): void {
	const { name, value } = recordOf(domain);
	dns.records.set(name, [...(dns.records.get(name) ?? []), value]);
}

const check = (workspace: Workspace, domain: Domain, now = new Date()) =>
	checkNow(db, operator, workspace, domain.domain, now, lookup);

async function proved(workspace: Workspace, name = aName()): Promise<Domain> {
	const domain = await added(workspace, name);
	publish(domain);
	const checked = await check(workspace, domain);
	if (!checked.ok) throw new Error(checked.reason);
	return domain;
}

const reload = async ({ workspaceId, domain }: Domain) => findDomain(db, workspaceId, domain);

/** A connection that is on. Nobody signs in by it here. */
async function connect(workspace: Workspace, name = "Acme"): Promise<string> {
	const id = newId();
	await db.insert(connections).values({
		workspaceId: workspace.id,
		id,
		name,
		provider: "oidc",
		protocol: "oidc",
		status: "active",
		issuer: "https://id.test",
		clientId: "client",
		clientSecret: "sealed",
		secretSetAt: new Date(),
		secretSetBy: "Test",
		metadata: {
			issuer: "https://id.test",
			authorization_endpoint: "https://id.test/a",
			token_endpoint: "https://id.test/t",
			jwks_uri: "https://id.test/k",
			userinfo_endpoint: "https://id.test/u",
		},
		idpInitiated: "page",
		settingsHash: id,
	});
	return id;
}

const led = async (domain: string, now = new Date()) => {
	const way = await wayIn(db, `x@${domain}`, null, now);
	return way.kind === "sso" ? way.way.connection.id : way.kind;
};

describe("a domain", () => {
	it("A1: that was only claimed leads nowhere and counts for nothing", async () => {
		const workspace = await aWorkspace(db);
		await connect(workspace);
		const { domain } = await added(workspace);
		expect(await led(domain)).toBe("password");
		expect(await verifiedDomains(db, workspace.id)).toEqual([]);
	});

	it("is verified once its record is found, and leads to the connection", async () => {
		const workspace = await aWorkspace(db);
		const connection = await connect(workspace);
		const domain = await added(workspace);
		expect(await check(workspace, domain)).toEqual({ ok: false, reason: "domain_record_missing" });
		publish(domain);
		expect(await check(workspace, domain)).toEqual({ ok: true });
		expect(await reload(domain)).toMatchObject({ state: "verified", verifiedBy: "dns" });
		expect(await led(domain.domain)).toBe(connection);
		const { rows } = await listActivity(db, workspace.id, { limit: 10, before: null });
		expect(rows.map(({ kind }) => kind)).toEqual([
			"domain.verified",
			"domain.added",
			"workspace.created",
		]);
	});

	it("shows what was found instead of its value", async () => {
		const workspace = await aWorkspace(db);
		const domain = await added(workspace);
		const { name, value } = recordOf(domain);
		dns.records.set(name, ["gatehouse=another"]);
		expect(await check(workspace, domain)).toEqual({
			ok: false,
			reason: "domain_record_differs",
			expected: value,
			received: "gatehouse=another",
		});
		expect(await reload(domain)).toMatchObject({ state: "pending" });
	});

	it("is refused where nobody can own it, and without the plan", async () => {
		const workspace = await aWorkspace(db);
		const add = (name: string, of = workspace) =>
			transact(db, (tx) => addDomain(tx, operator, of, name));
		expect(await add("gmail.com")).toEqual({ ok: false, reason: "domain_public" });
		expect(await add("co.uk")).toEqual({ ok: false, reason: "domain_public" });
		expect(await add("https://acme.test/")).toEqual({ ok: false, reason: "domain_malformed" });
		const free = await aWorkspace(db, { plan: "free" });
		expect(await add(aName(), free)).toEqual({ ok: false, reason: "plan_needed" });
	});

	it("is there once, however often it is added, and its value stays", async () => {
		const workspace = await aWorkspace(db);
		const first = await added(workspace);
		const again = await added(workspace, ` @${first.domain.toUpperCase()}. `);
		expect(again).toEqual(first);
	});

	it("has a new value when it is added anew: an old record proves nothing", async () => {
		const workspace = await aWorkspace(db);
		const domain = await proved(workspace);
		await transact(db, (tx) => removeDomain(tx, operator, workspace.id, domain.domain));
		const again = await added(workspace, domain.domain);
		expect(await check(workspace, again)).toMatchObject({ reason: "domain_record_differs" });
	});

	it("is looked for only so often", async () => {
		const workspace = await aWorkspace(db);
		const domain = await added(workspace);
		for (let times = 0; times < 60; times++) await check(workspace, domain);
		expect(await check(workspace, domain)).toEqual({ ok: false, reason: "throttled" });
	});

	it("is one of a hundred at most", async () => {
		const workspace = await aWorkspace(db);
		for (let times = 0; times < 100; times++) await added(workspace);
		expect(await transact(db, (tx) => addDomain(tx, operator, workspace, aName()))).toEqual({
			ok: false,
			reason: "domains_too_many",
		});
	});
});

describe("A2: a domain that two workspaces claim", () => {
	it("is proved by each with its own value, and by nobody with the other's", async () => {
		const [one, other] = [await aWorkspace(db), await aWorkspace(db)];
		await Promise.all([connect(one), connect(other)]);
		const first = await proved(one);
		const second = await added(other, first.domain);
		expect(recordOf(second).value).not.toBe(recordOf(first).value);
		expect(await check(other, second)).toMatchObject({ reason: "domain_record_differs" });
		expect(await verifiedDomains(db, other.id)).toEqual([]);
		expect(await led(first.domain)).not.toBe("choose");
		publish(second);
		expect(await check(other, second)).toEqual({ ok: true });
		expect(await led(first.domain)).toBe("choose");
	});

	it("says nothing of the other workspace", async () => {
		const [one, other] = [await aWorkspace(db), await aWorkspace(db)];
		const { domain } = await proved(one);
		const claimed = await added(other, domain);
		const unclaimed = await added(other);
		const shape = ({ state, verifiedAt, checkedAt }: Domain) => ({ state, verifiedAt, checkedAt });
		expect(shape(claimed)).toEqual(shape(unclaimed));
	});
});

describe("the schedule", () => {
	// It looks at the domains of all workspaces, those of other tests too.
	beforeEach(() => db.delete(domains));

	/** Runs the schedule every six hours of some days. */
	async function live(from: Date, days: number): Promise<Date> {
		const to = new Date(from.getTime() + days * day);
		for (let at = from.getTime(); at <= to.getTime(); at += 6 * hour)
			await checkDueDomains(db, new Date(at), lookup);
		return to;
	}

	const mailsOf = async (workspace: Workspace) => {
		const rows = await db.select().from(outbox).where(eq(outbox.workspaceId, workspace.id));
		return rows.map(({ to, subject }) => `${to}: ${subject}`).sort();
	};

	it("finds a record without anybody asking", async () => {
		const workspace = await aWorkspace(db);
		const domain = await added(workspace);
		publish(domain);
		await domainJobs(db, lookup)["domains.check"]?.({}, { now: new Date(), attempt: 1 });
		expect(await reload(domain)).toMatchObject({ state: "verified" });
	});

	it("loses a domain after three days, tells the admins, and leads nobody a week later", async () => {
		const workspace = await aWorkspace(db);
		const connection = await connect(workspace);
		const [admin, second] = [
			await aMember(db, workspace, { roleByHand: "admin" }),
			await aMember(db, workspace, { roleByHand: "admin" }),
		];
		await aMember(db, workspace);
		const domain = await proved(workspace);
		dns.records.delete(recordOf(domain).name);
		const start = new Date();
		let now = await live(start, 2.5);
		expect(await reload(domain)).toMatchObject({ state: "verified", missedChecks: 2 });
		expect(await mailsOf(workspace)).toEqual([]);
		now = await live(now, 1);
		expect(await reload(domain)).toMatchObject({ state: "lost" });
		const gone = [admin, second].map(
			({ email }) => `${email}: The DNS record of ${domain.domain} is gone`,
		);
		expect(await mailsOf(workspace)).toEqual(gone.sort());
		expect(await led(domain.domain, now)).toBe(connection);
		expect(await verifiedDomains(db, workspace.id, now)).toEqual([domain.domain]);
		now = await live(now, 6);
		expect(await led(domain.domain, now)).toBe(connection);
		now = await live(now, 1);
		expect(await led(domain.domain, now)).toBe("password");
		expect(await verifiedDomains(db, workspace.id, now)).toEqual([]);
		expect(await mailsOf(workspace)).toHaveLength(2);

		publish(domain);
		now = await live(now, 1);
		expect(await reload(domain)).toMatchObject({
			state: "verified",
			missedChecks: 0,
			lostAt: null,
		});
		expect(await led(domain.domain, now)).toBe(connection);
		const back = [admin, second].map(
			({ email }) => `${email}: The DNS record of ${domain.domain} is back`,
		);
		expect(await mailsOf(workspace)).toEqual([...gone, ...back].sort());
		const { rows } = await listActivity(db, workspace.id, { limit: 20, before: null });
		const told = rows.map(({ kind }) => kind).filter((kind) => kind.startsWith("domain."));
		expect(told).toEqual(["domain.returned", "domain.lost", "domain.verified", "domain.added"]);
	});

	it("takes no domain away while the name service fails", async () => {
		const workspace = await aWorkspace(db);
		const domain = await proved(workspace);
		let asked = 0;
		const down: typeof lookupTxt = async () => {
			asked++;
			return { ok: false, reason: "dns_unreachable" };
		};
		for (let at = 1; at < 6; at++) await checkDueDomains(db, new Date(Date.now() + at * day), down);
		expect(asked).toBeGreaterThanOrEqual(5);
		expect(await reload(domain)).toMatchObject({ state: "verified", missedChecks: 0 });
	});

	it("does not look for what was vouched for", async () => {
		const workspace = await aWorkspace(db);
		const name = aName();
		await transact(db, (tx) => vouchForDomain(tx, operator, workspace.id, name));
		const before = dns.asked.length;
		await live(new Date(), 4);
		const domain = await findDomain(db, workspace.id, name);
		expect(domain).toMatchObject({ state: "verified", verifiedBy: operator.label });
		if (domain) expect(await check(workspace, domain)).toEqual({ ok: true });
		expect(dns.asked.slice(before)).not.toContain(`_gatehouse.${name}`);
	});

	it("leaves alone what was removed and added anew while it was looked for", async () => {
		const workspace = await aWorkspace(db);
		const domain = await added(workspace);
		const meanwhile: typeof lookupTxt = async () => {
			await transact(db, (tx) => removeDomain(tx, operator, workspace.id, domain.domain));
			await added(workspace, domain.domain);
			return { ok: true, texts: [recordOf(domain).value] };
		};
		await checkNow(db, operator, workspace, domain.domain, new Date(), meanwhile);
		expect(await reload(domain)).toMatchObject({ state: "pending" });
	});
});

describe("where a domain leads", () => {
	it("is the connection chosen for it, and no other while that one is off", async () => {
		const workspace = await aWorkspace(db);
		const [first, second] = [await connect(workspace), await connect(workspace, "Second")];
		const [one, two] = [await proved(workspace), await proved(workspace)];
		const route = (domain: Domain, id: string | null) =>
			transact(db, (tx) => routeDomain(tx, operator, workspace, domain.domain, id));
		expect(await route(two, second)).toEqual({ ok: true });
		expect([await led(one.domain), await led(two.domain)]).toEqual([first, second]);
		const here = await wayIn(db, `x@${two.domain}`, workspace.slug, new Date());
		expect(here).toMatchObject({ way: { connection: { id: second } } });
		await db
			.update(connections)
			.set({ status: "paused" })
			.where(and(eq(connections.workspaceId, workspace.id), eq(connections.id, second)));
		expect([await led(one.domain), await led(two.domain)]).toEqual([first, "password"]);
		await route(two, null);
		expect(await led(two.domain)).toBe(first);
	});

	it("is no connection of another workspace", async () => {
		const [workspace, other] = [await aWorkspace(db), await aWorkspace(db)];
		const foreign = await connect(other);
		const { domain } = await added(workspace);
		expect(
			await transact(db, (tx) => routeDomain(tx, operator, workspace, domain, foreign)),
		).toEqual({ ok: false, reason: "stale" });
	});

	it("is forgotten with the connection, and the domain stays", async () => {
		const workspace = await aWorkspace(db);
		const id = await connect(workspace);
		const domain = await proved(workspace);
		await transact(db, (tx) => routeDomain(tx, operator, workspace, domain.domain, id));
		await db
			.delete(connections)
			.where(and(eq(connections.workspaceId, workspace.id), eq(connections.id, id)));
		expect(await reload(domain)).toMatchObject({ state: "verified", connectionId: null });
	});
});

describe("removing a domain", () => {
	it("says first whom it concerns, in this workspace alone", async () => {
		const [workspace, other] = [await aWorkspace(db), await aWorkspace(db)];
		const { domain } = await proved(workspace);
		for (const name of ["a", "b"]) await aMember(db, workspace, { email: `${name}@${domain}` });
		await aMember(db, workspace, { email: `a@sub.${domain}` });
		await aMember(db, other, { email: `a@${domain}` });
		expect(await impactOfRemovingDomain(db, workspace.id, domain)).toEqual({
			people: 2,
			linked: 0,
		});
		expect(await peopleOfDomains(db, workspace.id, [domain])).toEqual(new Map([[domain, 2]]));
	});

	it("stops what it led to", async () => {
		const workspace = await aWorkspace(db);
		await connect(workspace);
		const { domain } = await proved(workspace);
		expect(await transact(db, (tx) => removeDomain(tx, operator, workspace.id, domain))).toEqual({
			ok: true,
		});
		expect(await led(domain)).toBe("password");
		expect(await listDomains(db, workspace.id)).toEqual([]);
		expect(await transact(db, (tx) => removeDomain(tx, operator, workspace.id, domain))).toEqual({
			ok: false,
			reason: "stale",
		});
	});
});

describe("the plan", () => {
	it("closes domains with the rest, keeps them, and brings them back", async () => {
		const workspace = await aWorkspace(db);
		const connection = await connect(workspace);
		const domain = await proved(workspace);
		const waiting = await added(workspace);
		await transact(db, (tx) => changePlan(tx, operator, workspace, "free"));
		const free = await workspaceById(db, workspace.id);
		if (!free) throw new Error("gone");
		expect(await led(domain.domain)).toBe("password");
		expect(await check(free, waiting)).toEqual({ ok: false, reason: "plan_needed" });
		expect(
			await transact(db, (tx) => routeDomain(tx, operator, free, domain.domain, null)),
		).toEqual({ ok: false, reason: "plan_needed" });
		await transact(db, (tx) => changePlan(tx, operator, free, "enterprise"));
		expect(await led(domain.domain)).toBe(connection);
		expect(await listDomains(db, workspace.id)).toHaveLength(2);
	});
});

it("the page's rows survive what an admin may type", async () => {
	const workspace = await aWorkspace(db);
	for (const name of [
		"\u0000",
		"a".repeat(300),
		"<script>",
		"acme.test\n",
		"'; drop table domains",
	])
		expect(await transact(db, (tx) => addDomain(tx, operator, workspace, name))).toMatchObject(
			name === "acme.test\n" ? { ok: true } : { reason: "domain_malformed" },
		);
	expect(await db.select().from(domains).where(eq(domains.workspaceId, workspace.id))).toHaveLength(
		1,
	);
});
