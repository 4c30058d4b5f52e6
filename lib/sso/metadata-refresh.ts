/**
 * Reading a provider's SAML metadata again, once a day, where a connection has its address. New
 * certificates of the same provider are taken by themselves, so that nobody is locked out when it
 * replaces its key; anything else is told to the admins and taken by nobody but them.
 */
import { isDeepStrictEqual } from "node:util";
import { and, asc, eq, isNotNull, isNull, lte, or } from "drizzle-orm";
import { type Db, lockWorkspace, transact } from "@/db/client";
import { connections, workspaces } from "@/db/schema";
import type { MetadataNews, SamlIdp } from "@/db/schema/sso";
import { mailAdmins } from "@/lib/members/admins";
import type { Handlers } from "@/lib/platform/jobs";
import { log } from "@/lib/platform/log";
import { planIncludesSso } from "@/lib/workspaces/workspaces";
import { readCertificates } from "./certificates";
import { type Connection, findConnection, keyOf, recordChange, toConnection } from "./connections";
import { metadataDiffersMail } from "./mails";
import { isSameProvider } from "./metadata-change";
import { fetchMetadata } from "./saml/metadata";

const hourMs = 3600_000;
/** Read in one run, five seconds each at most: a run has to end before its lease does. */
const aRun = 50;

/** What differs between two descriptions of a provider. */
export function changesOf(before: SamlIdp, after: SamlIdp): MetadataNews["changed"] {
	const [old, now] = [shownOf(before), shownOf(after)];
	return Object.entries(now).flatMap(([field, text]) => {
		const was = old[field] ?? "";
		return was === text ? [] : [{ field, before: was, after: text }];
	});
}

function shownOf({ certificates, ...rest }: SamlIdp): Record<string, string> {
	const prints = readCertificates(certificates).map(({ fingerprint }) => fingerprint);
	const plain = Object.entries(rest).map(([name, value]) => [name, value ?? ""]);
	return { ...Object.fromEntries(plain), certificates: prints.sort().join(", ") };
}

type Refreshed = "unread" | "same" | "taken" | "differs";

/** Reads the metadata of one connection again, and does what follows. */
async function refresh(
	db: Db,
	connection: Connection,
	now: Date,
	reader: typeof fetchMetadata,
): Promise<Refreshed> {
	const { workspaceId, id, metadataUrl } = connection;
	if (connection.protocol !== "saml" || !metadataUrl) return "same";
	const found = await reader(metadataUrl);
	if (!found.ok)
		log().warn({ workspace: workspaceId, connection: id, reason: found.reason }, "No metadata");
	return transact(db, async (tx): Promise<Refreshed> => {
		await lockWorkspace(tx, workspaceId, "exclusive");
		const write = (values: Partial<typeof connections.$inferInsert>) =>
			tx
				.update(connections)
				.set({ metadataCheckedAt: now, ...values })
				.where(keyOf(connection));
		const current = await findConnection(tx, workspaceId, id);
		const idp = current?.protocol === "saml" ? current.saml.idp : null;
		// As it is now: an admin may have changed it while the provider was asked.
		if (!found.ok || !idp || current?.protocol !== "saml" || current.metadataUrl !== metadataUrl) {
			await write({});
			return "unread";
		}
		const changed = changesOf(idp, found.idp);
		const known = current.metadataNews;
		if (changed.length === 0) {
			await write(known && !known.taken ? { metadataNews: null } : {});
			return "same";
		}
		const taken = isSameProvider(idp, found.idp);
		const metadataNews = { taken, at: now.toISOString(), changed };
		if (taken) {
			const saml = { ...current.saml, idp: found.idp };
			await write({ saml, metadataNews, changedAt: now });
			await recordChange(tx, gatehouse, current, "connection.metadata_changed", { changed });
			return "taken";
		}
		// The same once more is no news.
		if (known && !known.taken && isDeepStrictEqual(known.changed, changed)) {
			await write({});
			return "differs";
		}
		await write({ metadataNews });
		await recordChange(tx, gatehouse, current, "connection.metadata_differs", { changed });
		await mailAdmins(tx, workspaceId, (receiver) =>
			metadataDiffersMail(receiver, { provider: current.name, connectionId: id, changed }),
		);
		return "differs";
	});
}

const gatehouse = { kind: "system", label: "Gatehouse" } as const;

/** Reads the metadata of every connection that was not read for a day. */
export async function refreshDueMetadata(
	db: Db,
	now: Date,
	reader: typeof fetchMetadata = fetchMetadata,
): Promise<Refreshed[]> {
	const dayAgo = new Date(now.getTime() - 23 * hourMs);
	const rows = await db
		.select({ connection: connections, plan: workspaces.plan })
		.from(connections)
		.innerJoin(workspaces, eq(workspaces.id, connections.workspaceId))
		.where(
			and(
				isNotNull(connections.metadataUrl),
				or(isNull(connections.metadataCheckedAt), lte(connections.metadataCheckedAt, dayAgo)),
			),
		)
		.orderBy(asc(connections.metadataCheckedAt));
	const due = rows.filter(({ plan }) => planIncludesSso(plan)).slice(0, aRun);
	const done: Refreshed[] = [];
	for (const { connection } of due)
		done.push(await refresh(db, toConnection(connection), now, reader));
	return done;
}

/** Looks every hour for connections whose day is over. */
export function metadataJobs(db: Db): Handlers {
	return {
		"connections.metadata": async (_, { now }) => {
			await refreshDueMetadata(db, now);
			return new Date(now.getTime() + hourMs);
		},
	};
}
