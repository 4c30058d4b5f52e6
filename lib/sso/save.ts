/** Saving a connection: settings that differ make a new revision, whose test is still to pass. */
import { and, desc, eq, inArray, isNotNull } from "drizzle-orm";
import { type Db, type Tx, transact } from "@/db/client";
import { connections, identities, members, signIns } from "@/db/schema";
import type { Actor } from "@/lib/activity/actor";
import { keepAnAdmin } from "@/lib/members/last-admin";
import { newId } from "@/lib/platform/ids";
import type { Workspace } from "@/lib/workspaces/workspaces";
import {
	type Connection,
	type ConnectionRefusal,
	findConnection,
	keyOf,
	recordChange,
	recordPassedTest,
	sealSecret,
	toConnection,
} from "./connections";
import type { discover } from "./discovery";
import type { Draft } from "./draft";
import { viewCertificate } from "./saml/certificates";
import type { fetchMetadata } from "./saml/metadata";
import { usesOurKey } from "./saml/service-keys";
import {
	hashOfSettings,
	mappingOf,
	type OidcSettings,
	type ReadySettings,
	readyDraft,
	scopesOf,
	usesDeploymentClient,
} from "./settings";

/**
 * Saves a connection. An active connection stays active, as its admins chose, but says that it is
 * untested.
 * Refused: as `readyDraft`; stale, secret_missing, last_admin, google_account_first where nobody has
 *   signed in with an account of the domain it would be bound to.
 * @param id the connection being edited, or null for a new one.
 */
export async function saveConnection(
	db: Db,
	actor: Actor,
	workspace: Workspace,
	id: string | null,
	draft: Draft,
	...readers: [typeof discover?, typeof fetchMetadata?]
): Promise<{ ok: true; connection: Connection } | ConnectionRefusal> {
	const stored = id ? await findConnection(db, workspace.id, id) : null;
	if (id && !stored) return { ok: false, reason: "stale" };
	const ready = await readyDraft(workspace, draft, stored, ...readers);
	if (!ready.ok) return ready;
	const connectionId = id ?? newId();
	const settingsHash = hashOfSettings(ready.settings, stored, connectionId);
	if (!(await isBound(db, workspace, ready.settings, settingsHash)))
		return { ok: false, reason: "google_account_first" };
	// An identity belongs to its issuer: other settings may close the last admin's only way in.
	type Saved = { ok: true; connection: Connection } | ConnectionRefusal;
	return transact(db, (tx) =>
		keepAnAdmin<Saved>(tx, workspace.id, async (tx) => {
			const values = {
				...valuesOf(ready.settings, { id: connectionId, actor, now: new Date() }),
				settingsHash,
			};
			if (!stored) {
				const [row] = await tx
					.insert(connections)
					.values({
						workspaceId: workspace.id,
						id: connectionId,
						status: "draft",
						idpInitiated: "page",
						...values,
					})
					.returning();
				if (!row) throw new Error("the connection was not inserted");
				const connection = toConnection(row);
				await recordChange(tx, actor, connection, "connection.created");
				return { ok: true, connection: await recogniseTest(tx, connection) };
			}
			const current = await findConnection(tx, workspace.id, stored.id);
			if (!current || current.revision !== stored.revision) return { ok: false, reason: "stale" };
			const moves = current.settingsHash !== settingsHash;
			// Another claim may hold what was somebody else's subject: everybody is linked anew.
			if (subjectClaim(current) !== subjectClaim(values))
				await tx.delete(identities).where(identitiesOf(current));
			const [row] = await tx
				.update(connections)
				.set({
					...values,
					// A provider that needs our certificate from now on is given the newest.
					...(beginsToNeedOurs(current, values) ? { certificateTakenAt: new Date() } : {}),
					revision: moves ? current.revision + 1 : current.revision,
					status: moves && current.status === "tested" ? "draft" : current.status,
				})
				.where(keyOf(current))
				.returning();
			if (!row) throw new Error("the connection vanished inside its transaction");
			const connection = toConnection(row);
			await recordChange(tx, actor, connection, "connection.changed", {
				secretReplaced: "clientSecret" in values && values.clientSecret !== null,
				before: shown(current),
				after: shown(connection),
			});
			return { ok: true, connection: moves ? await recogniseTest(tx, connection) : connection };
		}),
	);
}

const beginsToNeedOurs = (before: Connection, after: ReturnType<typeof valuesOf>) =>
	before.protocol === "saml" &&
	after.protocol === "saml" &&
	!usesOurKey(before) &&
	usesOurKey({ ...before, saml: after.saml });

/** Whether Google itself has said, in a test, that the domain is an organization's: typing it is not enough. */
async function isBound(
	db: Db,
	workspace: Workspace,
	settings: ReadySettings,
	settingsHash: string,
): Promise<boolean> {
	if (!usesDeploymentClient(settings, null)) return true;
	if (settings.protocol !== "oidc" || !settings.metadata.hosted_domain) return false;
	const rows = await db
		.select({ id: signIns.id })
		.from(signIns)
		.where(
			and(
				eq(signIns.workspaceId, workspace.id),
				eq(signIns.settingsHash, settingsHash),
				eq(signIns.intent, "test"),
				// Kept once its account was found to be of the domain.
				isNotNull(signIns.claims),
			),
		)
		.limit(1);
	return rows.length > 0 || (await isStoredSo(db, workspace, settingsHash));
}

/** Whether a connection of the workspace is bound so already, however long ago its test was. */
async function isStoredSo(db: Db, workspace: Workspace, settingsHash: string): Promise<boolean> {
	const rows = await db
		.select({ id: connections.id })
		.from(connections)
		.where(
			and(
				eq(connections.workspaceId, workspace.id),
				eq(connections.settingsHash, settingsHash),
				eq(connections.deploymentClient, true),
			),
		)
		.limit(1);
	return rows.length > 0;
}

/** Which claim tells people apart. */
const subjectClaim = ({ claimMapping }: Pick<Connection, "claimMapping">) =>
	claimMapping?.subject ?? null;

const identitiesOf = ({ workspaceId, id }: Connection) =>
	and(eq(identities.workspaceId, workspaceId), eq(identities.connectionId, id));

/** The columns of settings. A kept secret is left as it is. */
function valuesOf(
	settings: ReadySettings,
	{ id, actor, now }: { id: string; actor: Actor; now: Date },
) {
	const { name, provider } = settings.draft;
	const both = { name, provider, claimMapping: mappingOf(settings.draft), changedAt: now };
	if (settings.protocol === "saml") {
		const { draft, saml, metadataUrl } = settings;
		return {
			...both,
			protocol: "saml" as const,
			issuer: saml.idp?.entityId ?? null,
			saml,
			metadataUrl,
			// What was found before is taken with this, or left behind.
			...(draft.source === "none" ? {} : { metadataNews: null }),
			...(draft.source === "url" ? { metadataCheckedAt: now } : {}),
			idpInitiated: draft.idpInitiated,
		};
	}
	const { draft, metadata, secret } = settings;
	return {
		...both,
		protocol: "oidc" as const,
		issuer: metadata.issuer,
		clientId: draft.clientId,
		discoveryEndpoint: draft.discoveryEndpoint || null,
		secretExpiresOn: draft.secretExpiresOn || null,
		scopes: scopesOf(draft),
		metadata,
		deploymentClient: secret.kind === "deployment",
		...secretColumns(secret, { id, actor, now }),
	};
}

function secretColumns(
	secret: OidcSettings["secret"],
	{ id, actor, now }: { id: string; actor: Actor; now: Date },
) {
	switch (secret.kind) {
		case "kept":
			return {};
		case "deployment":
			return { clientSecret: null, secretSetAt: null, secretSetBy: null };
		case "new":
			return {
				clientSecret: sealSecret(id, secret.text),
				secretSetAt: now,
				secretSetBy: actor.label,
			};
	}
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

function shown(connection: Connection) {
	const { name, issuer, scopes, claimMapping } = connection;
	const both = { name, issuer, claimMapping };
	if (connection.protocol === "saml") {
		const { idpInitiated, metadataUrl, saml } = connection;
		const { idp, ...asked } = saml;
		const certificates = idp?.certificates.map((pem) => viewCertificate(pem).fingerprint);
		return { ...both, ...asked, ...idp, certificates, metadataUrl, idpInitiated };
	}
	const { clientId, deploymentClient, discoveryEndpoint, secretExpiresOn, metadata } = connection;
	return {
		...both,
		clientId,
		...(deploymentClient ? { deploymentClient } : {}),
		...(metadata.hosted_domain ? { hostedDomain: metadata.hosted_domain } : {}),
		discoveryEndpoint,
		secretExpiresOn,
		scopes,
	};
}
