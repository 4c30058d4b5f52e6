/** The log's address: what of it is asked for, and which row is open. */
import type { ActivityFilterValues } from "@/components/activity/filters";
import { type ActivityPart, activityParts } from "@/lib/activity/alike";
import type { ActivityFilter } from "@/lib/activity/list";
import { isId } from "@/lib/platform/ids";
import { storable } from "@/lib/platform/text";

export const parts = Object.keys(activityParts) as ActivityPart[];

/** Days back. */
export const periods = { day: 1, week: 7, month: 30 } as const;
type Period = keyof typeof periods;

export type ActivityQuery = {
	part: ActivityPart | undefined;
	refusedOnly: boolean;
	period: Period | undefined;
	search: string;
	before: string | null;
	open: string | null;
};

type Params = Record<string, string | string[] | undefined>;

/** Reads it; what is none of the choices counts as not given. */
export function activityQuery(params: Params): ActivityQuery {
	const one = (name: string) => {
		const value = params[name];
		return typeof value === "string" ? storable(value, 200).trim() : "";
	};
	const id = (name: string) => (isId(one(name)) ? one(name) : null);
	return {
		part: parts.find((each) => each === one("part")),
		refusedOnly: one("outcome") === "refused",
		period: (Object.keys(periods) as Period[]).find((each) => each === one("period")),
		search: one("search"),
		before: id("before"),
		open: id("open"),
	};
}

/** What the database is asked for. */
export function filterOf(query: ActivityQuery, now: Date): ActivityFilter {
	const { part, refusedOnly, period, search } = query;
	return {
		part,
		refusedOnly,
		since: period ? new Date(now.getTime() - periods[period] * 24 * 3600_000) : undefined,
		search: search || undefined,
	};
}

/** What the filter form begins with. */
export function valuesOf({ part, refusedOnly, period, search }: ActivityQuery) {
	return {
		part: part ?? "",
		outcome: refusedOnly ? "refused" : "",
		period: period ?? "",
		search,
	} satisfies ActivityFilterValues;
}

/** The query as the address holds it, with another place in the list. */
export function textOf(query: ActivityQuery, before: string | null = null): string {
	const all = { ...valuesOf(query), before: before ?? "" };
	return new URLSearchParams(Object.entries(all).filter(([, value]) => value)).toString();
}
