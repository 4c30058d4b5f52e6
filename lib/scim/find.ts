/**
 * Finding resources: filter, order and page as SQL, over one type or both (RFC 7644 §3.4.2,
 * RFC 9865). Finds ids alone; what is answered of them is loaded after, for one page and no more.
 */
import { type SQL, sql } from "drizzle-orm";
import { type Db, isEmbedded, type Tx, transact } from "@/db/client";
import { fingerprint, type Mark, type Position, readCursor, writeCursor } from "./cursor";
import { badRequest } from "./errors";
import type { Source } from "./fields";
import { type Filter, formatFilter, formatPath } from "./filter";
import type { Page, Sort } from "./query";
import { partOf, resolve } from "./schema";
import { compile, knows } from "./sql";

/** A query over one resource type or several. */
export type Search = {
	sources: Source[];
	directory: { workspaceId: string; id: string };
	filter?: Filter | undefined;
	sort?: Sort | undefined;
	page: Page;
	base: string;
	now: Date;
};

/** One page: which resources, how many there are in all, and where the pages beside it begin. */
export type Found = {
	rows: { type: string; id: string }[];
	total: number;
	nextCursor?: string;
	previousCursor?: string;
};

/** How long a query may look at rows that no index narrows down. */
const scanMs = 3000;
/**
 * How many comparisons it may make on the embedded database, which knows no timeouts and answers
 * nobody else meanwhile: some seconds' worth.
 */
const mostComparisons = 1_000_000;
/** As much of a text as order is decided by. */
const sortedLength = 200;

type Row = { type: string; id: string; key: string | null; micros: string };

/**
 * Runs a query.
 * @throws ScimError 400 invalidFilter, invalidCursor, expiredCursor; tooMany when it takes too long.
 */
export async function find(db: Db, search: Search): Promise<Found> {
	const { rows, scans } = rowsOf(search);
	if (scans === 0) return readPage(db, search, rows);
	if (isEmbedded(db) && scans * (await entriesIn(db, search)) > mostComparisons) throw tooMany();
	try {
		return await transact(db, async (tx) => {
			await tx.execute(sql`select set_config('statement_timeout', ${String(scanMs)}, true)`);
			return readPage(tx, search, rows);
		});
	} catch (error) {
		const cause = error instanceof Error ? (error.cause ?? error) : error;
		if ((cause as { code?: string }).code !== "57014") throw error;
		throw tooMany();
	}
}

const tooMany = () =>
	badRequest(
		"tooMany",
		"The query took too long. Ask with eq for an id, a name or an address, or for fewer people.",
	);

/** How many rows a query may have to look at. */
async function entriesIn(db: Db, { sources, directory, base }: Search): Promise<number> {
	const { rows } = rowsOf({ sources, directory, base });
	const [counted] = await execute<{ total: number }>(
		db,
		sql`select count(*)::int as "total" from (${rows}) as found`,
	);
	return counted?.total ?? 0;
}

async function readPage(db: Db | Tx, search: Search, rows: SQL): Promise<Found> {
	const { page, sort, now } = search;
	const descending = sort?.descending ?? false;
	const count = async () => {
		const counted = await execute<{ total: number }>(
			db,
			sql`select count(*)::int as "total" from (${rows}) as found`,
		);
		return counted[0]?.total ?? 0;
	};
	const read = (limit: number, offset: number, from?: Pick<Mark, "position" | "back">) => {
		const back = from?.back ?? false;
		const way = { sorted: sort !== undefined, descending: descending !== back, back };
		const where = from ? sql`where ${isAfter(from.position, way)}` : sql``;
		return execute<Row>(
			db,
			sql`select found.type as "type", found.id as "id", found.key as "key",
					(extract(epoch from found.created_at) * 1000000)::bigint::text as "micros"
				from (${rows}) as found ${where}
				order by ${order(way)} limit ${limit} offset ${offset}`,
		);
	};
	if (page.by === "index") {
		const offset = page.startIndex - 1;
		const found = page.count > 0 ? await read(page.count, offset) : [];
		// A page that is not full is the last, and says how many there are.
		const isLast = found.length < page.count && (found.length > 0 || offset === 0);
		return { rows: found, total: isLast ? offset + found.length : await count() };
	}
	const query = fingerprintOf(search);
	const mark = page.cursor === "" ? undefined : readCursor(page.cursor, query, now);
	// One more than is answered tells whether there is another page that way.
	const found = await read(page.count + 1, 0, mark);
	const back = mark?.back ?? false;
	const more = found.length > page.count;
	const rowsOfPage = found.slice(0, page.count);
	if (back) rowsOfPage.reverse();
	const total = mark?.total ?? (more ? await count() : found.length);
	const cursor = (position: Position | undefined, back: boolean) =>
		position && writeCursor({ position, back, total }, query, now);
	// Where a page came from there is another one.
	const next = (back || more) && cursor(rowsOfPage.at(-1) ?? mark?.position, false);
	const previous = (back ? more : mark) && cursor(rowsOfPage[0] ?? mark?.position, true);
	return {
		rows: rowsOfPage,
		total,
		...(next ? { nextCursor: next } : {}),
		...(previous ? { previousCursor: previous } : {}),
	};
}

/** In which order rows are read: `back` turns the order around in which they were added. */
type Way = { sorted: boolean; descending: boolean; back: boolean };

/** The rows of every type that the filter keeps, before order and page. */
function rowsOf(search: Omit<Search, "page" | "now">): { rows: SQL; scans: number } {
	const { sources, filter, sort, directory, base } = search;
	const mixed = sources.length > 1;
	if (mixed && filter) knows(sources, filter);
	const keys = sources.map((source) => sort && keyOf(source, sort, base));
	if (sort && !keys.some((key) => key))
		throw badRequest(
			"invalidValue",
			`sortBy: there is no attribute "${formatPath(sort.path)}" with one value to sort by.`,
		);
	let scans = sort ? 1 : 0;
	const selects = sources.map((source, index) => {
		const { table, alias, type } = source;
		const condition = filter && compile(source, filter, base, { mixed });
		scans += condition?.scans ?? 0;
		return sql`select ${type.name}::text as type, ${alias}.id, ${alias}.created_at, ${keys[index] ?? sql`null::text`} as key
			from ${table}
			where ${alias}.workspace_id = ${directory.workspaceId} and ${alias}.directory_id = ${directory.id}
				${condition ? sql`and ${condition.where}` : sql``}`;
	});
	return { rows: sql.join(selects, sql` union all `), scans };
}

/**
 * What a row is sorted by, as a text; null where it has no value. Undefined for what no row can be
 * sorted by: an attribute with parts is named with one of them (RFC 7644 §3.4.2.3).
 */
function keyOf(source: Source, sort: Sort, base: string): SQL | undefined {
	const target = resolve(source.type, sort.path);
	const field = target && source.field(target, base);
	if (!target || !field) return undefined;
	switch (field.kind) {
		case "date":
			return sql`to_char(${field.sql} at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')`;
		case "list": {
			const part = target.sub ?? (target.attribute && partOf(target.attribute, "value"));
			const first = part && field.first?.(part);
			return first && sql`left(${first}, ${sortedLength}::int)`;
		}
		case "object":
		case "schemas":
			return undefined;
		default:
			return sql`left((${field.sql})::text, ${sortedLength}::int)`;
	}
}

/** In the order people were added. No value comes last, and first when descending (§3.4.2.3). */
function order({ sorted, descending, back }: Way): SQL {
	const added = back ? sql`found.created_at desc, found.id desc` : sql`found.created_at, found.id`;
	if (!sorted) return added;
	return descending
		? sql`found.key collate "C" desc nulls first, ${added}`
		: sql`found.key collate "C" asc nulls last, ${added}`;
}

/** Whether a row comes after a position in that order. */
function isAfter({ key, micros, id }: Position, { sorted, descending, back }: Way): SQL {
	const added = sql`((found.created_at, found.id) ${sql.raw(back ? "<" : ">")} ('epoch'::timestamptz + (${micros}::bigint * interval '1 microsecond'), ${id}::uuid))`;
	if (!sorted) return added;
	if (key === null)
		return descending
			? sql`(found.key is not null or ${added})`
			: sql`(found.key is null and ${added})`;
	const [further, alike] = [
		descending
			? sql`found.key collate "C" < ${key}::text`
			: sql`found.key collate "C" > ${key}::text`,
		sql`(found.key = ${key}::text and ${added})`,
	];
	return descending
		? sql`(${further} or ${alike})`
		: sql`(found.key is null or ${further} or ${alike})`;
}

function fingerprintOf({ sources, directory, filter, sort }: Search): string {
	return fingerprint([
		directory.id,
		...sources.map(({ type }) => type.name),
		filter ? formatFilter(filter) : "",
		sort ? formatPath(sort.path) : "",
		String(sort?.descending),
	]);
}

/** Both drivers answer a raw statement with an object that has the rows. */
async function execute<T>(db: Db | Tx, statement: SQL): Promise<T[]> {
	return ((await db.execute(statement)) as unknown as { rows: T[] }).rows;
}
