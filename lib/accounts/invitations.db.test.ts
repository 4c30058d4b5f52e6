import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { type Db, type Tx, transact, transactOrUndo } from "@/db/client";
import {
	activity,
	connections,
	directories,
	invitations,
	members,
	outbox,
	removals,
	roles,
} from "@/db/schema";
import { aMember, aWorkspace, freshDb } from "@/db/testing";
import { type Member, memberByEmail } from "@/lib/members/members";
import { env } from "@/lib/platform/env";
import { newId } from "@/lib/platform/ids";
import { admit } from "@/lib/policy/admit";
import type { Policy } from "@/lib/policy/document";
import type { Acting } from "@/lib/roles/granter";
import { vouchForDomain } from "@/lib/sso/domains";
import { carryOut } from "@/lib/sso/effects";
import { type FactConnection, loadSsoFacts } from "@/lib/sso/facts";
import { currentPolicy } from "@/lib/workspaces/policy";
import type { Workspace } from "@/lib/workspaces/workspaces";
import { acceptByPassword, openInvitation } from "./accept-invitation";
import {
	addressesIn,
	invite,
	listInvitations,
	resendInvitation,
	revokeInvitation,
} from "./invitations";
import { signInByPassword } from "./password-sign-in";
import { findSession } from "./sessions";

let db: Db;
beforeAll(async () => {
	db = await freshDb();
});

const now = new Date();
const later = (days: number) => new Date(now.getTime() + days * 86_400_000);
const visitor = { browserId: null, address: "192.0.2.1", userAgent: "Mozilla/5.0" };
const password = "nine winters in the old lighthouse";
const by = (member: Member, fresh = true): Acting => ({
	actor: { kind: "member", id: member.id, label: member.name },
	fresh,
});
const anAddress = () => `zoe-${newId()}@outside.test`;

async function aTeam(policy: Partial<Policy> = {}) {
	const workspace = await aWorkspace(db, { policy: { autoProvision: "off", ...policy } });
	const ada = await aMember(db, workspace, { name: "Ada", roleByHand: "admin" });
	return { workspace, ada };
}

const inviting = (
	workspace: Workspace,
	acting: Acting,
	addresses: string,
	role = "member",
	at = now,
) => transactOrUndo(db, (tx) => invite(tx, acting, workspace, { addresses, role }, at));

/** The token of the last mail to an address: what only its reader has. */
async function tokenTo(email: string): Promise<string> {
	const mails = await db.select().from(outbox).where(eq(outbox.to, email)).orderBy(outbox.id);
	return /\/invite\/([\w-]+)/.exec(mails.at(-1)?.text ?? "")?.[1] ?? "";
}

const accept = (token: string, email: string, more: object = {}, at = now) =>
	acceptByPassword(db, { token, email, name: "Zoe", password, ...more }, visitor, at);

const theInvitation = async (workspace: Workspace) =>
	(await listInvitations(db, workspace.id, {}, { after: null, limit: 9 })).rows[0]?.id ?? "";

describe("inviting", () => {
	it("reads addresses as people paste them, each once", () => {
		const text = "a@x.test, b@x.test;\n Cleo <c@x.test>\n\nA@X.test\nnobody";
		expect(addressesIn(text).map(({ email }) => email)).toEqual([
			"a@x.test",
			"b@x.test",
			"c@x.test",
			"nobody",
		]);
	});

	it("mails those who can be invited, and says what is wrong with each other line", async () => {
		const { workspace, ada } = await aTeam();
		const [one, two] = [anAddress(), anAddress()];
		expect(await inviting(workspace, by(ada), one)).toEqual({
			ok: true,
			sent: [one],
			problems: [],
		});
		const done = await inviting(
			workspace,
			by(ada),
			[two, "not an address", ada.email?.toUpperCase(), one].join("\n"),
		);
		expect(done).toMatchObject({
			sent: [two],
			problems: [
				{ text: "not an address", reason: "email_malformed" },
				{ reason: "email_taken" },
				{ text: one, reason: "already_invited" },
			],
		});
		const [mail] = await db.select().from(outbox).where(eq(outbox.to, two));
		expect(mail?.subject).toContain(workspace.name);
		// A15: the link names the configured address, whatever the request said.
		expect(mail?.text).toContain(`${env().PUBLIC_URL}/invite/`);
		expect(await memberByEmail(db, workspace.id, two)).toBeNull();
	});

	it("keeps the link out of database and log", async () => {
		const { workspace, ada } = await aTeam();
		const email = anAddress();
		await inviting(workspace, by(ada), email);
		const token = await tokenTo(email);
		expect(token.length).toBeGreaterThan(30);
		const rows = [
			...(await db.select().from(invitations)),
			...(await db.select().from(activity).where(eq(activity.workspaceId, workspace.id))),
		];
		expect(JSON.stringify(rows)).not.toContain(token);
	});

	it("gives no role above one's own, none that is unknown, and admin after a recent sign-in", async () => {
		const { workspace, ada } = await aTeam();
		await db.insert(roles).values({
			workspaceId: workspace.id,
			key: "people",
			name: "People team",
			rank: 250,
			permissions: ["workspace.read", "members.read", "members.manage"],
		});
		const pia = await aMember(db, workspace, { name: "Pia", roleByHand: "people" });
		const ben = await aMember(db, workspace, { name: "Ben", roleByHand: "member" });
		const email = anAddress();
		const cases: [Acting, string, string][] = [
			[by(pia), "admin", "role_above_own"],
			[by(ben), "viewer", "not_permitted"],
			[by(ada), "owner", "role_unknown"],
			[by(ada, false), "admin", "needs_fresh_sign_in"],
		];
		for (const [acting, role, reason] of cases)
			expect(await inviting(workspace, acting, email, role)).toEqual({ ok: false, reason });
		expect(await tokenTo(email)).toBe("");
		expect(await inviting(workspace, by(ada), email, "admin")).toMatchObject({ ok: true });
		// Nor does anybody send again, or take back, what they could not have given.
		const id = await theInvitation(workspace);
		const resend = await transact(db, (tx) => resendInvitation(tx, by(pia), workspace, id, now));
		const revoke = await transact(db, (tx) => revokeInvitation(tx, by(pia), workspace, id));
		expect([resend, revoke]).toEqual([
			{ ok: false, reason: "role_above_own" },
			{ ok: false, reason: "role_above_own" },
		]);
	});

	it("is closed while the directory adds people, and takes neither none nor hundreds", async () => {
		const { workspace, ada } = await aTeam({ membersManagedBy: "directory" });
		expect(await inviting(workspace, by(ada), " \n,")).toMatchObject({ reason: "malformed" });
		const many = Array.from({ length: 101 }, (_, i) => `p${i}@x.test`).join("\n");
		expect(await inviting(workspace, by(ada), many)).toMatchObject({ reason: "malformed" });
		await db.insert(directories).values({ workspaceId: workspace.id, id: newId(), enabled: true });
		expect(await inviting(workspace, by(ada), anAddress())).toMatchObject({
			reason: "managed_by_directory",
		});
	});
});

describe("accepting with a password", () => {
	it("makes a member with the invited role, a proved address and a session", async () => {
		const { workspace, ada } = await aTeam();
		const email = anAddress();
		await inviting(workspace, by(ada), email, "viewer");
		const token = await tokenTo(email);
		expect(await openInvitation(db, token, now)).toMatchObject({
			email,
			role: "Viewer",
			invitedBy: "Ada",
			sso: "no",
		});
		await db.insert(removals).values({
			workspaceId: workspace.id,
			id: newId(),
			userNameKey: email,
			emailKey: email,
			identities: [],
		});
		const done = await accept(token, email.toUpperCase());
		if (!done.ok) throw new Error(done.reason);
		const session = await findSession(db, { workspaceId: workspace.id }, done.browserId, now);
		expect(session).toMatchObject({
			method: "invitation",
			member: { name: "Zoe", role: "viewer", emailProof: "mail", createdBy: "invitation" },
		});
		expect(await db.select().from(removals).where(eq(removals.workspaceId, workspace.id))).toEqual(
			[],
		);
		const kinds = (
			await db.select().from(activity).where(eq(activity.workspaceId, workspace.id))
		).map(({ kind }) => kind);
		expect(kinds).toEqual(
			expect.arrayContaining(["invitation.sent", "member.created", "invitation.accepted"]),
		);
		const again = await signInByPassword(
			db,
			{ email, password, slug: workspace.slug },
			visitor,
			now,
		);
		expect(again.ok).toBe(true);
	});

	it("A16: works once, for its address, within its week, and while it is the newest", async () => {
		const { workspace, ada } = await aTeam();
		const email = anAddress();
		await inviting(workspace, by(ada), email);
		const first = await tokenTo(email);
		expect(await accept(first, "other@outside.test")).toMatchObject({
			reason: "invitation_other_email",
		});
		expect(await accept(first, email, {}, later(7))).toMatchObject({ reason: "link_expired" });
		const id = await theInvitation(workspace);
		await transact(db, (tx) => resendInvitation(tx, by(ada), workspace, id, now));
		const second = await tokenTo(email);
		expect(second).not.toBe(first);
		expect(await accept(first, email)).toMatchObject({ reason: "link_expired" });
		expect(await accept(second, email)).toMatchObject({ ok: true });
		expect(await accept(second, email)).toMatchObject({ reason: "link_expired" });
		expect(await accept("", email)).toMatchObject({ reason: "link_expired" });
		expect(await db.select().from(members).where(eq(members.emailKey, email))).toHaveLength(1);
	});

	it("A16: a role that is posted beside changes nothing", async () => {
		const { workspace, ada } = await aTeam();
		const email = anAddress();
		await inviting(workspace, by(ada), email, "viewer");
		await accept(await tokenTo(email), email, { role: "admin", roleByHand: "admin" });
		expect((await memberByEmail(db, workspace.id, email))?.role).toBe("viewer");
	});

	it("is accepted by one of two forms sent at once", async () => {
		const { workspace, ada } = await aTeam();
		const email = anAddress();
		await inviting(workspace, by(ada), email);
		const token = await tokenTo(email);
		const both = await Promise.all([accept(token, email), accept(token, email)]);
		expect(both.filter(({ ok }) => ok)).toHaveLength(1);
	});

	it("ends when it is revoked; one that is over can be replaced", async () => {
		const { workspace, ada } = await aTeam();
		const [email, old] = [anAddress(), anAddress()];
		await inviting(workspace, by(ada), email);
		const token = await tokenTo(email);
		const id = await theInvitation(workspace);
		await transact(db, (tx) => revokeInvitation(tx, by(ada), workspace, id));
		expect(await accept(token, email)).toMatchObject({ reason: "link_expired" });
		expect(await openInvitation(db, token, now)).toBeNull();
		await inviting(workspace, by(ada), old, "member", later(-8));
		expect(await inviting(workspace, by(ada), old, "viewer")).toMatchObject({ sent: [old] });
		expect(await openInvitation(db, await tokenTo(old), now)).toMatchObject({ role: "Viewer" });
	});

	it("refuses a weak password, an address that joined meanwhile, and a browser of another member", async () => {
		const { workspace, ada } = await aTeam();
		const email = anAddress();
		await inviting(workspace, by(ada), email);
		const token = await tokenTo(email);
		expect(await accept(token, email, { password: "short" })).toMatchObject({
			reason: "password_too_short",
		});
		const other = anAddress();
		await inviting(workspace, by(ada), other);
		const joined = await accept(await tokenTo(other), other);
		const browserId = joined.ok ? joined.browserId : null;
		const theirs = { ...visitor, browserId };
		expect(
			await acceptByPassword(db, { token, email, name: "Zoe", password }, theirs, now),
		).toMatchObject({ reason: "signed_in_as_other" });
		await aMember(db, workspace, { email });
		expect(await accept(token, email)).toMatchObject({ reason: "email_taken" });
		// What was refused used nothing up.
		expect(await openInvitation(db, token, now)).not.toBeNull();
	});

	it("A10: asks for the second factor where it is required, before there is a session", async () => {
		const { workspace, ada } = await aTeam({
			twoFactor: { required: true, factors: ["app"], withSso: "idp" },
		});
		const email = anAddress();
		await inviting(workspace, by(ada), email);
		const done = await accept(await tokenTo(email), email);
		expect(done).toMatchObject({ ok: true, browserId: null, workspaces: [] });
		if (done.ok) expect(done.challenges).toHaveLength(1);
	});

	it("tells the admins when an admin joins", async () => {
		const { workspace, ada } = await aTeam();
		const email = anAddress();
		await inviting(workspace, by(ada), email, "admin");
		await accept(await tokenTo(email), email);
		const told = await db
			.select()
			.from(outbox)
			.where(eq(outbox.to, ada.email ?? ""));
		expect(told.map(({ subject }) => subject)).toEqual([expect.stringContaining("Zoe")]);
	});
});

describe("accepting by single sign-on", () => {
	/** An active connection, as far as deciding and its effects know it. */
	async function aConnection(workspace: Workspace): Promise<FactConnection> {
		const row = {
			workspaceId: workspace.id,
			id: newId(),
			name: "Okta",
			provider: "okta",
			protocol: "oidc" as const,
			status: "active" as const,
			issuer: "https://id.acme.test",
			clientId: "client",
			clientSecret: "sealed",
			secretSetAt: now,
			secretSetBy: "Ada",
			metadata: {
				issuer: "https://id.acme.test",
				authorization_endpoint: "",
				token_endpoint: "",
				jwks_uri: "",
				userinfo_endpoint: "",
			},
			idpInitiated: "page" as const,
			deploymentClient: false,
			settingsHash: newId(),
		};
		await db.insert(connections).values(row);
		return { ...row, revision: 1 };
	}

	/** Comes back from the provider as `email`, in a browser that followed `token` or none. */
	async function comeBack(
		tx: Tx,
		workspace: Workspace,
		connection: FactConnection,
		{ email, token }: { email: string; token: string | null },
	) {
		const { document } = await currentPolicy(tx, workspace.id);
		const names = { name: "Zoe Lang", givenName: "Zoe", familyName: "Lang" };
		const identity = {
			issuer: "https://id.acme.test",
			subject: `sub ${email}`,
			email,
			emailVerified: true,
			authenticatedAt: null,
			names,
		};
		const brought = { provedId: null, invitation: token };
		const facts = await loadSsoFacts(tx, workspace, connection, identity, brought, now);
		const attempt = {
			method: "sso",
			intent: "login",
			initiatedBy: "sp",
			connectionRevision: 1,
			email,
			emailVerified: true,
			subject: identity.subject,
			names,
			memberId: null,
		} as const;
		const admission = admit(document, attempt, facts, now);
		if (admission.outcome === "refuse") return admission.reason;
		return carryOut(tx, workspace, connection, identity, admission, {
			invitation: facts.invitation,
			address: visitor.address,
			now,
		});
	}

	it("A17: is the only way where SSO is enforced, and joins somebody from outside the domains", async () => {
		const { workspace, ada } = await aTeam({ enforceSso: { mode: "on" } });
		const connection = await aConnection(workspace);
		const email = anAddress();
		await inviting(workspace, by(ada), email, "viewer");
		const token = await tokenTo(email);
		expect(await openInvitation(db, token, now)).toMatchObject({ sso: "must" });
		expect(await accept(token, email)).toMatchObject({ reason: "sso_required" });
		await transact(db, async (tx) => {
			expect(await comeBack(tx, workspace, connection, { email, token: null })).toBe(
				"follow_invitation",
			);
			const other = { email: anAddress(), token };
			expect(await comeBack(tx, workspace, connection, other)).toBe("invitation_other_email");
			expect(await comeBack(tx, workspace, connection, { email, token })).toMatchObject({
				email,
				name: "Zoe Lang",
				role: "viewer",
				createdBy: "invitation",
			});
		});
		expect(await openInvitation(db, token, now)).toBeNull();
	});

	it("under a proved domain needs no link, and gives the invited role all the same", async () => {
		const { workspace, ada } = await aTeam();
		const connection = await aConnection(workspace);
		const email = anAddress();
		await transact(db, (tx) =>
			vouchForDomain(tx, { kind: "operator", label: "Operator" }, workspace.id, "outside.test"),
		);
		await inviting(workspace, by(ada), email, "viewer");
		const member = await transact(db, (tx) =>
			comeBack(tx, workspace, connection, { email, token: null }),
		);
		expect(member).toMatchObject({ role: "viewer", createdBy: "invitation" });
		const list = await listInvitations(db, workspace.id, {}, { after: null, limit: 9 });
		expect(list.rows).toEqual([]);
	});

	it("links somebody who became a member meanwhile, and uses the invitation up", async () => {
		const { workspace, ada } = await aTeam();
		const connection = await aConnection(workspace);
		const email = anAddress();
		await inviting(workspace, by(ada), email, "member");
		const token = await tokenTo(email);
		const zoe = await aMember(db, workspace, { email, roleByHand: "viewer" });
		const member = await transact(db, (tx) =>
			comeBack(tx, workspace, connection, { email, token }),
		);
		expect(member).toMatchObject({ id: zoe.id, role: "member" });
		expect(await openInvitation(db, token, now)).toBeNull();
	});
});
