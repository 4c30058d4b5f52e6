/**
 * Why a member has this role, and whether they may come in: today's policy on today's facts, as the
 * product itself would decide. Loads and decides; writes nothing.
 */
import { and, desc, eq } from "drizzle-orm";
import { type Db, type Tx, transact } from "@/db/client";
import { directoryUsers, identities, passwords } from "@/db/schema";
import { loadMemberFacts, loadRules } from "@/lib/members/access";
import type { Member } from "@/lib/members/members";
import { personFacts } from "@/lib/members/person";
import { type Access, accessFor, type MemberFacts } from "@/lib/policy/access";
import { type Admission, admit, type SignInAttempt } from "@/lib/policy/admit";
import type { Policy } from "@/lib/policy/document";
import { type Connection, listConnections } from "@/lib/sso/connections";
import { loadSsoFacts } from "@/lib/sso/facts";
import { currentPolicy } from "@/lib/workspaces/policy";
import { planIncludesSso, ssoIsActive, type Workspace } from "@/lib/workspaces/workspaces";

export type WhyRole = {
	access: Access;
	/** What would be left without the source that decides; null where nothing decides. */
	without: Access | null;
	/** Where directory groups decide: those the member is in. Null where they decide nothing. */
	groups: { arrived: number; unmapped: string[] } | null;
};

/**
 * Which role a member holds, from where, what lost, and what would be without the winner. For
 * somebody deactivated: what they would hold when active.
 */
export async function explainRole(
	db: Db | Tx,
	{ workspaceId, id }: Pick<Member, "workspaceId" | "id">,
): Promise<WhyRole> {
	const found = (await loadMemberFacts(db, workspaceId, [id])).get(id);
	if (!found) throw new Error("the member is gone");
	const facts = { ...found, active: true };
	const { document } = await currentPolicy(db, workspaceId);
	const rules = await loadRules(db, workspaceId);
	const access = accessFor(document, { member: facts, ...rules });
	const less = withoutSource(facts, access);
	return {
		access,
		without: less && accessFor(document, { member: less, ...rules }),
		groups: document.rolesFrom === "groups" ? groupsOf(facts, document) : null,
	};
}

function groupsOf({ directory }: MemberFacts, { mappings }: Policy): WhyRole["groups"] {
	if (!directory) return null;
	const unmapped = directory.groups.filter(({ id }) => !Object.hasOwn(mappings, id));
	return { arrived: directory.groups.length, unmapped: unmapped.map(({ name }) => name) };
}

/** The facts without the source of the role; null where taking it away is not a matter of the member. */
function withoutSource(facts: MemberFacts, { source, groups }: Access): MemberFacts | null {
	const { directory } = facts;
	switch (source?.kind) {
		case "pinned":
			return { ...facts, pinnedRole: null, pinnedReason: null };
		case "hand":
			return { ...facts, roleByHand: null };
		case "attribute":
			return directory
				? {
						...facts,
						directory: {
							...directory,
							roles: directory.roles.filter((value) => value !== source.value),
						},
					}
				: null;
		case "directoryGroup":
			return leaving(facts, [source.id]);
		case "workspaceGroup": {
			const held = groups.find(({ id }) => id === source.id);
			const mapped = (held?.sources ?? []).flatMap((each) =>
				each.kind === "directoryGroup" ? [each.id] : [],
			);
			const left = leaving(facts, mapped);
			return { ...left, groupsByHand: left.groupsByHand.filter((id) => id !== source.id) };
		}
		default:
			return null;
	}
}

function leaving(facts: MemberFacts, ids: readonly string[]): MemberFacts {
	const { directory } = facts;
	if (!directory) return facts;
	const groups = directory.groups.filter(({ id }) => !ids.includes(id));
	return { ...facts, directory: { ...directory, groups } };
}

export type WhyIn = {
	/** Through the active connection, else the one there is; null where there is none. */
	sso: { provider: string; subject: string | null; admission: Admission } | null;
	/** Null where the member has no password. */
	password: Admission | null;
};

/**
 * Would this member be let in now: by SSO with the identity linked (or, before the first sign-in,
 * with the one their address would bring), and with their password.
 */
export function explainSignIn(
	db: Db,
	workspace: Workspace,
	member: Member,
	now: Date,
): Promise<WhyIn> {
	return transact(db, async (tx) => {
		const { document: policy } = await currentPolicy(tx, workspace.id);
		const connections = await listConnections(tx, workspace.id);
		const connection = connections.find(({ status }) => status === "active") ?? connections[0];
		const attempt: SignInAttempt = {
			method: "password",
			intent: "login",
			initiatedBy: "sp",
			connectionRevision: connection?.revision ?? null,
			email: member.emailKey,
			emailVerified: null,
			subject: null,
			// Names a provider is asked for: taken as sent, since only a sign-in can tell.
			names: { name: member.name || "-", givenName: "-", familyName: "-" },
			memberId: null,
		};
		return {
			sso: connection ? await bySso(tx, workspace, connection, member, attempt, now) : null,
			password: (await hasPassword(tx, member))
				? admit(
						policy,
						attempt,
						{
							ssoInPlan: planIncludesSso(workspace.plan),
							ssoActive: await ssoIsActive(tx, workspace.id),
							connection: null,
							known: await personFacts(tx, member),
							matches: [],
							verifiedDomains: [],
							removed: false,
							invitation: null,
							testerId: null,
							provedId: member.id,
						},
						now,
					)
				: null,
		};
	});
}

async function bySso(
	tx: Tx,
	workspace: Workspace,
	connection: Connection,
	member: Member,
	password: SignInAttempt,
	now: Date,
): Promise<NonNullable<WhyIn["sso"]>> {
	const { document: policy } = await currentPolicy(tx, workspace.id);
	const linked = await identityOf(tx, connection, member);
	const expected = linked?.subject ?? (await externalIdOf(tx, member));
	const attempt: SignInAttempt = {
		...password,
		method: "sso",
		subject: expected ?? `not signed in yet: ${member.id}`,
	};
	const identity = {
		issuer: linked?.issuer ?? connection.issuer ?? "",
		subject: attempt.subject ?? "",
		email: attempt.email,
		emailVerified: null,
		names: attempt.names,
		authenticatedAt: null,
	};
	const brought = { provedId: null, invitation: null };
	const facts = await loadSsoFacts(tx, workspace, connection, identity, brought, now);
	return {
		provider: connection.name,
		subject: linked?.subject ?? null,
		admission: admit(policy, attempt, facts, now),
	};
}

/** The identity last used at this connection. */
export async function identityOf(tx: Tx, connection: Connection, { workspaceId, id }: Member) {
	const [row] = await tx
		.select()
		.from(identities)
		.where(
			and(
				eq(identities.workspaceId, workspaceId),
				eq(identities.memberId, id),
				eq(identities.connectionId, connection.id),
			),
		)
		.orderBy(desc(identities.lastUsedAt))
		.limit(1);
	return row ?? null;
}

export async function externalIdOf(tx: Tx, { workspaceId, id }: Member): Promise<string | null> {
	const [row] = await tx
		.select({ externalId: directoryUsers.externalId })
		.from(directoryUsers)
		.where(and(eq(directoryUsers.workspaceId, workspaceId), eq(directoryUsers.memberId, id)));
	return row?.externalId ?? null;
}

async function hasPassword(tx: Tx, { workspaceId, id }: Member): Promise<boolean> {
	const rows = await tx
		.select({ setAt: passwords.setAt })
		.from(passwords)
		.where(and(eq(passwords.workspaceId, workspaceId), eq(passwords.memberId, id)));
	return rows.length > 0;
}
