/**
 * Reading members for a page of the list, however many there are: filters, three orders, and pages
 * that begin behind a key instead of at a number. Changing members is in ./manage.
 */
import { and, eq, exists, ilike, inArray, like, or, type SQL, sql } from "drizzle-orm";
import type { Db, Tx } from "@/db/client";
import { directoryUsers, groupMembers, groups, invitations, members } from "@/db/schema";
import { isId } from "@/lib/platform/ids";
import { foldKey } from "@/lib/platform/text";
import { labelOf, type Member } from "./members";
import { readKey, writeKey } from "./page-key";

export const memberSorts = ["name", "newest", "seen"] as const;
export type MemberSort = (typeof memberSorts)[number];

/** Who keeps a member: the directory that manages it, or how it was added. */
export const memberSources = ["directory", "invitation", "sso", "setup", "operator"] as const;
export type MemberSource = (typeof memberSources)[number];

export type MemberFilter = {
	/** A part of the name or of the email, without regard to case. */
	search?: string | undefined;
	role?: string | undefined;
	source?: MemberSource | undefined;
	status?: "active" | "deactivated" | undefined;
	/** Id of a workspace group. */
	group?: string | undefined;
};

type ListedMember = Pick<
	Member,
	"id" | "name" | "email" | "role" | "status" | "suspendedBy" | "lastSignInAt"
> & {
	source: MemberSource;
	/** Names of the workspace groups held by hand. */
	groups: string[];
};

export type MemberPage = {
	rows: ListedMember[];
	/** Keys of the pages around this one; null where there is none. */
	previous: string | null;
	next: string | null;
};

/** Where a page begins: behind a key, before one, or at the start. */
export type PageAt = { after: string } | { before: string } | null;

type Order = {
	/** What is compared before the id; null where the id alone decides. */
	by: SQL | null;
	down: boolean;
	/** The value of a row, as a page's key carries it, and back as SQL; null for what is no value. */
	keyOf: (row: Pick<Member, "name" | "lastSignInAt">) => string;
	valueOf: (key: string) => SQL | null;
};

const never = sql`'-infinity'::timestamptz`;

/** Each has its index in db/schema/members. */
const orders: Record<MemberSort, Order> = {
	name: {
		by: sql`${members.name}`,
		down: false,
		keyOf: ({ name }) => name,
		valueOf: (key) => (key.includes("\0") ? null : sql`${key}`),
	},
	// Identifiers are made in the order of time.
	newest: { by: null, down: true, keyOf: () => "", valueOf: () => sql`''` },
	seen: {
		by: sql`coalesce(${members.lastSignInAt}, ${never})`,
		down: true,
		keyOf: ({ lastSignInAt }) => lastSignInAt?.toISOString() ?? "",
		valueOf: (key) => {
			if (key === "") return never;
			const at = new Date(key);
			return Number.isNaN(at.getTime()) ? null : sql`${at.toISOString()}::timestamptz`;
		},
	},
};

/**
 * A page of members. It reads along the index of its order and stops when the page is full; a
 * search looks at each name and email on the way, which a hundred thousand members bear.
 */
export async function listMembers(
	db: Db | Tx,
	workspaceId: string,
	filter: MemberFilter,
	{ sort, at, limit }: { sort: MemberSort; at: PageAt; limit: number },
): Promise<MemberPage> {
	const order = orders[sort];
	const key = at && readKey("after" in at ? at.after : at.before);
	const value = key && order.valueOf(key.key);
	const back = value !== null && at !== null && "before" in at;
	const down = order.down !== back;
	const way = sql.raw(down ? "desc" : "asc");
	const found = await db
		.select({
			id: members.id,
			name: members.name,
			email: members.email,
			role: members.role,
			status: members.status,
			suspendedBy: members.suspendedBy,
			lastSignInAt: members.lastSignInAt,
			createdBy: members.createdBy,
			managed: sql<boolean>`${isManaged(db)}`,
		})
		.from(members)
		.where(
			and(
				eq(members.workspaceId, workspaceId),
				...conditions(db, filter),
				key && value ? beyond(order.by, value, key.id, down) : undefined,
			),
		)
		.orderBy(...(order.by ? [sql`${order.by} ${way}`] : []), sql`${members.id} ${way}`)
		.limit(limit + 1);
	const more = found.length > limit;
	const page = found.slice(0, limit);
	if (back) page.reverse();
	const [first, last] = [page[0], page.at(-1)];
	const keyFor = (row: (typeof page)[number]) => writeKey({ key: order.keyOf(row), id: row.id });
	const held = await groupNames(
		db,
		workspaceId,
		page.map(({ id }) => id),
	);
	return {
		rows: page.map(({ managed, createdBy, ...row }) => ({
			...row,
			source: managed ? "directory" : createdBy,
			groups: held.get(row.id) ?? [],
		})),
		previous: first && (back ? more : value !== null) ? keyFor(first) : null,
		next: last && (back || more) ? keyFor(last) : null,
	};
}

/** Rows beyond a key, in the direction of the page. */
function beyond(by: SQL | null, value: SQL, id: string, down: boolean): SQL {
	const than = sql.raw(down ? "<" : ">");
	if (!by) return sql`${members.id} ${than} ${id}::uuid`;
	return sql`(${by}, ${members.id}) ${than} (${value}, ${id}::uuid)`;
}

function conditions(db: Db | Tx, filter: MemberFilter): (SQL | undefined)[] {
	const { search, role, source, status, group } = filter;
	const part = search?.replace(/\p{C}/gu, "").trim();
	return [
		part
			? or(
					ilike(members.name, `%${likeText(part)}%`),
					like(members.emailKey, `%${likeText(foldKey(part))}%`),
				)
			: undefined,
		role ? eq(members.role, role) : undefined,
		status ? eq(members.status, status === "active" ? "active" : "suspended") : undefined,
		source === "directory" ? isManaged(db) : undefined,
		source && source !== "directory"
			? and(eq(members.createdBy, source), sql`not ${isManaged(db)}`)
			: undefined,
		group
			? exists(
					db
						.select({ one: sql`1` })
						.from(groupMembers)
						.where(
							and(
								eq(groupMembers.workspaceId, members.workspaceId),
								eq(groupMembers.groupId, group),
								eq(groupMembers.memberId, members.id),
							),
						),
				)
			: undefined,
	];
}

const isManaged = (db: Db | Tx) =>
	exists(
		db
			.select({ one: sql`1` })
			.from(directoryUsers)
			.where(
				and(
					eq(directoryUsers.workspaceId, members.workspaceId),
					eq(directoryUsers.memberId, members.id),
				),
			),
	);

const likeText = (text: string) => text.replace(/[\\%_]/g, "\\$&");

async function groupNames(
	db: Db | Tx,
	workspaceId: string,
	ids: string[],
): Promise<Map<string, string[]>> {
	const held = new Map<string, string[]>();
	if (ids.length === 0) return held;
	const rows = await db
		.select({ memberId: groupMembers.memberId, name: groups.name })
		.from(groupMembers)
		.innerJoin(
			groups,
			and(eq(groups.workspaceId, groupMembers.workspaceId), eq(groups.id, groupMembers.groupId)),
		)
		.where(and(eq(groupMembers.workspaceId, workspaceId), inArray(groupMembers.memberId, ids)))
		.orderBy(groups.nameKey);
	for (const { memberId, name } of rows) held.set(memberId, [...(held.get(memberId) ?? []), name]);
	return held;
}

/** How many members there are, for the navigation: read from an index alone. */
export async function memberTotal(db: Db | Tx, workspaceId: string): Promise<number> {
	const [counted] = await db
		.select({ total: sql<number>`count(*)::int` })
		.from(members)
		.where(eq(members.workspaceId, workspaceId));
	return counted?.total ?? 0;
}

export type MemberCounts = { active: number; deactivated: number; invited: number };

/** How many there are, for the head of the list. */
export async function countMembers(db: Db | Tx, workspaceId: string): Promise<MemberCounts> {
	const [counted] = await db
		.select({
			active: sql<number>`(count(*) filter (where ${members.status} = 'active'))::int`,
			deactivated: sql<number>`(count(*) filter (where ${members.status} = 'suspended'))::int`,
		})
		.from(members)
		.where(eq(members.workspaceId, workspaceId));
	const [open] = await db
		.select({ invited: sql<number>`count(*)::int` })
		.from(invitations)
		.where(eq(invitations.workspaceId, workspaceId));
	return {
		active: counted?.active ?? 0,
		deactivated: counted?.deactivated ?? 0,
		invited: open?.invited ?? 0,
	};
}

/** How members are called, by id; those that are gone are left out. */
export async function memberLabels(
	db: Db | Tx,
	workspaceId: string,
	ids: readonly string[],
): Promise<Record<string, string>> {
	const known = ids.filter(isId);
	if (known.length === 0) return {};
	const rows = await db
		.select({ id: members.id, name: members.name, email: members.email })
		.from(members)
		.where(and(eq(members.workspaceId, workspaceId), inArray(members.id, known)));
	return Object.fromEntries(rows.map((row) => [row.id, labelOf(row)]));
}
