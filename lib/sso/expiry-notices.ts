/**
 * Tells the admins that a secret or certificate is about to end: 30, 7 and 1 days before, once each.
 * When is decided in ./expiry; what was told is in the log, so a job that runs twice tells nobody
 * twice.
 */
import { and, eq, isNotNull, or, sql } from "drizzle-orm";
import { type Db, lockWorkspace, type Tx, transact } from "@/db/client";
import { activity, connections, workspaces } from "@/db/schema";
import { mailAdmins } from "@/lib/members/admins";
import type { Handlers } from "@/lib/platform/jobs";
import { planIncludesSso } from "@/lib/workspaces/workspaces";
import { type Connection, recordChange, toConnection } from "./connections";
import { daysLeft, dueReminders, expiryOf } from "./expiry";
import { expiryMail } from "./mails";

const hourMs = 3600_000;

/** Sends what is due for every connection that is on. @returns how many notices. */
export async function sendExpiryNotices(db: Db, now: Date): Promise<number> {
	const rows = await db
		.select({ connection: connections, plan: workspaces.plan })
		.from(connections)
		.innerJoin(workspaces, eq(workspaces.id, connections.workspaceId))
		.where(
			and(
				eq(connections.status, "active"),
				or(isNotNull(connections.secretExpiresOn), isNotNull(connections.saml)),
			),
		);
	let sent = 0;
	for (const { connection, plan } of rows)
		if (planIncludesSso(plan) && (await notify(db, toConnection(connection), now))) sent++;
	return sent;
}

async function notify(db: Db, connection: Connection, now: Date): Promise<boolean> {
	const expiry = expiryOf(connection);
	const due = expiry ? dueReminders(expiry, now) : [];
	if (!expiry || due.length === 0) return false;
	const { workspaceId, id: connectionId } = connection;
	const [reminder] = due;
	return transact(db, async (tx) => {
		await lockWorkspace(tx, workspaceId, "exclusive");
		if (await wasTold(tx, connection, expiry.key, due)) return false;
		const days = daysLeft(expiry, now);
		const actor = { kind: "system", label: "Gatehouse" } as const;
		await recordChange(tx, actor, connection, "connection.expiring", {
			what: expiry.what,
			key: expiry.key,
			reminder,
			count: days,
			at: expiry.at.toISOString(),
		});
		await mailAdmins(tx, workspaceId, (receiver) =>
			expiryMail(receiver, { provider: connection.name, connectionId, days, ...expiry }),
		);
		return true;
	});
}

/** Whether the latest reminder that is due was sent: the log remembers, for longer than a month. */
async function wasTold(
	tx: Tx,
	{ workspaceId, id }: Connection,
	key: string,
	[latest = 0]: number[],
): Promise<boolean> {
	const told = await tx
		.select({ reminder: sql<string>`${activity.details}->>'reminder'` })
		.from(activity)
		.where(
			and(
				eq(activity.workspaceId, workspaceId),
				eq(activity.subjectId, id),
				eq(activity.kind, "connection.expiring"),
				sql`${activity.details}->>'key' = ${key}`,
			),
		);
	return told.some(({ reminder }) => Number(reminder) <= latest);
}

/** Looks every hour, so that a notice comes on its day whenever the server was started. */
export function expiryJobs(db: Db): Handlers {
	return {
		"connections.expiry": async (_, { now }) => {
			await sendExpiryNotices(db, now);
			return new Date(now.getTime() + hourMs);
		},
	};
}
