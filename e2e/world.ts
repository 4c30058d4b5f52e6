/**
 * A world is what one test has to itself: a workspace, its admin with a password, and a domain
 * that is the workspace's own. Made by the product's own functions.
 */
import { randomBytes } from "node:crypto";
import { type Db, transact } from "@/db/client";
import { setPassword } from "@/lib/accounts/passwords";
import { keepSsoCodes, makeSsoCodes } from "@/lib/accounts/sso-codes";
import { enableDirectory } from "@/lib/directory/directory";
import { issueToken } from "@/lib/directory/tokens";
import { createMember } from "@/lib/members/members";
import { newId } from "@/lib/platform/ids";
import type { Policy } from "@/lib/policy/document";
import type { ProfileName } from "@/lib/policy/profiles";
import { activateConnection } from "@/lib/sso/connections";
import { vouchForDomain } from "@/lib/sso/domains";
import { parseDraft } from "@/lib/sso/draft";
import { saveConnection } from "@/lib/sso/save";
import { currentPolicy, savePolicy } from "@/lib/workspaces/policy";
import { createWorkspace, type Plan, workspaceById } from "@/lib/workspaces/workspaces";

export type WorldInput = {
	/** Enterprise unless said: the plan that has SSO. */
	plan?: Plan;
	profile?: ProfileName;
	/** Policy values that differ from the profile. */
	policy?: Partial<Policy>;
	/** False: the domain is not vouched for. */
	domain?: boolean;
	/** Further members with a password: name and role. */
	members?: { name: string; role?: string }[];
};

export type Credentials = { id: string; name: string; email: string; password: string };

export type World = {
	workspace: { id: string; slug: string; name: string };
	/** Belongs to this workspace alone. */
	domain: string;
	admin: Credentials;
	members: Credentials[];
};

const operator = { kind: "operator", label: "Test operator" } as const;

export type ConnectionInput = {
	workspaceId: string;
	issuer: string;
	client: { id: string; secret: string };
	/** Further fields of its form. */
	values?: Record<string, unknown>;
};

export type SamlConnectionInput = {
	workspaceId: string;
	/** Where the provider's metadata is, or the document itself. */
	metadata: string;
	/** The connection to change; a new one if not given. */
	id?: string;
	/** Further fields of its form. */
	values?: Record<string, unknown>;
};

/** Saves a connection after asking its provider, and turns it on. @returns its id. */
export async function makeConnection(
	db: Db,
	input: ConnectionInput | SamlConnectionInput,
): Promise<string> {
	const workspace = await workspaceById(db, input.workspaceId);
	const parsed = parseDraft(valuesOf(input));
	if (!workspace || !parsed.ok) throw new Error("no such workspace, or a malformed draft");
	const known = "id" in input ? (input.id ?? null) : null;
	const saved = await saveConnection(db, operator, workspace, known, parsed.draft);
	if (!saved.ok) throw new Error(saved.reason);
	const { id } = saved.connection;
	const turnedOn = await transact(db, (tx) => activateConnection(tx, operator, workspace, id));
	if (!turnedOn.ok) throw new Error(turnedOn.reason);
	return id;
}

/** The fields of a connection's form. */
function valuesOf(input: ConnectionInput | SamlConnectionInput): Record<string, unknown> {
	if ("metadata" in input) {
		const isAddress = /^https?:/.test(input.metadata);
		return {
			protocol: "saml",
			name: "Acme SAML",
			provider: "saml",
			source: isAddress ? "url" : "xml",
			...(isAddress ? { metadataUrl: input.metadata } : { metadataXml: input.metadata }),
			...input.values,
		};
	}
	return {
		protocol: "oidc",
		name: "Hostile",
		provider: "oidc",
		issuer: input.issuer,
		clientId: input.client.id,
		clientSecret: input.client.secret,
		secretExpiresOn: "",
		discoveryEndpoint: "",
		...input.values,
	};
}

/** What a SCIM client needs to begin. */
export type DirectoryAccess = { workspaceId: string; directoryId: string; token: string };

/** Workspaces with nobody in them, each with a directory that is on and a token. */
export async function makeDirectories(db: Db, count: number): Promise<DirectoryAccess[]> {
	const made: DirectoryAccess[] = [];
	for (let i = 0; i < count; i++)
		made.push(
			await transact(db, async (tx) => {
				const slug = `scim-${newId()}`;
				const created = await createWorkspace(tx, operator, {
					slug,
					name: slug,
					plan: "enterprise",
				});
				if (!created.ok) throw new Error(created.reason);
				const { id } = created.workspace;
				const now = new Date();
				const enabled = await enableDirectory(tx, operator, id, now);
				if (!enabled.ok) throw new Error(enabled.reason);
				const issued = await issueToken(tx, operator, enabled.directory, { name: "IdP" }, now);
				if (!issued.ok) throw new Error(issued.reason);
				return { workspaceId: id, directoryId: enabled.directory.id, token: issued.token };
			}),
		);
	return made;
}

/** Makes a world. Two of them never share a name, an address or a domain. */
export async function makeWorld(db: Db, input: WorldInput): Promise<World> {
	const mark = newId().replaceAll("-", "").slice(-10);
	const slug = `acme-${mark}`;
	const domain = `${mark}.test`;
	const profile = input.profile ?? "assist";
	return transact(db, async (tx) => {
		const name = `Acme ${mark}`;
		const created = await createWorkspace(tx, operator, {
			slug,
			name,
			plan: input.plan ?? "enterprise",
			profile,
		});
		if (!created.ok) throw new Error(created.reason);
		const { id } = created.workspace;
		const person = async (called: string, role: string): Promise<Credentials> => {
			const email = `${called.toLowerCase().replaceAll(" ", ".")}@${domain}`;
			const password = randomBytes(15).toString("base64url");
			const made = await createMember(tx, operator, id, {
				email,
				emailProof: "operator",
				name: called,
				roleByHand: role,
				createdBy: "operator",
			});
			if (!made.ok) throw new Error(made.reason);
			await setPassword(tx, id, made.member.id, password);
			return { id: made.member.id, name: called, email, password };
		};
		const admin = await person("Ines Moreau", "admin");
		const members = [];
		for (const member of input.members ?? [])
			members.push(await person(member.name, member.role ?? "member"));
		if (input.domain ?? true) await vouchForDomain(tx, operator, id, domain);
		if (input.policy) {
			const { revision } = await currentPolicy(tx, id);
			const saved = await savePolicy(tx, operator, id, revision, input.policy, null);
			if (!saved.ok) throw new Error(saved.reason);
		}
		// What enforces SSO is turned on only where an admin kept recovery codes.
		const { document } = await currentPolicy(tx, id);
		if (document.enforceSso.mode !== "off") {
			const owner = { workspaceId: id, id: admin.id };
			const made = await makeSsoCodes(tx, owner);
			if (!made.ok) throw new Error(made.reason);
			await keepSsoCodes(tx, operator, owner, made.codes[0] ?? "", new Date());
		}
		return { workspace: { id, slug, name }, domain, admin, members };
	});
}
