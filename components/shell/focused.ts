/** What a key acts on: the row, the form or the dialog that the focus is in. */

const rowOf = (element: Element | null) => element?.closest("main tbody tr, main li[data-row]");

/** The row after or before the one that has the focus: its first link or button. */
export function focusRow(by: 1 | -1): boolean {
	const rows = [...document.querySelectorAll<HTMLElement>("main tbody tr, main li[data-row]")]
		.map((row) => row.querySelector<HTMLElement>("a[href], button, summary"))
		.filter((first) => first !== null);
	const now = rows.findIndex((first) => rowOf(first)?.contains(document.activeElement));
	const next = rows[now === -1 ? (by === 1 ? 0 : rows.length - 1) : now + by];
	next?.focus();
	return next !== undefined;
}

/** Follows the link of the row that has the focus to a page of its own; else to the row, opened. */
export function openRow(): boolean {
	const row = rowOf(document.activeElement);
	const link =
		row?.querySelector<HTMLElement>("a[href]:not([aria-expanded])") ??
		row?.querySelector<HTMLElement>("a[href]");
	link?.click();
	return Boolean(link);
}

/**
 * Presses the main button of the dialog that is open, else submits the form that has the focus, or
 * the only one there is. A key alone destroys nothing: what does is pressed by itself.
 */
export function pressMain(): boolean {
	const dialog = [...document.querySelectorAll("[data-dialog]")].at(-1);
	const forms = document.querySelectorAll("main form");
	const form = document.activeElement?.closest("form") ?? (forms.length === 1 ? forms[0] : null);
	const button = dialog
		? last(dialog, "button[data-main]")
		: form && first(form, "button[type=submit]");
	button?.click();
	return Boolean(button);
}

const usable = (scope: Element, selector: string) => [
	...scope.querySelectorAll<HTMLButtonElement>(`${selector}:not([aria-disabled=true])`),
];
const first = (scope: Element, selector: string) => usable(scope, selector)[0];
const last = (scope: Element, selector: string) => usable(scope, selector).at(-1);
