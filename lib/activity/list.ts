/** Reading the activity log for a page: newest first, refusals without a credential counted in. */
import { and, desc, eq, gte, lt, or, sql } from "drizzle-orm";
import type { Db } from "@/db/client";
import { activity, refusals } from "@/db/schema";

type ActivityRow = {
	id: string;
	at: Date;
	kind: string;
	outcome: "done" | "refused" | "held" | "ignored";
	actor: string;
	subject: string | null;
	details: Record<string, unknown>;
	address: string | null;
	/** The sign-in attempt it tells of, by its id or its code; null for every other event. */
	signIn: string | null;
};

export type ActivityPage = { rows: ActivityRow[]; next: string | null };

/**
 * A page of the log.
 * @param page.before an event's id: rows older than it. Null begins at the newest.
 * @param page.about a member's id: only what they did and what was done to them.
 */
export async function listActivity(
	db: Db,
	workspaceId: string,
	{ limit, before, about }: { limit: number; before: string | null; about?: string },
): Promise<ActivityPage> {
	const events = await db
		.select({
			id: activity.id,
			at: activity.at,
			kind: activity.kind,
			outcome: activity.outcome,
			actor: activity.actorLabel,
			subject: activity.subjectLabel,
			signIn: sql<
				string | null
			>`case when ${activity.subjectKind} = 'sign_in' then ${activity.subjectId} when ${activity.kind} = 'sign_in.sso' then ${activity.details} ->> 'code' end`,
			// The names in a change of many are read where they are asked for.
			details: sql<Record<string, unknown>>`${activity.details} - 'people'`,
			address: activity.address,
		})
		.from(activity)
		.where(
			and(
				eq(activity.workspaceId, workspaceId),
				before ? lt(activity.id, before) : undefined,
				about ? or(eq(activity.actorId, about), eq(activity.subjectId, about)) : undefined,
			),
		)
		.orderBy(desc(activity.id))
		.limit(limit + 1);
	const more = events.length > limit;
	const page: ActivityRow[] = events.slice(0, limit);
	const oldest = more ? page.at(-1)?.at : undefined;
	const counted = before || about ? [] : await countedRefusals(db, workspaceId, oldest, limit);
	const rows = [...page, ...counted].sort((a, b) => b.at.getTime() - a.at.getTime());
	return { rows, next: more ? (page.at(-1)?.id ?? null) : null };
}

async function countedRefusals(
	db: Db,
	workspaceId: string,
	since: Date | undefined,
	limit: number,
): Promise<ActivityRow[]> {
	const rows = await db
		.select()
		.from(refusals)
		.where(
			and(eq(refusals.workspaceId, workspaceId), since ? gte(refusals.minute, since) : undefined),
		)
		.orderBy(desc(refusals.minute))
		.limit(limit);
	return rows.map(({ kind, address, minute, count }) => ({
		id: `${minute.toISOString()} ${kind} ${address}`,
		at: minute,
		kind,
		outcome: "refused",
		actor: address,
		subject: null,
		details: { count },
		address,
		signIn: null,
	}));
}
