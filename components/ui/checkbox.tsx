import { Check } from "lucide-react";
import { type ComponentProps, type ReactNode, useId } from "react";
import { cx } from "./cx";

/** A box to tick, with its sentence. Friendly to `register`, and a plain form control. */
export function Checkbox({
	label,
	hint,
	error,
	className,
	...input
}: Omit<ComponentProps<"input">, "type"> & {
	label: ReactNode;
	hint?: ReactNode;
	error?: ReactNode;
}) {
	const id = useId();
	const below = error ?? hint;
	return (
		<label className={cx("flex gap-3 text-sm max-md:min-h-11 max-md:items-center", className)}>
			<span className="relative mt-0.5 size-4 shrink-0 max-md:mt-0">
				<input
					{...input}
					type="checkbox"
					aria-invalid={error ? true : undefined}
					aria-describedby={below ? id : undefined}
					className="peer block size-4 appearance-none rounded-xs border border-edge bg-paper transition-colors checked:border-ink checked:bg-ink aria-invalid:border-stop-fill forced-colors:appearance-auto"
				/>
				<Check
					className="pointer-events-none absolute inset-0.5 hidden size-3 stroke-[3] text-paper peer-checked:block forced-colors:peer-checked:hidden"
					aria-hidden
				/>
			</span>
			<span className="min-w-0">
				{label}
				{below ? (
					<span id={id} className={cx("block", error ? "text-stop" : "text-ink-2")}>
						{below}
					</span>
				) : null}
			</span>
		</label>
	);
}
