/** What the palette offers for what was typed. Pure. */
import type { NavItem, NavPage } from "./nav";

/** The parts of the SSO page, by their anchors. */
export const sections = [
	"connection",
	"domains",
	"policy",
	"directory",
	"mapping",
	"activity",
] as const;

export type Choice = { href: string; label: string };

/** @param words what each is called. */
export function choicesFor(
	typed: string,
	items: readonly NavItem[],
	home: string,
	words: {
		page: (page: NavPage) => string;
		section: (section: (typeof sections)[number]) => string;
		person: (name: string) => string;
		event: (text: string) => string;
		account: string;
	},
): Choice[] {
	const wanted = typed.trim().toLowerCase();
	const hrefOf = (page: NavPage) => items.find((item) => item.page === page)?.href;
	const [sso, members, activity] = [hrefOf("sso"), hrefOf("members"), hrefOf("activity")];
	const places: Choice[] = [
		...items.map(({ page, href }) => ({ href, label: words.page(page) })),
		...(sso
			? sections.map((section) => ({ href: `${sso}#${section}`, label: words.section(section) }))
			: []),
		{ href: `${home}/account`, label: words.account },
	];
	const found = places.filter(({ label }) => label.toLowerCase().includes(wanted));
	if (!wanted) return found;
	const search = new URLSearchParams({ search: typed.trim() });
	return [
		...found,
		...(members ? [{ href: `${members}?${search}`, label: words.person(typed.trim()) }] : []),
		...(activity ? [{ href: `${activity}?${search}`, label: words.event(typed.trim()) }] : []),
	];
}
