import { type ComponentProps, type ReactNode, useId } from "react";
import { cx } from "./cx";
import { controlClass, describedBy, Field, type FieldText } from "./field";

type Own = FieldText & {
	/** Class of the whole field, for its place in a grid. */
	className?: string;
	/** Mono, for values that are copied or compared. */
	mono?: boolean;
	/** `lg` is 44 px high with 16 px text: the sign-in page. */
	size?: "md" | "lg";
};

const heights = {
	sm: "h-8 max-md:h-11 max-md:text-lg",
	md: "h-9 max-md:h-11 max-md:text-lg",
	lg: "h-11",
};

function textSize(size: keyof typeof heights, mono: boolean | undefined): string {
	if (size === "lg") return "text-lg";
	if (size === "sm") return "text-sm";
	return mono ? "mono text-sm" : "text-base";
}

/** One line of text. Spread `register("name")` of react-hook-form onto it, or give name and defaultValue. */
export function TextField({
	label,
	aside,
	hint,
	error,
	found,
	className,
	mono,
	size,
	...input
}: Own & Omit<ComponentProps<"input">, keyof Own>) {
	const made = useId();
	const id = input.id ?? made;
	const text = { aside, hint, error, found };
	// A search stands in a row with selects and buttons.
	const height = size ?? (input.type === "search" ? "sm" : "md");
	return (
		<Field id={id} label={label} {...text} className={className}>
			<input
				type="text"
				spellCheck={mono ? false : undefined}
				autoCapitalize={mono ? "none" : undefined}
				{...input}
				id={id}
				aria-invalid={error ? true : undefined}
				aria-describedby={describedBy(id, text)}
				className={cx(controlClass, textSize(height, mono), heights[height])}
			/>
		</Field>
	);
}

/** Several lines of text: certificates, metadata, a reason. */
export function TextArea({
	label,
	aside,
	hint,
	error,
	found,
	className,
	mono,
	...input
}: Omit<Own, "size"> & Omit<ComponentProps<"textarea">, keyof Own>) {
	const made = useId();
	const id = input.id ?? made;
	const text = { aside, hint, error, found };
	return (
		<Field id={id} label={label} {...text} className={className}>
			<textarea
				rows={4}
				spellCheck={mono ? false : undefined}
				{...input}
				id={id}
				aria-invalid={error ? true : undefined}
				aria-describedby={describedBy(id, text)}
				className={cx(controlClass, textSize("md", mono), "py-2 max-md:text-lg")}
			/>
		</Field>
	);
}

/**
 * A value that is only written, never shown again: empty, with what is set as its placeholder
 * ("Set 12 Mar by Maya Lindqvist"). Pass `aside` "Leave blank to keep" when one is set.
 */
export function SecretField({
	set,
	...rest
}: Omit<ComponentProps<typeof TextField>, "type" | "value" | "placeholder"> & {
	set?: string | undefined;
}): ReactNode {
	return (
		<TextField
			autoComplete="off"
			data-1p-ignore
			{...rest}
			type="password"
			placeholder={set}
			mono={!set}
		/>
	);
}
