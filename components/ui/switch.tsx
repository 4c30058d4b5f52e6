"use client";
import type { ComponentProps } from "react";
import { cx } from "./cx";

/**
 * On or off: a checkbox with the role of a switch, so it also posts as a plain form control.
 * Needs a name: `aria-labelledby` (a `SettingRow` sets it) or `aria-label`.
 */
export function Switch({
	unavailable,
	className,
	onChange,
	...input
}: Omit<ComponentProps<"input">, "type" | "disabled"> & {
	/** Id of the `<Reason>` that says why it cannot be switched. It stays focusable. */
	unavailable?: string | false | undefined;
}) {
	const off = Boolean(unavailable);
	return (
		<input
			{...input}
			type="checkbox"
			// biome-ignore lint/a11y/useAriaPropsForRole: a checkbox tells its own state
			role="switch"
			aria-disabled={off || undefined}
			aria-describedby={unavailable || input["aria-describedby"]}
			onChange={off ? () => undefined : onChange}
			onClick={(event) => (off ? event.preventDefault() : input.onClick?.(event))}
			className={cx(
				// The track, then the thumb (before) and a target of 44 px (after).
				"relative h-5 w-9 shrink-0 cursor-pointer appearance-none rounded-full border border-edge bg-paper transition-colors forced-colors:appearance-auto",
				"before:absolute before:top-1/2 before:left-[2px] before:size-3.5 before:-translate-y-1/2 before:rounded-full before:bg-edge before:transition-[translate,background-color] forced-colors:before:hidden",
				"after:absolute after:-inset-x-1 after:-inset-y-3",
				"checked:border-pass-fill checked:bg-pass-fill checked:before:translate-x-4 checked:before:bg-on-fill",
				"aria-disabled:cursor-default aria-disabled:border-line-2 aria-disabled:bg-sunk aria-disabled:before:bg-edge",
				"aria-disabled:checked:border-pass-line aria-disabled:checked:bg-pass-tint aria-disabled:checked:before:bg-pass",
				className,
			)}
		/>
	);
}
