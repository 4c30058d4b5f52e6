import { Check, CircleAlert, Lock } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "./cx";

/** What every field has around its control. */
export type FieldText = {
	label: ReactNode;
	/** Stands at the right of the label: "Optional", "Leave blank to keep". */
	aside?: ReactNode;
	hint?: ReactNode;
	/** What is wrong. Marks the control invalid. */
	error?: ReactNode;
	/** What was found about the value, in pass. Not shown beside an error. */
	found?: ReactNode;
};

/** The ids of what describes a control, for `aria-describedby`. */
export function describedBy(id: string, text: Omit<FieldText, "label">): string | undefined {
	const ids = [
		text.error && `${id}-error`,
		!text.error && text.found && `${id}-found`,
		text.hint && `${id}-hint`,
		text.aside && `${id}-aside`,
	];
	return ids.filter(Boolean).join(" ") || undefined;
}

/** Label above, control, then error or finding, then hint. */
export function Field({
	id,
	label,
	aside,
	hint,
	error,
	found,
	className,
	children,
}: FieldText & { id: string; className?: string | undefined; children: ReactNode }) {
	return (
		<div className={cx("min-w-0", className)}>
			<div className="mb-1.5 flex items-baseline justify-between gap-4">
				<label htmlFor={id} className="text-sm font-medium">
					{label}
				</label>
				{aside ? (
					<span id={`${id}-aside`} className="text-sm text-ink-3">
						{aside}
					</span>
				) : null}
			</div>
			{children}
			{error ? (
				<p id={`${id}-error`} className="mt-1.5 flex gap-2 text-sm text-stop">
					<CircleAlert className="mt-0.5 size-4 shrink-0 stroke-[1.6]" aria-hidden />
					<span className="min-w-0">{error}</span>
				</p>
			) : null}
			{found && !error ? (
				<p id={`${id}-found`} className="mt-1.5 flex gap-2 text-sm text-pass">
					<Check className="mt-0.5 size-4 shrink-0 stroke-[1.6]" aria-hidden />
					<span className="min-w-0">{found}</span>
				</p>
			) : null}
			{hint ? (
				<p id={`${id}-hint`} className="mt-1.5 text-sm text-ink-2">
					{hint}
				</p>
			) : null}
		</div>
	);
}

/** The look of a text control. */
export const controlClass =
	"block w-full min-w-0 rounded-md border border-edge bg-paper px-3 text-ink transition-colors hover:border-ink-3 [&[readonly]]:bg-sunk aria-invalid:border-stop-fill aria-[disabled=true]:border-line aria-[disabled=true]:bg-sunk aria-[disabled=true]:text-ink-3";

/** Why something is not available, with a lock, under the sentence of what it does. */
export function Reason({ id, children }: { id: string; children: ReactNode }) {
	return (
		<p id={id} className="mt-2 flex gap-2 text-sm text-ink-2">
			<Lock className="mt-0.5 size-[15px] shrink-0 stroke-[1.6] text-ink-3" aria-hidden />
			<span className="min-w-0">{children}</span>
		</p>
	);
}
