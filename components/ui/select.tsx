import { ChevronsUpDown } from "lucide-react";
import { type ComponentProps, useId } from "react";
import { cx } from "./cx";
import { controlClass, describedBy, Field, type FieldText } from "./field";

export type SelectOption = { value: string; label: string; disabled?: boolean };

type SelectProps = Omit<ComponentProps<"select">, "size"> & {
	options: readonly SelectOption[];
	/** Id of the `<Reason>` that says why it cannot be changed; only its present value is offered then. */
	unavailable?: string | false | undefined;
};

/** The browser's own select in our clothes. Needs a label: `aria-labelledby`, or use `SelectField`. */
export function Select({ options, unavailable, className, ...select }: SelectProps) {
	const present = select.value ?? select.defaultValue;
	return (
		<span className={cx("relative block min-w-0", className)}>
			<select
				{...select}
				aria-disabled={unavailable ? true : undefined}
				aria-describedby={unavailable || select["aria-describedby"]}
				className={cx(controlClass, "h-8 appearance-none pr-9 text-sm max-md:h-11 max-md:text-lg")}
			>
				{options.map((option) => (
					<option
						key={option.value}
						value={option.value}
						disabled={option.disabled || (Boolean(unavailable) && option.value !== present)}
					>
						{option.label}
					</option>
				))}
			</select>
			<ChevronsUpDown
				className="pointer-events-none absolute top-1/2 right-3 size-[15px] -translate-y-1/2 stroke-[1.6] text-ink-3"
				aria-hidden
			/>
		</span>
	);
}

/** A select with its label, hint and error. Friendly to `register`. */
export function SelectField({
	label,
	aside,
	hint,
	error,
	found,
	className,
	...select
}: FieldText & SelectProps) {
	const made = useId();
	const id = select.id ?? made;
	const text = { aside, hint, error, found };
	return (
		<Field id={id} label={label} {...text} className={className}>
			<Select
				{...select}
				id={id}
				aria-invalid={error ? true : undefined}
				aria-describedby={describedBy(id, text)}
			/>
		</Field>
	);
}
