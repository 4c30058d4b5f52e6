/**
 * Connections: how a workspace reaches its identity provider. Owns their types, their state (draft,
 * tested, active, paused) and their secret. Saving is in ./save, what a sign-in rests on in
 * ./settings, the protocols in ./broker and ./saml, attempts in ./sign-in.
 */
import { and, asc, eq } from "drizzle-orm";
import type { Db, Tx } from "@/db/client";
import { connections } from "@/db/schema";
import type { ProviderMetadata, SamlSettings } from "@/db/schema/sso";
import type { Actor } from "@/lib/activity/actor";
import { record } from "@/lib/activity/record";
import { loadChangeFacts } from "@/lib/members/change-facts";
import { keepAnAdmin } from "@/lib/members/last-admin";
import { open, seal } from "@/lib/platform/crypto";
import { turningOnSignsOut } from "@/lib/policy/document";
import type { Reason } from "@/lib/policy/reasons";
import { currentPolicy } from "@/lib/workspaces/policy";
import {
	endAllSessions,
	planIncludesSso,
	ssoIsActive,
	type Workspace,
} from "@/lib/workspaces/workspaces";
import type { DraftField } from "./draft";
import { followTurnedOff, type TurningOff } from "./turned-off";

type Row = typeof connections.$inferSelect;

type Common = Omit<
	Row,
	| "protocol"
	| "issuer"
	| "clientId"
	| "clientSecret"
	| "secretSetAt"
	| "secretSetBy"
	| "metadata"
	| "saml"
>;

export type OidcConnection = Common & {
	protocol: "oidc";
	issuer: string;
	clientId: string;
	/** Sealed. Null: the secret is the deployment's, and stands in no row. */
	secret: { sealed: string; setAt: Date; setBy: string } | null;
	metadata: ProviderMetadata;
};

export type SamlConnection = Common & {
	protocol: "saml";
	/** The provider's entity ID. Null: a draft that waits for it. */
	issuer: string | null;
	saml: SamlSettings;
};

export type Connection = OidcConnection | SamlConnection;

/** A row as the connection it is. @throws on one that no save could have written. */
export function toConnection(row: Row): Connection {
	const { issuer, clientId, clientSecret, secretSetAt, secretSetBy, metadata, saml } = row;
	const { protocol, ...common } = row;
	if (protocol === "saml" && saml) return { ...common, protocol, issuer, saml };
	if (protocol !== "oidc" || !issuer || !clientId || !metadata)
		throw new Error(`the connection ${row.id} is not whole`);
	const whole = { ...common, protocol, issuer, clientId, metadata };
	if (row.deploymentClient) return { ...whole, secret: null };
	if (!clientSecret || !secretSetAt || !secretSetBy)
		throw new Error(`the secret of ${row.id} is nobody's`);
	return { ...whole, secret: { sealed: clientSecret, setAt: secretSetAt, setBy: secretSetBy } };
}

/** The connection of an address at the provider, which names no workspace. Null when there is none. */
export async function connectionById(db: Db, id: string): Promise<Connection | null> {
	const [row] = await db.select().from(connections).where(eq(connections.id, id));
	return row ? toConnection(row) : null;
}

/** A refusal that belongs to one field of the form, or to the form as a whole. */
export type ConnectionRefusal = {
	ok: false;
	reason: Reason;
	field?: DraftField;
	expected?: string;
	received?: string;
};

/** The connections of a workspace, oldest first. */
export async function listConnections(db: Db | Tx, workspaceId: string): Promise<Connection[]> {
	const rows = await db
		.select()
		.from(connections)
		.where(eq(connections.workspaceId, workspaceId))
		.orderBy(asc(connections.createdAt));
	return rows.map(toConnection);
}

/** The connection of an id, or null when this workspace has none. */
export async function findConnection(
	db: Db | Tx,
	workspaceId: string,
	id: string,
): Promise<Connection | null> {
	const [row] = await db
		.select()
		.from(connections)
		.where(and(eq(connections.workspaceId, workspaceId), eq(connections.id, id)));
	return row ? toConnection(row) : null;
}

/**
 * Turns a connection on: people of the workspace's domains may sign in with it from now on.
 * Refused: plan_needed, stale, metadata_missing, needs_passed_test (policy `activation: proof`),
 *   two_factor_conflict; needs_passed_test and needs_recovery_codes where enforcing begins with it.
 */
export async function activateConnection(
	tx: Tx,
	actor: Actor,
	workspace: Workspace,
	id: string,
): Promise<{ ok: true } | ConnectionRefusal> {
	const activated = await keepAnAdmin<{ ok: true } | ConnectionRefusal>(
		tx,
		workspace.id,
		async (tx) => {
			if (!planIncludesSso(workspace.plan)) return { ok: false, reason: "plan_needed" };
			const connection = await findConnection(tx, workspace.id, id);
			if (!connection) return { ok: false, reason: "stale" };
			if (connection.status === "active") return { ok: true };
			if (connection.protocol === "saml" && !connection.saml.idp)
				return { ok: false, reason: "metadata_missing" };
			const { document } = await currentPolicy(tx, workspace.id);
			if (document.activation === "proof" && connection.testedRevision !== connection.revision)
				return { ok: false, reason: "needs_passed_test" };
			if (document.twoFactor.required && document.twoFactor.withSso === "conflict")
				return { ok: false, reason: "two_factor_conflict" };
			const first = !(await ssoIsActive(tx, workspace.id));
			if (first && document.enforceSso.mode !== "off") {
				const notYet = await enforcingNeeds(tx, workspace.id, connection);
				if (notYet) return { ok: false, reason: notYet };
			}
			await tx
				.update(connections)
				.set({ status: "active", pausedAt: null })
				.where(keyOf(connection));
			await recordChange(tx, actor, connection, "connection.activated");
			if (turningOnSignsOut(document, first, new Date())) await endAllSessions(tx, workspace.id);
			return { ok: true };
		},
	);
	// The policy enforces SSO: passwords close with this, and no admin has proved to come in by it.
	if (!activated.ok && activated.reason === "last_admin")
		return { ok: false, reason: "needs_passed_test" };
	return activated;
}

/**
 * Turning on what the policy enforces closes passwords with it: the same is asked for as when
 * enforcing is turned on (lib/policy/change).
 */
async function enforcingNeeds(
	tx: Tx,
	workspaceId: string,
	connection: Connection,
): Promise<"needs_passed_test" | "needs_recovery_codes" | null> {
	if (connection.testedRevision !== connection.revision) return "needs_passed_test";
	const { adminsWithCodes } = await loadChangeFacts(tx, workspaceId);
	return adminsWithCodes === 0 ? "needs_recovery_codes" : null;
}

/**
 * Turns a connection off: nobody signs in with it until an admin resumes. Settings stay.
 * Refused: stale, last_admin.
 */
export async function pauseConnection(
	tx: Tx,
	actor: Actor,
	workspace: Workspace,
	id: string,
	options: Pick<TurningOff, "offerPasswords"> = {},
): Promise<{ ok: true } | ConnectionRefusal> {
	return keepAnAdmin<{ ok: true } | ConnectionRefusal>(tx, workspace.id, async (tx) => {
		const connection = await findConnection(tx, workspace.id, id);
		if (connection?.status !== "active") return { ok: false, reason: "stale" };
		await tx
			.update(connections)
			.set({ status: "paused", pausedAt: new Date() })
			.where(keyOf(connection));
		await recordChange(tx, actor, connection, "connection.paused");
		const { document } = await currentPolicy(tx, workspace.id);
		await followTurnedOff(tx, actor, workspace, document, true, { ...options, as: "disabled" });
		return { ok: true };
	});
}

/**
 * Removes a connection with the links between people and their accounts at the provider.
 * Refused: stale, last_admin.
 */
export async function removeConnection(
	tx: Tx,
	actor: Actor,
	workspace: Workspace,
	id: string,
	options: Pick<TurningOff, "offerPasswords"> = {},
): Promise<{ ok: true } | ConnectionRefusal> {
	return keepAnAdmin<{ ok: true } | ConnectionRefusal>(tx, workspace.id, async (tx) => {
		const connection = await findConnection(tx, workspace.id, id);
		if (!connection) return { ok: false, reason: "stale" };
		await tx.delete(connections).where(keyOf(connection));
		await recordChange(tx, actor, connection, "connection.removed");
		const { document } = await currentPolicy(tx, workspace.id);
		const wasActive = connection.status === "active";
		const off = { ...options, as: "connectionRemoved" } as const;
		await followTurnedOff(tx, actor, workspace, document, wasActive, off);
		return { ok: true };
	});
}

/** Notes that a test sign-in passed with exactly the settings of this revision. */
export async function recordPassedTest(
	tx: Tx,
	testedBy: string,
	connection: Pick<Connection, "workspaceId" | "id" | "revision" | "status">,
	now: Date,
): Promise<void> {
	await tx
		.update(connections)
		.set({
			testedRevision: connection.revision,
			testedAt: now,
			testedBy,
			status: connection.status === "draft" ? "tested" : connection.status,
		})
		.where(and(keyOf(connection), eq(connections.revision, connection.revision)));
}

/** The stored secret, for a test of edited settings that keep it. */
export function storedSecret(connection: OidcConnection | null): string {
	if (!connection?.secret) throw new Error("there is no stored secret to keep");
	return open(connection.secret.sealed, secretPlace(connection.id));
}

/** Seals a secret for the connection of an id. */
export const sealSecret = (id: string, secret: string) => seal(secret, secretPlace(id));

const secretPlace = (id: string) => `connections/${id}/client_secret`;

/** Selects one connection's row. */
export const keyOf = (connection: Pick<Connection, "workspaceId" | "id">) =>
	and(eq(connections.workspaceId, connection.workspaceId), eq(connections.id, connection.id));

/** Writes what was done to a connection into the log. */
export async function recordChange(
	tx: Tx,
	actor: Actor,
	connection: Pick<Connection, "workspaceId" | "id" | "name" | "revision">,
	kind: `connection.${"created" | "changed" | "activated" | "paused" | "removed" | "expiring" | "metadata_changed" | "metadata_differs" | "certificate_taken" | "certificate_not_taken"}`,
	details: Record<string, unknown> = {},
): Promise<void> {
	await record(tx, connection.workspaceId, actor, {
		kind,
		subject: { kind: "connection", id: connection.id, label: connection.name },
		details: { revision: connection.revision, ...details },
	});
}
