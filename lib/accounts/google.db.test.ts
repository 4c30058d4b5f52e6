import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Db, transact } from "@/db/client";
import { connections, googleAccounts, outbox } from "@/db/schema";
import { aMember, aWorkspace, freshDb, operator, setPolicy } from "@/db/testing";
import { labelOf, type Member, suspendMember } from "@/lib/members/members";
import { newId } from "@/lib/platform/ids";
import type { Policy } from "@/lib/policy/document";
import { currentPolicy } from "@/lib/workspaces/policy";
import type { Workspace } from "@/lib/workspaces/workspaces";
import {
	type GoogleIdentity,
	linkedGoogle,
	linkGoogle,
	openIntent,
	sealIntent,
	signInByGoogle,
	unlinkGoogle,
} from "./google";
import { signInByPassword } from "./password-sign-in";
import { setPassword } from "./passwords";
import { findSession, findSessions, startSession } from "./sessions";

let db: Db;
beforeAll(async () => {
	db = await freshDb();
});

const now = new Date();
const visitor = { browserId: null, address: "203.0.113.9", userAgent: "test" };
const password = "seven unlikely words beside a lake";

let alice: GoogleIdentity;
beforeEach(() => {
	alice = {
		subject: newId(),
		email: "alice@gmail.test",
		emailVerified: true,
		name: "Alice",
		hostedDomain: null,
	};
});

async function world(policy: Partial<Policy> = { google: "beside" }) {
	const workspace = await aWorkspace(db, { policy });
	await aMember(db, workspace, { roleByHand: "admin" });
	const member = await aMember(db, workspace);
	await transact(db, (tx) => setPassword(tx, workspace.id, member.id, password));
	return { workspace, member };
}

async function sessionOf(workspace: Workspace, member: Member) {
	const browserId = await transact(db, async (tx) => {
		const { document: policy } = await currentPolicy(tx, workspace.id);
		const start = { workspaceId: workspace.id, memberId: member.id, policy, visitor, now };
		return startSession(tx, { ...start, method: "password" });
	});
	const session = await findSession(db, { slug: workspace.slug }, browserId, now);
	if (!session) throw new Error("no session");
	return { session, browserId };
}

const actorOf = (member: Member) =>
	({ kind: "member", id: member.id, label: labelOf(member) }) as const;

async function link(workspace: Workspace, member: Member, identity = alice) {
	const { session } = await sessionOf(workspace, member);
	return linkGoogle(db, session, actorOf(member), identity, now);
}

const signIn = (slug: string | null, expectedId?: string) =>
	signInByGoogle(db, alice, { slug, ...(expectedId ? { expectedId } : {}) }, visitor, now);

const byPassword = (workspace: Workspace, member: Member) =>
	signInByPassword(db, { email: member.email ?? "", password, slug: workspace.slug }, visitor, now);

async function turnOnSso(workspace: Workspace) {
	await db.insert(connections).values({
		workspaceId: workspace.id,
		id: newId(),
		name: "Okta",
		provider: "okta",
		protocol: "oidc",
		status: "active",
		issuer: "https://id.test",
		clientId: "id",
		clientSecret: "sealed",
		secretSetAt: now,
		secretSetBy: "Test operator",
		metadata: {
			issuer: "https://id.test",
			authorization_endpoint: "https://id.test/auth",
			token_endpoint: "https://id.test/token",
			jwks_uri: "https://id.test/jwks",
			userinfo_endpoint: "https://id.test/me",
		},
		idpInitiated: "page",
		settingsHash: "hash",
	});
}

describe("a Google account", () => {
	it("opens nothing until it is linked, even where its email is a member's", async () => {
		const { workspace, member } = await world();
		alice.email = member.email ?? "";
		const refused = { ok: false, reason: "google_not_linked" };
		expect(await signIn(null)).toMatchObject(refused);
		expect(await signIn(workspace.slug)).toMatchObject(refused);
	});

	it("opens the member that linked it, by its subject alone", async () => {
		const { workspace, member } = await world();
		expect(await link(workspace, member)).toEqual({ ok: true });
		alice.email = "renamed@gmail.test";
		const entered = await signIn(null);
		expect(entered).toMatchObject({ ok: true, workspaces: [{ id: workspace.id }] });
		const browserId = entered.ok ? entered.browserId : null;
		expect(await findSession(db, { slug: workspace.slug }, browserId, now)).toMatchObject({
			member: { id: member.id },
			method: "google",
		});
		alice.subject = newId();
		expect(await signIn(null)).toMatchObject({ ok: false, reason: "google_not_linked" });
	});

	it("opens every workspace that linked it, and only the one that was asked for", async () => {
		const one = await world();
		const two = await world();
		const unlinked = await world();
		await link(one.workspace, one.member);
		await link(two.workspace, two.member);
		const entered = await signIn(null);
		const found = await findSessions(db, entered.ok ? entered.browserId : null, now);
		expect(found.map(({ workspace }) => workspace.id).sort()).toEqual(
			[one.workspace.id, two.workspace.id].sort(),
		);
		expect(await signIn(two.workspace.slug)).toMatchObject({
			workspaces: [{ id: two.workspace.id }],
		});
		expect(await signIn(unlinked.workspace.slug)).toMatchObject({
			reason: "google_not_linked",
		});
	});

	it("opens no member who is suspended", async () => {
		const { workspace, member } = await world();
		await link(workspace, member);
		await transact(db, (tx) => suspendMember(tx, operator, member, "admin"));
		expect(await signIn(null)).toMatchObject({ ok: false, reason: "suspended" });
	});

	it("is closed by the policy, and by enforced SSO where SSO works", async () => {
		const { workspace, member } = await world();
		await link(workspace, member);
		await transact(db, (tx) => setPolicy(tx, workspace.id, { google: "off" }));
		expect(await signIn(workspace.slug)).toMatchObject({ reason: "google_off" });
		await transact(db, (tx) =>
			setPolicy(tx, workspace.id, { google: "beside", enforceSso: { mode: "on" } }),
		);
		expect(await signIn(null)).toMatchObject({ ok: true });
		await turnOnSso(workspace);
		expect(await signIn(null)).toMatchObject({
			reason: "sso_required",
			workspace: { id: workspace.id },
		});
	});

	it("signs in once more only as the member who is signed in", async () => {
		const { workspace, member } = await world();
		await link(workspace, member);
		expect(await signIn(workspace.slug, member.id)).toMatchObject({ ok: true });
		expect(await signIn(workspace.slug, newId())).toMatchObject({ reason: "other_person" });
	});
});

describe("linking", () => {
	it("ends the other sessions and tells the member by mail", async () => {
		const { workspace, member } = await world();
		const other = await sessionOf(workspace, member);
		await link(workspace, member);
		expect(await findSession(db, { slug: workspace.slug }, other.browserId, now)).toBeNull();
		const [mail] = (await db.select().from(outbox)).filter(({ to }) => to === member.email);
		expect(mail?.text).toContain("alice@gmail.test");
		expect(await linkedGoogle(db, member)).toEqual({ email: "alice@gmail.test", linkedAt: now });
	});

	it("refuses an unverified address, a second account, and another member's account", async () => {
		const { workspace, member } = await world();
		const unverified = { ...alice, emailVerified: false };
		expect(await link(workspace, member, unverified)).toMatchObject({
			reason: "email_not_verified",
		});
		await link(workspace, member);
		const second = { ...alice, subject: newId() };
		expect(await link(workspace, member, second)).toMatchObject({ reason: "stale" });
		const colleague = await aMember(db, workspace);
		expect(await link(workspace, colleague)).toMatchObject({ reason: "google_taken" });
	});

	it("is closed where Google is", async () => {
		const { workspace, member } = await world({ google: "off" });
		expect(await link(workspace, member)).toMatchObject({ reason: "google_off" });
		expect(await db.select().from(googleAccounts)).not.toContainEqual(
			expect.objectContaining({ workspaceId: workspace.id }),
		);
	});

	it("closes the password where it replaces it, and unlinking opens it again", async () => {
		const { workspace, member } = await world({ google: "replacesPassword" });
		expect(await byPassword(workspace, member)).toMatchObject({ ok: true });
		await link(workspace, member);
		expect(await byPassword(workspace, member)).toMatchObject({ reason: "password_replaced" });
		await transact(db, (tx) => unlinkGoogle(tx, actorOf(member), workspace, member));
		expect(await byPassword(workspace, member)).toMatchObject({ ok: true });
		expect(await signIn(null)).toMatchObject({ reason: "google_not_linked" });
	});

	it("cannot be undone where Google is the only way in", async () => {
		const workspace = await aWorkspace(db, { policy: { google: "beside" } });
		const member = await aMember(db, workspace);
		await link(workspace, member);
		expect(
			await transact(db, (tx) => unlinkGoogle(tx, actorOf(member), workspace, member)),
		).toEqual({ ok: false, reason: "no_other_way_in" });
	});
});

describe("an intent", () => {
	const intent = { kind: "link", slug: "acme", sessionId: newId() } as const;

	it("comes back as it was, for ten minutes", () => {
		const sealed = sealIntent(intent, now);
		expect(openIntent(sealed, now)).toEqual(intent);
		expect(openIntent(sealed, new Date(now.getTime() + 10 * 60_000))).toBeNull();
	});

	it("cannot be made elsewhere", () => {
		const sealed = sealIntent(intent, now);
		expect(openIntent(`${sealed.slice(0, -4)}AAAA`, now)).toBeNull();
		expect(openIntent(JSON.stringify({ intent, at: now.getTime() }), now)).toBeNull();
		expect(openIntent("", now)).toBeNull();
	});
});
