/**
 * Telling the admins of what is held: one mail for what came within a minute, and another at most
 * every quarter of an hour, since a brake that holds does so by the hundred.
 */
import { and, desc, eq, isNotNull, isNull } from "drizzle-orm";
import type { Tx } from "@/db/client";
import { holds } from "@/db/schema";
import { listAdmins } from "@/lib/members/members";
import { env } from "@/lib/platform/env";
import { enqueue } from "@/lib/platform/jobs";
import { queueMail } from "@/lib/platform/mail";
import { mailTo } from "@/lib/platform/mail-layout";
import { mailText } from "@/lib/platform/mail-text";
import { workspaceById } from "@/lib/workspaces/workspaces";

const firstMs = 60_000;
const againMs = 15 * 60_000;
const mostAdmins = 200;

/** Has a mail sent about what is held, in the transaction that holds it. */
export async function askForHoldMail(tx: Tx, workspaceId: string, now: Date): Promise<void> {
	const last = await lastMail(tx, workspaceId);
	const soon = now.getTime() + firstMs;
	const dueAt = new Date(last ? Math.max(soon, last.getTime() + againMs) : soon);
	await enqueue(
		tx,
		"holds.mail",
		{ workspaceId },
		{ dueAt, uniqueKey: `holds.mail ${workspaceId}` },
	);
}

async function lastMail(tx: Tx, workspaceId: string): Promise<Date | null> {
	const [row] = await tx
		.select({ at: holds.mailedAt })
		.from(holds)
		.where(and(eq(holds.workspaceId, workspaceId), isNotNull(holds.mailedAt)))
		.orderBy(desc(holds.mailedAt))
		.limit(1);
	return row?.at ?? null;
}

/** Queues the mails about what is held and was not told of yet. */
export async function mailHolds(tx: Tx, workspaceId: string, now: Date): Promise<void> {
	const workspace = await workspaceById(tx, workspaceId);
	const fresh = await tx
		.update(holds)
		.set({ mailedAt: now })
		.where(and(eq(holds.workspaceId, workspaceId), eq(holds.state, "held"), isNull(holds.mailedAt)))
		.returning({ effect: holds.effect, dueAt: holds.dueAt, label: holds.label });
	if (!workspace || fresh.length === 0) return;
	const values = {
		workspace: workspace.name,
		count: fresh.length,
		what: fresh.every(({ effect }) => effect === "role_changed") ? "roles" : "deactivations",
		people: fresh
			.slice(0, 10)
			.map(({ label }) => label)
			.join(", "),
		more: Math.max(0, fresh.length - 10),
	};
	const runsOut = fresh.flatMap(({ dueAt }) => dueAt ?? []).sort((a, b) => +a - +b)[0];
	for (const { email: to } of await listAdmins(tx, workspaceId, mostAdmins))
		if (to)
			await queueMail(
				tx,
				mailTo(
					{ workspace, to },
					{
						subject: mailText("held.subject", values),
						paragraphs: [
							mailText("held.what", values),
							runsOut ? mailText("held.until", { until: runsOut }) : mailText("held.never"),
							mailText("held.unasked", values),
						],
						button: {
							label: mailText("held.button"),
							href: `${env().PUBLIC_URL}/w/${workspace.slug}/sso/directory/holds`,
						},
					},
				),
			);
}
