/** Reading the activity log for a page: newest first, refusals without a credential counted in. */
import { and, count, desc, eq, gt, gte, ilike, like, lt, or, type SQL, sql } from "drizzle-orm";
import type { Db } from "@/db/client";
import { activity, refusals } from "@/db/schema";
import { type ActivityPart, activityParts } from "./alike";

export type ActivityRow = {
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

/** What a reader asks for; a part that is missing asks for nothing in particular. */
export type ActivityFilter = {
	part?: ActivityPart | undefined;
	refusedOnly?: boolean | undefined;
	since?: Date | undefined;
	/** In who did it, whom it was done to, an email or a code. */
	search?: string | undefined;
	/** A member's id: only what they did and what was done to them. */
	about?: string | undefined;
};

const columns = {
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
};

/**
 * A page of the log.
 * @param page.before an event's id: rows older than it. Null begins at the newest.
 */
export async function listActivity(
	db: Db,
	workspaceId: string,
	{ limit, before, ...filter }: { limit: number; before: string | null } & ActivityFilter,
): Promise<ActivityPage> {
	const events = await db
		.select(columns)
		.from(activity)
		.where(and(conditions(workspaceId, filter), before ? lt(activity.id, before) : undefined))
		.orderBy(desc(activity.id))
		.limit(limit + 1);
	const more = events.length > limit;
	const page: ActivityRow[] = events.slice(0, limit);
	const between = { until: before ? timeOf(before) : null, from: more ? page.at(-1)?.at : null };
	const counted = await countedRefusals(db, workspaceId, filter, between, limit);
	const rows = [...page, ...counted].sort((a, b) => b.at.getTime() - a.at.getTime());
	return { rows, next: more ? (page.at(-1)?.id ?? null) : null };
}

/** One event with all that was recorded; null where this workspace has none of this id. */
export async function findActivity(
	db: Db,
	workspaceId: string,
	id: string,
): Promise<(ActivityRow & { actorKind: string }) | null> {
	const [row] = await db
		.select({ ...columns, details: activity.details, actorKind: activity.actorKind })
		.from(activity)
		.where(and(eq(activity.workspaceId, workspaceId), eq(activity.id, id)));
	return row ?? null;
}

/** How many events there are after one, for a page that waits; no more than `most` are counted. */
export async function countNewer(
	db: Db,
	workspaceId: string,
	after: string,
	filter: ActivityFilter,
	most = 100,
): Promise<number> {
	const newer = db
		.select({ id: activity.id })
		.from(activity)
		.where(and(conditions(workspaceId, filter), gt(activity.id, after)))
		.limit(most)
		.as("newer");
	const [row] = await db.select({ count: count() }).from(newer);
	return row?.count ?? 0;
}

function conditions(
	workspaceId: string,
	{ part, refusedOnly, since, search, about }: ActivityFilter,
): SQL | undefined {
	const text = search?.replace(/\p{C}/gu, "").trim();
	return and(
		eq(activity.workspaceId, workspaceId),
		part
			? or(...activityParts[part].map((start) => like(activity.kind, `${likeText(start)}%`)))
			: undefined,
		refusedOnly ? eq(activity.outcome, "refused") : undefined,
		since ? gte(activity.at, since) : undefined,
		text ? or(...places.map((place) => ilike(place, `%${likeText(text)}%`))) : undefined,
		about ? or(eq(activity.actorId, about), eq(activity.subjectId, about)) : undefined,
	);
}

/** Where a search looks. */
const places = [
	activity.actorLabel,
	activity.subjectLabel,
	sql`${activity.details} ->> 'email'`,
	sql`${activity.details} ->> 'code'`,
	sql`${activity.details} ->> 'member'`,
];

const likeText = (text: string) => text.replace(/[\\%_]/g, "\\$&");

/** When an id was made: its first 48 bits (RFC 9562 §5.7). */
const timeOf = (id: string) => new Date(Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16));

async function countedRefusals(
	db: Db,
	workspaceId: string,
	{ part, since, search, about }: ActivityFilter,
	{ until, from }: { until: Date | null; from: Date | null | undefined },
	limit: number,
): Promise<ActivityRow[]> {
	// They name nobody, so they are about nobody.
	if (about || search) return [];
	const rows = await db
		.select()
		.from(refusals)
		.where(
			and(
				eq(refusals.workspaceId, workspaceId),
				part
					? or(...activityParts[part].map((start) => like(refusals.kind, `${likeText(start)}%`)))
					: undefined,
				since ? gte(refusals.minute, since) : undefined,
				until ? lt(refusals.minute, until) : undefined,
				from ? gte(refusals.minute, from) : undefined,
			),
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
