/** What the tests of this folder arrange: people with passwords and second factors. */
import { desc, eq } from "drizzle-orm";
import { generate } from "otplib";
import { type Db, transact } from "@/db/client";
import { connections, outbox } from "@/db/schema";
import { aMember, aWorkspace, setPolicy } from "@/db/testing";
import { labelOf, type Member } from "@/lib/members/members";
import { newId } from "@/lib/platform/ids";
import type { Policy } from "@/lib/policy/document";
import { profiles } from "@/lib/policy/profiles";
import { currentPolicy } from "@/lib/workspaces/policy";
import type { Workspace } from "@/lib/workspaces/workspaces";
import type { Acting } from "./factors/changes";
import { beginTotp, confirmTotp, pendingTotp } from "./factors/totp";
import { setPassword } from "./passwords";
import { findSession, startSession, type Visitor } from "./sessions";

export const visitor: Visitor = { browserId: null, address: "203.0.113.9", userAgent: "test" };
export const password = "seven unlikely words beside a lake";

/** Further ways to change the second factor's rules. */
export const twoFactor = (change: Partial<Policy["twoFactor"]>): Partial<Policy> => ({
	twoFactor: { ...profiles.assist.policy.twoFactor, ...change },
});

export type Person = { workspace: Workspace; member: Member; email: string };

/** A member with a password, in a workspace of its own that has another admin. */
export async function aPerson(
	db: Db,
	{
		policy = {},
		workspace,
		email,
	}: { policy?: Partial<Policy>; workspace?: Workspace; email?: string } = {},
): Promise<Person> {
	const home = workspace ?? (await aWorkspace(db, { policy }));
	if (!workspace) await aMember(db, home, { roleByHand: "admin" });
	const member = await aMember(db, home, email ? { email } : {});
	await transact(db, (tx) => setPassword(tx, home.id, member.id, password));
	return { workspace: home, member, email: member.email ?? "" };
}

/** A session of a member, as an action has it. */
export async function actingAs(db: Db, { workspace, member }: Person, now: Date): Promise<Acting> {
	const browserId = await transact(db, async (tx) => {
		const { document: policy } = await currentPolicy(tx, workspace.id);
		const start = { workspaceId: workspace.id, memberId: member.id, policy, visitor, now };
		return startSession(tx, { ...start, method: "password" });
	});
	const session = await findSession(db, { slug: workspace.slug }, browserId, now);
	if (!session) throw new Error("no session");
	return { ...session, actor: { kind: "member", id: member.id, label: labelOf(member) } };
}

/** The code an authenticator app shows at a moment. */
export function codeOf(secret: string, at: Date): Promise<string> {
	return generate({ secret, epoch: Math.floor(at.getTime() / 1000) });
}

/** Gives a member an authenticator app, confirmed a minute before. @returns its secret. */
export async function withApp(db: Db, { member }: Person, now: Date): Promise<string> {
	const before = new Date(now.getTime() - 60_000);
	return transact(db, async (tx) => {
		await beginTotp(tx, member, before);
		const seed = await pendingTotp(tx, member, { workspace: "Acme", member: "Ada" });
		if (!seed) throw new Error("no seed");
		if (!(await confirmTotp(tx, member, await codeOf(seed.secret, before), before)))
			throw new Error("not confirmed");
		return seed.secret;
	});
}

/** The texts of the mails queued for an address, newest first. */
export async function mailsTo(db: Db, email: string): Promise<{ subject: string; text: string }[]> {
	return db
		.select({ subject: outbox.subject, text: outbox.text })
		.from(outbox)
		.where(eq(outbox.to, email))
		.orderBy(desc(outbox.id));
}

/** The code in the newest mail to an address. */
export async function mailedCode(db: Db, email: string): Promise<string> {
	const [mail] = await mailsTo(db, email);
	const [, code] = /^(\d{6}) is your code/.exec(mail?.subject ?? "") ?? [];
	if (!code) throw new Error(`no code in "${mail?.subject}"`);
	return code;
}

/** Turns on a connection, and enforces SSO. */
export async function enforceSso(db: Db, { workspace }: Person): Promise<void> {
	await transact(db, async (tx) => {
		await setPolicy(tx, workspace.id, { enforceSso: { mode: "on" } });
		await tx.insert(connections).values({
			workspaceId: workspace.id,
			id: newId(),
			provider: "okta",
			name: "Okta",
			protocol: "oidc",
			status: "active",
			issuer: "https://id.test",
			clientId: "id",
			clientSecret: "sealed",
			secretSetAt: new Date(),
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
	});
}
