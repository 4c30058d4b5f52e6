/**
 * Which way somebody goes in. The answer rests on verified domains, connections and policy alone,
 * never on whether the person exists, so it cannot be used to ask who works here.
 */
import type { Db } from "@/db/client";
import { domainOf, isEmail } from "@/lib/platform/text";
import { enforcesSso } from "@/lib/policy/document";
import { currentPolicy } from "@/lib/workspaces/policy";
import { findWorkspace, planIncludesSso, type Workspace } from "@/lib/workspaces/workspaces";
import { type Connection, listConnections } from "./connections";
import { routesOfDomain } from "./domains";

/** A way into one workspace by its identity provider. */
type SsoWay = {
	workspace: Workspace;
	connection: Connection;
	domain: string | null;
	/** Passwords and the like are closed for its members. */
	enforced: boolean;
};

export type WayIn =
	| { kind: "password"; workspace: Workspace | null }
	| { kind: "sso"; way: SsoWay }
	/** Several workspaces have proved this domain and sign in their own way. */
	| { kind: "choose"; ways: SsoWay[] };

/**
 * The way in for an email. With a slug that workspace's rules alone count; without one the email's
 * domain leads to whoever proved it.
 */
export async function wayIn(db: Db, email: string, slug: string | null, now: Date): Promise<WayIn> {
	const domain = isEmail(email) ? domainOf(email) : null;
	if (slug) {
		const workspace = await findWorkspace(db, slug);
		if (!workspace) return { kind: "password", workspace: null };
		const route = domain
			? (await routesOfDomain(db, domain, now)).find((to) => to.workspace.id === workspace.id)
			: undefined;
		const way = await ssoWay(
			db,
			workspace,
			route ? { domain, connectionId: route.connectionId } : { domain: null, connectionId: null },
			now,
		);
		return way ? { kind: "sso", way } : { kind: "password", workspace };
	}
	if (!domain) return { kind: "password", workspace: null };
	const found = await Promise.all(
		(await routesOfDomain(db, domain, now)).map(({ workspace, connectionId }) =>
			ssoWay(db, workspace, { domain, connectionId }, now),
		),
	);
	const ways = found.filter((way) => way !== null);
	if (ways.length > 1) return { kind: "choose", ways };
	return ways[0] ? { kind: "sso", way: ways[0] } : { kind: "password", workspace: null };
}

/**
 * @param to the domain, where it counts, and the connection an admin chose for it. Where that one
 *   is not on, nobody is led elsewhere: another provider would not know these people.
 */
async function ssoWay(
	db: Db,
	workspace: Workspace,
	to: { domain: string | null; connectionId: string | null },
	now: Date,
): Promise<SsoWay | null> {
	if (!planIncludesSso(workspace.plan)) return null;
	const connection = (await listConnections(db, workspace.id)).find(
		({ id, status }) => status === "active" && (to.connectionId ?? id) === id,
	);
	if (!connection) return null;
	const { document } = await currentPolicy(db, workspace.id);
	return { workspace, connection, domain: to.domain, enforced: enforcesSso(document, now) };
}
