/**
 * Replacing the key of this installation. The new pair is published first, while the former still
 * signs for every provider that was given its certificate, and both open what is encrypted to us. An
 * admin says for each connection when the provider has the new one; the former is then retired.
 */
import { and, eq, isNotNull } from "drizzle-orm";
import type { Tx } from "@/db/client";
import { connections, installation, workspaces } from "@/db/schema";
import type { Actor } from "@/lib/activity/actor";
import { record } from "@/lib/activity/record";
import { mailAdmins } from "@/lib/members/admins";
import {
	findConnection,
	keyOf,
	recordChange,
	type SamlConnection,
	toConnection,
} from "../connections";
import { newCertificateMail } from "../mails";
import { viewCertificate } from "./certificates";
import {
	type KeyPair,
	keysRow,
	makeKeys,
	newCertificateSince,
	replacementSince,
	type StoredKeys,
	sealedPair,
	serviceKeys,
} from "./service-keys";

/** A connection whose provider is still to be given the new certificate. */
export type Waiting = { workspace: string; connection: SamlConnection };

/** Every SAML connection, with the slug of its workspace. */
async function samlConnections(tx: Tx): Promise<Waiting[]> {
	const rows = await tx
		.select({ connection: connections, workspace: workspaces.slug })
		.from(connections)
		.innerJoin(workspaces, eq(workspaces.id, connections.workspaceId))
		.where(and(eq(connections.protocol, "saml"), isNotNull(connections.saml)))
		.orderBy(workspaces.slug, connections.createdAt);
	return rows.flatMap(({ connection: row, workspace }) => {
		const connection = toConnection(row);
		return connection.protocol === "saml" ? [{ workspace, connection }] : [];
	});
}

/** The active connections whose provider is still to be given the new certificate. */
export async function waitingForCertificate(tx: Tx): Promise<Waiting[]> {
	const since = await replacementSince(tx);
	return (await samlConnections(tx)).filter(
		({ connection }) =>
			connection.status === "active" && newCertificateSince(since, connection) !== null,
	);
}

/**
 * Makes a pair and publishes it beside the former. Every workspace with a SAML connection reads of it
 * in its log; the admins of active connections that need it get a mail.
 * Refused: key_waits where a replacement has begun before.
 */
export async function publishNewKey(
	tx: Tx,
	actor: Actor,
	now: Date,
): Promise<{ ok: true; pair: KeyPair; waiting: Waiting[] } | { ok: false; reason: "key_waits" }> {
	await serviceKeys(tx);
	const stored = await lockKeys(tx);
	if (stored.next) return { ok: false, reason: "key_waits" };
	const pair = await makeKeys(now);
	await writeKeys(tx, { ...stored, next: { ...sealedPair(pair), publishedAt: now.toISOString() } });
	await recordInAll(tx, actor, "saml_key.published", stored, pair);
	const waiting = await waitingForCertificate(tx);
	for (const { connection } of waiting) {
		const { workspaceId, id: connectionId, name: provider } = connection;
		await mailAdmins(tx, workspaceId, (receiver) =>
			newCertificateMail(receiver, { provider, connectionId, fingerprint: printOf(pair) }),
		);
	}
	return { ok: true, pair, waiting };
}

/**
 * Lets go of the former pair. From then on nothing that was encrypted to it is opened.
 * @param leaving how many active connections may be left whose provider is not known to have the new
 *   certificate.
 * Refused: no_new_key where no replacement has begun; providers_wait where others than `leaving` are
 *   left.
 */
export async function retireFormerKey(
	tx: Tx,
	actor: Actor,
	leaving: number,
): Promise<
	| { ok: true; pair: KeyPair }
	| { ok: false; reason: "no_new_key" }
	| { ok: false; reason: "providers_wait"; waiting: Waiting[] }
> {
	const stored = await lockKeys(tx);
	if (!stored.next) return { ok: false, reason: "no_new_key" };
	const waiting = await waitingForCertificate(tx);
	if (waiting.length !== leaving) return { ok: false, reason: "providers_wait", waiting };
	const { certificate, privateKey } = stored.next;
	await writeKeys(tx, { certificate, privateKey });
	await recordInAll(tx, actor, "saml_key.retired", stored, stored.next);
	return { ok: true, pair: (await serviceKeys(tx)).current };
}

/** Holds the row, so that of two at once the second finds what the first has done. */
async function lockKeys(tx: Tx): Promise<StoredKeys> {
	const [row] = await tx
		.select()
		.from(installation)
		.where(eq(installation.key, keysRow))
		.for("update");
	// There is no key before its first use, so there is none to replace either.
	return (row?.value ?? {}) as StoredKeys;
}

const writeKeys = (tx: Tx, value: StoredKeys) =>
	tx.update(installation).set({ value }).where(eq(installation.key, keysRow));

const printOf = ({ certificate }: Pick<KeyPair, "certificate">) =>
	viewCertificate(certificate).fingerprint;

/** Once in the log of each workspace with a SAML connection. */
async function recordInAll(
	tx: Tx,
	actor: Actor,
	kind: "saml_key.published" | "saml_key.retired",
	before: Pick<KeyPair, "certificate">,
	after: Pick<KeyPair, "certificate">,
): Promise<void> {
	const all = await samlConnections(tx);
	for (const workspaceId of new Set(all.map(({ connection }) => connection.workspaceId)))
		await record(tx, workspaceId, actor, {
			kind,
			details: {
				before: { certificate: printOf(before) },
				after: { certificate: printOf(after) },
			},
		});
}

/**
 * Notes that the provider of a connection has the new certificate, and signs for it with the new key
 * from then on; or takes that back while the former is still there.
 * Refused: stale where nothing is being replaced, or there is no such connection.
 */
export async function noteCertificateTaken(
	tx: Tx,
	actor: Actor,
	workspaceId: string,
	id: string,
	taken: boolean,
	now: Date,
): Promise<{ ok: true } | { ok: false; reason: "stale" }> {
	const connection = await findConnection(tx, workspaceId, id);
	if (connection?.protocol !== "saml" || !(await replacementSince(tx)))
		return { ok: false, reason: "stale" };
	await tx
		.update(connections)
		.set({ certificateTakenAt: taken ? now : null })
		.where(keyOf(connection));
	const kind = taken ? "connection.certificate_taken" : "connection.certificate_not_taken";
	await recordChange(tx, actor, connection, kind);
	return { ok: true };
}
