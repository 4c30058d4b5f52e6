/** The list's address: what it asks for, and the addresses of what is around it. */
import type { FilterValues } from "@/components/members/filters";
import {
	type MemberSort,
	type MemberSource,
	memberSorts,
	memberSources,
	type PageAt,
} from "@/lib/members/list";
import { isId } from "@/lib/platform/ids";

export const statuses = ["active", "deactivated", "invited"] as const;

export type ListQuery = {
	search: string | undefined;
	role: string | undefined;
	source: MemberSource | undefined;
	status: (typeof statuses)[number] | undefined;
	group: string | undefined;
	sort: MemberSort;
	at: PageAt;
};

type Params = Record<string, string | string[] | undefined>;

/** Reads it from a page's search parameters; what is none of the choices counts as not given. */
export function listQuery(params: Params): ListQuery {
	const one = (name: string) => {
		const value = params[name];
		return typeof value === "string" && value ? value.slice(0, 400) : undefined;
	};
	const choice = <T extends string>(name: string, choices: readonly T[]) =>
		choices.find((each) => each === one(name));
	const group = one("group");
	const [after, before] = [one("after"), one("before")];
	return {
		search: one("search"),
		role: one("role"),
		source: choice("source", memberSources),
		status: choice("status", statuses),
		group: group && isId(group) ? group : undefined,
		sort: choice("sort", memberSorts) ?? "name",
		at: after ? { after } : before ? { before } : null,
	};
}

/** What the filter form begins with. */
export function filterValues({ at: _, ...query }: ListQuery): FilterValues {
	return query;
}

/** The address of the list with this query, at another page. */
export function listPath(path: string, query: ListQuery, at: PageAt): string {
	const { at: _, sort, ...filters } = query;
	const all = { ...filters, ...(sort === "name" ? {} : { sort }), ...at };
	const entries = Object.entries(all).filter((entry): entry is [string, string] => !!entry[1]);
	const text = new URLSearchParams(entries).toString();
	return text ? `${path}?${text}` : path;
}
