/**
 * What would happen if: one sign-in that nobody makes, under today's rules or others, with facts as
 * they are or changed. The same `admit` and `accessFor` decide as everywhere. Loads and decides;
 * writes nothing.
 */
import { type Db, type Tx, transact } from "@/db/client";
import { loadMemberFacts, loadRules } from "@/lib/members/access";
import { findMember, type Member, memberByEmail } from "@/lib/members/members";
import { personFacts } from "@/lib/members/person";
import { foldKey } from "@/lib/platform/text";
import { type Access, accessFor, type MemberFacts } from "@/lib/policy/access";
import {
	type Admission,
	admit,
	type PersonFacts,
	type SignInAttempt,
	type SignInFacts,
} from "@/lib/policy/admit";
import type { Policy } from "@/lib/policy/document";
import type { Identity } from "@/lib/sso/claims";
import { type Connection, listConnections } from "@/lib/sso/connections";
import { loadSsoFacts } from "@/lib/sso/facts";
import { currentPolicy } from "@/lib/workspaces/policy";
import { planIncludesSso, ssoIsActive, type Workspace } from "@/lib/workspaces/workspaces";
import { externalIdOf, identityOf } from "./why";

/** How the person would try: from /login, from the provider's own dashboard, or beside SSO. */
export const simulatedWays = ["sso", "idp", "password", "google"] as const;
export type SimulatedWay = (typeof simulatedWays)[number];

/** What is supposed to differ from the facts. `asIs` supposes nothing. */
export type Supposed = {
	active: "asIs" | "yes" | "no";
	directory: "asIs" | "active" | "inactive" | "none";
	emailVerified: "unsaid" | "yes" | "no";
	/** A group of the workspace the person is in as well. */
	group: string | null;
};

export type Simulation = {
	/** Null: nobody here has this email. */
	member: Member | null;
	/** Null for a way that needs a connection where there is none. */
	admission: Admission | null;
	/** What the person would hold. For somebody refused: what the rules would give. */
	access: Access;
	/** Whether a directory is supposed to manage the person: then `rolesFrom` is read. */
	inDirectory: boolean;
	provider: string | null;
	policy: Policy;
};

/**
 * @param who an email, or a member's id.
 * @param rules the policy to ask; null for today's.
 */
export function simulate(
	db: Db,
	workspace: Workspace,
	who: { email: string } | { memberId: string },
	way: SimulatedWay,
	rules: Policy | null,
	supposed: Supposed,
	now: Date,
): Promise<Simulation> {
	return transact(db, async (tx) => {
		const policy = rules ?? (await currentPolicy(tx, workspace.id)).document;
		const member =
			"memberId" in who
				? await findMember(tx, workspace.id, who.memberId)
				: await memberByEmail(tx, workspace.id, who.email);
		const email = member?.emailKey ?? ("email" in who ? foldKey(who.email) : null);
		const connections = await listConnections(tx, workspace.id);
		const connection = connections.find(({ status }) => status === "active") ?? connections[0];
		const accessOf = await accessUnder(tx, workspace, policy, supposed);
		const bySso = way === "sso" || way === "idp";
		const asked = { tx, workspace, policy, member, email, supposed, accessOf, now };
		return {
			member,
			admission: bySso
				? connection
					? await decideSso(asked, connection, way === "idp" ? "idp" : "sp")
					: null
				: await decideOther(asked, way),
			access: await accessOf(member?.id ?? null),
			inDirectory: await isInDirectory(tx, member, supposed),
			provider: connection?.name ?? null,
			policy,
		};
	});
}

async function isInDirectory(tx: Tx, member: Member | null, { directory }: Supposed) {
	if (directory !== "asIs") return directory !== "none";
	return member !== null && (await personFacts(tx, member)).directory !== null;
}

type Asked = {
	tx: Tx;
	workspace: Workspace;
	policy: Policy;
	member: Member | null;
	email: string | null;
	supposed: Supposed;
	accessOf: (memberId: string | null) => Promise<Access>;
	now: Date;
};

/** Somebody whom nothing is known of: as a newcomer begins. */
const newcomer: MemberFacts = {
	active: true,
	roleByHand: null,
	pinnedRole: null,
	pinnedReason: null,
	groupsByHand: [],
	directory: null,
};

/** What a member, or with null a newcomer, would hold under these rules. */
async function accessUnder(
	tx: Tx,
	workspace: Workspace,
	policy: Policy,
	{ active, directory, group }: Supposed,
): Promise<(memberId: string | null) => Promise<Access>> {
	const rules = await loadRules(tx, workspace.id);
	return async (memberId) => {
		const found = memberId
			? (await loadMemberFacts(tx, workspace.id, [memberId])).get(memberId)
			: undefined;
		const facts = found ?? newcomer;
		const inDirectory = directory === "asIs" ? facts.directory : directoryFacts(facts, directory);
		return accessFor(policy, {
			member: {
				...facts,
				active: active === "asIs" ? facts.active : active === "yes",
				groupsByHand: group ? [...new Set([...facts.groupsByHand, group])] : facts.groupsByHand,
				directory: inDirectory,
			},
			...rules,
		});
	};
}

function directoryFacts(
	{ directory }: MemberFacts,
	supposed: Exclude<Supposed["directory"], "asIs">,
): MemberFacts["directory"] {
	return supposed === "none" ? null : (directory ?? { roles: [], groups: [] });
}

async function decideSso(
	asked: Asked,
	connection: Connection,
	initiatedBy: "sp" | "idp",
): Promise<Admission> {
	const { tx, workspace, policy, member, email, supposed, now } = asked;
	const linked = member ? await identityOf(tx, connection, member) : null;
	const expected = linked?.subject ?? (member ? await externalIdOf(tx, member) : null);
	const verified = { unsaid: null, yes: true, no: false }[supposed.emailVerified];
	const identity: Identity = {
		issuer: linked?.issuer ?? connection.issuer ?? "",
		// No provider gives a subject with blanks, so nobody can be known by this one.
		subject: expected ?? `simulated ${member?.id ?? email}`,
		email,
		emailVerified: verified,
		names: { name: member?.name || "-", givenName: "-", familyName: "-" },
		authenticatedAt: null,
	};
	const brought = { provedId: null, invitation: null };
	const facts = await loadSsoFacts(tx, workspace, connection, identity, brought, now);
	const attempt: SignInAttempt = {
		method: "sso",
		intent: "login",
		initiatedBy,
		connectionRevision: connection.revision,
		email,
		emailVerified: verified,
		subject: identity.subject,
		names: identity.names,
		memberId: null,
	};
	return admit(policy, attempt, await suppose(asked, facts), now);
}

async function decideOther(asked: Asked, method: "password" | "google"): Promise<Admission> {
	const { tx, workspace, policy, member, email, now } = asked;
	const attempt: SignInAttempt = {
		method,
		intent: "login",
		initiatedBy: "sp",
		connectionRevision: null,
		email,
		emailVerified: null,
		subject: null,
		names: { name: null, givenName: null, familyName: null },
		memberId: null,
	};
	const known = member ? await personFacts(tx, member) : null;
	const facts: SignInFacts = {
		ssoInPlan: planIncludesSso(workspace.plan),
		ssoActive: await ssoIsActive(tx, workspace.id),
		connection: null,
		// A Google account that nobody linked names nobody.
		known: method === "google" && !known?.googleLinked ? null : known,
		matches: [],
		verifiedDomains: [],
		removed: false,
		invitation: null,
		testerId: null,
		provedId: member?.id ?? null,
	};
	return admit(policy, attempt, await suppose(asked, facts), now);
}

/** The facts, with what is supposed in their place, and roles as these rules would give them. */
async function suppose({ supposed, accessOf }: Asked, facts: SignInFacts): Promise<SignInFacts> {
	const person = async (each: PersonFacts): Promise<PersonFacts> => {
		const active = supposed.active === "asIs" ? each.active : supposed.active === "yes";
		const directory =
			supposed.directory === "asIs"
				? each.directory
				: supposed.directory === "none"
					? null
					: {
							...(each.directory ?? { email: each.email, externalId: null }),
							active: supposed.directory === "active",
						};
		// An active member's role is what these rules give; whoever is off holds none in any case.
		const hasRole = (await accessOf(each.memberId)).role !== null;
		const suspendedBy = active ? null : (each.suspendedBy ?? "admin");
		return { ...each, active, suspendedBy, directory, hasRole };
	};
	return {
		...facts,
		known: facts.known && (await person(facts.known)),
		matches: await Promise.all(facts.matches.map(person)),
	};
}
