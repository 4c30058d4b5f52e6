/** Reading the request log for an admin: a page of it, one request, and the day in numbers. */
import { and, asc, desc, eq, gte, ilike, lt, or, type SQL, sql } from "drizzle-orm";
import type { Db, Tx } from "@/db/client";
import { scimRequests } from "@/db/schema";
import { isId } from "@/lib/platform/ids";
import { storable } from "@/lib/platform/text";

export type LoggedRequest = typeof scimRequests.$inferSelect;

/** What a list shows: everything but the bodies. */
export type ListedRequest = Omit<LoggedRequest, "requestBody" | "responseBody">;

export const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;
export const outcomes = ["ok", "refused", "failed"] as const;

export type RequestFilter = {
	method?: (typeof methods)[number] | undefined;
	/** By status: below 400, 4xx, 5xx. */
	outcome?: (typeof outcomes)[number] | undefined;
	/** Part of the path, the bodies or the token's name. */
	text?: string | undefined;
};

/** A page of requests, newest first. @param page.before the id that the page begins behind. */
export async function listRequests(
	db: Db | Tx,
	workspaceId: string,
	filter: RequestFilter,
	{ before, limit }: { before: string | null; limit: number },
): Promise<{ rows: ListedRequest[]; next: string | null }> {
	const { requestBody, responseBody, ...shown } = columns;
	const found = await db
		.select(shown)
		.from(scimRequests)
		.where(
			and(
				eq(scimRequests.workspaceId, workspaceId),
				before && isId(before) ? lt(scimRequests.id, before) : undefined,
				...wanted(filter),
			),
		)
		.orderBy(desc(scimRequests.id))
		.limit(limit + 1);
	const rows = found.slice(0, limit);
	return { rows, next: found.length > limit ? (rows.at(-1)?.id ?? null) : null };
}

const columns = {
	workspaceId: scimRequests.workspaceId,
	id: scimRequests.id,
	directoryId: scimRequests.directoryId,
	tokenName: scimRequests.tokenName,
	at: scimRequests.at,
	method: scimRequests.method,
	path: scimRequests.path,
	status: scimRequests.status,
	milliseconds: scimRequests.milliseconds,
	address: scimRequests.address,
	userAgent: scimRequests.userAgent,
	ifMatch: scimRequests.ifMatch,
	requestBody: scimRequests.requestBody,
	responseBody: scimRequests.responseBody,
	redacted: scimRequests.redacted,
	cut: scimRequests.cut,
	targetKind: scimRequests.targetKind,
	targetId: scimRequests.targetId,
	targetVersion: scimRequests.targetVersion,
	changed: scimRequests.changed,
	notes: scimRequests.notes,
	replayedBy: scimRequests.replayedBy,
	repeatsId: scimRequests.repeatsId,
};

function wanted({ method, outcome, text }: RequestFilter): (SQL | undefined)[] {
	const part = text && storable(text, 200).trim();
	const like = part ? `%${part.replace(/[\\%_]/g, "\\$&")}%` : null;
	return [
		method ? eq(scimRequests.method, method) : undefined,
		outcome === "ok" ? lt(scimRequests.status, 400) : undefined,
		outcome === "refused" ? sql`${scimRequests.status} between 400 and 499` : undefined,
		outcome === "failed" ? gte(scimRequests.status, 500) : undefined,
		part && like
			? or(
					sql`${scimRequests.path} ~* ${inAddress(part)}`,
					ilike(scimRequests.tokenName, like),
					ilike(scimRequests.requestBody, like),
					ilike(scimRequests.responseBody, like),
				)
			: undefined,
	];
}

/** Finds a text in an address, where clients write its signs plainly or encoded, as they please. */
function inAddress(text: string): string {
	const eitherWay = (sign: string) => {
		const isAscii = /[\0-\x7f]/.test(sign);
		const code = isAscii ? `%${Buffer.from(sign).toString("hex")}` : encodeURIComponent(sign);
		return `(?:${isAscii ? `\\${sign}` : sign}|${code}${sign === " " ? "|\\+" : ""})`;
	};
	return text.replace(/[^a-z0-9]/giu, eitherWay);
}

/** One request with its bodies, or null where the workspace has none of that id. */
export async function findRequest(
	db: Db | Tx,
	workspaceId: string,
	id: string,
): Promise<LoggedRequest | null> {
	if (!isId(id)) return null;
	const [row] = await db
		.select()
		.from(scimRequests)
		.where(and(eq(scimRequests.workspaceId, workspaceId), eq(scimRequests.id, id)));
	return row ?? null;
}

/** The requests that repeat one, oldest first. */
export function listRepeats(
	db: Db | Tx,
	workspaceId: string,
	id: string,
): Promise<Pick<LoggedRequest, "id" | "at" | "status" | "replayedBy">[]> {
	const { at, status, replayedBy } = scimRequests;
	return db
		.select({ id: scimRequests.id, at, status, replayedBy })
		.from(scimRequests)
		.where(and(eq(scimRequests.workspaceId, workspaceId), eq(scimRequests.repeatsId, id)))
		.orderBy(asc(scimRequests.id))
		.limit(20);
}

/** How many requests came in the last 24 hours, and how many of them were refused or failed. */
export async function countRequests(
	db: Db | Tx,
	workspaceId: string,
	now: Date,
): Promise<{ all: number; refused: number }> {
	const since = firstIdAt(new Date(now.getTime() - 86_400_000));
	const [row] = await db
		.select({
			all: sql<number>`count(*)::int`,
			refused: sql<number>`(count(*) filter (where ${scimRequests.status} >= 400))::int`,
		})
		.from(scimRequests)
		.where(and(eq(scimRequests.workspaceId, workspaceId), gte(scimRequests.id, since)));
	return row ?? { all: 0, refused: 0 };
}

/** The smallest id that could have been made at a time: ids begin with their milliseconds. */
function firstIdAt(at: Date): string {
	const hex = at.getTime().toString(16).padStart(12, "0");
	return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}
