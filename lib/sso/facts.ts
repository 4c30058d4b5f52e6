/** Loads what `admit` asks for about one attempt, inside the transaction that will act on it. */
import { and, desc, eq, inArray, like, or, sql } from "drizzle-orm";
import type { Tx } from "@/db/client";
import { directoryUsers, identities, members, removals, signIns } from "@/db/schema";
import type { ProviderMetadata } from "@/db/schema/sso";
import { invitationFact } from "@/lib/accounts/accept-invitation";
import { loadMemberFacts, previewAccess } from "@/lib/members/access";
import type { Member } from "@/lib/members/members";
import { personFacts } from "@/lib/members/person";
import { isWaiting } from "@/lib/members/waiting";
import type { PersonFacts, SignInFacts } from "@/lib/policy/admit";
import { planIncludesSso, ssoIsActive, type Workspace } from "@/lib/workspaces/workspaces";
import type { Identity } from "./claims";
import type { Connection } from "./connections";
import { vouchedDomain } from "./deployment-client";
import { domainsFor } from "./domains";

/** What of a connection the decision and its effects rest on. */
export type FactConnection = Pick<
	Connection,
	| "workspaceId"
	| "id"
	| "name"
	| "provider"
	| "status"
	| "revision"
	| "settingsHash"
	| "idpInitiated"
	| "deploymentClient"
> & { metadata?: Partial<ProviderMetadata> | null };

/** What the browser brings beside the provider's answer. */
export type Brought = {
	/** The member signed in to it, if any. */
	provedId: string | null;
	/** The token of the invitation whose link it followed, if any. */
	invitation: string | null;
};

/** The facts of an SSO attempt. */
export async function loadSsoFacts(
	tx: Tx,
	workspace: Workspace,
	connection: FactConnection,
	identity: Identity,
	{ provedId, invitation: token }: Brought,
	now: Date,
): Promise<SignInFacts> {
	const known = await knownMember(tx, connection, identity);
	const invitation = await invitationFact(tx, workspace.id, { token, email: identity.email }, now);
	// Who follows the invitation they were mailed accepts by signing in: they count as active then.
	const factsOf = async (member: Member): Promise<PersonFacts> => {
		const person = await personFacts(tx, member);
		const accepts =
			isWaiting(member) && invitation?.followed === true && invitation.email === member.emailKey;
		return accepts ? { ...person, active: true, hasRole: await wouldHaveRole(tx, member) } : person;
	};
	const proved = await domainsFor(tx, workspace.id, connection.id, now);
	const vouched = vouchedDomain(connection);
	const ofGoogle = vouched && !proved.elsewhere.includes(vouched) ? [vouched] : [];
	return {
		ssoInPlan: planIncludesSso(workspace.plan),
		ssoActive: await ssoIsActive(tx, workspace.id),
		verifiedDomains: [...proved.own, ...ofGoogle],
		domainsElsewhere: proved.elsewhere,
		invitation,
		connection: {
			id: connection.id,
			provider: connection.provider,
			status: connection.status,
			revision: connection.revision,
			idpInitiated: connection.idpInitiated,
		},
		known: known ? await factsOf(known) : null,
		matches: known
			? []
			: await Promise.all((await matchingPeople(tx, workspace.id, identity)).map(factsOf)),
		removed: await isRemoved(tx, workspace.id, identity),
		testerId: known ? null : await testerOf(tx, connection, identity),
		provedId,
	};
}

async function knownMember(
	tx: Tx,
	connection: FactConnection,
	{ issuer, subject }: Identity,
): Promise<Member | null> {
	const [row] = await tx
		.select({ member: members })
		.from(identities)
		.innerJoin(
			members,
			and(eq(members.workspaceId, identities.workspaceId), eq(members.id, identities.memberId)),
		)
		.where(
			and(
				eq(identities.workspaceId, connection.workspaceId),
				eq(identities.connectionId, connection.id),
				eq(identities.issuer, issuer),
				eq(identities.subject, subject),
			),
		);
	return row?.member ?? null;
}

async function matchingPeople(
	tx: Tx,
	workspaceId: string,
	{ email, subject }: Identity,
): Promise<Member[]> {
	const [local, domain] = email?.split("@") ?? [];
	const alias = local && domain ? `${likeText(local)}+%@${likeText(domain)}` : null;
	const inDirectory = tx
		.select({ id: directoryUsers.memberId })
		.from(directoryUsers)
		.where(
			and(
				eq(directoryUsers.workspaceId, workspaceId),
				or(
					email ? eq(directoryUsers.emailKey, email) : sql`false`,
					eq(directoryUsers.externalId, subject),
				),
			),
		);
	return tx
		.select()
		.from(members)
		.where(
			and(
				eq(members.workspaceId, workspaceId),
				or(
					email ? eq(members.emailKey, email) : sql`false`,
					alias ? like(members.emailKey, alias) : sql`false`,
					inArray(members.id, inDirectory),
				),
			),
		)
		.limit(10);
}

/** Whether the rules give a role to somebody who is not active yet. */
async function wouldHaveRole(tx: Tx, { workspaceId, id }: Member): Promise<boolean> {
	const facts = (await loadMemberFacts(tx, workspaceId, [id])).get(id);
	if (!facts) return false;
	return (await previewAccess(tx, workspaceId, { ...facts, active: true })).role !== null;
}

const likeText = (text: string) => text.replace(/[\\%_]/g, "\\$&");

async function isRemoved(tx: Tx, workspaceId: string, identity: Identity): Promise<boolean> {
	const { email, issuer, subject } = identity;
	const rows = await tx
		.select({ id: removals.id })
		.from(removals)
		.where(
			and(
				eq(removals.workspaceId, workspaceId),
				or(
					email ? eq(removals.emailKey, email) : sql`false`,
					email ? eq(removals.userNameKey, email) : sql`false`,
					// What SCIM calls externalId is, for many providers, the subject they sign in with.
					eq(removals.externalId, subject),
					sql`${removals.identities} @> ${JSON.stringify([{ issuer, subject }])}::jsonb`,
				),
			),
		)
		.limit(1);
	return rows.length > 0;
}

/** Who passed this connection's test as this very identity. */
async function testerOf(
	tx: Tx,
	connection: FactConnection,
	{ issuer, subject }: Identity,
): Promise<string | null> {
	const [row] = await tx
		.select({ memberId: signIns.memberId })
		.from(signIns)
		.where(
			and(
				eq(signIns.workspaceId, connection.workspaceId),
				eq(signIns.settingsHash, connection.settingsHash),
				eq(signIns.intent, "test"),
				inArray(signIns.outcome, ["welcome", "link"]),
				eq(signIns.issuer, issuer),
				eq(signIns.subject, subject),
			),
		)
		.orderBy(desc(signIns.startedAt))
		.limit(1);
	return row?.memberId ?? null;
}
