/**
 * Connections: how a workspace reaches its identity provider. Owns the settings, their secret,
 * their revision and their state (draft, tested, active, paused). Discovery is in ./discovery, the
 * protocol in ./broker, attempts in ./sign-in.
 */
import { createHmac } from "node:crypto";
import { and, asc, desc, eq, inArray } from "drizzle-orm";
import { type Db, type Tx, transact } from "@/db/client";
import { connections, members, signIns } from "@/db/schema";
import type { ProviderMetadata } from "@/db/schema/sso";
import type { Actor } from "@/lib/activity/actor";
import { record } from "@/lib/activity/record";
import { keepAnAdmin } from "@/lib/members/last-admin";
import { deriveKey, open, seal } from "@/lib/platform/crypto";
import { newId } from "@/lib/platform/ids";
import type { Reason } from "@/lib/policy/reasons";
import { currentPolicy } from "@/lib/workspaces/policy";
import { endAllSessions, planIncludesSso, type Workspace } from "@/lib/workspaces/workspaces";
import type { EngineConnection } from "./broker";
import { discover } from "./discovery";
import type { Draft, DraftField } from "./draft";

export type Connection = typeof connections.$inferSelect;

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
	return db
		.select()
		.from(connections)
		.where(eq(connections.workspaceId, workspaceId))
		.orderBy(asc(connections.createdAt));
}

/** The connection of an id, or null when this workspace has none. */
export async function findConnection(
	db: Db | Tx,
	workspaceId: string,
	id: string,
): Promise<Connection | null> {
	const [connection] = await db
		.select()
		.from(connections)
		.where(and(eq(connections.workspaceId, workspaceId), eq(connections.id, id)));
	return connection ?? null;
}

/** Settings that were read from the provider and are complete: ready to store, or to test. */
export type ReadySettings = {
	draft: Draft;
	metadata: ProviderMetadata;
	secret: { kind: "new"; text: string } | { kind: "kept" };
};

/**
 * Checks a draft against the provider itself, without storing anything.
 * @param stored the connection being edited, or null.
 * Refused: plan_needed, secret_missing (also where issuer, token endpoint or client ID changed: a
 *   stored secret belongs to where it was entered for), and every reason of `discover`.
 */
export async function readyDraft(
	workspace: Workspace,
	draft: Draft,
	stored: Connection | null,
	reader: typeof discover = discover,
): Promise<{ ok: true; settings: ReadySettings } | ConnectionRefusal> {
	if (!planIncludesSso(workspace.plan)) return { ok: false, reason: "plan_needed" };
	if (!draft.clientSecret && !stored)
		return { ok: false, reason: "secret_missing", field: "clientSecret" };
	const found = await reader(draft.issuer, draft.discoveryEndpoint || null);
	if (!found.ok)
		return { ...found, field: draft.discoveryEndpoint ? "discoveryEndpoint" : "issuer" };
	const { metadata } = found;
	if (draft.clientSecret)
		return {
			ok: true,
			settings: { draft, metadata, secret: { kind: "new", text: draft.clientSecret } },
		};
	const sameOwner =
		stored !== null &&
		stored.metadata.issuer === metadata.issuer &&
		stored.clientId === draft.clientId &&
		hostOf(stored.metadata.token_endpoint) === hostOf(metadata.token_endpoint);
	if (!sameOwner) return { ok: false, reason: "secret_missing", field: "clientSecret" };
	return { ok: true, settings: { draft, metadata, secret: { kind: "kept" } } };
}

const hostOf = (address: string) => new URL(address).host;

/**
 * Saves a connection. Settings that differ make a new revision, whose test is still to pass; an
 * active connection stays active, as its admins chose, but says that it is untested.
 * Refused: as `readyDraft`; stale, secret_missing, last_admin.
 * @param id the connection being edited, or null for a new one.
 */
export async function saveConnection(
	db: Db,
	actor: Actor,
	workspace: Workspace,
	id: string | null,
	draft: Draft,
	reader: typeof discover = discover,
): Promise<{ ok: true; connection: Connection } | ConnectionRefusal> {
	const stored = id ? await findConnection(db, workspace.id, id) : null;
	if (id && !stored) return { ok: false, reason: "stale" };
	const ready = await readyDraft(workspace, draft, stored, reader);
	if (!ready.ok) return ready;
	const { metadata, secret } = ready.settings;
	const settingsHash = hashOfSettings(ready.settings, stored);
	// An identity belongs to its issuer: other settings may close the last admin's only way in.
	type Saved = { ok: true; connection: Connection } | ConnectionRefusal;
	return transact(db, (tx) =>
		keepAnAdmin<Saved>(tx, workspace.id, async (tx) => {
			const now = new Date();
			const connectionId = id ?? newId();
			const settings = {
				name: draft.name,
				provider: draft.provider,
				issuer: metadata.issuer,
				clientId: draft.clientId,
				discoveryEndpoint: draft.discoveryEndpoint || null,
				secretExpiresOn: draft.secretExpiresOn || null,
				metadata,
				settingsHash,
				changedAt: now,
			};
			const sealed =
				secret.kind === "new"
					? {
							clientSecret: seal(secret.text, secretPlace(connectionId)),
							secretSetAt: now,
							secretSetBy: actor.label,
						}
					: null;
			if (!stored) {
				if (!sealed) return { ok: false, reason: "secret_missing", field: "clientSecret" };
				const [connection] = await tx
					.insert(connections)
					.values({
						workspaceId: workspace.id,
						id: connectionId,
						protocol: "oidc",
						status: "draft",
						idpInitiated: "page",
						...settings,
						...sealed,
					})
					.returning();
				if (!connection) throw new Error("the connection was not inserted");
				await recordChange(tx, actor, connection, "connection.created");
				return { ok: true, connection: await recogniseTest(tx, connection) };
			}
			const current = await findConnection(tx, workspace.id, stored.id);
			if (!current || current.revision !== stored.revision) return { ok: false, reason: "stale" };
			const moves = current.settingsHash !== settingsHash;
			const [connection] = await tx
				.update(connections)
				.set({
					...settings,
					...sealed,
					revision: moves ? current.revision + 1 : current.revision,
					status: moves && current.status === "tested" ? "draft" : current.status,
				})
				.where(keyOf(current))
				.returning();
			if (!connection) throw new Error("the connection vanished inside its transaction");
			await recordChange(tx, actor, connection, "connection.changed", {
				secretReplaced: secret.kind === "new",
				before: shown(current),
				after: shown(connection),
			});
			return { ok: true, connection: moves ? await recogniseTest(tx, connection) : connection };
		}),
	);
}

/**
 * One value for everything a sign-in rests on: what a test passed with, it proved. The name and the
 * reminder date are not of it. Keyed, because the secret is.
 */
export function hashOfSettings(settings: ReadySettings, stored: Connection | null): string {
	const { draft, metadata, secret } = settings;
	return createHmac("sha256", deriveKey("settings"))
		.update(
			JSON.stringify([
				draft.clientId,
				secret.kind === "new" ? secret.text : storedSecret(stored),
				Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1)),
			]),
		)
		.digest("base64url");
}

/** Settings that were tested before they were saved need no second test. */
async function recogniseTest(tx: Tx, connection: Connection): Promise<Connection> {
	const [test] = await tx
		.select({ at: signIns.endedAt, by: members.name })
		.from(signIns)
		.innerJoin(
			members,
			and(eq(members.workspaceId, signIns.workspaceId), eq(members.id, signIns.memberId)),
		)
		.where(
			and(
				eq(signIns.workspaceId, connection.workspaceId),
				eq(signIns.settingsHash, connection.settingsHash),
				eq(signIns.intent, "test"),
				inArray(signIns.outcome, ["welcome", "link"]),
			),
		)
		.orderBy(desc(signIns.endedAt))
		.limit(1);
	if (!test?.at) return connection;
	await recordPassedTest(tx, test.by, connection, test.at);
	return (await findConnection(tx, connection.workspaceId, connection.id)) ?? connection;
}

const shown = ({ name, issuer, clientId, discoveryEndpoint, secretExpiresOn }: Connection) => ({
	name,
	issuer,
	clientId,
	discoveryEndpoint,
	secretExpiresOn,
});

/**
 * Turns a connection on: people of the workspace's domains may sign in with it from now on.
 * Refused: plan_needed, stale, needs_passed_test (policy `activation: proof`), two_factor_conflict.
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
			const { document } = await currentPolicy(tx, workspace.id);
			if (document.activation === "proof" && connection.testedRevision !== connection.revision)
				return { ok: false, reason: "needs_passed_test" };
			if (document.twoFactor.required && document.twoFactor.withSso === "conflict")
				return { ok: false, reason: "two_factor_conflict" };
			await tx
				.update(connections)
				.set({ status: "active", pausedAt: null })
				.where(keyOf(connection));
			await recordChange(tx, actor, connection, "connection.activated");
			if (document.endSessionsOn.includes("enabled")) await endAllSessions(tx, workspace.id);
			return { ok: true };
		},
	);
	// The policy enforces SSO: passwords close with this, and no admin has proved to come in by it.
	if (!activated.ok && activated.reason === "last_admin")
		return { ok: false, reason: "needs_passed_test" };
	return activated;
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
		if (document.endSessionsOn.includes("disabled")) await endAllSessions(tx, workspace.id);
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
): Promise<{ ok: true } | ConnectionRefusal> {
	return keepAnAdmin<{ ok: true } | ConnectionRefusal>(tx, workspace.id, async (tx) => {
		const connection = await findConnection(tx, workspace.id, id);
		if (!connection) return { ok: false, reason: "stale" };
		await tx.delete(connections).where(keyOf(connection));
		await recordChange(tx, actor, connection, "connection.removed");
		const { document } = await currentPolicy(tx, workspace.id);
		if (document.endSessionsOn.includes("connectionRemoved"))
			await endAllSessions(tx, workspace.id);
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

/** What the protocol engine needs of a stored connection, its secret opened. */
export function engineConnection(connection: Connection): EngineConnection {
	return {
		clientId: connection.clientId,
		clientSecret: storedSecret(connection),
		metadata: connection.metadata,
	};
}

/** The stored secret, for a test of edited settings that keep it. */
export function storedSecret(connection: Connection | null): string {
	if (!connection) throw new Error("there is no stored secret to keep");
	return open(connection.clientSecret, secretPlace(connection.id));
}

const secretPlace = (id: string) => `connections/${id}/client_secret`;

const keyOf = (connection: Pick<Connection, "workspaceId" | "id">) =>
	and(eq(connections.workspaceId, connection.workspaceId), eq(connections.id, connection.id));

async function recordChange(
	tx: Tx,
	actor: Actor,
	connection: Connection,
	kind: `connection.${"created" | "changed" | "activated" | "paused" | "removed"}`,
	details: Record<string, unknown> = {},
): Promise<void> {
	await record(tx, connection.workspaceId, actor, {
		kind,
		subject: { kind: "connection", id: connection.id, label: connection.name },
		details: { revision: connection.revision, ...details },
	});
}
