/** What tests arrange around single sign-on: connections, who was tested with them, and codes. */
import { type Db, transact } from "@/db/client";
import { connections, identities, signIns } from "@/db/schema";
import { operator } from "@/db/testing";
import { keepSsoCodes, makeSsoCodes } from "@/lib/accounts/sso-codes";
import type { Member } from "@/lib/members/members";
import { newId } from "@/lib/platform/ids";
import type { Workspace } from "@/lib/workspaces/workspaces";

const issuer = "https://id.acme.test";

/** A connection; with `tested`, its test sign-in ended in welcome for that member. */
export async function aConnection(
	db: Db,
	{ id: workspaceId }: Workspace,
	{
		status = "active",
		tested = null,
	}: { status?: (typeof connections.$inferSelect)["status"]; tested?: Member | null } = {},
): Promise<string> {
	const [id, now] = [newId(), new Date()];
	await db.insert(connections).values({
		workspaceId,
		id,
		name: "Okta",
		provider: "okta",
		protocol: "oidc",
		status,
		issuer,
		clientId: "client",
		clientSecret: "sealed",
		secretSetAt: now,
		secretSetBy: "Ada",
		metadata: {
			issuer,
			authorization_endpoint: issuer,
			token_endpoint: issuer,
			jwks_uri: issuer,
			userinfo_endpoint: issuer,
		},
		idpInitiated: "page",
		settingsHash: id,
		testedRevision: tested ? 1 : null,
	});
	if (tested)
		await db.insert(signIns).values({
			workspaceId,
			id: newId(),
			code: `GH-${id.slice(-8)}`,
			connectionId: id,
			connectionRevision: 1,
			settingsHash: id,
			intent: "test",
			memberId: tested.id,
			browserHash: "",
			codeVerifier: "",
			startedAt: now,
			expiresAt: now,
			endedAt: now,
			outcome: "welcome",
			verdict: { admission: { outcome: "welcome", memberId: tested.id, why: [] } },
			issuer,
			email: tested.emailKey,
			trace: [],
		});
	return id;
}

/** Links a member to an account at the connection. */
export async function linkTo(db: Db, connectionId: string, member: Member): Promise<void> {
	const { workspaceId, id: memberId } = member;
	await db
		.insert(identities)
		.values({ workspaceId, connectionId, issuer, subject: memberId, memberId });
}

/** Recovery codes of an admin, made and kept. */
export async function keptCodes(db: Db, member: Member): Promise<string[]> {
	return transact(db, async (tx) => {
		const made = await makeSsoCodes(tx, member);
		if (!made.ok) throw new Error(made.reason);
		const kept = await keepSsoCodes(tx, operator, member, made.codes[0] ?? "", new Date());
		if (!kept.ok) throw new Error(kept.reason);
		return made.codes;
	});
}
