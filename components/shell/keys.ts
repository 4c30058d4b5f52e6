/** The keys of the whole shell: which press means what. Pure; listening is in ./keyboard. */
import type { NavPage } from "./nav";

/** After `g`: where to go. */
export const jumps: Partial<Record<string, NavPage>> = {
	s: "sso",
	m: "members",
	g: "groups",
	r: "roles",
	i: "simulator",
	a: "activity",
	k: "api_keys",
};

export type Press = {
	key: string;
	ctrl: boolean;
	meta: boolean;
	alt: boolean;
	/** In a field, where letters are text. */
	typing: boolean;
	/** A dialog is open, which has the keyboard to itself. */
	inDialog: boolean;
};

export type KeyAct =
	| { do: "palette" | "help" | "search" | "wait" | "open" | "main" }
	| { do: "go"; page: NavPage }
	| { do: "row" | "section"; by: 1 | -1 }
	| null;

/**
 * What a press means.
 * @param waiting `g` was pressed just before.
 * @param single whether single keys are on; those with Ctrl work without them.
 */
export function meaningOf(press: Press, waiting: boolean, single: boolean): KeyAct {
	const { key, ctrl, meta, alt, typing, inDialog } = press;
	if ((ctrl || meta) && !alt && key === "Enter") return { do: "main" };
	if (inDialog) return null;
	if ((ctrl || meta) && !alt && key.toLowerCase() === "k") return { do: "palette" };
	if (ctrl || meta || alt || typing || !single) return null;
	if (waiting) {
		const page = jumps[key];
		return page ? { do: "go", page } : null;
	}
	if (key === "g") return { do: "wait" };
	if (key === "?") return { do: "help" };
	if (key === "/") return { do: "search" };
	if (key === "j") return { do: "row", by: 1 };
	if (key === "k") return { do: "row", by: -1 };
	if (key === "o") return { do: "open" };
	if (key === "]") return { do: "section", by: 1 };
	if (key === "[") return { do: "section", by: -1 };
	return null;
}
