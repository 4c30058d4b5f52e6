import { expect, test } from "vitest";
import { choicesFor } from "./choices";
import type { NavItem } from "./nav";

const home = "/w/acme";
const items: NavItem[] = [
	{ page: "members", href: `${home}/members` },
	{ page: "sso", href: `${home}/sso` },
	{ page: "activity", href: `${home}/activity` },
];
const words = {
	page: (page: string) => page,
	section: (section: string) => `sso ${section}`,
	person: (name: string) => `person ${name}`,
	event: (text: string) => `event ${text}`,
	account: "account",
};
const hrefs = (typed: string, from: readonly NavItem[] = items) =>
	choicesFor(typed, from, home, words).map(({ href }) => href);

test("nothing typed offers every place, and nothing to search for", () => {
	expect(hrefs("")).toHaveLength(items.length + 6 + 1);
	expect(hrefs("").some((href) => href.includes("?"))).toBe(false);
});

test("what is typed finds places by name, then people and events", () => {
	expect(hrefs(" Domains ")).toEqual([
		"/w/acme/sso#domains",
		"/w/acme/members?search=Domains",
		"/w/acme/activity?search=Domains",
	]);
	expect(hrefs("GH-7K2M").at(-1)).toBe("/w/acme/activity?search=GH-7K2M");
	expect(hrefs("a&b=c").at(-1)).toBe("/w/acme/activity?search=a%26b%3Dc");
});

test("offers nothing that this member may not open", () => {
	expect(hrefs("zoe", [{ page: "api_keys", href: `${home}/api-keys` }])).toEqual([]);
});
